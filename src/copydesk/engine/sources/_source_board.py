"""Source board: each source's health beside what it brought of late, the troubled ones first.

states, counts by day ──> rows; what is owed to hubs' pushes. Nothing is asked of anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from copydesk import archive
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.sources._health import HealthRow, check_sources
from copydesk.engine.sources._hub_pushes import unread_hub_pushes
from copydesk.kit import dates
from copydesk.memory import SourceDay
from copydesk.news import Source

BOARD_DAYS = 30
_FEW = 10  # pages whose outcomes say nothing of a source yet
_DYING = frozenset({"ended", "resting", "failing", "silent-empty", "frozen", "html", "blocked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A source: how it stands, and a day for each of the last 30, the oldest first.

    `loss_share` is of the pages that were filed, dropped or failed, None before there are ten.
    `is_pushed` says that a hub's push waits for the next round.
    """

    source: Source
    health: HealthRow
    days: tuple[SourceDay, ...]
    is_pushed: bool = False

    @property
    def is_dying(self) -> bool:
        """Whether it fails, has ended, or has been silent for unusually long."""
        return self.health.state in _DYING

    @property
    def loss_share(self) -> float | None:
        """Return the share of its pages that came to nothing."""
        lost = sum(day.dropped + day.failed for day in self.days)
        total = lost + sum(day.filed for day in self.days)
        return lost / total if total >= _FEW else None

    @property
    def is_idle(self) -> bool:
        """Whether all that it brought was dropped or failed."""
        return self.loss_share == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBoard:
    """All sources, the dying first, then those that only bring drops, then those in other trouble.

    `seen` is the digest of beat.toml, for whoever changes it; `counted_since` the first day of
    which there are counts, None for none.
    """

    rows: tuple[BoardRow, ...]
    seen: str
    counted_since: date | None

    def find(self, url: str) -> BoardRow | None:
        """Return the row of the source of an address."""
        return next((row for row in self.rows if row.source.url == url), None)


def read_source_board(newsroom: Newsroom) -> SourceBoard:
    """Return how the beat's sources stand; raises MemoryStoreError."""
    today = newsroom.now.astimezone(dates.find_zone(newsroom.beat.timezone)).date()
    first = today - timedelta(days=BOARD_DAYS - 1)
    counted = _sort_days(newsroom.memory.counts.list_source_days(first))
    known = {source.url: source for source in newsroom.beat.sources}
    pushed = unread_hub_pushes(newsroom.memory, known.keys(), newsroom.now)
    rows = [
        BoardRow(
            source=known[health.url],
            health=health,
            days=_fill_days(health.url, first, counted[health.url]),
            is_pushed=health.url in pushed,
        )
        for health in check_sources(newsroom)
    ]
    return SourceBoard(
        rows=tuple(sorted(rows, key=_rank)),
        seen=archive.digest_of(newsroom.root, "beat.toml"),
        counted_since=newsroom.memory.counts.first_day(),
    )


def _sort_days(days: Sequence[SourceDay]) -> Mapping[str, Mapping[date, SourceDay]]:
    by_source: defaultdict[str, dict[date, SourceDay]] = defaultdict(dict)
    for day in days:
        by_source[day.source][day.day] = day
    return by_source


def _fill_days(url: str, first: date, counted: Mapping[date, SourceDay]) -> tuple[SourceDay, ...]:
    """Return every day of the board, with nothing on those on which it was not asked."""
    every = (first + timedelta(days=number) for number in range(BOARD_DAYS))
    return tuple(counted.get(day) or SourceDay(day=day, source=url) for day in every)


def _rank(row: BoardRow) -> int:
    if row.is_dying:
        return 0
    if row.is_idle:
        return 1
    return 2 if row.health.needs_person else 3
