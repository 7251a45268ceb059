"""Where a catalogue is kept: tables of SQLite, in a file of their own or in memory."""

from __future__ import annotations

import contextlib
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from copydesk.errors import PublishError
from copydesk.kit import databases

_WAL_BYTES = 4_000_000  # that a file of changes keeps of the disk


class Tables:
    """The tables of a file, or without one of this process.

    A file that is damaged is deleted and made anew: all that it holds can be had from the records.
    Methods raise PublishError where the database fails at work. Used by one thread at a time; what
    nobody closed may be closed by another.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._opened: sqlite3.Connection | None = None
        self._open()

    @property
    def _connection(self) -> sqlite3.Connection:
        return self._opened or self._open()

    def _open(self) -> sqlite3.Connection:
        self._opened = _connect(self._file)
        self._end = weakref.finalize(self, self._opened.close)  # where nobody calls `close`
        return self._opened

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Execute a statement with the values of its places; give the rows of its answer."""
        with self._failing():
            return self._connection.execute(statement, values).fetchall()

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute a statement once for each row of values, all of them at once."""
        with self._failing():
            connection = self._connection
            is_within = connection.in_transaction
            with contextlib.nullcontext() if is_within else databases.at_once(connection):
                connection.executemany(statement, rows)

    def begin(self) -> None:
        """Begin a block of changes; what an earlier one left undone is dropped."""
        self.rollback()
        self.run("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make the changes of the block at once."""
        with self._failing():
            self._connection.commit()

    def share(self) -> bool:
        """Make the changes of the block at once, and let processes forked from here on read them.

        Each opens the file anew when it asks next: SQLite does not bear that a connection goes
        along into another process. False where there is no file, and so nothing to share.
        """
        if self._file is None:
            return False
        self.commit()
        self.close()
        self._opened = None
        return True

    def resume(self) -> None:
        """Begin a block of changes where none is under way."""
        if not self._connection.in_transaction:
            self.run("BEGIN IMMEDIATE")

    def rollback(self) -> None:
        """Drop the changes of the block."""
        with self._failing():
            self._connection.rollback()

    def close(self) -> None:
        """Let go of the file; changes that were not made are dropped."""
        self._end()

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if _is_damage(error) and self._file is not None:
                _delete(self._file)
            raise PublishError(
                f"what is known of the site cannot be read or written ({error})",
                subject=str(self._file or "memory"),
                hint="free some disk space; what is damaged the next build makes anew",
            ) from error


def _connect(file: Path | None) -> sqlite3.Connection:
    if file is None:
        return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        return _open_sound(file)
    except (sqlite3.Error, OSError) as error:
        raise PublishError(
            f"what is known of the site cannot be open_site ({error})",
            subject=str(file),
            hint="look at the folder's rights and the disk's free space",
        ) from error


def _open_sound(file: Path) -> sqlite3.Connection:
    """Open a file, made anew where it is damaged."""
    try:
        return _open_file(file)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        _delete(file)
        return _open_file(file)


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without its extension
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _delete(file: Path) -> None:
    for path in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        path.unlink(missing_ok=True)


def _open_file(file: Path) -> sqlite3.Connection:
    connection = databases.connect(file)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


