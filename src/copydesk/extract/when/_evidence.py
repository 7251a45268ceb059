"""Find evidence of dates in a page: its metadata, its scripts, its country and language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract import json_ld
from copydesk.extract.json_ld import Node
from copydesk.extract.when import _moments
from copydesk.extract.when._moments import Evidence, Moment
from copydesk.kit import tables

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document

_PACKAGE = "copydesk.extract.when"

_MAX_VALUES = 20  # of one name

# Names of meta tags without dots, dashes, colons and underscores; the most reliable first.
_PUBLISHED = tables.read_lines(_PACKAGE, "published_names.txt")
_UPDATED = tables.read_lines(_PACKAGE, "updated_names.txt")
_RANKS = {name: rank for rank, name in enumerate(_PUBLISHED)}
_UPDATED_RANKS = {name: rank for rank, name in enumerate(_UPDATED)}
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_PAGES = frozenset({"webpage", "itempage", "aboutpage", "creativework", "webcontent"})
_NODE_KEYS = ("datePublished", "dateCreated")
SURE = frozenset({"json-ld", "article:published_time", "og:article:published_time"})


def publications(declared: Declared, evidence: Evidence) -> Iterator[Moment]:
    """Yield the publication times that a page's metadata declare."""
    for node in _nodes(declared):
        for key in _NODE_KEYS:
            yield from _moments_of(_texts(node.get(key)), "json-ld", evidence)
    for name in _rank(declared, _RANKS):
        yield from _moments_of(declared.meta[name], name, evidence)
    yield from _moments_of(_texts(declared.video.get("uploadDate")), "json-ld", evidence)


def changes(declared: Declared, evidence: Evidence) -> Iterator[Moment]:
    """Yield the times of change that a page's metadata declare."""
    for node in _nodes(declared):
        yield from _moments_of(_texts(node.get("dateModified")), "json-ld", evidence)
    for name in _rank(declared, _UPDATED_RANKS):
        yield from _moments_of(declared.meta[name], name, evidence)


def _nodes(declared: Declared) -> list[Node]:
    """Return the JSON-LD nodes of the article, then of its page."""
    pages = [node for node in declared.nodes if json_ld.kinds(node) & _PAGES]
    return [declared.article, *pages]


def _texts(value: object) -> list[str]:
    """Return the times in a JSON-LD value as text; some are numbers."""
    return [str(value)] if isinstance(value, int) else json_ld.strings(value)


def _rank(declared: Declared, ranks: Mapping[str, int]) -> list[str]:
    bare = {name: _PUNCTUATION.sub("", name) for name in declared.meta}
    return sorted(
        (name for name in bare if bare[name] in ranks), key=lambda name: ranks[bare[name]]
    )


def _moments_of(values: Iterable[str], origin: str, evidence: Evidence) -> Iterator[Moment]:
    for value in islice(values, _MAX_VALUES):
        moment = _moments.parse(value, origin, evidence)
        if moment is not None:
            yield moment


# What tells the order of day and month: the country and language of the site, days that are known.

_MAX_CHARACTERS = 400_000
_LOCALE = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})\b)?")
_DOMAINS = tables.read_rows("copydesk.extract.when", "day_order.toml", frozenset[str])
_MONTH_FIRST = frozenset({"US", "PH"})
_EITHER_WAY = frozenset({"CA", "ZZ"})
_FIGURES = re.compile(r">([^<>]{0,60}\b\d{1,2}[/-]\d{1,2}[/-](?:20)?\d\d\b)")


def gather(document: Document, declared: Declared, now: datetime) -> Evidence:
    """Collect how a page's site writes dates (day first or not), and dates that are certain."""
    known = {_moments.day_in_address(document.address)}
    known |= {moment.at.date() for moment in changes(declared, _moments.NO_EVIDENCE)}
    first = _by_place(document, declared)
    if first is None:
        first = _by_habit(document.html)
    return Evidence(
        day_first=first,
        days=frozenset(day for day in known if day),
        until=(now + timedelta(days=1)).date(),
    )


def _by_place(document: Document, declared: Declared) -> bool | None:
    """Decide by the site's country and language whether dates have the day first, else None."""
    domain = (urlsplit(document.address).hostname or "").rpartition(".")[2]
    for order, is_day_first in (("day_first", True), ("month_first", False)):
        if domain in _DOMAINS[order]:
            return is_day_first
    spoken = str(document.tree.get("lang") or document.tree.get("xml:lang") or "")
    locales = (spoken, declared.first("og:locale", "content-language")[0])
    return next((first for first in map(_by_locale, locales) if first is not None), None)


def _by_locale(value: str) -> bool | None:
    """Decide by a locale whether the day is first: in all but English, and there by country."""
    locale = _LOCALE.match(value)
    if locale is None:
        return None
    language, country = locale[1].lower(), (locale[2] or "").upper()
    if language != "en":
        return True
    return country not in _MONTH_FIRST if country and country not in _EITHER_WAY else None


def _by_habit(html: str) -> bool | None:
    """Decide by the page's other dates whether the day is first: a number above 12 shows it."""
    for figures in _FIGURES.finditer(html, 0, _MAX_CHARACTERS):
        first = _moments.order(figures[1])
        if first is not None:
            return first
    return None


# Times in scripts and data attributes, for pages that declare none elsewhere.

_MAX_SCRIPTS = 1_000_000
_MAX_DAYS = 2  # with more days, they belong to other articles listed in the same script
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
    """Return the publication time in the page's scripts; None for none or several days."""
    moments = []
    for entry in _TOLD.finditer(document.html, 0, _MAX_SCRIPTS):
        number = _NUMBER.match(entry[1])
        value = number[0] if number else entry[1]
        moment = _moments.parse(value, "script", evidence)
        if moment:
            moments.append(moment)
    days = {moment.at.date() for moment in moments}
    return moments[0] if 0 < len(days) <= _MAX_DAYS else None
