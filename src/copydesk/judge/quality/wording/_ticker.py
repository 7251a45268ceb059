"""A robot's report on one share: prices, ratings and stakes poured into a form."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import first, several

_SHARE = re.compile(
    r"\((?:NASDAQ|NYSE|NYSEARCA|NYSEAMERICAN|AMEX|OTCMKTS|LON|TSE|TSX|ASX|ETR|FRA|EPA|BIT|CVE)\s?:\s?"
    r"[A-Z0-9.]{1,8}\)"
)
_TEXT = re.compile(
    r"""(?xi)
      \b(?:price\ (?:target|objective)|target\ price)\b | \bconsensus\ (?:estimate|rating|price)\b
    | \b(?:fifty|200|50|two\ hundred)[-\ ]day\ moving\ average\b | \bprice-to-earnings\b
    | \bp/e\ ratio\b
    | \binstitutional\ investors\b | \bhedge\ funds?\b | \bmarket\ cap(?:italization)?\ of\b
    | \bshares\ of\ the\ company's\ stock\b | \b(?:gap(?:ped)?|trading|traded)\ (?:up|down)\b
    | \b(?:upgraded|downgraded|reiterated|lowered\ their|raised\ their|cut\ their|boosted\ (?:its
        |their))\b
    | \b(?:insider|stake\ in|position\ in)\ .{0,40}\bshares\b | \b(?:12|52|twelve
        |fifty-two)[-\ ](?:month|week)\ (?:low|high)\b
    """
)


def ticker(title: str, text: str) -> str:
    """Give the share that a robot reports on, "" for any other text.

    The share's sign in the headline or the text's beginning, and four set phrases of such reports.
    """
    share = first(_SHARE, title) or first(_SHARE, text[:600])
    return share if share and several(_TEXT, text, 4) else ""
