"""Decide when an article was published and updated: by its page, its feed entry, or a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract import json_ld
from copydesk.extract.json_ld import Node
from copydesk.extract.when import _shown
from copydesk.extract.when.moments import (
    NO_EVIDENCE,
    Evidence,
    Moment,
    day_in_address,
    order,
    parse,
)
from copydesk.kit import dates, tables

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.extract.when._shown import Sighting
    from copydesk.news import Lead

_CLOCK_ERROR = timedelta(hours=1)  # a time further ahead is in the future, whatever the clock
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_ZONES = timedelta(hours=26)  # between the first and the last place on Earth with a certain date
_EAST, _WEST = timedelta(hours=14), timedelta(hours=-12)
_DAY = timedelta(days=1)
_EDITIONS = timedelta(days=2)
_MONTHS = 12
_BUILD = timedelta(minutes=2)  # a time that close to the fetch is when the page was generated
_MAX_TITLE = 500
_GUESS_MAX_ELEMENTS = 20_000  # htmldate reads every text node of the page,
_GUESS_CHARACTERS = 500_000  # and runs some forty searches over its markup
_DEEP_CHARACTERS = 50_000  # and folds the text of each of many nested elements
_DEEP = f"({'/*' * 60})[1]"  # deeper than any of 430 measured pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """When an article was published and updated, and the day of publication at its publisher."""

    published: Moment
    day: date
    updated: Moment | None


@dataclass(slots=True, kw_only=True)
class _View:
    """A page with its evidence of dates; the dates that it shows are found once, on demand."""

    document: Document
    declared: Declared
    evidence: Evidence
    now: datetime
    seen: list[Sighting] | None = None

    def sightings(self) -> list[Sighting]:
        """Return the dates shown on the page, best first, without those of the time of fetching."""
        return [
            sighting
            for sighting in self.sightings_with_clock()
            if not _is_build(sighting.moment, self.now)
        ]

    def sightings_with_clock(self) -> list[Sighting]:
        """Return the dates shown on the page, best first, even those of the time of fetching."""
        if self.seen is None:
            title = self.declared.first("og:title", "twitter:title")[0]
            title = title or self.document.tree.findtext(".//title") or ""
            self.seen = _shown.sightings(self.document, title[:_MAX_TITLE], self.evidence)
        return self.seen


def decide_dates(document: Document, declared: Declared, lead: Lead, now: datetime) -> Dates:
    """Decide when an article was published and updated.

    The page's declared time goes first; if it is only a day, or has no time zone, the source's time
    on the same day is more exact and wins. Then the source's time, then what the page shows and its
    URL contains, then the time when the link was found (origin "found"). A time more than an hour
    after `now` is never used.
    """
    evidence = gather(document, declared, now)
    view = _View(document=document, declared=declared, evidence=evidence, now=now)
    published = _decide_publication(view, lead)
    return Dates(
        published=published,
        day=_find_own_day(view, published),
        updated=_decide_update(view, lead, published),
    )


def _decide_publication(view: _View, lead: Lead) -> Moment:
    said, source = _find_declared_time(view), _from_lead(lead, view.now)
    if said is None:
        source = source or next(_plausible(_list_undeclared_times(view), view.now), None)
        return _refine(view, source) if source else _time_of_find(lead)
    if source and (_is_build(said, view.now) or _is_sharper(source, said)):
        return source
    return _refine(view, said)


def _is_sharper(one: Moment, other: Moment) -> bool:
    return one.exact and not other.exact and abs(one.at - other.at) <= _ZONES


def _refine(view: _View, moment: Moment) -> Moment:
    """Return a day with the time of day and zone that the page gives elsewhere, if it does."""
    if moment.exact:
        return moment
    said = publications(view.declared, view.evidence)
    shown = (
        sighting
        for sighting in view.sightings()
        if sighting.kind != "updated" and sighting.score >= _shown.SURE
    )
    told = (*said, *(sighting.moment for sighting in shown))
    same = (
        witness
        for witness in told
        if witness.exact and moment.day in {witness.day, witness.at.date()}
    )
    return next(_plausible(same, view.now), moment)


def _find_declared_time(view: _View) -> Moment | None:
    """Return the declared time, or the day in the URL if the declaration is of a later edition.

    URLs are made when an article appears, and kept when it is published again. A vague name with
    the time of the fetch is the page's clock, and so is a reliable one that the page contradicts.
    """
    told = _plausible(publications(view.declared, view.evidence), view.now)
    likely = [
        declared
        for declared in told
        if declared.origin in SURE or not _is_build(declared, view.now)
    ]
    said = likely[0] if likely else None
    if said and (_is_build(said, view.now) or _is_the_clocks_day(said, view.now)):
        said = _contradict(view, said, likely) or said
    address = _address(view)
    return address if said and address and address.at < said.at - _EDITIONS else said


def _contradict(view: _View, said: Moment, told: list[Moment]) -> Moment | None:
    """Return a time that contradicts the declared one: another declaration, a shown date; or None.

    An article may be as new as the fetch; then the page shows today, or nothing.
    """
    earlier = (moment for moment in told if moment.at < said.at and moment.origin != said.origin)
    for moment in earlier:
        if moment.origin in SURE and not _is_build(moment, view.now):
            return moment
    return _find_shown_apart(view, said)


def _find_shown_apart(view: _View, said: Moment) -> Moment | None:
    """Return the most reliable date that the page shows, None if it is likely the declared one."""
    shown = [sighting for sighting in view.sightings_with_clock() if sighting.kind != "updated"]
    if any(abs(moment.at - said.at) <= _ZONES for moment in _shown.at_least(_shown.LIKELY, shown)):
        return None
    return next(_shown.at_least(_shown.SURE, shown), None)


def _address(view: _View) -> Moment | None:
    known = day_in_address(view.document.address)
    if known is None:
        return None
    at = datetime.combine(known, time.min, UTC)
    return Moment(at=at, exact=False, origin="address", day=known)


def _time_of_find(lead: Lead) -> Moment:
    return Moment(at=dates.utc(lead.found).replace(microsecond=0), exact=True, origin="found")


def _from_lead(lead: Lead, now: datetime) -> Moment | None:
    if lead.published_at is None:
        return None
    at = dates.utc(lead.published_at).replace(microsecond=0)
    moment = Moment(at=at, exact=at.time() != time.min, origin="lead")
    return next(_plausible([moment], now), None)


def _list_undeclared_times(view: _View) -> Iterator[Moment]:
    """Yield times that are not declared, the most reliable first."""
    shown = [sighting for sighting in view.sightings() if sighting.kind != "updated"]
    likely = list(_shown.at_least(_shown.LIKELY, shown))
    address = _address(view)
    if address:
        yield from (moment for moment in likely if abs(moment.at - address.at) <= _ZONES)
        yield address
    yield from _shown.at_least(_shown.SURE, shown)
    yield from filter(None, [publication(view.document, view.evidence)])
    yield from likely
    yield from (change for change in _changes(view) if not _is_build(change, view.now))
    yield from _guess(view)


def _find_own_day(view: _View, moment: Moment) -> date:
    """Return the day of a moment by the publisher's clock, as far as the page shows it."""
    if moment.day or moment.origin == "found":
        return moment.day or moment.at.date()
    first, last = (moment.at + _WEST).date(), (moment.at + _EAST).date()
    return next((day for day in _witnesses(view, moment) if first <= day <= last), moment.at.date())


