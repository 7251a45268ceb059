"""Light fare, by the headline: gossip and trailers; and service pieces that tell how to."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import first
from copydesk.judge.words import readable

_GOSSIP = re.compile(
    r"""(?xi)
      \btrailers?(?=:|$|\ (?:for|teases|drops?|is\ out|shows|reveals|released)\b)
    | \b(?:teaser\ trailer|spoilers?|season\ finale|box\ office|red\ carpet|celebs?|celebrity
          |gossip
        |baby\ bump|paparazzi|heartthrob|bachelorette|love\ island)\b
    | \b(?:splits?|break(?:s|ing)?\ up|broke\ up)\ (?:up\ )?(?:after|from|with)\b | \b(?:is|are
        |now)\ dating\b
    | \b(?:stuns|dazzles|wows)\ in\b | \b(?:shows\ off|flaunts|bares|claps\ back|opens\ up\ about
        |gushes)\b
    | \bcall(?:s|ed)?\ it\ quits\b
    | \b(?:promis|royals?-fans|liebes-aus|babybauch)\b | \bbande-annonce\b | \btráiler\b
    """
)
_SERVICE = re.compile(
    r"""(?xi)
      ^how\ to\b | [:,\u2013-]\s?how\ to\b | \bhow\ to\ (?:get|use|sign|watch|install|download|fix
          |make|set|buy|find|play)\b
    | \b(?:features?|ending|changes)\ explained\b | \b(?:new\ features?|what's\ new|patch\ notes
        |release\ date|cheats|walkthrough)\b
    | \beverything\ (?:we\ know|you)\b | \b(?:step[- ]by[- ]step|tutorial|beginner'?s?'?\ guide
        |tips\ (?:and|for|to))\b
    | \bso\ (?:geht's|funktioniert)\b | \banleitung\b | \bmode\ d'emploi\b | \btout\ savoir\b
    | \bpaso\ a\ paso\b
    | \btodo\ lo\ que\b | ^(?:cómo|comment)\ (?:hacer|ver|usar|descargar|faire|obtenir|installer
        |regarder)\b
    """
)


def gossip(title: str) -> str:
    """Give what shows that a headline is about the private lives of the famous, or a trailer."""
    return first(_GOSSIP, readable(title))


def service(title: str) -> str:
    """Give what shows that a headline promises instructions and no news."""
    return first(_SERVICE, readable(title))
