"""The SQLite tables of the search index (catalogue) and of the page index, which are two files.

All that they hold can be made again from the records. So nothing is migrated: a file that is
damaged, or whose tables are of another version, is replaced.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import orjson

from copydesk.errors import CatalogueError, PublishError
from copydesk.kit import databases
from copydesk.kit.databases import DisposableDatabase

_Stamp = TypeVar("_Stamp", int, str)
_Compared = tuple[list[str], set[str]]
_CATALOGUE_VERSION, _PAGE_INDEX_VERSION = 6, 1
_CAN_DELETE_WORDS = (3, 43)  # SQLite can delete from a contentless full-text index since then
_CATALOGUE = """
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
CREATE TABLE term_counts (term INTEGER PRIMARY KEY, documents INTEGER NOT NULL) STRICT;
CREATE TABLE findings (
    kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, key)
) STRICT
"""
_WORDS = """CREATE VIRTUAL TABLE words USING fts5(
    title, excerpt, text, tokenize = "unicode61 remove_diacritics 2"{contents}
)"""


_PAGE_INDEX = """
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
CREATE TABLE paper_kept (
    id INTEGER PRIMARY KEY, site INTEGER NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL,
    story BLOB NOT NULL, UNIQUE (site, path)
);
CREATE TABLE paper_cards (
    site INTEGER, page TEXT, file TEXT NOT NULL, PRIMARY KEY (site, page)
) WITHOUT ROWID;
CREATE INDEX paper_drawn ON paper_cards (site, file)
"""
PAGE_INDEX_PARTS = (  # all tables but that of sites
    "entries",
    "listed",
    "needs",
    "hidden",
    "sums",
    "pieces",
    "kept",
    "cards",
)
# the head is empty while a build is running, and after one was killed
_STAMPS = """SELECT path, stamp FROM paper_sites AS built JOIN paper_entries AS story
    ON story.site = built.id AND path IN (SELECT value FROM json_each(?))
    WHERE built.site = ? AND head <> x''"""


_PAGE_INDEX_HINT = (
    "check the permissions of the folder and the free disk space; the next build replaces "
    "damaged data"
)
_HINT = "check the permissions of the folder and the free disk space; you can delete the file"


def open_tables(file: Path | None) -> DisposableDatabase:
    """Open the tables of a search index of stories, in a file or in memory.

    Raises CatalogueError if the file can be neither opened nor made.
    """

    def complain(what: str, error: Exception) -> CatalogueError:
        what = f"the story catalogue could not be {what} ({error})"
        return CatalogueError(what, subject=str(file or "memory"), hint=_HINT)

    can_delete = sqlite3.sqlite_version_info >= _CAN_DELETE_WORDS
    contents = ", content = '', contentless_delete = 1" if can_delete else ""
    statements = f"{_CATALOGUE};{_WORDS.format(contents=contents)}"
    return _make(DisposableDatabase(file, complain), statements, _CATALOGUE_VERSION)


def open_page_index(file: Path | None) -> DisposableDatabase:
    """Open the tables of a page index, in a file or in memory; raises PublishError."""

    def complain(what: str, error: Exception) -> PublishError:
        what = f"the page index of the site could not be {what} ({error})"
        return PublishError(what, subject=str(file or "memory"), hint=_PAGE_INDEX_HINT)

    return _make(DisposableDatabase(file, complain), _PAGE_INDEX, _PAGE_INDEX_VERSION)


def _make(database: DisposableDatabase, statements: str, version: int) -> DisposableDatabase:
    """Create all tables unless those of this version exist; drop others."""
    if _version(database) == version:
        return database
    with database.at_once():
        if _version(database) != version:  # unless another process was faster
            _drop_tables(database)
            for statement in statements.split(";"):
                database.run(statement)
            database.run(f"PRAGMA user_version = {version}")
    return database


def _version(database: DisposableDatabase) -> int:
    return int(database.run("PRAGMA user_version")[0][0])


def _drop_tables(database: DisposableDatabase) -> None:
    there = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'"
    others = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    for names in (there, others):  # dropping a full-text index drops its own tables, too
        for (name,) in database.run(names):
            database.run(f'DROP TABLE IF EXISTS "{name}"')


# Stamps: what changes with a record's file, as it was when the record was last read.


def compare_stamps(known: Mapping[str, _Stamp], now: Mapping[str, _Stamp]) -> _Compared:
    """Compare file stamps: return the paths of new and changed records, and of those that are gone.

    A record with a stamp of 0 may have changed.
    """
    changed = [path for path, stamp in now.items() if not stamp or known.get(path) != stamp]
    return sorted(changed), known.keys() - now.keys()


_SIGNATURES = """SELECT path, signature FROM stories WHERE path IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT path, signature FROM broken WHERE path IN (SELECT value FROM json_each(?1))"""


def read_signatures(file: Path, paths: Iterable[str]) -> dict[str, int]:
    """Return by path the signatures (stat values) of record files when the index read them.

    {} if the file cannot be read or is of another version; it is neither created nor changed.
    """
    return dict(databases.read_rows(file, _SIGNATURES, orjson.dumps([*paths]).decode()))


def read_stamps(file: Path, site: str, paths: Iterable[str]) -> dict[str, str]:
    """Return by path the stamps (record versions) of the given stories in the site's last build.

    The result is empty if the index cannot be read or has another version. It is not changed.
    """
    return dict(databases.read_rows(file, _STAMPS, orjson.dumps([*paths]).decode(), site))
