"""copydesk: a topical news site on autopilot, with an editor's last word."""

from __future__ import annotations

__version__ = "0.1.0"
