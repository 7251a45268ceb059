"""What a source lists: entries as it says them, and the SourceReading that is made of all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from copydesk.news import Lead, Media

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
