"""Where a catalogue is kept: tables of SQLite, in a file that somebody lends or in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Protocol


class Tables(Protocol):
    """A database that is lent; whoever lends it begins and ends its transactions."""

    def run(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Execute a statement with the values of its places."""
        ...

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute a statement once for each row of values."""
        ...


class MemoryTables:
    """Tables that live as long as the process."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)

    def run(self, statement: str, *values: object) -> sqlite3.Cursor:
        """Execute a statement with the values of its places."""
        return self._connection.execute(statement, values)

    def run_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute a statement once for each row of values."""
        self._connection.executemany(statement, rows)


_TABLES = """
CREATE TABLE paper_sites (
    id INTEGER PRIMARY KEY, site TEXT NOT NULL UNIQUE, made_by TEXT NOT NULL, head BLOB NOT NULL
);
CREATE TABLE paper_entries (
    id INTEGER PRIMARY KEY, site INTEGER NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL,
    name TEXT NOT NULL, place INTEGER NOT NULL, at REAL NOT NULL, day TEXT NOT NULL,
    month TEXT NOT NULL, domain TEXT NOT NULL, tale TEXT NOT NULL, copy_of TEXT NOT NULL,
    heat INTEGER NOT NULL, address TEXT NOT NULL, credit TEXT NOT NULL, image TEXT NOT NULL,
    web_url TEXT NOT NULL, shown TEXT NOT NULL, hosted INTEGER NOT NULL, led INTEGER NOT NULL,
    entry BLOB NOT NULL
);
CREATE INDEX paper_paths ON paper_entries (site, path, stamp);
CREATE INDEX paper_names ON paper_entries (site, name, path);
CREATE INDEX paper_stories ON paper_entries (site, at DESC, path) WHERE place = 2;
CREATE INDEX paper_days ON paper_entries (site, day, at DESC, path) WHERE place = 2;
CREATE INDEX paper_months ON paper_entries (site, month, at DESC, path) WHERE place = 2;
CREATE INDEX paper_sources ON paper_entries (site, domain, at DESC, path) WHERE place = 2;
CREATE INDEX paper_hosted ON paper_entries (site, at DESC, path) WHERE place = 2 AND hosted = 1;
CREATE INDEX paper_tales ON paper_entries (site, tale) WHERE tale <> '';
CREATE INDEX paper_copies ON paper_entries (site, copy_of) WHERE copy_of <> '';
CREATE INDEX paper_credits ON paper_entries (site, address) WHERE credit <> '';
CREATE INDEX paper_images ON paper_entries (site, image) WHERE image <> '';
CREATE INDEX paper_led ON paper_entries (site, path) WHERE place = 1 AND led = 1;
CREATE INDEX paper_removed ON paper_entries (site, path) WHERE place = 0;
CREATE TABLE paper_topics (
    site INTEGER, topic TEXT, at REAL, path TEXT, PRIMARY KEY (site, topic, at DESC, path)
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
_PARTS = ("entries", "topics", "needs", "hidden", "sums", "pieces", "cards")


def opened(tables: Tables, site: str, made_by: str) -> tuple[int, bytes]:
    """Give the number of a site and what is kept of it as a whole; b"" where that is nothing.

    Whatever other code has made of the site is thrown away, and made anew where tables differ.
    """
    _make(tables)
    known = tables.run("SELECT id, made_by, head FROM paper_sites WHERE site = ?", site).fetchone()
    if known is not None and known[1] == made_by:
        return int(known[0]), bytes(known[2])
    if known is not None:
        emptied(tables, int(known[0]))
        tables.run(
            "UPDATE paper_sites SET made_by = ?, head = ? WHERE id = ?", made_by, b"", known[0]
        )
        return int(known[0]), b""
    row = tables.run("INSERT INTO paper_sites VALUES (NULL, ?, ?, ?)", site, made_by, b"")
    return int(row.lastrowid or 0), b""


def emptied(tables: Tables, site: int) -> None:
    """Forget every entry of a site and all that is drawn from them."""
    for part in _PARTS:
        tables.run(f"DELETE FROM paper_{part} WHERE site = ?", site)  # noqa: S608 - our own names


def _make(tables: Tables) -> None:
    """Make the tables where there are none, or those of an earlier version."""
    rows = tables.run("SELECT sql FROM sqlite_master WHERE name LIKE 'paper\\_%' ESCAPE '\\'")
    there = {sql for (sql,) in rows.fetchall() if sql}
    wanted = [part.strip() for part in _TABLES.split(";") if part.strip()]
    if there == set(wanted):
        return
    names = tables.run(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'paper\\_%' ESCAPE '\\'"
    )
    for (name,) in names.fetchall():
        tables.run(f"DROP TABLE {name}")
    for statement in wanted:
        tables.run(statement)
