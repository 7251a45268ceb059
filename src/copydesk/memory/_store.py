"""The memory database: one SQLite file, with an attribute or a method for each table."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from copydesk.errors import MemoryStoreError
from copydesk.kit import dates
from copydesk.kit.kept import read_row
from copydesk.memory._schema import connect, suspect
from copydesk.memory._tables import (
    Actions,
    Fate,
    KeyedBytes,
    Reads,
    Revisits,
    SiteManifest,
    SourceCounts,
)


class Memory:
    """The memory database of a newsroom: what copydesk remembers between fetching rounds.

    `hosts`, `hubs`, `hub_pushes`, `sites`, `taught`, `tips`, `waiting`, `recall`, `vectors`,
    `pending_pings`, `letters` and `overtaken` store bytes by key, `actions` those of the desk,
    `revisits` the planned revisits of filed pages, `reads` page views, `counts` what each source
    brought on each day. Every method raises MemoryStoreError if the database fails. For one thread
    at a time.
    """

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
        self._path = path
        self.hosts = KeyedBytes(self._run, "hosts")
        self.hubs = KeyedBytes(self._run, "hubs")
        self.hub_pushes = KeyedBytes(self._run, "pushed")  # the first name of the table
        self.sites = KeyedBytes(self._run, "sites")
        self.taught = KeyedBytes(self._run, "taught")
        self.tips = KeyedBytes(self._run, "tips")
        self.waiting = KeyedBytes(self._run, "waiting")
        self.recall = KeyedBytes(self._run, "recall")
        self.webhooks = KeyedBytes(self._run, "webhooks")
        self.letters = KeyedBytes(self._run, "letters")
        self.vectors = KeyedBytes(self._run, "vectors")
        self.pending_pings = KeyedBytes(self._run, "untold")  # the same
        self.overtaken = KeyedBytes(self._run, "overtaken")
        self.actions = Actions(self._run)
        self.revisits = Revisits(self._run)
        self.reads = Reads(self._run)
        self.counts = SourceCounts(self._run)

    def close(self) -> None:
        """Close the search index's database."""
        self._connection.close()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Make all changes of the `with` block in one transaction; after an error none are made."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.rollback()
            raise
        self._run("COMMIT")

    def sources(self) -> dict[str, bytes]:
        """Return the stored state of each source (feed, sitemap, page), by URL."""
        return dict(self._run("SELECT url, state FROM sources"))

    def keep_source(self, url: str, state: bytes) -> None:
        """Store the state of the source at a URL."""
        self._run("INSERT OR REPLACE INTO sources VALUES (?, ?)", url, state)

    def forget_sources(self, urls: Iterable[str]) -> None:
        """Delete the stored states of the sources at these URLs."""
        for url in urls:
            self._run("DELETE FROM sources WHERE url = ?", url)

    def forget_leads(self, before: datetime) -> int:
        """Delete what became of links that were dropped or failed before a time; return how
        many.
        """
        statement = "DELETE FROM fates WHERE state IN ('dropped', 'failed') AND at < ?"
        return self._run(statement, dates.rfc3339(before)).rowcount

    def move(self, path: str, to: str) -> None:
        """Change the path of a story record from `path` to `to` in everything stored for it."""
        self._run("UPDATE OR REPLACE fates SET path = ? WHERE path = ?", to, path)
        self._run("UPDATE OR REPLACE digests SET path = ? WHERE path = ?", to, path)
        self._run("UPDATE OR REPLACE revisits SET path = ? WHERE path = ?", to, path)

    def fate(self, identity: str) -> Fate | None:
        """Return what became of a link, found by its URL's key, None if it is unknown."""
        row = self._run("SELECT * FROM fates WHERE identity = ?", identity).fetchone()
        return None if row is None else _fate(row)

    def has_met(self, identity: str) -> bool:
        """Return whether a link was handled before, found by its URL's key."""
        rows = self._run("SELECT 1 FROM fates WHERE identity = ?", identity)
        return rows.fetchone() is not None

    def fates(self) -> Iterator[Fate]:
        """Return what became of every link, sorted by the key of its URL."""
        return map(_fate, self._run("SELECT * FROM fates ORDER BY identity"))

    def fates_since(
        self, state: str, since: datetime, at_most: int, reason: str = ""
    ) -> list[Fate]:
        """Return what became of links since a time, latest first; a `reason` of "" means any
        reason.
        """
        query = (
            "SELECT * FROM fates WHERE state = ? AND at >= ? AND (? = '' OR reason = ?)"
            " ORDER BY at DESC, identity LIMIT ?"
        )
        found = self._run(query, state, dates.rfc3339(since), reason, reason, at_most)
        return list(map(_fate, found.fetchall()))

    def count_fates(self, state: str, since: datetime) -> int:
        """Return the number of links with a given outcome (a `FateState`) since a time."""
        query = "SELECT count(*) FROM fates WHERE state = ? AND at >= ?"
        return int(self._run(query, state, dates.rfc3339(since)).fetchone()[0])

    def count_reasons(self, state: str, since: datetime) -> dict[str, int]:
        """Return the number of links with a given outcome (a `FateState`) since a time, by
        reason.
        """
        query = "SELECT reason, count(*) FROM fates WHERE state = ? AND at >= ? GROUP BY 1"
        return dict(self._run(query, state, dates.rfc3339(since)).fetchall())

    def sources_of_records(self) -> dict[str, str]:
        """Return the URL of the source (feed, sitemap, page) that listed each story, by record
        path.
        """
        filed = "SELECT path, source FROM fates WHERE state = 'filed' AND source <> ''"
        return dict(self._run(filed))

    def list_filing_times(self, paths: Collection[str]) -> dict[str, datetime]:
        """Return when these stories were stored, by record path, as far as that is known."""
        query = (
            "SELECT path, min(at) FROM fates WHERE state = 'filed' AND path <> ''"
            " AND path IN (SELECT value FROM json_each(?)) GROUP BY path"
        )
        rows = self._run(query, json.dumps(sorted(paths)))
        times = ((path, dates.parse(at)) for path, at in rows)
        return {path: at for path, at in times if at is not None}

    def keep_fate(self, fate: Fate) -> None:
        """Store what became of a link (a story, dropped, failed), in place of an earlier
        outcome.
        """
        self._run(
            "INSERT OR REPLACE INTO fates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(fate.identity, fate.url, fate.state, fate.reason, fate.detail, fate.hint, fate.path),
            *(fate.source, fate.tries, dates.rfc3339(fate.at), fate.rules),
        )

    def digests(self, path: str) -> dict[str, str]:
        """Return the digests of a story record's fields as copydesk last wrote them, {} if
        unknown.
        """
        return dict(self._run("SELECT field, digest FROM digests WHERE path = ?", path))

    def keep_digests(self, path: str, digests: Mapping[str, str]) -> None:
        """Store the digests of a story record's fields, in place of all earlier ones."""
        self._run("DELETE FROM digests WHERE path = ?", path)
        for name, digest in digests.items():
            self._run("INSERT INTO digests VALUES (?, ?, ?)", path, name, digest)

    def manifest(self, site: str) -> SiteManifest:
        """Return the table of file digests of a built site or deploy target, named `site`."""
        return SiteManifest(self._run, site)

    def _run(self, statement: str, *values: str | int | bytes | None) -> sqlite3.Cursor:
        try:
            return self._connection.cursor(_Rows).run(self._path, statement, values)
        except sqlite3.Error as error:
            raise _failure(self._path, error) from error


