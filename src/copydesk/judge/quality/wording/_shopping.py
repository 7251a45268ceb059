"""Pages that sell: coupons, deals of the day, what to buy."""

from __future__ import annotations

from copydesk.judge.quality.wording._cues import find_first, find_several, read_cues

_CUES = read_cues("shopping")


def shopping(title: str, text: str) -> str:
    """Return what shows that a page sells, "" where nothing does.

    A headline of offers, with one set phrase of shops below; or four of the phrases.
    """
    headline = find_first(_CUES["headline"], title)
    if headline and (find_several(_CUES["text"], text, 1) or not text):
        return headline
    return find_several(_CUES["text"], text, 4)
