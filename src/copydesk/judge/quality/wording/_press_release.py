"""A company that speaks for itself: press releases, and what was paid for."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import ENDING, find_first
from copydesk.kit import tables

_OPENING = 300  # characters: a page that was paid for says so at once

_ROWS = tables.read_rows(__package__, "press_release.toml", tuple[str, ...])
_SERVICE = tables.any_of(_ROWS["services"])
_LABELS = (*_ROWS["release_labels"], *_ROWS["paid_labels"])
_CREDIT = re.compile(rf"\b{tables.any_of([_SERVICE, *_LABELS])}\b", re.IGNORECASE)
_DOMAIN = re.compile(rf"^{_SERVICE}\.(?:com|net|org|de)$".replace(" ?", "").replace(" ", "-"))
_DATELINE = re.compile(tables.any_of([*_ROWS["datelines"], rf"/\s?(?i:{_SERVICE})\s?/"]))
_SIGNATURE = re.compile(tables.any_of(_ROWS["signatures"]), re.MULTILINE)
# what stands before everything else: a title "Sponsored: …", a first line "Pressemitteilung"
_LABEL = re.compile(
    rf"\A\W*{tables.any_of([*_LABELS, *_ROWS['openings']])}"
    r"(?=\s*(?:[:|\]\)\u2013\u2014\n]|-\ |\Z))",
    re.IGNORECASE,
)


def press_release(credit: str, domain: str, opening: str, text: str) -> str:
    """Return what shows that a company speaks for itself, "" where nothing does.

    A press service's name in the credit or as the site, its dateline in the opening, or a sender's
    lines at the end of the text.
    """
    return (
        find_first(_CREDIT, credit)
        or find_first(_DOMAIN, domain)
        or find_first(_DATELINE, opening)
        or find_first(_SIGNATURE, text[-ENDING:])
    )


def advertorial(title: str, section: str, text: str) -> str:
    """Return the label of what was paid for or sent in, "" where there is none."""
    places = (title, section, text[:_OPENING])
    return next(filter(None, (find_first(_LABEL, place) for place in places)), "")
