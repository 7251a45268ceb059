"""The tables of the memory for fates, revisits, actions, built files, and bytes by key."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from copydesk.kit import dates, urls

FateState = Literal["filed", "dropped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What happened to the lead at `url`: filed (under `path`), dropped or failed, and why.

    `identity` is the URL's identity (kit.urls); `tries` counts the rounds that fetched it. `rules`
    is a digest of the rules that caused a drop, "" if it does not depend on rules.
    """

    identity: str
    url: str
    state: FateState
    at: datetime
    reason: str = ""
    detail: str = ""
    hint: str = ""
    path: str = ""
    source: str = ""
    tries: int = 1
    rules: str = ""


# The place of each due revisit in its host's queue.
_SHARE = """
SELECT path, url, due, kept FROM revisits JOIN (
    SELECT path, row_number() OVER (PARTITION BY host ORDER BY due < ?, due, path) AS place
    FROM revisits WHERE due <= ?
) USING (path) WHERE place <= ? ORDER BY place, due, path LIMIT ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """A planned revisit of the page at `url`; `path` is its record, `kept` what is known of it."""

    path: str
    url: str
    due: datetime
    kept: bytes = b"{}"


class Revisits:
    """The planned revisits by the record's path."""

    def __init__(self, run: Callable[..., sqlite3.Cursor]) -> None:
        self._run = run

    def get(self, path: str) -> Revisit | None:
        """Return the record's next revisit, None for none."""
        statement = "SELECT path, url, due, kept FROM revisits WHERE path = ?"
        row = self._run(statement, path).fetchone()
        return None if row is None else _revisit(row)

    def paths(self) -> set[str]:
        """Return the paths of the records with a planned revisit."""
        return {path for (path,) in self._run("SELECT path FROM revisits").fetchall()}

    def due(self, now: datetime, at_most: int = -1) -> Iterator[Revisit]:
        """Return the revisits that are due, the longest due first; -1 for all."""
        rows = self._run(
            "SELECT path, url, due, kept FROM revisits WHERE due <= ? ORDER BY due, path LIMIT ?",
            dates.rfc3339(now),
            at_most,
        )
        return map(_revisit, rows.fetchall())

    def share(self, now: datetime, late: datetime, at_most: int, a_host: int) -> list[Revisit]:
        """Return up to `at_most` due revisits, up to `a_host` of each host, fairly shared.

        Each host's first revisit comes before any host's second. Within a host, revisits that are
        not yet `late` come first; otherwise a host with too many would keep all of them late for
        ever. The result is sorted with the longest due first.
        """
        times = (dates.rfc3339(late), dates.rfc3339(now))
        rows = self._run(_SHARE, *times, a_host, at_most).fetchall()
        return sorted(map(_revisit, rows), key=lambda revisit: (revisit.due, revisit.path))

    def put(self, revisit: Revisit) -> None:
        """Plan a revisit; it replaces the record's earlier one."""
        self._run(
            "INSERT OR REPLACE INTO revisits (path, url, due, kept, host) VALUES (?, ?, ?, ?, ?)",
            revisit.path,
            revisit.url,
            dates.rfc3339(revisit.due),
            revisit.kept,
            urls.host(revisit.url),
        )

    def forget_due(self, before: datetime) -> None:
        """Delete the revisits that were due before a time."""
        self._run("DELETE FROM revisits WHERE due < ?", dates.rfc3339(before))

    def forget(self, path: str) -> None:
        """Delete the record's revisit."""
        self._run("DELETE FROM revisits WHERE path = ?", path)


def _revisit(row: tuple[str, str, str, bytes]) -> Revisit:
    path, url, due, kept = row
    moment = dates.parse(due)
    assert moment is not None
    return Revisit(path=path, url=url, due=moment, kept=bytes(kept))


