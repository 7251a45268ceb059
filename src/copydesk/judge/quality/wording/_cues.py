"""Cues: phrases that each prove little and together much."""

from __future__ import annotations

import re
from collections.abc import Mapping

from copydesk.kit import tables

OPENING = 4000  # characters at the beginning of a text in which it shows what it is
HEADLINE = 300  # no headline is longer; what is has been made to hurt
ENDING = 1200  # and at its end, where senders and small print stand


def read_cues(family: str) -> Mapping[str, re.Pattern[str]]:
    """Compile the rows of a family's table, each a pattern in any case."""
    rows = tables.read_rows(__package__, f"{family}.toml", tuple[str, ...])
    return {name: re.compile(tables.any_of(row), re.IGNORECASE) for name, row in rows.items()}


def ends_of(text: str) -> str:
    """Return the beginning and the end of a text: a book costs no more than a page."""
    if len(text) <= OPENING + ENDING:
        return text
    return f"{text[:OPENING]}\n{text[-ENDING:]}"


def find_first(pattern: re.Pattern[str], text: str) -> str:
    """Find what a pattern matches first in a text, without the signs around it; "" for nothing."""
    match = pattern.search(text)
    return match.group().strip("\n /()[]:-\u2013\u2014") if match else ""


def find_several(pattern: re.Pattern[str], text: str, least: int) -> str:
    """Find the first `least` different cues that a text has, "" where it has fewer."""
    cues: dict[str, str] = {}
    for match in pattern.finditer(text):
        cues.setdefault(match.group().lower(), match.group())
        if len(cues) == least:
            return ", ".join(cues.values())
    return ""
