"""The entries of a feed, sitemap or page, and the links to articles (leads) made of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal

from copydesk.kit import embeds, lengths, text, urls
from copydesk.news import Lead, Source
from copydesk.news.article import Media

Kind = Literal["feed", "sitemap", "listing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """An entry of a feed or sitemap, with plain texts and with the times it states, in UTC.

    `url` is the URL as given, relative to `base`.
    """

    url: str = ""
    base: str = ""
    title: str = ""
    excerpt: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    guid: str = ""
    authors: tuple[str, ...] = ()
    image: str = ""
    language: str = ""
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """When a feed asks to be fetched again: its interval, and hours and days to skip (UTC).

    `every` is from `ttl`, `sy:updatePeriod` and `sy:updateFrequency`; hours are 0 to 23, days 0
    (Monday) to 6, from `skipHours` and `skipDays`.
    """

    every: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContents:
    """The contents of a feed, sitemap or page: title, entries, and further sitemaps.

    `hub` and `topic` are the source's WebSub hub and the URL to subscribe to there. `is_cut` if its
    XML ends too early, so that entries may be missing.
    """

    kind: Kind
    title: str = ""
    entries: tuple[SourceEntry, ...] = ()
    more: tuple[str, ...] = ()
    hints: Hints = Hints()
    hub: str = ""
    topic: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """The links to articles found in a fetched feed, sitemap or page, and data about it.

    `more` are the sitemaps of an index, the newest first. `listed` counts the entries before those
    without a URL and duplicates were left out, `odd_dates` those with an impossible date. Hints,
    hub, topic and `is_cut` are as in SourceContents.
    """

    kind: Kind
    title: str
    leads: tuple[Lead, ...]
    more: tuple[str, ...] = ()
    listed: int = 0
    odd_dates: int = 0
    hints: Hints = Hints()
    hub: str = ""
    topic: str = ""
    is_cut: bool = False


CUT = "the XML of the source ends too early"
_LONGEST = 8_000  # characters of a lead's URL


def absolute_address(url: str, base: str) -> str:
    """Return the absolute URL of a feed entry, "" if it is not a web URL or is too long."""
    absolute = urls.fetchable(url, base) or ""
    return absolute if len(absolute) <= _LONGEST else ""


_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # there were no web pages before
_ZONE_ERROR = timedelta(days=1)  # a wrong time zone is accepted, a wrong year is not
_TITLE, _EXCERPT, _GUID = 1_000, 2_000, 2_000  # characters in a lead
_LANGUAGE = 35  # characters; the room that BCP 47 gives a tag
_AUTHORS = 50
_FEW = 5  # dated leads; fewer show no rhythm
_PAUSE = timedelta(days=100)
_LEADS = 50_000  # of one answer; the limit of sitemaps.org for one file


def make_leads(entries: Iterable[SourceEntry], source: Source, now: datetime) -> tuple[Lead, ...]:
    """Make a link to an article (`Lead`) of each entry with a web URL, without duplicates.

    At most 50,000 entries are used.
    """
    by_page: dict[str, Lead] = {}
    for entry in islice(entries, _LEADS):
        url = absolute_address(entry.url, entry.base) if entry.url.strip() else ""
        if url:
            by_page.setdefault(urls.identity(url), _lead(entry, url, source, now))
    return tuple(by_page.values())


def has_odd_date(entry: SourceEntry, now: datetime) -> bool:
    """Return whether a feed entry has an impossible publication date."""
    at = entry.published_at or entry.updated_at
    return at is not None and plausible_time(at, now) is None


def longest_gap(leads: Iterable[Lead]) -> float:
    """Return the longest time between two dated links in seconds, 0.0 for fewer than five links.

    The longest gap is used and not the median: a source may publish a month's items within an hour.
    Gaps over a hundred days do not count: the item before them is pinned or forgotten.
    """
    times = sorted(lead.published_at for lead in leads if lead.published_at is not None)
    if len(times) < _FEW:
        return 0.0
    gaps = (later - earlier for earlier, later in itertools.pairwise(times))
    return max((gap for gap in gaps if gap < _PAUSE), default=timedelta()).total_seconds()


def _lead(entry: SourceEntry, url: str, source: Source, now: datetime) -> Lead:
    return Lead(
        url=url,
        source=source.url,
        found=now,
        title=text.shorten(entry.title, _TITLE),
        excerpt=text.shorten(entry.excerpt, _EXCERPT),
        published_at=plausible_time(entry.published_at, now),
        updated_at=plausible_time(entry.updated_at, now),
        guid=text.fold(entry.guid)[:_GUID],
        authors=tuple(text.shorten(name, _TITLE) for name in entry.authors[:_AUTHORS]),
        image=absolute_address(entry.image, entry.base) if entry.image else "",
        language=source.language or _language(entry.language),
        media=tuple(_absolute_media(entry)),
    )


def _absolute_media(entry: SourceEntry) -> Iterator[Media]:
    """Yield a feed entry's videos and audio files with absolute URLs."""
    for medium in entry.media:
        if url := absolute_address(medium.url, entry.base):
            yield replace(medium, url=url)


def _language(tag: str) -> str:
    return tag if len(tag) <= _LANGUAGE else ""


def plausible_time(at: datetime | None, now: datetime) -> datetime | None:
    """Return a publication time unchanged, None if it is in the far future or before the web."""
    if at is None or not _EARLIEST <= at <= now + _ZONE_ERROR:
        return None
    return at


Fields = Mapping[str, object]

_MOST = 8  # of one item: renditions of one video, rarely more than five
_MOST_LISTED = 200  # of one item that are read
_TYPE = 100  # characters of a MIME type


def as_media(url: str, mime_type: str = "", medium: str = "", length: object = "") -> Media | None:
    """Return the video or audio file at a URL, None if the URL is of neither.

    The order of evidence: a player of kit.embeds, the MIME type, `medium` (Media RSS), the ending.
    The URL may be relative.
    """
    named = mime_type.strip().lower()[:_TYPE]
    player = embeds.find(url)
    kind = player.kind if player else embeds.kind_of(url, named)
    if kind is None and not named.startswith(("image/", "application/pdf")):
        kind = "video" if medium == "video" else "audio" if medium == "audio" else None
    if kind is None:
        return None
    return Media(url=url.strip(), kind=kind, type=text.fold(named), seconds=lengths.seconds(length))


def keep_media(offers: Iterable[Media | None], length: object = "") -> tuple[Media, ...]:
    """Return the first eight videos and audio files without duplicates; `length` replaces missing
    lengths.
    """
    seconds = lengths.seconds(length)
    by_address: dict[str, Media] = {}
    for medium in islice(offers, _MOST_LISTED):
        if medium is not None and medium.url and len(by_address) < _MOST:
            own = medium.seconds or seconds
            by_address.setdefault(
                medium.url, Media(url=medium.url, kind=medium.kind, type=medium.type, seconds=own)
            )
    return tuple(by_address.values())
