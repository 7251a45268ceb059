"""Opinion, by the label that its newsroom gives it."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import find_first
from copydesk.kit import tables

_ROWS = tables.read_rows(__package__, "opinion.toml", tuple[str, ...])
_LABEL = tables.any_of(_ROWS["labels"])
_LABELLED = re.compile(
    rf"^{_LABEL}s?\s*(?:[:|]|\s[-\u2013\u2014]\s)|\s[|]\s{_LABEL}s?$", re.IGNORECASE
)
_REVIEW = re.compile(tables.any_of(_ROWS["reviews"]), re.IGNORECASE)
_SECTION = re.compile(rf"^{tables.any_of([_LABEL, *_ROWS['sections']])}$", re.IGNORECASE)


def opinion(title: str, section: str) -> str:
    """Return the label of opinion in a headline or of its section, "" where there is none."""
    return (
        find_first(_LABELLED, title) or find_first(_REVIEW, title) or find_first(_SECTION, section)
    )
