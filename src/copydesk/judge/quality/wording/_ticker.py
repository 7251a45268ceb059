"""A robot's report on one share: prices, ratings and stakes poured into a form."""

from __future__ import annotations

from copydesk.judge.quality.wording._cues import find_first, find_several, read_cues

_CUES = read_cues("ticker")


def ticker(title: str, text: str) -> str:
    """Return the share that a robot reports on, "" for any other text.

    The share's sign in the headline or the text's beginning, and four set phrases of such reports.
    """
    share = find_first(_CUES["share"], title) or find_first(_CUES["share"], text[:600])
    return share if share and find_several(_CUES["text"], text, 4) else ""
