"""News agencies: one voice under several names, in credits and at their own addresses."""

from __future__ import annotations

import re

from copydesk.kit import tables, text

_NAMES = tables.read_rows(__package__, "agencies.toml", tuple[str, ...])
_AGENCY_OF = {name: agency for agency, names in _NAMES.items() for name in names}
_BETWEEN = re.compile(
    r"\s*(?:/|,|;|\||\band\b|\bund\b|\bet\b|\by\b|\bvia\b|\bmit\b)\s*", re.IGNORECASE
)


def agency_of(credit: str, domain: str) -> str:
    """Return the agency that a credit names first, else the one whose site it is, "" for none."""
    for part in _BETWEEN.split(credit):
        if agency := _AGENCY_OF.get(text.squash(part)):
            return agency
    return _AGENCY_OF.get(domain.lower(), "")
