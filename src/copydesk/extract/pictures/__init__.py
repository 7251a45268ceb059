"""An opened page in, the pictures that may stand for it out, the best first."""

from __future__ import annotations

from copydesk.extract.pictures._figure_key import figure_key
from copydesk.extract.pictures._figures import figures

__all__ = ["figure_key", "figures"]
