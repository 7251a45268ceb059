"""A running blog of an event, by its headline."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import first

_TITLE = re.compile(
    r"\blive (?:updates?|blog|coverage|stream|results)\b|\bas it happened\b|\bliveblog\b"
    r"|\blive:|[-\u2013|] live!?$|\bliveticker\b|\blive-?ticker\b|\ben direct\b|\b(?:en|al) vivo\b",
    re.IGNORECASE,
)


def live(title: str) -> str:
    """Give what shows that a page is a running blog, "" where nothing does."""
    return first(_TITLE, title)
