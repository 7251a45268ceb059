"""The entries of a feed, sitemap or page with their dates, and the links to articles (leads)."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal

from copydesk.kit import dates, embeds, tables, text, urls
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
        language=source.language or (entry.language if len(entry.language) <= _LANGUAGE else ""),
        media=tuple(_absolute_media(entry)),
    )


def _absolute_media(entry: SourceEntry) -> Iterator[Media]:
    """Yield a feed entry's videos and audio files with absolute URLs."""
    for medium in entry.media:
        if url := absolute_address(medium.url, entry.base):
            yield replace(medium, url=url)


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
    return Media(
        url=url.strip(), kind=kind, type=text.fold(named), seconds=dates.parse_length(length)
    )


def keep_media(offers: Iterable[Media | None], length: object = "") -> tuple[Media, ...]:
    """Return the first eight videos and audio files without duplicates; `length` replaces missing
    lengths.
    """
    seconds = dates.parse_length(length)
    by_address: dict[str, Media] = {}
    for medium in islice(offers, _MOST_LISTED):
        if medium is not None and medium.url and len(by_address) < _MOST:
            own = medium.seconds or seconds
            by_address.setdefault(
                medium.url, Media(url=medium.url, kind=medium.kind, type=medium.type, seconds=own)
            )
    return tuple(by_address.values())


# Dates and times of entries, in many more spellings than the standards have.

_LONGEST_DATE = 80
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]{3,12})\.?,?\s+(?:de\s+)?(\d{4})\b"
)
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_SLASHED = re.compile(r"^(\d{4})/(\d\d)/(\d\d)\b")
_EPOCH = re.compile(r"\d{10}(\d{3})?")
_HALF_DAY = re.compile(r"\b(\d{1,2})((?::\d\d){1,2})\s*([ap])\.?m\b\.?", re.IGNORECASE)
_ZONE = re.compile(r"\b([A-Z]{3,5})$")

_MONTHS = tables.read_rows("copydesk.watch", "months.toml", tuple[str, ...])
_MONTH = {name: int(number) for number, names in _MONTHS.items() for name in names}
_ZONES = tables.read_rows("copydesk.watch", "zones.toml", str)


def parse_moment(text: str) -> datetime | None:
    """Parse a time to UTC: RFC 3339, RFC 5322, month names of seven languages, seconds since 1970.
    None if it is none of these.
    """
    text = " ".join(text[:_LONGEST_DATE].split())
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    text = _SLASHED.sub(r"\1-\2-\3", text)
    text = _HALF_DAY.sub(_of_24, text)
    text = _ZONE.sub(lambda match: _ZONES.get(match[1], match[1]), text)
    at = dates.parse(text) or dates.parse(_in_english(text))
    return None if at is None else at.replace(microsecond=0)


def _of_24(match: re.Match[str]) -> str:
    """Convert 5:00 PM to 17:00."""
    hour, minutes, half = match.groups()
    return f"{int(hour) % 12 + (12 if half in 'pP' else 0)}{minutes}"


def _in_english(text: str) -> str:
    """Convert a date to the form of RFC 5322, "" if its day, month or year is missing."""
    if match := _DAY_MONTH.search(text):
        day, name, year = match.groups()
    elif match := _MONTH_DAY.search(text):
        name, day, year = match.groups()
    else:
        return ""
    month = _month(name)
    if month is None:
        return ""
    rest = text[match.end() :].strip(" ,") or "00:00:00"
    return f"{day} {_ENGLISH[month - 1]} {year} {rest}"


_ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _month(name: str) -> int | None:
    bare = "".join(
        letter for letter in unicodedata.normalize("NFD", name.lower()) if "a" <= letter <= "z"
    )
    return _MONTH.get(bare[:4]) or _MONTH.get(bare[:3])


_LOOKED_AT = 300  # characters of a line
_DAY = re.compile(
    r"""(?x)
      (?<!\d)(?P<iso>\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?)?)(?!\d)
    | (?<!\d)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})(?!\d)
    | (?P<east_year>\d{4})\s?[年년]\s?(?P<east_month>\d{1,2})\s?[月월]
      \s?(?P<east_day>\d{1,2})\s?[日일]
    | (?<!\d)(?P<named>\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?\d{4})(?!\d)
    | \b(?P<american>[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})(?!\d)
    """
)


def find_moment(line: str) -> datetime | None:
    """Parse a text that is a time, or find the first date in it; return it in UTC, None if there is
    none.

    Numbers with slashes are ignored: 3/4/2026 may be in March or in April.
    """
    if (at := parse_moment(line)) is not None:
        return at
    times = (parse_moment(_spell(match)) for match in _DAY.finditer(line[:_LOOKED_AT]))
    return next((at for at in times if at is not None), None)


def _spell(match: re.Match[str]) -> str:
    """Convert a date to a form that `parse_moment` can parse."""
    if match["day"]:
        return _iso(match["year"], match["month"], match["day"])
    if match["east_day"]:
        return _iso(match["east_year"], match["east_month"], match["east_day"])
    return match["iso"] or match["named"] or match["american"] or ""


def _iso(year: str, month: str, day: str) -> str:
    return f"{year}-{int(month):02}-{int(day):02}"
