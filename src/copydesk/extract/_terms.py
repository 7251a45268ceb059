"""On what terms: may everybody read it, and whose words are they."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared

if TYPE_CHECKING:
    from copydesk.extract._document import Document

_STUB = 1_200  # characters; with a wall in the markup and less text than this, it is a teaser
_WALL = (
    "//body//*[contains(@class, 'paywall') or contains(@id, 'paywall')"
    " or contains(@class, 'regwall') or contains(@class, 'subscriber-only')"
    " or contains(@class, 'premium-content')]"
)
_OPENING = 600  # characters at either end of a text where its origin is named
_FALSE = frozenset({"false", "no", "0", "metered", "locked", "paid", "premium", "subscription"})
_TRUE = frozenset({"true", "yes", "1", "free"})

Marks = tuple[tuple[str, str], ...]

# As in: BERLIN, May 5 (Reuters) - …
_DATELINE = r"^[^.\n]{0,60}\({}\)|\({}\)\s*[-–—:]"
# Agencies by how they sign: in the dateline, "BERLIN (Reuters) - …", or in the byline.
_AGENCIES = (
    ("Reuters", r"Reuters"),
    ("AP", r"AP|Associated Press"),
    ("AFP", r"AFP|Agence France[- ]Presse"),
    ("dpa", r"dpa|DPA"),
    ("PA", r"Press Association|PA Media"),  # in a dateline (PA) is Pennsylvania
    ("Bloomberg", r"Bloomberg"),
    ("UPI", r"UPI"),
    ("Xinhua", r"Xinhua"),
    ("PTI", r"PTI"),
    ("ANI", r"ANI"),
    ("IANS", r"IANS"),
    ("Kyodo", r"Kyodo(?: News)?"),
    ("TASS", r"TASS"),
    ("EFE", r"EFE"),
)
# Paid press releases: the service's own mark.
_SERVICES = (
    ("PR Newswire", r"/\s?PR\s?Newswire(?:-\w+)?/|\bPRNewswire\b"),
    ("Business Wire", r"\(BUSINESS WIRE\)|\bBUSINESS WIRE\b"),
    ("GlobeNewswire", r"\(GLOBE\s?NEWSWIRE\)|GLOBE NEWSWIRE"),
    ("ACCESSWIRE", r"/?\bACCESS\s?WIRE\b"),
    ("EIN Presswire", r"EIN\s?Presswire"),
    ("Newsfile", r"\(Newsfile Corp\."),
)


def access(document: Document, declared: Declared, body: str) -> tuple[str, str]:
    """Give on what terms the page is read and how that is known.

    "paywalled" or "free" as the page declares it; "teaser" for a stub before a wall; "" unknown.
    """
    declared_free = _declared_free(declared)
    if declared_free is None and len(body) < _STUB and document.tree.xpath(_WALL):
        return "teaser", "markup"
    if declared_free is None:
        return "", ""
    return "free" if declared_free else "paywalled", "declared"


def _declared_free(declared: Declared) -> bool | None:
    """Read schema.org's isAccessibleForFree and the tier tags; None where nobody says."""
    for node in (declared.article, declared.video):
        value = str(node.get("isAccessibleForFree", "")).rsplit("/", 1)[-1].lower()
        if value in _FALSE | _TRUE:
            return value in _TRUE
    tier = declared.first("article:content_tier", "og:article:content_tier", "cxenseparse:access")[
        0
    ]
    if tier.lower() in _FALSE | _TRUE:
        return tier.lower() in _TRUE
    return None


def credit(declared: Declared, body: str) -> tuple[str, str]:
    """Give the agency or press-release service whose words these are and how that is known."""
    opening, end = body[:_OPENING], body[-_OPENING:]
    return (
        _marked(_SERVICES, opening, "{}")
        or _marked(_AGENCIES, opening, _DATELINE)
        or _signed(_credited(declared))
        or _marked(_SERVICES, end, "{}")
        or ("", "")
    )


def _marked(names: Marks, passage: str, form: str) -> tuple[str, str] | None:
    for name, pattern in names:
        if re.search(form.replace("{}", f"(?:{pattern})"), passage):
            return name, "text"
    return None


def _signed(bylines: list[str]) -> tuple[str, str] | None:
    for name, pattern in _AGENCIES:
        form = rf"(?i)(?:the )?(?:{pattern})(?: news(?: agency)?)?"
        if any(re.fullmatch(form, byline) for byline in bylines):
            return name, "byline"
    return None


def _credited(declared: Declared) -> list[str]:
    found: list[str] = []
    for key in ("provider", "sourceOrganization", "author", "creator", "creditText"):
        found += _json_ld.names(declared.article.get(key), declared.nodes)
    for name in ("author", "dc.source", "article:author", "copyright-holder"):
        found += declared.meta.get(name, ())
    return found
