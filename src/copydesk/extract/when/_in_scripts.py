"""Times that a page's scripts and data attributes hold, for pages that declare none elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from copydesk.extract.when import _moments
from copydesk.extract.when._moments import Evidence, Moment

if TYPE_CHECKING:
    from copydesk.extract.page import Document

_MAX_CHARACTERS = 1_000_000
_MAX_DAYS = 2  # more days than that are those of other articles, listed in the same state
_KEYS = (
    "datePublished|date_published|first_?[pP]ublish\\w{0,12}|publish(?:ed)?_?(?:[dD]ate|[tT]ime|"
    "[aA]t|[oO]n)?(?:_?(?:time|gmt|utc))?|publication_?(?:[dD]ate|[tT]ime)|pub_?[dD]ate|"
    "[pP]ost_?[dD]ate|display_?[dD]ate|original_?[dD]ate|release_?[dD]ate"
)
_TOLD = re.compile(
    rf"""\b(?:{_KEYS})(?:UTC|GMT)?\\?["']?\s?[:=]\s?\\?["']?([^"'<>\\]{{8,40}})(?=[\\"',;}}\s])"""
)
_NUMBER = re.compile(r"\d{10}(?:\d{3})?\b")


def publication(document: Document, evidence: Evidence) -> Moment | None:
    """Find the time that the page's state calls published; None where it names several days."""
    moments = []
    for entry in _TOLD.finditer(document.html, 0, _MAX_CHARACTERS):
        number = _NUMBER.match(entry[1])
        value = number[0] if number else entry[1]
        moment = _moments.parse(value, "script", evidence)
        if moment:
            moments.append(moment)
    days = {moment.at.date() for moment in moments}
    return moments[0] if 0 < len(days) <= _MAX_DAYS else None
