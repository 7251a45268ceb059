"""A database file may be opened by several at once, and changes all at once or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.kit import databases


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(databases.connect(tmp_path / "new" / "a.sqlite")) as opened:
        opened.execute("CREATE TABLE birds (name TEXT UNIQUE)")
        yield opened


def names(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM birds ORDER BY name")]


def test_changes_at_once_are_all_made(connection: sqlite3.Connection) -> None:
    with databases.at_once(connection):
        connection.execute("INSERT INTO birds VALUES ('gull')")

    assert not connection.in_transaction
    assert ["gull"] == names(connection)


def test_after_an_error_none_of_the_changes_is_made(connection: sqlite3.Connection) -> None:
    twice = "INSERT INTO birds VALUES (?)"
    with pytest.raises(sqlite3.IntegrityError), databases.at_once(connection):
        connection.executemany(twice, [("gull",), ("gull",)])

    assert not connection.in_transaction
    assert [] == names(connection)


def test_nobody_else_writes_in_the_middle(connection: sqlite3.Connection, tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.sqlite"
    with (
        closing(databases.connect(path, patience_seconds=0.02)) as other,
        databases.at_once(connection),
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("INSERT INTO birds VALUES ('gull')")


def test_one_that_stays_busy_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE birds (name TEXT)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="is using the database"):
            databases.connect(path, patience_seconds=0.02)
    with closing(databases.connect(path)) as opened:
        assert ("wal",) == opened.execute("PRAGMA journal_mode").fetchone()


def test_what_is_no_database_fails_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.write_bytes(b"no database at all" * 400)
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        databases.connect(path)


def test_another_user_can_not_open_a_database_to_lock_it(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        with closing(databases.connect(tmp_path / "a.sqlite")) as opened:
            opened.execute("CREATE TABLE birds (name TEXT)")
            modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    finally:
        os.umask(umask)

    assert {"a.sqlite": 0o600, "a.sqlite-wal": 0o600, "a.sqlite-shm": 0o600} == modes
