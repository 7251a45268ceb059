"""Revisits: when each filed page is looked at again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from copydesk.kit import dates, urls

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
