"""Advertising for a market study: "Global X Market Size, Share, CAGR, 2024-2030"."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import first, several

_TITLE = re.compile(
    r"""(?xi)
      \bmarket\ (?:size|share|outlook|forecasts?|growth|analysis|insights?|report|research|overview
        |dynamics|segmentation|opportunit(?:y|ies)|demand|trends?)\b
        (?=.*(?:20[2-9]\d|\bcagr\b|\bmarket\ (?:size|share)\b|,\ share|\bkey\ players\b|\bglobal\b
            |\d\s?%))
    | \b(?:global\ )?(?:[\w-]+\ ){1,6}market\ (?:is\ )?(?:expected\ |projected\ |set\ |likely\
        |poised\ )?
      (?:to\ (?:reach|hit|exceed|surpass|grow|witness|garner|be\ worth|register|expand)
      |worth|size\ to|value\ to|will\ (?:reach|hit|exceed))\b
      .*(?:\bcagr\b|\bby\ 20[2-9]\d\b|\d\s?%|(?:million|billion|mn|bn)\b)
    | \bcagr\ of\b | \bmarktgröße\b.*\b20[2-9]\d\b | \btaille\ du\ marché\b.*\b20[2-9]\d\b
    | \btamaño\ del\ mercado\b.*\b20[2-9]\d\b
    """
)
_TEXT = re.compile(
    r"""(?xi)
      \bcagr\b | \bcompound\ annual\ growth\ rate\b | \bforecast\ period\b
    | \bmarket\ segmentation\b
    | \b(?:request|get|download)\ (?:a\ |your\ |the\ )?(?:free\ )?(?:sample|pdf|brochure)\b
    | \b(?:sample|full|complete)\ (?:copy|report)\ (?:of|at|here|now)\b
    | \bkey\ (?:market\ )?players\b
    | \bmarket\ (?:was|is|size\ was|size\ is)\ (?:valued|estimated|projected|expected|anticipated)\b
    | \b(?:base|historical)\ year\b | \btable\ of\ contents\b | \bprognosezeitraum\b
    | \b(?:this|the|our|new)\ (?:market\ )?(?:research\ )?report\ (?:covers|provides|offers
        |studies|highlights)\b
    | \bresearch\ ?and\ ?markets\b | \b(?:buy|purchase)\ (?:this|the|full)\ report\b
    | \bcompetitive\ landscape\b | \bdriving\ factors\b | \bmarket\ dynamics\b
    """
)


def market_report(title: str, text: str) -> str:
    """Give what shows that a text sells a market study, "" where nothing does.

    A study's headline with one of its set phrases below, or four of those alone: an honest report
    that cites a study has one or two.
    """
    headline = first(_TITLE, title)
    if headline and several(_TEXT, text, 1):
        return headline
    return several(_TEXT, text, 4)
