"""Rank the feeds and sitemaps found on a site: the best first, duplicates once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from copydesk.kit import text, urls
from copydesk.news import Lead
from copydesk.watch.discovery import FeedCandidate
from copydesk.watch.entry import SourceReading

OfferKind = Literal["feed", "news sitemap", "sitemap", "listing"]

_DEAD = timedelta(days=365)
_SAMPLES = 3
_SAMPLE = 100  # characters
_FEW = 3  # links that a page may have without being a list of articles
_SAME = 0.8  # of the items of two lists
_ORDER: dict[OfferKind, int] = {"feed": 0, "news sitemap": 1, "sitemap": 2, "listing": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A feed, sitemap or page that may become a source, with what it contains.

    `newest` is its latest time, None if it has none; `samples` are titles, the newest first, or
    URLs if there are no titles. `is_good` is false if it has no items, none of the last year, or is
    about something else (comments).
    """

    url: str
    kind: OfferKind
    title: str
    items: int
    newest: datetime | None
    samples: tuple[str, ...]
    is_good: bool

    @property
    def name(self) -> str:
        """Return the publisher's name as far as the feed's title contains it, else ""."""
        return publisher_name(self.title)


def offers(
    readings: Iterable[tuple[FeedCandidate, SourceReading]], now: datetime
) -> tuple[Offer, ...]:
    """Return an offer for each feed, sitemap or page that was found and read, the best first.

    Active ones come first; then feeds before news sitemaps, sitemaps and pages of links; then those
    with dates and titles; then the order in which they were found.
    """
    chosen: list[tuple[Offer, SourceReading]] = []
    for candidate, reading in readings:
        if reading.kind == "listing" and len(reading.leads) < _FEW:
            continue
        if not any(_are_the_same(reading, known) for _, known in chosen):
            chosen.append((_offer(candidate, reading, now), reading))
    return tuple(sorted((offer for offer, _ in chosen), key=_rank))


def is_enough(candidate: FeedCandidate, reading: SourceReading, now: datetime) -> bool:
    """Return whether the search for feeds can end: at an active feed or news sitemap."""
    return _kind(reading) in {"feed", "news sitemap"} and _is_good(candidate, reading, now)


def _offer(candidate: FeedCandidate, reading: SourceReading, now: datetime) -> Offer:
    dated = sorted(reading.leads, key=_order, reverse=True)
    return Offer(
        url=candidate.url,
        kind=_kind(reading),
        title=text.shorten(reading.title, _SAMPLE),
        items=len(reading.leads),
        newest=_newest(reading),
        samples=tuple(text.shorten(lead.title or lead.url, _SAMPLE) for lead in dated[:_SAMPLES]),
        is_good=_is_good(candidate, reading, now),
    )


def _kind(reading: SourceReading) -> OfferKind:
    """Return the kind of a feed or sitemap; only a news sitemap has titles."""
    if reading.kind == "sitemap" and any(lead.title for lead in reading.leads):
        return "news sitemap"
    return reading.kind


def _is_good(candidate: FeedCandidate, reading: SourceReading, now: datetime) -> bool:
    newest = _newest(reading)
    is_dead = newest is not None and now - newest > _DEAD
    return bool(reading.leads) and not is_dead and candidate.way != "aside"


def _newest(reading: SourceReading) -> datetime | None:
    return max(filter(None, map(_time, reading.leads)), default=None)


def _time(lead: Lead) -> datetime | None:
    return lead.published_at or lead.updated_at


def _order(lead: Lead) -> float:
    at = _time(lead)
    return at.timestamp() if at else 0.0


def _rank(offer: Offer) -> tuple[bool, int, bool, bool]:
    return (
        not offer.is_good,
        _ORDER[offer.kind],
        offer.newest is None,
        not any(" " in sample for sample in offer.samples),
    )


def _are_the_same(reading: SourceReading, other: SourceReading) -> bool:
    """Return whether two feeds of one kind list the same pages, as RSS and Atom of one site do."""
    if reading.kind != other.kind:
        return False
    left, right = _pages(reading.leads), _pages(other.leads)
    return bool(left) and len(left & right) >= _SAME * max(len(left), len(right))


def _pages(leads: Sequence[Lead]) -> set[str]:
    return {urls.identity(lead.url) for lead in leads}


_MOST = 200  # characters: each word that is removed costs another search

# Words that programs add to a publisher's name, in any case; see docs/guides/find-sources.md.
_FORM = r"(?:rss|atom|json)(?:\s*\d(?:\.\d+)?)?(?:\s+feeds?)?"
_FEED = rf"(?:{_FORM}|feeds?)"
_WHICH = (
    r"(?:(?:all|latest|newest|recent)"
    r"(?:\s+(?:articles|entries|items|news|posts|stories|updates))?)"
)
_JOINT = r"(?:\s*[|:·•–—»(\[]\s*|\s+[-/]+\s+)"  # a hyphen inside a word separates nothing

_TAIL = re.compile(rf"(?:\s+{_FORM}|{_JOINT}(?:{_FEED}|{_WHICH}))[\s)\]]*$", re.IGNORECASE)
_FEED_OF = re.compile(r"(\S+\s.*\S)\s+feeds?", re.IGNORECASE)  # "Animal Feed" may be a newspaper
_HEAD = re.compile(
    rf"^[(\[]?(?:{_FEED}|{_WHICH})(?:[)\]]\s+|{_JOINT})"
    rf"|^{_FEED}\s+(?:for|from|of)\s+|^rss\s+(?:feed\s+)?",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"[(\[]?(?:{_FEED}|{_WHICH})[)\]]?", re.IGNORECASE)
_ARTICLES = frozenset({"", "a", "an", "our", "my", "the"})


def publisher_name(title: str) -> str:
    """Return a feed's title without words like "RSS" or "latest news" at its ends.

    It is "" for a title that consists of such words only.
    """
    name = text.shorten(text.fold(title), _MOST)
    while not _WHOLE.fullmatch(name):
        shorter = _shorten(name)
        if shorter == name or shorter.lower() in _ARTICLES:
            return name
        name = shorter
    return ""


def _shorten(name: str) -> str:
    bare = _TAIL.sub("", name, count=1)
    if bare == name and (feed := _FEED_OF.fullmatch(name)):
        bare = feed[1]
    return _HEAD.sub("", bare, count=1).strip()
