"""What a paper prints to pass the time: horoscopes, puzzles, quizzes, lottery numbers."""

from __future__ import annotations

from copydesk.judge.quality.wording._cues import find_first, read_cues

_CUES = read_cues("pastime")


def pastime(title: str) -> str:
    """Return what shows that a page passes the time and tells nothing new, "" if nothing does."""
    return find_first(_CUES["headline"], title)
