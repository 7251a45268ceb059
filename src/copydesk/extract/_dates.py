"""When it was published and updated: the page's word, the source's, or a guess; UTC always."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from copydesk.extract import _json_ld
from copydesk.extract._declared import Declared
from copydesk.kit import dates

if TYPE_CHECKING:
    from copydesk.extract._document import Document
    from copydesk.news import Lead

_AHEAD = timedelta(hours=1)  # how far a clock may be wrong before its time counts as future
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_ZONES = timedelta(hours=26)  # between the first and the last place where it is a certain day
_DAY = timedelta(days=1)
_GUESS_MAX_ELEMENTS = 20_000  # htmldate reads every text node of the page,
_GUESS_CHARACTERS = 500_000  # and runs some forty searches over its markup

_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article.published",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "publish-date",
    "publish_date",
    "publishdate",
    "pubdate",
    "publication_date",
    "published_time_telegram",
    "article_date_original",
    "originalpublicationdate",
    "ptime",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "citation_publication_date",
    "datecreated",
    "date",
)
_UPDATED = (
    "article:modified_time",
    "og:updated_time",
    "og:modified_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "lastmod",
    "utime",
)
_TIME_ELEMENTS = (
    "//*[@itemprop='datePublished']",
    "//time[@pubdate]",
    "//article//header//time[@datetime] | //header//time[@datetime]",
    "//abbr[contains(concat(' ', @class, ' '), ' published ')]",
    "//time[contains(@class, 'publish') or contains(@class, 'entry-date')]",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time as somebody gave it: `exact` only with a time of day and a zone."""

    at: datetime
    exact: bool
    origin: str


def published(document: Document, declared: Declared, lead: Lead, now: datetime) -> Moment:
    """Give when the article was published.

    The page's declared time first; where it is only a day, or lacks its zone, the source's time of
    the same day is more exact and wins. Then the source's, then a time that the page shows, then
    the round's clock (origin "found"). Nothing later than an hour after `now` is believed.
    """
    said = next(_plausible(_declared(document, declared), now), None)
    source = _from_lead(lead, now)
    if said is None:
        return source or _guessed(document, now) or _found(lead)
    if source and source.exact and not said.exact and abs(source.at - said.at) <= _ZONES:
        return source
    return said


def updated(declared: Declared, lead: Lead, since: Moment, now: datetime) -> Moment | None:
    """Give when the article was last changed, None where nobody says or it is not later."""
    told = [
        *(_moments(_json_ld.strings(declared.article.get("dateModified")), "json-ld")),
        *(moment for name in _UPDATED for moment in _moments(declared.meta.get(name, ()), name)),
    ]
    if lead.updated_at:
        told.append(Moment(at=dates.utc(lead.updated_at), exact=True, origin="lead"))
    return next((moment for moment in _plausible(told, now) if moment.at > since.at), None)


def _found(lead: Lead) -> Moment:
    return Moment(at=dates.utc(lead.found).replace(microsecond=0), exact=True, origin="found")


def _from_lead(lead: Lead, now: datetime) -> Moment | None:
    if lead.published_at is None:
        return None
    at = dates.utc(lead.published_at).replace(microsecond=0)
    moment = Moment(at=at, exact=at.time() != time.min, origin="lead")
    return next(_plausible([moment], now), None)


def _declared(document: Document, declared: Declared) -> Iterator[Moment]:
    for node in (declared.article, declared.video):
        for key in ("datePublished", "uploadDate", "dateCreated"):
            yield from _moments(_json_ld.strings(node.get(key)), "json-ld")
    for name in _PUBLISHED:
        yield from _moments(declared.meta.get(name, ()), name)
    for xpath in _TIME_ELEMENTS:
        for element in document.tree.xpath(xpath)[:2]:
            shown = element.get("datetime") or element.get("content") or element.get("title") or ""
            yield from _moments([shown], "time")


def _plausible(moments: Iterator[Moment] | list[Moment], now: datetime) -> Iterator[Moment]:
    for moment in moments:
        # a day alone is a day somewhere: it may have begun there before it has here
        margin = _AHEAD if moment.exact else _DAY
        if _EARLIEST <= moment.at <= dates.utc(now) + margin:
            yield moment if moment.at <= dates.utc(now) + _AHEAD else _now(moment, now)


def _now(moment: Moment, now: datetime) -> Moment:
    return Moment(at=dates.utc(now).replace(microsecond=0), exact=False, origin=moment.origin)


def _moments(values: tuple[str, ...] | list[str], origin: str) -> Iterator[Moment]:
    for value in values:
        moment = parse(value, origin)
        if moment is not None:
            yield moment


_NO_DATE = datetime(1970, 1, 1)  # noqa: DTZ001  # naive on purpose: what names no zone stays so
_ZONE_SECONDS = {
    "EST": -18_000,
    "EDT": -14_400,
    "CST": -21_600,
    "CDT": -18_000,
    "MST": -25_200,
    "MDT": -21_600,
    "PST": -28_800,
    "PDT": -25_200,
    "BST": 3_600,
    "CET": 3_600,
    "CEST": 7_200,
}
# 05/02/2018 is two days, and who wrote it does not say which.
_AMBIGUOUS = re.compile(r"\b(\d{1,2})[/-](\d{1,2})[/-](?:\d{2}|\d{4})\b")


def parse(value: str, origin: str = "") -> Moment | None:
    """Read one declared time; None where it is no date or could be two.

    Numbers are seconds or milliseconds since 1970. A time without a zone is taken for UTC and,
    like midnight, which stands for "no time", is not exact.
    """
    value = value.strip()[:60]
    if value.isdecimal() and len(value) in {10, 13}:
        return Moment(at=datetime.fromtimestamp(int(value[:10]), UTC), exact=True, origin=origin)
    found = _as_written(value)
    if found is None:
        return None
    found = found.replace(microsecond=0)
    if found.time() == time.min:
        return Moment(at=found.replace(tzinfo=UTC), exact=False, origin=origin)
    try:
        return Moment(at=dates.utc(found), exact=found.tzinfo is not None, origin=origin)
    except OverflowError:  # the year 1 or 9999 in another zone
        return None


def _as_written(value: str) -> datetime | None:
    """Read a time without turning it to UTC; naive where it names no zone."""
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return _spelled(value)


def _spelled(value: str) -> datetime | None:
    """Read a date in words or figures: `September 15, 2017 10:00 am EDT`, `15.9.2017`."""
    from dateutil import parser  # type: ignore[import-untyped]

    numeric = _AMBIGUOUS.search(value)
    if numeric and numeric[1] != numeric[2] and max(int(numeric[1]), int(numeric[2])) <= 12:
        return None
    try:
        found = parser.parse(value, tzinfos=_ZONE_SECONDS, default=_NO_DATE, dayfirst="." in value)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    return found if isinstance(found, datetime) and found.year > _NO_DATE.year else None


def _guessed(document: Document, now: datetime) -> Moment | None:
    """Give the day that the page shows or that its address holds, as htmldate finds it."""
    from htmldate import find_date

    if document.elements > _GUESS_MAX_ELEMENTS:
        return None
    try:
        day = find_date(
            document.html[:_GUESS_CHARACTERS],
            url=document.address,
            original_date=True,
            extensive_search=True,
            min_date=f"{_EARLIEST:%Y-%m-%d}",
            max_date=f"{now + _AHEAD:%Y-%m-%d}",
        )
    except Exception:  # a guess at hostile markup; a failure costs only the guess
        return None
    return parse(day, "htmldate") if day else None
