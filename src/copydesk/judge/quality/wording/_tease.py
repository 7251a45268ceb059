"""A headline that teases instead of telling, or counts off a list."""

from __future__ import annotations

from copydesk.judge.quality.wording._cues import find_first, read_cues
from copydesk.judge.words import normalize

_CUES = read_cues("tease")


def tease(title: str) -> str:
    """Return the part of a headline that teases instead of telling, "" for a plain one."""
    plain = normalize(title)
    return find_first(_CUES["tease"], plain) or find_first(_CUES["list"], plain)
