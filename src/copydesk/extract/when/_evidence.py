"""Evidence for a date in figures: the site's country and language, and days that are known."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract.page import Declared
from copydesk.extract.when import _declared_times, _in_address, _moments
from copydesk.extract.when._moments import Evidence
from copydesk.kit import tables

if TYPE_CHECKING:
    from copydesk.extract.page import Document

_MAX_CHARACTERS = 400_000
_LOCALE = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})\b)?")
_DOMAINS = tables.read_rows("copydesk.extract.when", "day_order.toml", frozenset[str])
_MONTH_FIRST = frozenset({"US", "PH"})
_EITHER_WAY = frozenset({"CA", "ZZ"})
_FIGURES = re.compile(r">([^<>]{0,60}\b\d{1,2}[/-]\d{1,2}[/-](?:20)?\d\d\b)")


def gather(document: Document, declared: Declared, now: datetime) -> Evidence:
    """Learn how the site writes days, as far as the page shows, and days that it tells plainly."""
    known = {_in_address.day(document.address)}
    known |= {
        moment.at.date() for moment in _declared_times.changes(declared, _moments.NO_EVIDENCE)
    }
    first = _by_place(document, declared)
    if first is None:
        first = _by_habit(document.html)
    return Evidence(
        day_first=first,
        days=frozenset(day for day in known if day),
        until=(now + timedelta(days=1)).date(),
    )


def _by_place(document: Document, declared: Declared) -> bool | None:
    """Decide whether the site's country and language write the day first, None where unknown."""
    domain = (urlsplit(document.address).hostname or "").rpartition(".")[2]
    for order, is_day_first in (("day_first", True), ("month_first", False)):
        if domain in _DOMAINS[order]:
            return is_day_first
    spoken = str(document.tree.get("lang") or document.tree.get("xml:lang") or "")
    locales = (spoken, declared.first("og:locale", "content-language")[0])
    return next((first for first in map(_by_locale, locales) if first is not None), None)


def _by_locale(value: str) -> bool | None:
    """Decide whether a locale writes the day first: all but English do, and that by its country."""
    locale = _LOCALE.match(value)
    if locale is None:
        return None
    language, country = locale[1].lower(), (locale[2] or "").upper()
    if language != "en":
        return True
    return country not in _MONTH_FIRST if country and country not in _EITHER_WAY else None


def _by_habit(html: str) -> bool | None:
    """Decide by the page's other dates whether the day stands first: one above 12 tells."""
    for figures in _FIGURES.finditer(html, 0, _MAX_CHARACTERS):
        first = _moments.order(figures[1])
        if first is not None:
            return first
    return None
