"""Suppressions: addresses to which nothing is sent, known by their digests alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from copydesk.kit import dates
from copydesk.mail_store._database import MailDatabase
from copydesk.mail_store._subscribers import Subscribers

SuppressionReason = Literal[
    "hard-bounce", "soft-bounces", "complaint", "erased", "by-hand", "left-elsewhere", "imported"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Why and since when nothing is sent to the address of a digest."""

    key: bytes
    reason: SuppressionReason
    since: datetime
    detail: str = ""


class Suppressions:
    """Keep to whom nothing is sent; methods raise MailStoreError."""

    def __init__(self, database: MailDatabase, subscribers: Subscribers) -> None:
        self._database = database
        self._subscribers = subscribers

    def add(
        self,
        address: str,
        reason: SuppressionReason,
        now: datetime,
        detail: str = "",
        sending: int = 0,
    ) -> None:
        """Send nothing to an address from now on; the first reason stays.

        `sending` is the number of the issue to which the address was refused: until its run is over
        that may be taken back, and any other reason takes its place.
        """
        key = self._subscribers.key_of(address)
        self.put(Suppression(key=key, reason=reason, since=now, detail=detail), sending)

    def put(self, suppression: Suppression, sending: int = 0) -> None:
        """Keep a suppression; the first reason stays. `sending` as in `add`."""
        self._database.run(
            "INSERT INTO suppressions (key, reason, since, detail, sending) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET reason = excluded.reason, since = excluded.since, "
            "detail = excluded.detail, sending = 0 "
            "WHERE suppressions.sending > 0 AND excluded.sending = 0",
            *(suppression.key, suppression.reason, dates.rfc3339(suppression.since)),
            *(suppression.detail, sending),
        )

    def take_back(self, sending: int) -> int:
        """Send again to whom the run of a sending suppressed; return how many those are."""
        query = "DELETE FROM suppressions WHERE sending = ? AND sending > 0 RETURNING key"
        return len(self._database.run(query, sending))

    def keep(self, sending: int) -> None:
        """Let what the run of a sending suppressed be so for good: the run is over."""
        self._database.run(
            "UPDATE suppressions SET sending = 0 WHERE sending = ? AND sending > 0", sending
        )

    def find(self, address: str) -> Suppression | None:
        """Return why nothing is sent to an address."""
        rows = self._database.run(
            "SELECT key, reason, since, detail FROM suppressions WHERE key = ?",
            self._subscribers.key_of(address),
        )
        return _suppression_of(rows[0]) if rows else None

    def lift(self, address: str) -> bool:
        """Send to an address again; return whether it was kept here."""
        rows = self._database.run(
            "DELETE FROM suppressions WHERE key = ? RETURNING key",
            self._subscribers.key_of(address),
        )
        return bool(rows)

    def walk(self) -> Iterator[tuple[Suppression, str]]:
        """Walk them, the newest first, each with its address as far as that is still known."""
        rows = self._database.run(
            "SELECT p.key, p.reason, p.since, p.detail, coalesce(s.address, '') "
            "FROM suppressions p LEFT JOIN subscribers s ON s.key = p.key "
            "ORDER BY p.since DESC, p.key"
        )
        for row in rows:
            yield _suppression_of(row[:4]), row[4]

    def count(self) -> dict[SuppressionReason, int]:
        """Return how many there are for each reason."""
        query = "SELECT reason, count(*) FROM suppressions GROUP BY reason"
        return dict(self._database.run(query))


def _suppression_of(row: tuple[bytes, SuppressionReason, str, str]) -> Suppression:
    key, reason, since, detail = row
    return Suppression(key=key, reason=reason, since=datetime.fromisoformat(since), detail=detail)