class _Rows(sqlite3.Cursor):
    """The result rows of a query on the memory database; reading a row may find a damaged page."""

    _path: Path

    def run(self, path: Path, statement: str, values: Sequence[Any]) -> _Rows:
        """Execute an SQL statement on the database file at `path`; return the rows."""
        self._path = path
        self.execute(statement, values)
        return self

    def __next__(self) -> Any:
        """Return the next row of the result."""
        try:
            return super().__next__()
        except sqlite3.Error as error:
            raise _failure(self._path, error) from error

    def fetchone(self) -> Any:
        """Return the next row of the result, None after the last."""
        return next(self, None)

    def fetchall(self) -> list[Any]:
        """Return all rows of the result that were not read yet."""
        try:
            return super().fetchall()
        except sqlite3.Error as error:
            raise _failure(self._path, error) from error


def _failure(path: Path, error: sqlite3.Error) -> MemoryStoreError:
    """Convert a database error; a damaged memory file is marked, to be replaced at the next
    start.
    """
    if suspect(path, error):
        hint = "start the next run, which sets the file aside and rebuilds it"
    else:
        hint = "free disk space, or delete the file: the next run rebuilds it"
    return MemoryStoreError(
        f"could not use the memory database ({error})", subject=str(path), hint=hint
    )


_COLUMNS = "identity, url, state, reason, detail, hint, path, source, tries, at, rules"


def _fate(row: tuple[Any, ...]) -> Fate:
    return read_row(Fate, _COLUMNS, row)
