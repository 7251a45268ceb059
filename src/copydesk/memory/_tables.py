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
    """What became of the lead at `url`: filed (under `path`), dropped or failed, and why.

    `identity` is the address's identity (kit.urls); `tries` counts the rounds that asked for it.
    `rules` is a digest of the rules that a drop was made by, "" where none matter.
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


# The place of each due look in its host's queue.
_SHARE = """
SELECT path, url, due, kept FROM revisits JOIN (
    SELECT path, row_number() OVER (PARTITION BY host ORDER BY due < ?, due, path) AS place
    FROM revisits WHERE due <= ?
) USING (path) WHERE place <= ? ORDER BY place, due, path LIMIT ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisit:
    """The page at `url` of the record at `path` is due at a time; `kept` is what is known of it."""

    path: str
    url: str
    due: datetime
    kept: bytes = b"{}"


class Revisits:
    """The schedule of second looks, by the record's path."""

    def __init__(self, run: Callable[..., sqlite3.Cursor]) -> None:
        self._run = run

    def get(self, path: str) -> Revisit | None:
        """Return the record's next look, None where none is planned."""
        statement = "SELECT path, url, due, kept FROM revisits WHERE path = ?"
        row = self._run(statement, path).fetchone()
        return None if row is None else _revisit(row)

    def paths(self) -> set[str]:
        """Return the paths of the records of which a look is planned."""
        return {path for (path,) in self._run("SELECT path FROM revisits").fetchall()}

    def due(self, now: datetime, at_most: int = -1) -> Iterator[Revisit]:
        """Return the looks that are due, the longest due first; -1: all of them."""
        rows = self._run(
            "SELECT path, url, due, kept FROM revisits WHERE due <= ? ORDER BY due, path LIMIT ?",
            dates.rfc3339(now),
            at_most,
        )
        return map(_revisit, rows.fetchall())

    def share(self, now: datetime, late: datetime, at_most: int, a_host: int) -> list[Revisit]:
        """Return so many due looks, so many of a host: each host's first before any second.

        Of a host those come first that are not yet `late`: where a host has more than its share,
        the others would keep it late for ever. The longest due are first, in what is given too.
        """
        times = (dates.rfc3339(late), dates.rfc3339(now))
        rows = self._run(_SHARE, *times, a_host, at_most).fetchall()
        return sorted(map(_revisit, rows), key=lambda revisit: (revisit.due, revisit.path))

    def put(self, revisit: Revisit) -> None:
        """Plan a look, in the place of an earlier plan for the record."""
        self._run(
            "INSERT OR REPLACE INTO revisits (path, url, due, kept, host) VALUES (?, ?, ?, ?, ?)",
            revisit.path,
            revisit.url,
            dates.rfc3339(revisit.due),
            revisit.kept,
            urls.host(revisit.url),
        )

    def forget_due(self, before: datetime) -> None:
        """Forget the looks that were due before a time, and nobody came to."""
        self._run("DELETE FROM revisits WHERE due < ?", dates.rfc3339(before))

    def forget(self, path: str) -> None:
        """Plan no look at the record's page."""
        self._run("DELETE FROM revisits WHERE path = ?", path)


def _revisit(row: tuple[str, str, str, bytes]) -> Revisit:
    path, url, due, kept = row
    moment = dates.parse(due)
    assert moment is not None
    return Revisit(path=path, url=url, due=moment, kept=bytes(kept))


class Actions:
    """The filed actions of the desk by their ids, each with what takes it back."""

    def __init__(self, run: Callable[..., sqlite3.Cursor]) -> None:
        self._run = run

    def get(self, action_id: str) -> bytes | None:
        """Return what takes an action back, None where none such was filed of late."""
        row = self._run("SELECT kept FROM actions WHERE id = ?", action_id).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, action_id: str, at: datetime, kept: bytes) -> None:
        """Remember that an action was filed, when, and what takes it back."""
        moment = dates.rfc3339(at)
        self._run("INSERT OR REPLACE INTO actions VALUES (?, ?, ?)", action_id, moment, kept)

    def forget(self, before: datetime) -> None:
        """Forget the actions from before a time."""
        self._run("DELETE FROM actions WHERE at < ?", dates.rfc3339(before))


class SiteManifest:
    """The digests of one published site's files."""

    def __init__(self, run: Callable[..., sqlite3.Cursor], site: str) -> None:
        self._run = run
        self._site = site

    def get(self, path: str) -> str | None:
        """Return the digest under which `path` was last written, None where it was not."""
        query = "SELECT digest FROM manifest WHERE site = ? AND path = ?"
        row = self._run(query, self._site, path).fetchone()
        return None if row is None else str(row[0])

    def put(self, path: str, digest: str) -> None:
        """Note that `path` now holds the bytes of `digest`."""
        self._run("INSERT OR REPLACE INTO manifest VALUES (?, ?, ?)", self._site, path, digest)

    def forget(self, path: str) -> None:
        """Note that `path` is gone."""
        self._run("DELETE FROM manifest WHERE site = ? AND path = ?", self._site, path)

    def paths(self) -> Iterator[str]:
        """Return every path that was written."""
        rows = self._run("SELECT path FROM manifest WHERE site = ?", self._site).fetchall()
        return iter([path for (path,) in rows])

    def items(self) -> Iterator[tuple[str, str]]:
        """Return every path that was written with its digest."""
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
    """What is remembered under a key: of a host, a hub, what it pushed, a site, a page, a text."""

    def __init__(self, run: Callable[..., sqlite3.Cursor], table: KeyedTable) -> None:
        self._run = run
        self._table = table  # one of a closed list of names, never a stranger's word

    def get(self, key: str) -> bytes | None:
        """Return what is kept under the key, None where nothing is."""
        row = self._run(f"SELECT kept FROM {self._table} WHERE key = ?", key).fetchone()  # noqa: S608
        return None if row is None else bytes(row[0])

    def put(self, key: str, kept: bytes) -> None:
        """Keep bytes under the key, in the place of earlier ones."""
        self._run(f"INSERT OR REPLACE INTO {self._table} VALUES (?, ?)", key, kept)  # noqa: S608

    def forget(self, key: str) -> None:
        """Keep nothing under the key."""
        self._run(f"DELETE FROM {self._table} WHERE key = ?", key)  # noqa: S608

    def forget_all(self) -> None:
        """Keep nothing."""
        self._run(f"DELETE FROM {self._table}")  # noqa: S608

    def items(self, prefix: str = "") -> Iterator[tuple[str, bytes]]:
        """Return every key that begins so with what is kept, by key."""
        where = "WHERE key >= ? AND key < ?" if prefix else "WHERE ? = ?"
        bounds = (prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)) if prefix else ("", "")
        rows = self._run(f"SELECT key, kept FROM {self._table} {where} ORDER BY key", *bounds)  # noqa: S608
        return iter(rows.fetchall())

    def keys(self) -> list[str]:
        """Return every key, without what is kept."""
        return [key for (key,) in self._run(f"SELECT key FROM {self._table} ORDER BY key")]  # noqa: S608
