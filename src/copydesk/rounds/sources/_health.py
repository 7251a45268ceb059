"""Report the health of sources (feeds, sitemaps, pages), from stored data or by fetching them
now.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from copydesk.kit import dates
from copydesk.memory import SourceDay
from copydesk.news import Source
from copydesk.newsroom import Newsroom, Progress, alone
from copydesk.newsroom.settings import digest_beat_file
from copydesk.rounds._pool import ReaderPool, connect
from copydesk.rounds.sources import _ask
from copydesk.rounds.sources.states import (
    States,
    refresh_by_rules,
    source_states,
    unread_hub_pushes,
)
from copydesk.watch import schedule
from copydesk.watch.schedule.state import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source (feed, sitemap, page), and its state when it was last fetched.

    Times are RFC 3339 or ""; `interval` is in seconds, 0 if not measured yet.
    """

    url: str
    name: str
    kind: str
    state: str
    last_ok: str
    next: str
    error: str
    interval: int
    items_a_week: float | None
    findings: tuple[schedule.Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRow:
    """The health of one source; `state` is the kind of its most serious problem, or "new" or "ok".

    Times are RFC 3339 or ""; `known_share` is the share of known items in the last answer, or None.
    """

    url: str
    name: str
    state: str
    needs_person: bool
    last_ok: str
    last_new: str
    items: int
    items_a_week: float | None
    known_share: float | None
    failures: int
    failure: str
    failing_since: str
    error: str
    next: str
    interval: int
    moved_to: str
    certificate_until: str
    findings: tuple[schedule.Finding, ...]


def source_rows(newsroom: Newsroom) -> list[SourceRow]:
    """Return a row for each source (feed, sitemap, page) in the site's settings."""
    states = source_states(newsroom.root, newsroom.beat, newsroom.memory)
    return [_row(source, states[source.url], newsroom.now) for source in newsroom.beat.sources]


def _row(source: Source, state: SourceState, now: datetime) -> SourceRow:
    return SourceRow(
        url=source.url,
        name=source.name,
        kind=source.kind,
        state="ended" if state.ended else "failing" if state.failures else "ok",
        last_ok=_time(state.last_ok_at),
        next=_time(state.next_at),
        error=state.last_error,
        interval=round(state.interval),
        items_a_week=schedule.items_a_week(state, now),
        findings=schedule.findings(source, state, now),
    )


def check_sources(newsroom: Newsroom) -> list[HealthRow]:
    """Return the stored health of each source. Sources that need a person's attention come
    first.
    """
    return _health(newsroom, source_states(newsroom.root, newsroom.beat, newsroom.memory))


def ask_sources(newsroom: Newsroom, progress: Progress, web: Path | None = None) -> list[HealthRow]:
    """Fetch every source that may be fetched now and return its health, without storing anything.

    The next round finds the same new items as without this. Raises BusyError during a round.
    """

    async def run() -> list[_ask.SourceAnswer]:
        wire = connect(newsroom.settings, newsroom.memory, newsroom.now, web)
        with contextlib.closing(ReaderPool(newsroom.beat)) as readers:
            async with wire as fetcher:
                asked = await _ask.collect_leads(newsroom, fetcher, readers, progress, _ask.ALL)
                return list(asked.answers)

    with alone(newsroom.root, newsroom.private):
        answers = asyncio.run(run())
    states = {answer.source.url: answer.state for answer in answers}
    known = source_states(newsroom.root, newsroom.beat, newsroom.memory)
    return _health(newsroom, {**known, **states})


def _health(newsroom: Newsroom, states: States) -> list[HealthRow]:
    rows = [_check(source, states[source.url], newsroom.now) for source in newsroom.beat.sources]
    return sorted(rows, key=lambda row: (not row.needs_person, row.state in {"ok", "new"}))


def _check(source: Source, state: SourceState, now: datetime) -> HealthRow:
    found = schedule.findings(source, state, now)
    was_read = state.last_ok_at is not None
    return HealthRow(
        url=source.url,
        name=source.name,
        state=schedule.health_word(found),
        needs_person=any(finding.needs_person for finding in found),
        last_ok=_time(state.last_ok_at),
        last_new=_time(state.last_new_at),
        items=state.items,
        items_a_week=schedule.items_a_week(state, now),
        known_share=round(state.known_share, 3) if was_read else None,
        failures=state.failures,
        failure=state.failure,
        failing_since=_time(state.failing_since),
        error=state.last_error,
        next=_time(state.next_at),
        interval=round(state.interval),
        moved_to=state.moved_to,
        certificate_until=_time(state.certificate_until),
        findings=found,
    )


def _time(moment: datetime | None) -> str:
    return "" if moment is None else dates.rfc3339(moment)


# The source board: each source's health and its recent yield. It sends no requests.

BOARD_DAYS = 30
_FEW = 10  # with fewer pages than this, a source has no loss share
_DYING = frozenset({"ended", "resting", "failing", "silent-empty", "frozen", "html", "blocked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A source's state, and how many pages it listed on each of the last 30 days, oldest first.

    `loss_share` is of the pages that were filed, dropped or failed; None below ten pages.
    `is_pushed` is true while a hub's push waits for the next round. `plan` says whether a run would
    fetch the source now.
    """

    source: Source
    health: HealthRow
    days: tuple[SourceDay, ...]
    is_pushed: bool = False
    plan: _ask.AskPlan = "now"

    @property
    def is_dying(self) -> bool:
        """Whether the source fails, has ended, or has been silent for unusually long."""
        return self.health.state in _DYING

    @property
    def loss_share(self) -> float | None:
        """Return the share of a source's pages that became no story, None below ten pages."""
        lost = sum(day.dropped + day.failed for day in self.days)
        total = lost + sum(day.filed for day in self.days)
        return lost / total if total >= _FEW else None

    @property
    def is_idle(self) -> bool:
        """Whether no page of the source became a story."""
        return self.loss_share == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBoard:
    """A table of all sources: failing ones first, then those without any story, then those with
    other problems.

    `seen` is the digest of beat.toml, to detect edits meanwhile; `counted_since` is the first day
    with counts, or None. `at_most` is the number of sources that a run of all would fetch now.
    """

    rows: tuple[BoardRow, ...]
    seen: str
    counted_since: date | None
    at_most: int

    def find(self, url: str) -> BoardRow | None:
        """Return the table row of the source at a URL, None if there is none."""
        return next((row for row in self.rows if row.source.url == url), None)


def read_source_board(newsroom: Newsroom) -> SourceBoard:
    """Return the health and daily counts of all sources; raises MemoryStoreError."""
    today = newsroom.now.astimezone(dates.find_zone(newsroom.beat.timezone)).date()
    first = today - timedelta(days=BOARD_DAYS - 1)
    counted = _sort_days(newsroom.memory.counts.list_source_days(first))
    known = {source.url: source for source in newsroom.beat.sources}
    pushed = unread_hub_pushes(newsroom.memory, known.keys(), newsroom.now)
    states = source_states(newsroom.root, newsroom.beat, newsroom.memory)
    due = refresh_by_rules(newsroom.settings, newsroom.now, states)
    chosen = _ask.choose_urls(newsroom, due, pushed, all_due=False)
    rows = [
        BoardRow(
            source=known[health.url],
            health=health,
            days=_fill_days(health.url, first, counted[health.url]),
            is_pushed=health.url in pushed,
            plan="now"
            if health.url in chosen
            else _ask.plan_for(due[health.url], newsroom.now, is_pushed=health.url in pushed),
        )
        for health in _health(newsroom, states)
    ]
    return SourceBoard(
        rows=tuple(sorted(rows, key=_rank)),
        seen=digest_beat_file(newsroom),
        counted_since=newsroom.memory.counts.first_day(),
        at_most=len(_ask.choose_urls(newsroom, due, pushed, all_due=True)),
    )


def _sort_days(days: Sequence[SourceDay]) -> Mapping[str, Mapping[date, SourceDay]]:
    by_source: defaultdict[str, dict[date, SourceDay]] = defaultdict(dict)
    for day in days:
        by_source[day.source][day.day] = day
    return by_source


def _fill_days(url: str, first: date, counted: Mapping[date, SourceDay]) -> tuple[SourceDay, ...]:
    """Return all days of the table; a day on which the source was not fetched has empty counts."""
    every = (first + timedelta(days=number) for number in range(BOARD_DAYS))
    return tuple(counted.get(day) or SourceDay(day=day, source=url) for day in every)


def _rank(row: BoardRow) -> int:
    if row.is_dying:
        return 0
    if row.is_idle:
        return 1
    return 2 if row.health.needs_person else 3
