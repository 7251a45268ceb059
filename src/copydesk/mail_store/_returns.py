"""Returns: what came back of letters that were sent, each message once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from copydesk.kit import dates
from copydesk.mail_store._database import MailDatabase
from copydesk.mail_store._links import ReturnPath

ReturnKind = Literal["hard", "soft", "policy", "complaint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEntry:
    """What came back of one letter. `digest` is the message's, by which it is known again.

    `issue` and `address` are "" until it is read from the store, and where they are gone.
    """

    digest: bytes
    path: ReturnPath
    kind: ReturnKind
    at: datetime
    status: str = ""
    words: str = ""
    issue: str = ""
    address: str = field(default="", repr=False)


class Returns:
    """Keep what came back; methods raise MailStoreError."""

    def __init__(self, database: MailDatabase) -> None:
        self._database = database

    def add(self, entry: ReturnEntry) -> bool:
        """Keep what came back; False where it was kept before, or no such letter was sent."""
        rows = self._database.run(
            "INSERT INTO returns SELECT ?, d.sending, d.subscriber, ?, ?, ?, ? FROM deliveries d "
            "WHERE d.sending = ? AND d.subscriber = ? ON CONFLICT (digest) DO NOTHING "
            "RETURNING kind",
            *(entry.digest, entry.kind, entry.status, entry.words, dates.rfc3339(entry.at)),
            *(entry.path.sending, entry.path.subscriber),
        )
        return bool(rows)

    def count_soft_in_row(self, subscriber: int) -> int:
        """Return how many of somebody's last letters came back for now, one after the other.

        A letter that the server took and that did not come back ends the row; of one letter
        several returns count once.
        """
        rows = self._database.run(
            "SELECT EXISTS (SELECT 1 FROM returns r WHERE r.sending = d.sending "
            "AND r.subscriber = d.subscriber AND r.kind = 'soft') FROM deliveries d "
            "WHERE d.subscriber = ? AND d.state = 2 ORDER BY d.sending DESC LIMIT 100",
            subscriber,
        )
        came_back = [bool(row[0]) for row in rows]
        return came_back.index(False) if False in came_back else len(came_back)

    def list_newest(self, most: int = 100) -> tuple[ReturnEntry, ...]:
        """Return what came back, the newest first."""
        rows = self._database.run(
            "SELECT r.digest, r.sending, r.subscriber, r.kind, r.status, r.words, r.at, "
            "coalesce(g.issue, ''), coalesce(s.address, '') FROM returns r "
            "LEFT JOIN sendings g ON g.number = r.sending "
            "LEFT JOIN subscribers s ON s.id = r.subscriber ORDER BY r.at DESC, r.digest LIMIT ?",
            most,
        )
        return tuple(map(_entry_of, rows))

    def of(self, subscriber: int) -> tuple[ReturnEntry, ...]:
        """Return what came back of letters to somebody, the newest first."""
        rows = self._database.run(
            "SELECT r.digest, r.sending, r.subscriber, r.kind, r.status, r.words, r.at, "
            "coalesce(g.issue, ''), coalesce(s.address, '') FROM returns r "
            "LEFT JOIN sendings g ON g.number = r.sending "
            "LEFT JOIN subscribers s ON s.id = r.subscriber WHERE r.subscriber = ? "
            "ORDER BY r.at DESC, r.digest",
            subscriber,
        )
        return tuple(map(_entry_of, rows))

    def count(self, sending: int) -> dict[ReturnKind, int]:
        """Return how much of a sending came back, by its kinds."""
        query = "SELECT kind, count(*) FROM returns WHERE sending = ? GROUP BY kind"
        return dict(self._database.run(query, sending))


def _entry_of(row: tuple[bytes, int, int, ReturnKind, str, str, str, str, str]) -> ReturnEntry:
    digest, sending, subscriber, kind, status, words, at, issue, address = row
    return ReturnEntry(
        digest=digest,
        path=ReturnPath(sending=sending, subscriber=subscriber),
        kind=kind,
        at=datetime.fromisoformat(at),
        status=status,
        words=words,
        issue=issue,
        address=address,
    )
