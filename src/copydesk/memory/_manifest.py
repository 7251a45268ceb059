"""SiteManifest: what was last written where, so that only what changed is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator


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
