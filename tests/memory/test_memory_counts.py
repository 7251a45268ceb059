"""What each source brought is counted by the day, and a count is never made twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from copydesk.kit import databases
from copydesk.memory import Memory, SourceDay, Tally, find_step, migrate

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
GULL, HERON = "https://gull.example/feed.xml", "https://heron.example/feed.xml"
HOUR, DAY = find_step(3600), find_step(86_400)
MORNING: Tally = {
    ("asked", ""): 3,
    ("unanswered", ""): 1,
    ("lead", ""): 5,
    ("filed", ""): 3,
    ("dropped", "off-topic"): 1,
    ("failed", ""): 1,
    ("delay", str(HOUR)): 2,
    ("delay", str(DAY)): 1,
}


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with closing(Memory(tmp_path / "memory.sqlite")) as store:
        yield store


def test_counts_of_a_day_add_up_by_source(memory: Memory) -> None:
    memory.counts.add(MONDAY, GULL, MORNING)
    memory.counts.add(MONDAY, GULL, {("lead", ""): 2, ("dropped", "old"): 2})
    memory.counts.add(MONDAY, HERON, {("asked", ""): 1})
    memory.counts.add(TUESDAY, GULL, {("asked", ""): 4})

    gull, heron, later = memory.counts.list_source_days(MONDAY)

    assert gull.delay_seconds == pytest.approx(3600, rel=0.1)
    assert (7, 3, 3, 1) == (gull.leads, gull.filed, gull.dropped, gull.failed)
    assert (3, 1) == (gull.asked, gull.unanswered)
    assert SourceDay(day=MONDAY, source=HERON, asked=1) == heron
    assert [later] == memory.counts.list_source_days(TUESDAY)
    assert MONDAY == memory.counts.first_day()


def test_drops_are_told_by_day_and_reason_and_delays_by_their_steps(memory: Memory) -> None:
    memory.counts.add(MONDAY, GULL, MORNING)
    memory.counts.add(MONDAY, HERON, {("dropped", "off-topic"): 4})
    memory.counts.add(TUESDAY, GULL, {("dropped", "old"): 2})

    assert {(MONDAY, "off-topic"): 5, (TUESDAY, "old"): 2} == memory.counts.list_drops(MONDAY)
    assert {(TUESDAY, "old"): 2} == memory.counts.list_drops(TUESDAY)
    memory.counts.add(TUESDAY, GULL, {("delay", str(HOUR)): 5})
    assert {GULL: {HOUR: 7, DAY: 1}} == memory.counts.sum_delays_by_source(MONDAY)
    assert {MONDAY.isoformat(): {HOUR: 2, DAY: 1}, TUESDAY.isoformat(): {HOUR: 5}} == (
        memory.counts.sum_delays_by_day(MONDAY)
    )


def test_days_that_are_long_over_are_forgotten(memory: Memory) -> None:
    memory.counts.add(MONDAY, GULL, MORNING)
    memory.counts.add(TUESDAY, GULL, {("asked", ""): 1})

    memory.counts.forget(before=TUESDAY)

    assert [TUESDAY] == [told.day for told in memory.counts.list_source_days(date.min)]
    memory.counts.forget(before=date.max)
    assert memory.counts.first_day() is None


def test_an_earlier_versions_memory_gets_its_counts(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(databases.connect(path)) as connection:
        migrate(connection, to=13)
        tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'counts'")
        assert tables.fetchone() is None

    with closing(Memory(path)) as memory:
        memory.counts.add(MONDAY, GULL, {("asked", ""): 1})
        assert 1 == memory.counts.list_source_days(MONDAY)[0].asked