def _witnesses(view: _View, moment: Moment) -> Iterator[date]:
    """Yield days that the page gives for the same time, the most reliable first."""
    known = day_in_address(view.document.address)
    if known == moment.at.date():
        yield known
    yield from (witness.day for witness in _same_times(view, moment) if witness.day)
    shown = (sighting for sighting in view.sightings() if sighting.kind != "updated")
    likely = _shown.at_least(_shown.LIKELY, shown)
    yield from (witness.day for witness in likely if witness.day)
    if known:
        yield known


def _same_times(view: _View, moment: Moment) -> Iterator[Moment]:
    """Yield declared or shown moments with exactly this time."""
    for witness in publications(view.declared, view.evidence):
        if witness.exact and witness.at == moment.at:
            yield witness
    for sighting in view.sightings():  # the page is read for dates only if nothing declared fits
        if sighting.moment.exact and sighting.moment.at == moment.at:
            yield sighting.moment


def _decide_update(view: _View, lead: Lead, since: Moment) -> Moment | None:
    """Return when the article was updated, None if that is unknown or not later."""
    told = list(_changes(view))
    if lead.updated_at:
        told.append(Moment(at=dates.utc(lead.updated_at), exact=True, origin="lead"))
    later = (change for change in _plausible(told, view.now) if change.at > since.at)
    return next((change for change in later if not _is_build(change, view.now)), None)


