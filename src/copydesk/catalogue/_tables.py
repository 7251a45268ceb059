"""The tables of the catalogue. A file of another version is replaced: all can be made again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import orjson

from copydesk.errors import CatalogueError
from copydesk.kit import databases
from copydesk.kit.databases import DisposableDatabase

_VERSION = 5
_CAN_DELETE_WORDS = (3, 43)  # SQLite can delete from a contentless full-text index since then
_TABLES = """
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE stories (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, signature INTEGER NOT NULL,
    name TEXT NOT NULL, archived INTEGER NOT NULL, at INTEGER, standing TEXT NOT NULL,
    gone INTEGER NOT NULL, publisher TEXT NOT NULL, source TEXT NOT NULL, language TEXT NOT NULL,
    quality INTEGER, heat INTEGER, story_group TEXT NOT NULL, copy_of TEXT NOT NULL,
    ruled INTEGER NOT NULL, judged INTEGER NOT NULL, points INTEGER, said TEXT NOT NULL
) STRICT;
CREATE INDEX stories_at ON stories (at, path);
CREATE INDEX stories_name ON stories (name);
CREATE INDEX stories_standing ON stories (standing, at);
CREATE INDEX stories_group ON stories (story_group) WHERE story_group <> '';
CREATE INDEX stories_copy ON stories (copy_of) WHERE copy_of <> '';
CREATE INDEX stories_ruled ON stories (id) WHERE ruled = 1;
CREATE INDEX stories_said ON stories (said) WHERE said <> '';
CREATE INDEX stories_gone ON stories (at) WHERE gone = 1;
CREATE INDEX stories_publisher ON stories (publisher, standing, at);
CREATE TABLE decisions (
    story INTEGER PRIMARY KEY, at INTEGER NOT NULL, points INTEGER, waited INTEGER NOT NULL
) STRICT;
CREATE INDEX decisions_at ON decisions (at);
CREATE TABLE addresses (
    identity TEXT NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (identity, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_story ON addresses (story);
CREATE TABLE topics (
    topic TEXT NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (topic, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX topics_story ON topics (story);
CREATE TABLE reasons (
    kind TEXT NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (kind, story)
) STRICT, WITHOUT ROWID;
CREATE INDEX reasons_story ON reasons (story);
CREATE TABLE broken (
    path TEXT PRIMARY KEY, signature INTEGER NOT NULL, what TEXT NOT NULL, hint TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE marks (
    story INTEGER PRIMARY KEY, site TEXT NOT NULL, habits TEXT NOT NULL, fingerprint BLOB NOT NULL
) STRICT;
CREATE TABLE hashes (
    value INTEGER NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (value, story)
) STRICT, WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, second INTEGER NOT NULL,
    digest BLOB NOT NULL, words INTEGER NOT NULL, ngrams INTEGER NOT NULL, names INTEGER NOT NULL
) STRICT;
CREATE TABLE document_terms (
    document INTEGER PRIMARY KEY, terms BLOB NOT NULL, counts BLOB NOT NULL, rates BLOB NOT NULL,
    telling BLOB NOT NULL, checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE term_places (
    term INTEGER NOT NULL, second INTEGER NOT NULL, document INTEGER NOT NULL,
    PRIMARY KEY (term, second, document)
) STRICT, WITHOUT ROWID;
CREATE TABLE term_counts (term INTEGER PRIMARY KEY, documents INTEGER NOT NULL) STRICT
"""
_WORDS = """CREATE VIRTUAL TABLE words USING fts5(
    title, excerpt, text, tokenize = "unicode61 remove_diacritics 2"{contents}
)"""


def open_tables(file: Path | None) -> DisposableDatabase:
    """Open a catalogue's file; a damaged one, or one of another version, is replaced.

    Raises CatalogueError if it can be neither opened nor made.
    """

    def complain(what: str, error: Exception) -> CatalogueError:
        return CatalogueError(
            f"the catalogue cannot be {what} ({error})",
            subject=str(file or "memory"),
            hint="look at the folder's rights and the disk's free space; the file may be deleted",
        )

    database = DisposableDatabase(file, complain)
    if _version(database) != _VERSION:
        with database.at_once():
            if _version(database) != _VERSION:  # unless another process was faster
                _make(database)
    return database


def _version(database: DisposableDatabase) -> int:
    return int(database.run("PRAGMA user_version")[0][0])


def _make(database: DisposableDatabase) -> None:
    """Create all tables, after dropping those that exist."""
    there = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
    others = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    for names in (there, others):  # dropping a full-text index drops its own tables, too
        for (name,) in database.run(names):
            database.run(f'DROP TABLE IF EXISTS "{name}"')
    for statement in _TABLES.split(";"):
        database.run(statement)
    can_delete = sqlite3.sqlite_version_info >= _CAN_DELETE_WORDS
    contents = ", content = '', contentless_delete = 1" if can_delete else ""
    database.run(_WORDS.format(contents=contents))
    database.run(f"PRAGMA user_version = {_VERSION}")


_QUERY = """SELECT path, signature FROM stories WHERE path IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT path, signature FROM broken WHERE path IN (SELECT value FROM json_each(?1))"""


def read_signatures(file: Path, paths: Iterable[str]) -> dict[str, int]:
    """Return by path the signatures that these records had when the catalogue in a file read them.

    {} if the file cannot be read or is of another version; it is neither created nor changed.
    """
    return dict(databases.read_rows(file, _QUERY, orjson.dumps([*paths]).decode()))
