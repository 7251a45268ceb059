"""Drops: the leads that rounds dropped, by what the memory has of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from copydesk.engine.newsroom import Newsroom
from copydesk.kit import urls
from copydesk.memory import Fate
from copydesk.news import DropReason

DROP_DAYS = 7  # that are counted, and listed where nothing else is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class DropQuestion:
    """Which dropped leads are wanted: those of some days, for a reason or any."""

    reason: DropReason | None = None
    days: int = DROP_DAYS
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDrop:
    """A lead that was dropped: why and when; `source` is what the source is called that listed it.

    `waits` says that somebody had it filed since, and the next round reads it.
    """

    url: str
    reason: str
    detail: str
    at: datetime
    source: str
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPage:
    """Dropped leads, the latest first, and how many there are of each reason in those days."""

    drops: tuple[QueueDrop, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

    def total(self, reason: str | None) -> int:
        """Return how many there are for a reason, None for any."""
        return sum(self.counts.values()) if reason is None else self.counts.get(reason, 0)


def list_drops(newsroom: Newsroom, question: DropQuestion) -> DropPage:
    """Return the dropped leads that are wanted; raises MemoryStoreError."""
    since = newsroom.now - timedelta(days=question.days)
    memory = newsroom.memory
    fates = memory.fates_since("dropped", since, question.limit, question.reason or "")
    names = {source.url: source.name for source in newsroom.beat.sources}
    return DropPage(
        drops=tuple(_describe(newsroom, fate, names) for fate in fates),
        counts=memory.count_reasons("dropped", since),
    )


def count_drops(newsroom: Newsroom) -> int:
    """Return how many leads the rounds of the last days dropped."""
    return newsroom.memory.count_fates("dropped", newsroom.now - timedelta(days=DROP_DAYS))


def _describe(newsroom: Newsroom, fate: Fate, names: Mapping[str, str]) -> QueueDrop:
    return QueueDrop(
        url=fate.url,
        reason=fate.reason,
        detail=fate.detail,
        at=fate.at,
        source=names.get(fate.source) or urls.host(fate.source),
        waits=newsroom.memory.tips.get(fate.identity) is not None,
    )
