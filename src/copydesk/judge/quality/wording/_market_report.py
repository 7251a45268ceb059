"""Advertising for a market study: "Global X Market Size, Share, CAGR, 2024-2030"."""

from __future__ import annotations

from copydesk.judge.quality.wording._cues import find_first, find_several, read_cues

_CUES = read_cues("market_report")


def market_report(title: str, text: str) -> str:
    """Return what shows that a text sells a market study, "" where nothing does.

    A study's headline with one of its set phrases below, or four of those alone: an honest report
    that cites a study has one or two.
    """
    headline = find_first(_CUES["headline"], title)
    if headline and find_several(_CUES["text"], text, 1):
        return headline
    return find_several(_CUES["text"], text, 4)