def _changes(view: _View) -> Iterator[Moment]:
    """Yield the times of change that the page declares; if it declares none, those it shows."""
    told = list(changes(view.declared, view.evidence))
    yield from told
    if not told:
        shown = (sighting for sighting in view.sightings() if sighting.kind == "updated")
        yield from (sighting.moment for sighting in shown if sighting.score >= _shown.SURE)


def _is_build(moment: Moment, now: datetime) -> bool:
    """Return whether a time is that of the fetch: the page's clock, not the article's time."""
    return moment.exact and abs(moment.at - dates.utc(now)) <= _BUILD


def _is_the_clocks_day(moment: Moment, now: datetime) -> bool:
    """Return whether a vague name gives the day of the fetch, as a page made just now does."""
    return not moment.exact and moment.origin not in SURE and moment.day == dates.utc(now).date()


def _plausible(moments: Iterable[Moment], now: datetime) -> Iterator[Moment]:
    for moment in moments:
        # a day without a time is a day somewhere: it may have begun there before it has here
        margin = _CLOCK_ERROR if moment.exact else _DAY
        if _EARLIEST <= moment.at <= dates.utc(now) + margin:
            yield (
                moment if moment.at <= dates.utc(now) + _CLOCK_ERROR else _bring_to_now(moment, now)
            )


def _bring_to_now(moment: Moment, now: datetime) -> Moment:
    return replace(moment, at=dates.utc(now).replace(microsecond=0), exact=False)


def _guess(view: _View) -> Iterator[Moment]:
    """Yield the day that htmldate finds, if it is in the page and cannot be another one."""
    from htmldate import find_date

    document = view.document
    if len(document.every) > _GUESS_MAX_ELEMENTS:
        return
    is_deep = bool(document.tree.xpath(_DEEP))
    html = document.html[: _DEEP_CHARACTERS if is_deep else _GUESS_CHARACTERS]
    try:
        found = find_date(
            html,
            url=document.address,
            original_date=True,
            extensive_search=True,
            min_date=f"{_EARLIEST:%Y-%m-%d}",
            max_date=f"{view.now + _CLOCK_ERROR:%Y-%m-%d}",
        )
    except Exception:  # a guess in hostile markup; without it there is no guess
        return
    moment = parse(found, "htmldate") if found else None
    today = dates.utc(view.now).date()  # the date in a masthead; the time of the run is as good
    if moment and moment.day and moment.day != today and _is_supported(view, moment.day):
        yield moment


def _is_supported(view: _View, day: date) -> bool:
    """Return whether a guess is not just the first of a year or month, nor 05/02 for 02/05."""
    html = view.document.html
    two_ways = rf"0?{day.day}[/-]0?{day.month}|0?{day.month}[/-]0?{day.day}"
    figures = re.search(rf"(?<!\d)(?:{two_ways})[/-](?:{day:%Y}|{day:%y})\b", html)
    if figures and day.day <= _MONTHS and view.evidence.day_first is None:
        return False
    return (
        day.day > 1
        or str(day) in html
        or any(sighting.moment.day == day for sighting in view.sightings())
    )


# Find evidence of dates in a page: its metadata, its scripts, its country and language.

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
    """Yield the times of the last change that a page's metadata declare."""
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
        moment = parse(value, origin, evidence)
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
    """Collect evidence for reading a page's dates: day or month first, and known days."""
    known = {day_in_address(document.address)}
    known |= {moment.at.date() for moment in changes(declared, NO_EVIDENCE)}
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
    for name, is_day_first in (("day_first", True), ("month_first", False)):
        if domain in _DOMAINS[name]:
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
        first = order(figures[1])
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
    """Return the publication time in a page's scripts, None if there is none or they disagree."""
    moments = []
    for entry in _TOLD.finditer(document.html, 0, _MAX_SCRIPTS):
        number = _NUMBER.match(entry[1])
        value = number[0] if number else entry[1]
        moment = parse(value, "script", evidence)
        if moment:
            moments.append(moment)
    days = {moment.at.date() for moment in moments}
    return moments[0] if 0 < len(days) <= _MAX_DAYS else None
