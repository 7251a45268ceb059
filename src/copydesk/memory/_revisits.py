"""Revisits: when each filed page is looked at again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from copydesk.kit import dates


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
        """Give the record's next look, None where none is planned."""
        row = self._run("SELECT * FROM revisits WHERE path = ?", path).fetchone()
        return None if row is None else _revisit(row)

    def due(self, now: datetime, at_most: int = -1) -> Iterator[Revisit]:
        """Give the looks that are due, the longest due first; -1: all of them."""
        statement = "SELECT * FROM revisits WHERE due <= ? ORDER BY due, path LIMIT ?"
        return map(_revisit, self._run(statement, dates.rfc3339(now), at_most).fetchall())

    def put(self, revisit: Revisit) -> None:
        """Plan a look, in the place of an earlier plan for the record."""
        self._run(
            "INSERT OR REPLACE INTO revisits VALUES (?, ?, ?, ?)",
            revisit.path,
            revisit.url,
            dates.rfc3339(revisit.due),
            revisit.kept,
        )

    def forget(self, path: str) -> None:
        """Plan no look at the record's page."""
        self._run("DELETE FROM revisits WHERE path = ?", path)


def _revisit(row: tuple[str, str, str, bytes]) -> Revisit:
    path, url, due, kept = row
    moment = dates.parse(due)
    assert moment is not None
    return Revisit(path=path, url=url, due=moment, kept=bytes(kept))
