"""Another newsroom's report: the agency that a credit names."""

from __future__ import annotations

import re

_AGENCIES = re.compile(
    r"\b(?:reuters|associated press|ap|afp|agence france-presse|dpa|bloomberg|upi|xinhua|pa media"
    r"|press association|pa|ani|pti|ians|kyodo|tass|efe)\b",
    re.IGNORECASE,
)


def agency(credit: str, domain: str) -> str:
    """Give the news agency that the credit of another site names, "" for none."""
    found = _AGENCIES.search(credit)
    if not found or found.group().lower() in domain:
        return ""
    return found.group()