class Actions:
    """Recent actions of editors by id, each with the data to undo it."""

    def __init__(self, run: Callable[..., sqlite3.Cursor]) -> None:
        self._run = run

    def get(self, action_id: str) -> bytes | None:
        """Return the data to undo an action, None if the action is not known."""
        row = self._run("SELECT kept FROM actions WHERE id = ?", action_id).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, action_id: str, at: datetime, kept: bytes) -> None:
        """Store when an action was filed, and the data to undo it."""
        moment = dates.rfc3339(at)
        self._run("INSERT OR REPLACE INTO actions VALUES (?, ?, ?)", action_id, moment, kept)

    def forget(self, before: datetime) -> None:
        """Delete the actions before a time."""
        self._run("DELETE FROM actions WHERE at < ?", dates.rfc3339(before))


class SiteManifest:
    """The digests of one published site's files."""

    def __init__(self, run: Callable[..., sqlite3.Cursor], site: str) -> None:
        self._run = run
        self._site = site

    def get(self, path: str) -> str | None:
        """Return the digest with which `path` was last written, None if it was not."""
        query = "SELECT digest FROM manifest WHERE site = ? AND path = ?"
        row = self._run(query, self._site, path).fetchone()
        return None if row is None else str(row[0])

    def put(self, path: str, digest: str) -> None:
        """Store the digest of the bytes at `path`."""
        self._run("INSERT OR REPLACE INTO manifest VALUES (?, ?, ?)", self._site, path, digest)

    def forget(self, path: str) -> None:
        """Delete the digest of `path`."""
        self._run("DELETE FROM manifest WHERE site = ? AND path = ?", self._site, path)

    def paths(self) -> Iterator[str]:
        """Return every path that was written."""
        rows = self._run("SELECT path FROM manifest WHERE site = ?", self._site).fetchall()
        return iter([path for (path,) in rows])

    def items(self) -> Iterator[tuple[str, str]]:
        """Return every path that was written, with its digest."""
        rows = self._run("SELECT path, digest FROM manifest WHERE site = ?", self._site)
        return iter(rows.fetchall())


KeyedTable = Literal[
    "hosts",
    "hubs",
    "letters",
    "overtaken",
    "pushed",
    "recall",
    "sites",
    "taught",
    "tips",
    "untold",
    "vectors",
    "waiting",
    "webhooks",
]


class KeyedBytes:
    """A table of bytes by key; only the room that stores them knows their format."""

    def __init__(self, run: Callable[..., sqlite3.Cursor], table: KeyedTable) -> None:
        self._run = run
        self._table = table  # one of a fixed list of names, so safe to put into SQL

    def get(self, key: str) -> bytes | None:
        """Return the bytes under the key, None for none."""
        row = self._run(f"SELECT kept FROM {self._table} WHERE key = ?", key).fetchone()  # noqa: S608
        return None if row is None else bytes(row[0])

    def put(self, key: str, kept: bytes) -> None:
        """Store bytes under the key; they replace earlier ones."""
        self._run(f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)", key, kept)  # noqa: S608

    def forget(self, key: str) -> None:
        """Delete the bytes under the key."""
        self._run(f"DELETE FROM {self._table} WHERE key = ?", key)  # noqa: S608

    def forget_all(self) -> None:
        """Delete everything."""
        self._run(f"DELETE FROM {self._table}")  # noqa: S608

    def items(self, prefix: str = "") -> Iterator[tuple[str, bytes]]:
        """Return every key with this prefix and its bytes, sorted by key."""
        where = "WHERE key >= ? AND key < ?" if prefix else "WHERE ? = ?"
        bounds = (prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)) if prefix else ("", "")
        rows = self._run(f"SELECT key, kept FROM {self._table} {where} ORDER BY key", *bounds)  # noqa: S608
        return iter(rows.fetchall())

    def keys(self) -> list[str]:
        """Return every key."""
        return [key for (key,) in self._run(f"SELECT key FROM {self._table} ORDER BY key")]  # noqa: S608
