"""KeyedBytes: a table of bytes by key, whose shape the room that put them knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Literal

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
