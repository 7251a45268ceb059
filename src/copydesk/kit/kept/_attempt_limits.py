"""Limits: how often somebody may try something, kept so that a restart forgets nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from copydesk.kit import dates
from copydesk.kit.kept._database import KeptDatabase

# the table that it needs, as a step of the schema
ATTEMPTS_TABLE = """
CREATE TABLE attempts (number INTEGER PRIMARY KEY, who TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE INDEX attempts_of ON attempts (who, at);
CREATE INDEX attempts_at ON attempts (at);
"""


class AttemptLimits:
    """Count attempts within some time by whatever they are counted by: an account, an address.

    They are in a table of their own. Methods raise the database's own error where the file fails.
    """

    def __init__(self, database: KeptDatabase, window: timedelta, table: str = "attempts") -> None:
        self._database = database
        self._window = window
        self._table = table

    def admit(self, limits: Mapping[str, int], now: datetime) -> timedelta | None:
        """Count an attempt before it is made; return how long to wait where it is one too many.

        `limits` says of each key how many attempts fit within the window. Counted before, many at
        once count as many; one that is refused is not counted, so that the wait is one that ends.
        """
        digests = {_key(who): limit for who, limit in limits.items()}
        with self._database.at_once():
            self._forget(now)
            waits = [self._wait(who, limit, now) for who, limit in digests.items()]
            longest = max(waits, default=timedelta(0))
            if longest > timedelta(0):
                return longest
            for who in digests:
                self._database.run(
                    f"INSERT INTO {self._table} (who, at) VALUES (?, ?)", who, dates.rfc3339(now)
                )
        return None

    def list_times(self, who: str, now: datetime) -> list[datetime]:
        """Return when the attempts of a key were made that count now, the newest first."""
        query = "SELECT at FROM attempts WHERE who = ? AND at > ? ORDER BY at DESC"
        rows = self._database.run(query, _key(who), dates.rfc3339(now - self._window))
        return [datetime.fromisoformat(at) for (at,) in rows]

    def clear(self, who: str) -> None:
        """Forget the attempts of a key: the last one was right."""
        self._database.run(f"DELETE FROM {self._table} WHERE who = ?", _key(who))

    def take_back(self, who: str) -> None:
        """Count the last attempt of a key no longer: it was right, and others share the key."""
        self._database.run(
            f"DELETE FROM {self._table} WHERE number = "
            f"(SELECT number FROM {self._table} WHERE who = ? ORDER BY number DESC LIMIT 1)",
            _key(who),
        )

    def _wait(self, who: str, limit: int, now: datetime) -> timedelta:
        """Return how long it is until another attempt fits."""
        query = f"SELECT at FROM {self._table} WHERE who = ? ORDER BY at DESC LIMIT 1 OFFSET ?"
        rows = self._database.run(query, who, limit - 1)
        if not rows:
            return timedelta(0)
        return max(datetime.fromisoformat(rows[0][0]) + self._window - now, timedelta(0))

    def _forget(self, now: datetime) -> None:
        """Forget what is older than the window, and what is of a future that was no such."""
        self._database.run(
            f"DELETE FROM {self._table} WHERE at <= ? OR at > ?",
            *(dates.rfc3339(now - self._window), dates.rfc3339(now + self._window)),
        )


def _key(who: str) -> str:
    """Return a key of one length whatever somebody typed as a name, sometimes a password."""
    return hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()
