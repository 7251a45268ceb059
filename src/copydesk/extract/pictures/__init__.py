"""An opened page in, the pictures that may stand for it out, the best first."""

from __future__ import annotations

from copydesk.extract.pictures._figure_key import figure_key, size_of
from copydesk.extract.pictures._figure_words import clean_credit, is_description, split_credit
from copydesk.extract.pictures._figures import figures
from copydesk.extract.pictures._mention import srcset, widest

__all__ = [
    "clean_credit",
    "figure_key",
    "figures",
    "is_description",
    "size_of",
    "split_credit",
    "srcset",
    "widest",
]
