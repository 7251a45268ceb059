"""Another newsroom's report: the agency that a credit names."""

from __future__ import annotations

import re

from copydesk.kit import tables

_NAMES = tables.read_pattern(__package__, "agency.toml")
_AGENCY = re.compile(rf"\b{_NAMES}\b", re.IGNORECASE)


_DATELINE = re.compile(
    rf"^[^\n(]{{2,60}}\(({_NAMES})\)\s*[-:\u2013\u2014]", re.IGNORECASE | re.MULTILINE
)


def agency(credit: str, domain: str) -> str:
    """Return the news agency that the credit of another site names, "" for none."""
    match = _AGENCY.search(credit)
    if not match or match.group().lower() in domain:
        return ""
    return match.group()


def dateline(opening: str) -> str:
    """Return the agency that a text's dateline names, "" for none: "PARIS, May 2 (Reuters) -"."""
    match = _DATELINE.search(opening)
    return match.group(1) if match else ""
