"""Cues: phrases that each prove little and together much."""

from __future__ import annotations

import re

OPENING = 4000  # characters at the beginning of a text in which it shows what it is
HEADLINE = 300  # no headline is longer; what is has been made to hurt
ENDING = 1200  # and at its end, where senders and small print stand


def ends_of(text: str) -> str:
    """Give the beginning and the end of a text: a book costs no more than a page."""
    if len(text) <= OPENING + ENDING:
        return text
    return f"{text[:OPENING]}\n{text[-ENDING:]}"


def first(pattern: re.Pattern[str], text: str) -> str:
    """Give what a pattern finds first in a text, without the signs around it; "" for nothing."""
    found = pattern.search(text)
    return found.group().strip("\n /()[]:-\u2013\u2014") if found else ""


def several(pattern: re.Pattern[str], text: str, least: int) -> str:
    """Give the first `least` different cues that a text has, "" where it has fewer."""
    cues: dict[str, str] = {}
    for found in pattern.finditer(text):
        cues.setdefault(found.group().lower(), found.group())
        if len(cues) == least:
            return ", ".join(cues.values())
    return ""
