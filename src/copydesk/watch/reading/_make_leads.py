"""Make leads of what a source lists: whole addresses, bounded texts, times a page can have."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from copydesk.kit import text, urls
from copydesk.news import Lead, Media, Source
from copydesk.watch.reading._address import address
from copydesk.watch.reading._entry import SourceEntry

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
        url = address(entry.url, entry.base) if entry.url.strip() else ""
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
        image=address(entry.image, entry.base) if entry.image else "",
        language=source.language or _language(entry.language),
        media=tuple(_media(entry)),
    )


def _media(entry: SourceEntry) -> Iterator[Media]:
    """Yield an entry's videos and sounds with absolute addresses."""
    for medium in entry.media:
        if url := address(medium.url, entry.base):
            yield replace(medium, url=url)


def _language(tag: str) -> str:
    return tag if len(tag) <= _LANGUAGE else ""


def plausible_time(at: datetime | None, now: datetime) -> datetime | None:
    """Return a time that a page can have, None for one in the far future or before the web."""
    if at is None or not _EARLIEST <= at <= now + _ZONE_ERROR:
        return None
    return at
