"""The health of sources: how each stands, from memory or asked now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from copydesk.engine.newsroom import Newsroom, Progress, alone
from copydesk.engine.reading import ReaderPool, connect
from copydesk.engine.sources import _ask, _ledger
from copydesk.engine.sources._states import source_states
from copydesk.kit import dates
from copydesk.news import Beat, Source
from copydesk.watch import schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One source and how it stood when it was last asked.

    Times are RFC 3339 or "", `interval` is in seconds or 0 where none was measured yet.
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
    """One source's health; `state` is one word, the gravest finding's kind, "new" or "ok".

    Times are RFC 3339 or ""; `known_share` is of the items of the last answer, None without one.
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
    """Return a row for each source of the beat."""
    states = source_states(newsroom.root, newsroom.beat, newsroom.memory)
    return [_row(source, states[source.url], newsroom.now) for source in newsroom.beat.sources]


def _row(source: Source, state: schedule.SourceState, now: datetime) -> SourceRow:
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
    """Return each source's health from memory, those that need a person first."""
    return _health(
        newsroom.beat, newsroom.now, source_states(newsroom.root, newsroom.beat, newsroom.memory)
    )


def ask_sources(newsroom: Newsroom, progress: Progress, web: Path | None = None) -> list[HealthRow]:
    """Ask every source now that may be asked, then give their health; nothing is remembered.

    A round finds the same items new as if nobody had asked. Raises BusyError during a round.
    """

    async def run() -> list[_ask.SourceAnswer]:
        readers = ReaderPool(newsroom.beat)
        try:
            async with connect(newsroom.settings, newsroom.memory, newsroom.now, web) as fetcher:
                asked = await _ask.collect_leads(newsroom, fetcher, readers, progress, _ask.ALL)
                return list(asked.answers)
        finally:
            readers.close()

    with alone(newsroom.root, newsroom.private):
        answers = asyncio.run(run())
    states = {answer.source.url: answer.state for answer in answers}
    return _health(
        newsroom.beat,
        newsroom.now,
        {**source_states(newsroom.root, newsroom.beat, newsroom.memory), **states},
    )


def _health(beat: Beat, now: datetime, states: _ledger.States) -> list[HealthRow]:
    rows = [_check(source, states[source.url], now) for source in beat.sources]
    return sorted(rows, key=lambda row: (not row.needs_person, row.state in {"ok", "new"}))


def _check(source: Source, state: schedule.SourceState, now: datetime) -> HealthRow:
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
