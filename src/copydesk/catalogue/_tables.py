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
from copydesk.kit import databases, tables
from copydesk.kit.databases import DisposableDatabase

_Stamp = TypeVar("_Stamp", int, str)
_Compared = tuple[list[str], set[str]]
_CATALOGUE_VERSION, _PAGE_INDEX_VERSION = 7, 1
_CAN_DELETE_WORDS = (3, 43)  # SQLite can delete from a contentless full-text index since then
_WORDS = """CREATE VIRTUAL TABLE words USING fts5(
    title, excerpt, text, tokenize = "unicode61 remove_diacritics 2"{contents}
)"""
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
    statements = tables.load_text(__package__, "stories.sql") + _WORDS.format(contents=contents)
    return _make(DisposableDatabase(file, complain), statements, _CATALOGUE_VERSION)


def open_page_index(file: Path | None) -> DisposableDatabase:
    """Open the tables of a page index, in a file or in memory; raises PublishError."""

    def complain(what: str, error: Exception) -> PublishError:
        what = f"the page index of the site could not be {what} ({error})"
        return PublishError(what, subject=str(file or "memory"), hint=_PAGE_INDEX_HINT)

    statements = tables.load_text(__package__, "pages.sql")
    return _make(DisposableDatabase(file, complain), statements, _PAGE_INDEX_VERSION)


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
