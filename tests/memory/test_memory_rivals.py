"""One memory is opened by several processes at once, and by some that are killed over it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.kit import databases
from copydesk.memory import VERSION, Memory, migrate
from world.rivals import open_at_once, open_killed

pytestmark = pytest.mark.slow

PAIRS = 25
Made = Callable[[Path], Path]
FEED = "https://a.example/feed"


def early(path: Path) -> Path:
    """Make a memory as the first version wrote it."""
    with closing(databases.connect(path)) as connection:
        migrate(connection, to=1)
        connection.execute("INSERT INTO sources VALUES (?, x'7b7d')", (FEED,))
    return path


def rubbish(path: Path) -> Path:
    path.write_bytes(b"not a database at all" * 400)
    return path


def fresh(path: Path) -> Path:
    return path


@pytest.mark.parametrize("made", [fresh, early, rubbish])
def test_a_memory_may_be_opened_by_two_at_once(tmp_path: Path, made: Made) -> None:
    paths = [made(tmp_path / f"{number}.sqlite") for number in range(PAIRS)]

    assert [] == open_at_once(paths)

    for path in paths:
        with closing(Memory(path)) as memory:
            assert 2 == len(memory.hosts.keys())  # what either wrote is there
            assert (made is early) == (FEED in memory.sources())


@pytest.mark.parametrize("made", [fresh, early])
def test_a_memory_whose_maker_was_killed_is_opened_by_the_next(tmp_path: Path, made: Made) -> None:
    kills = 0
    for moment in range(1, 99, 4):
        path = made(tmp_path / f"{moment}.sqlite")
        if not open_killed(path, moment):
            break
        kills += 1
        with closing(Memory(path)) as memory:
            memory.hosts.put("a.example", b"1")
            assert (made is early) == (FEED in memory.sources())
        with closing(sqlite3.connect(path)) as connection:
            assert (VERSION,) == connection.execute("PRAGMA user_version").fetchone()
        assert not path.with_name(f"{path.name}.damaged").exists()
    assert kills > 2
