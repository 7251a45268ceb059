"""Another newsroom's report: the agency that a credit names."""

from __future__ import annotations

import re

from copydesk.kit import tables

_AGENCY = re.compile(rf"\b{tables.read_pattern(__package__, 'agency.toml')}\b", re.IGNORECASE)


def agency(credit: str, domain: str) -> str:
    """Return the news agency that the credit of another site names, "" for none."""
    match = _AGENCY.search(credit)
    if not match or match.group().lower() in domain:
        return ""
    return match.group()
