"""Create the SQLite tables of the page index, and read the stamps of stories from them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from copydesk.errors import PublishError
from copydesk.kit import databases
from copydesk.kit.databases import DisposableDatabase

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
CREATE TABLE paper_kept (
    id INTEGER PRIMARY KEY, site INTEGER NOT NULL, path TEXT NOT NULL, stamp TEXT NOT NULL,
    story BLOB NOT NULL, UNIQUE (site, path)
);
CREATE TABLE paper_cards (
    site INTEGER, page TEXT, file TEXT NOT NULL, PRIMARY KEY (site, page)
) WITHOUT ROWID;
CREATE INDEX paper_drawn ON paper_cards (site, file);
"""
_PARTS = ("entries", "listed", "needs", "hidden", "sums", "pieces", "kept", "cards")
# the head is empty while a build is running, and after one was killed
_STAMPS = """SELECT path, stamp FROM paper_sites AS built JOIN paper_entries AS story
    ON story.site = built.id AND path IN (SELECT value FROM json_each(?))
    WHERE built.site = ? AND head <> x''"""


def open_tables(file: Path | None = None) -> DisposableDatabase:
    """Open the page index's tables in a file, or in memory; raises PublishError.

    A damaged file is deleted and created again, as records have all that it held.
    """

    def complain(what: str, error: Exception) -> PublishError:
        return PublishError(
            f"what is known of the site cannot be {what} ({error})",
            subject=str(file or "memory"),
            hint="look at the folder's rights and the disk's free space; what is damaged the next "
            "build makes anew",
        )

    return DisposableDatabase(file, complain)


def open_site(tables: DisposableDatabase, site: str, made_by: str) -> tuple[int, bytes]:
    """Return the number of a site in the page index and its stored notes, b"" for none.

    What other code wrote about the site is deleted; tables of another version are created again.
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


def empty_site(tables: DisposableDatabase, site: int) -> None:
    """Delete the entries of a site and all that was made from them."""
    for part in _PARTS:
        tables.run(f"DELETE FROM paper_{part} WHERE site = ?", site)  # noqa: S608 - our own names


def _make(tables: DisposableDatabase) -> None:
    """Create the tables if there are none, or only those of another version."""
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


def read_stamps(file: Path, site: str, paths: Iterable[str]) -> dict[str, str]:
    """Map the paths of the given stories to their stamps in the last build of a site.

    The result is empty if the index cannot be read or has another version. It is not changed.
    """
    return dict(databases.read_rows(file, _STAMPS, orjson.dumps([*paths]).decode(), site))
