"""A running blog of an event, by its headline."""

from __future__ import annotations

from copydesk.judge.quality.wording._cues import find_first, read_cues

_CUES = read_cues("live")


def live(title: str) -> str:
    """Return what shows that a page is a running blog, "" where nothing does."""
    return find_first(_CUES["headline"], title)
