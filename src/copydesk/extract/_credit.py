"""Whose words they are: the agency or press-release service behind an article."""

from __future__ import annotations

import re

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared

_OPENING = 600  # characters at either end of a text where its origin is named

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


def find(declared: Declared, body: str) -> tuple[str, str]:
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