_TABLES = """
CREATE TABLE paper_sites (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL UNIQUE, made_by TEXT NOT NULL, head BLOB NOT NULL
);
CREATE TABLE paper_entries (
    id INTEGER PRIMARY KEY, site INTEGER NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL,
    name TEXT NOT NULL, place INTEGER NOT NULL, at REAL NOT NULL,
    domain TEXT NOT NULL, story_group TEXT NOT NULL, copy_of TEXT NOT NULL,
    address TEXT NOT NULL, credit TEXT NOT NULL, image TEXT NOT NULL, web_url TEXT NOT NULL,
    changed TEXT NOT NULL, shown TEXT NOT NULL, hosted INTEGER NOT NULL,
    led INTEGER NOT NULL, entry BLOB NOT NULL
);
CREATE INDEX paper_paths ON paper_entries (site, path, stamp);
CREATE INDEX paper_names ON paper_entries (site, name, path);
CREATE INDEX paper_stories ON paper_entries (site, at DESC, path) WHERE place = 2;
CREATE INDEX paper_hosted ON paper_entries (site, at DESC, path) WHERE place = 2 AND hosted = 1;
CREATE INDEX paper_groups ON paper_entries (site, story_group) WHERE story_group <> '';
CREATE INDEX paper_copies ON paper_entries (site, copy_of) WHERE copy_of <> '';
CREATE INDEX paper_credits ON paper_entries (site, address) WHERE credit <> '';
CREATE INDEX paper_images ON paper_entries (site, image) WHERE image <> '';
CREATE INDEX paper_led ON paper_entries (site, path) WHERE place = 1 AND led = 1;
CREATE INDEX paper_removed ON paper_entries (site, path) WHERE place = 0;
CREATE TABLE paper_listed (
    site INTEGER, kind TEXT, value TEXT, at REAL, path TEXT,
    PRIMARY KEY (site, kind, value, at DESC, path)
) WITHOUT ROWID;
CREATE TABLE paper_needs (
    site INTEGER, what TEXT, path TEXT, PRIMARY KEY (site, what, path)
) WITHOUT ROWID;
CREATE TABLE paper_hidden (
    site INTEGER, address TEXT, path TEXT, PRIMARY KEY (site, address, path)
) WITHOUT ROWID;
CREATE TABLE paper_sums (
    site INTEGER, kind TEXT, what TEXT, count INTEGER NOT NULL, PRIMARY KEY (site, kind, what)
) WITHOUT ROWID;
CREATE TABLE paper_pieces (
    site INTEGER, path TEXT, stamp TEXT NOT NULL, piece BLOB NOT NULL, PRIMARY KEY (site, path)
);
CREATE TABLE paper_cards (
    site INTEGER, page TEXT, file TEXT NOT NULL, PRIMARY KEY (site, page)
) WITHOUT ROWID;
CREATE INDEX paper_drawn ON paper_cards (site, file);
"""
_PARTS = ("entries", "listed", "needs", "hidden", "sums", "pieces", "cards")


def open_site(tables: Tables, site: str, made_by: str) -> tuple[int, bytes]:
    """Return the number of a site and what is kept of it as a whole; b"" where that is nothing.

    Whatever other code has made of the site is thrown away, and made anew where tables differ.
    """
    _make(tables)
    rows = tables.run("SELECT id, made_by, head FROM paper_sites WHERE site = ?", site)
    if not rows:
        insert = "INSERT INTO paper_sites VALUES (NULL, ?, ?, ?) RETURNING id"
        return tables.run(insert, site, made_by, b"")[0][0], b""
    number, known, head = rows[0]
    if known == made_by:
        return number, head
    empty_site(tables, number)
    tables.run("UPDATE paper_sites SET made_by = ?, head = ? WHERE id = ?", made_by, b"", number)
    return number, b""


def empty_site(tables: Tables, site: int) -> None:
    """Forget every entry of a site and all that is drawn from them."""
    for part in _PARTS:
        tables.run(f"DELETE FROM paper_{part} WHERE site = ?", site)  # noqa: S608 - our own names


def _make(tables: Tables) -> None:
    """Make the tables where there are none, or those of an earlier version."""
    rows = tables.run("SELECT sql FROM sqlite_master WHERE name LIKE 'paper\\_%' ESCAPE '\\'")
    there = {sql for (sql,) in rows if sql}
    wanted = [part.strip() for part in _TABLES.split(";") if part.strip()]
    if there == set(wanted):
        return
    names = tables.run(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'paper\\_%' ESCAPE '\\'"
    )
    for (name,) in names:
        tables.run(f"DROP TABLE {name}")
    for statement in wanted:
        tables.run(statement)
