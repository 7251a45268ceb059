"""The entries that a source lists, and the leads that are made of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal

from copydesk.kit import embeds, lengths, players, text, urls
from copydesk.news import Lead, Media, Source

Kind = Literal["feed", "sitemap", "listing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """One listed item; texts plain, times UTC and as the source says them.

    `url` is the address as listed and `base` what it is relative to.
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
    """What a feed says of its own rhythm: how often, and when it need not be asked (UTC).

    `every` is from `ttl`, `sy:updatePeriod` and `sy:updateFrequency`; hours are 0 to 23, days 0
    (Monday) to 6, from `skipHours` and `skipDays`.
    """

    every: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceContents:
    """Everything that a source lists: its title, its entries, further lists to ask for.

    `hub` and `topic` are the WebSub hub that it names and the address to subscribe to there.
    """

    kind: Kind
    title: str = ""
    entries: tuple[SourceEntry, ...] = ()
    more: tuple[str, ...] = ()
    hints: Hints = Hints()
    hub: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReading:
    """What one answer of a source holds.

    `more` are the sitemaps that an index names, the newest first. `listed` counts the entries
    before those without an address and those listed twice were left out, `odd_dates` those whose
    date no page can have. Hints, hub and topic are as in SourceContents.
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


_LONGEST = 8_000  # characters that the address of a lead may have


def absolute_address(url: str, base: str) -> str:
    """Return a listed address as it can be asked for, "" where it is none or too long to be one."""
    absolute = urls.fetchable(url, base) or ""
    return absolute if len(absolute) <= _LONGEST else ""


_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web there was no page to date
_ZONE_ERROR = timedelta(days=1)  # a wrong time zone is forgiven, a wrong year is not
_TITLE, _EXCERPT, _GUID = 1_000, 2_000, 2_000  # characters that a lead may bear
_LANGUAGE = 35  # characters; BCP 47 gives that much room to a tag
_AUTHORS = 50
_FEW = 5  # times, of which no rhythm can be told
_PAUSE = timedelta(days=100)
_LEADS = 50_000  # of one answer; sitemaps.org allows no more to one file


def make_leads(entries: Iterable[SourceEntry], source: Source, now: datetime) -> tuple[Lead, ...]:
    """Make a lead of every entry with a web address, the first of those that are one page.

    Of more than 50,000 entries the first count.
    """
    by_page: dict[str, Lead] = {}
    for entry in islice(entries, _LEADS):
        url = absolute_address(entry.url, entry.base) if entry.url.strip() else ""
        if url:
            by_page.setdefault(urls.identity(url), _lead(entry, url, source, now))
    return tuple(by_page.values())


def has_odd_date(entry: SourceEntry, now: datetime) -> bool:
    """Decide whether an entry is dated as no page can be."""
    at = entry.published_at or entry.updated_at
    return at is not None and plausible_time(at, now) is None


def longest_gap(leads: Iterable[Lead]) -> float:
    """Compute the most seconds between two dated leads, 0.0 for fewer than five of them.

    The longest and not the median: a source may bring a month's items within an hour. Gaps over a
    hundred days are passed over: before them stands a pinned or forgotten item.
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
    """Yield an entry's videos and sounds with absolute addresses."""
    for medium in entry.media:
        if url := absolute_address(medium.url, entry.base):
            yield replace(medium, url=url)


def _language(tag: str) -> str:
    return tag if len(tag) <= _LANGUAGE else ""


def plausible_time(at: datetime | None, now: datetime) -> datetime | None:
    """Return a time that a page can have, None for one in the far future or before the web."""
    if at is None or not _EARLIEST <= at <= now + _ZONE_ERROR:
        return None
    return at


Fields = Mapping[str, object]

_MOST = 8  # of one item: renditions of one video, rarely more than five
_MOST_LISTED = 200  # of one item that are looked at
_TYPE = 100  # characters of a MIME type


def as_media(url: str, mime_type: str = "", medium: str = "", length: object = "") -> Media | None:
    """Return the video or sound at an address as listed, None for anything else.

    A player of kit.players first, then what its MIME type says, its `medium` (Media RSS), its
    ending. The address may still be relative.
    """
    named = mime_type.strip().lower()[:_TYPE]
    player = players.find(url)
    kind = player.kind if player else embeds.kind_of(url, named)
    if kind is None and not named.startswith(("image/", "application/pdf")):
        kind = "video" if medium == "video" else "audio" if medium == "audio" else None
    if kind is None:
        return None
    return Media(url=url.strip(), kind=kind, type=text.fold(named), seconds=lengths.seconds(length))


def keep_media(offers: Iterable[Media | None], length: object = "") -> tuple[Media, ...]:
    """Keep the first eight, each address once; `length` is the item's own, for those without."""
    seconds = lengths.seconds(length)
    by_address: dict[str, Media] = {}
    for medium in islice(offers, _MOST_LISTED):
        if medium is not None and medium.url and len(by_address) < _MOST:
            own = medium.seconds or seconds
            by_address.setdefault(
                medium.url, Media(url=medium.url, kind=medium.kind, type=medium.type, seconds=own)
            )
    return tuple(by_address.values())
