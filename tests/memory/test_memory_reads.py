"""Reads: a number for each story and day, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from copydesk.kit import databases
from copydesk.memory import Memory, migrate

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with closing(Memory(tmp_path / "memory.sqlite")) as store:
        yield store


def test_reads_of_a_day_add_up(memory: Memory) -> None:
    memory.reads.add(MONDAY, {"wall": 2, "seals": 1})
    memory.reads.add(MONDAY, {"wall": 3})

    assert {"seals": 1, "wall": 5} == memory.reads.since(MONDAY)


def test_reads_are_given_from_a_day_on(memory: Memory) -> None:
    memory.reads.add(MONDAY, {"wall": 2, "seals": 1})
    memory.reads.add(TUESDAY, {"wall": 4})

    assert {"wall": 4} == memory.reads.since(TUESDAY)
    assert {"seals": 1, "wall": 6} == memory.reads.since(MONDAY)
    assert {} == memory.reads.since(date(2026, 11, 25))


def test_days_that_are_over_can_be_forgotten(memory: Memory) -> None:
    memory.reads.add(MONDAY, {"wall": 2})
    memory.reads.add(TUESDAY, {"wall": 4})

    memory.reads.forget(before=TUESDAY)

    assert {"wall": 4} == memory.reads.since(date.min)


@pytest.mark.parametrize("name", ["", "'; DROP TABLE reads; --", "로봇", "x" * 5000, "\0"])
def test_a_name_may_be_anything(memory: Memory, name: str) -> None:
    memory.reads.add(MONDAY, {name: 1})

    assert {name: 1} == memory.reads.since(MONDAY)


def test_an_earlier_versions_memory_gets_its_table(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(databases.connect(path)) as connection:
        migrate(connection, to=5)
        tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'reads'")
        assert tables.fetchone() is None

    with closing(Memory(path)) as memory:
        memory.reads.add(MONDAY, {"wall": 1})
        assert {"wall": 1} == memory.reads.since(MONDAY)
