"""Reads: how often each story's page was read, by the day."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date

_ADD = """
INSERT INTO reads (day, name, count) VALUES (?, ?, ?)
ON CONFLICT (day, name) DO UPDATE SET count = count + excluded.count
"""


class Reads:
    """The numbers of a local counter, by UTC day and by the record's name."""

    def __init__(self, run: Callable[..., sqlite3.Cursor]) -> None:
        self._run = run

    def add(self, day: date, counts: Mapping[str, int]) -> None:
        """Add so many reads of each record's page to what the day has."""
        for name, count in counts.items():
            self._run(_ADD, day.isoformat(), name, count)

    def since(self, day: date) -> dict[str, int]:
        """Return how often each record's page was read from a day on, those never read left out."""
        total = "SELECT name, SUM(count) FROM reads WHERE day >= ? GROUP BY name ORDER BY name"
        return dict(self._run(total, day.isoformat()))

    def forget(self, before: date) -> None:
        """Forget the days before a day."""
        self._run("DELETE FROM reads WHERE day < ?", before.isoformat())
