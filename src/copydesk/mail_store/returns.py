"""Store returned messages (bounces, complaints), and the addresses to which nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from copydesk.kit import dates
from copydesk.kit.kept import KeptTables, read_row
from copydesk.mail_store._database import QUERIES, MailDatabase
from copydesk.mail_store.links import ReturnPath
from copydesk.mail_store.subscriptions import Subscribers

ReturnKind = Literal["hard", "soft", "policy", "complaint"]
ReturnCount = Literal[ReturnKind, "unproved"]
_SELECT = QUERIES["returns"]
_ENTRY_COLUMNS = (
    "path, digest, kind, status, words, at, is_proved, issue, address, is_from_former_address"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEntry:
    """A stored bounce or complaint. The digest of its bytes identifies it.

    Anybody who has read the newsletter could have written a message that is not `is_proved`.
    `issue` and `address` are "" until the entry is read from the store, and where they are gone.
    `address` is the subscriber's present one, also if the message came from a former address.
    """

    digest: bytes
    path: ReturnPath
    kind: ReturnKind
    at: datetime
    status: str = ""
    words: str = ""
    is_proved: bool = True
    issue: str = ""
    address: str = field(default="", repr=False)
    is_from_former_address: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLetter:
    """When a message was sent to a subscriber, and the digest of the address it went to.

    `key` is None if the address is unknown: sent before addresses were stored, or too long ago.
    """

    at: datetime
    key: bytes | None
    is_to_present_address: bool


class Returns(KeptTables):
    """The table of returned messages (bounces and complaints). Methods raise MailStoreError."""

    def add(self, entry: ReturnEntry) -> bool:
        """Store a returned message. Return False if it is known already or matches no
        sent message.
        """
        rows = self._database.run(
            "INSERT INTO returns SELECT ?, d.sending, d.subscriber, ?, ?, ?, ?, ? "
            "FROM deliveries d WHERE d.sending = ? AND d.subscriber = ? "
            "ON CONFLICT (digest) DO NOTHING RETURNING kind",
            *(entry.digest, entry.kind, entry.status, entry.words, dates.rfc3339(entry.at)),
            entry.is_proved,
            *(entry.path.sending, entry.path.subscriber),
        )
        return bool(rows)

    def find_letter(self, path: ReturnPath) -> SentLetter | None:
        """Return the sent message that a bounce address (return path) belongs to, None if there is
        none.
        """
        rows = self._database.run(
            "SELECT d.at, CASE d.address_number WHEN 0 THEN NULL WHEN s.address_number THEN s.key "
            "ELSE f.key END, s.key FROM deliveries d JOIN subscribers s ON s.id = d.subscriber "
            "LEFT JOIN former_addresses f ON f.subscriber = d.subscriber "
            "AND f.address_number = d.address_number WHERE d.sending = ? AND d.subscriber = ?",
            *(path.sending, path.subscriber),
        )
        if not rows:
            return None
        ((at, key, present),) = rows
        return SentLetter(
            at=datetime.fromtimestamp(at, UTC), key=key, is_to_present_address=key == present
        )

    def count_soft_in_row(self, path: ReturnPath) -> int:
        """Count how many of the latest messages to an address in a row came back as soft bounces.

        The address is the one that the message of `path` went to. A message that the server
        accepted and that did not come back ends the row. Several returns of one message count once;
        returns that are not proved do not count.
        """
        rows = self._database.run(
            "SELECT EXISTS (SELECT 1 FROM returns r WHERE r.sending = d.sending "
            "AND r.subscriber = d.subscriber AND r.kind = 'soft' AND r.is_proved) "
            "FROM deliveries d WHERE d.subscriber = ? AND d.state = 2 AND d.address_number = "
            "(SELECT address_number FROM deliveries WHERE sending = ? AND subscriber = ?) "
            "ORDER BY d.sending DESC LIMIT 100",
            *(path.subscriber, path.sending, path.subscriber),
        )
        came_back = [bool(row[0]) for row in rows]
        return came_back.index(False) if False in came_back else len(came_back)

    def list_newest(self, most: int = 100) -> tuple[ReturnEntry, ...]:
        """Return the latest bounces and complaints, newest first."""
        rows = self._database.run(f"{_SELECT} ORDER BY r.at DESC, r.digest LIMIT ?", most)
        return tuple(map(_entry_of, rows))

    def of(self, subscriber: int) -> tuple[ReturnEntry, ...]:
        """Return a subscriber's bounces and complaints, newest first."""
        rows = self._database.run(
            f"{_SELECT} WHERE r.subscriber = ? ORDER BY r.at DESC, r.digest", subscriber
        )
        return tuple(map(_entry_of, rows))

    def count(self, sending: int) -> dict[ReturnCount, int]:
        """Count an issue's bounces and complaints by kind. Possibly forged ones count as
        "unproved".
        """
        query = (
            "SELECT CASE WHEN is_proved THEN kind ELSE 'unproved' END AS said, count(*) "
            "FROM returns WHERE sending = ? GROUP BY said"
        )
        return dict(self._database.run(query, sending))


def _entry_of(row: tuple[Any, ...]) -> ReturnEntry:
    sending, subscriber, *others = row
    path = {"sending": sending, "subscriber": subscriber}
    return read_row(ReturnEntry, _ENTRY_COLUMNS, [path, *others])


# ---- Suppressed addresses, stored as digests only

SuppressionReason = Literal[
    "hard-bounce", "soft-bounces", "complaint", "erased", "by-hand", "left-elsewhere", "imported"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Why and since when nothing is sent to an address, which is stored as a digest."""

    key: bytes
    reason: SuppressionReason
    since: datetime
    detail: str = ""


class Suppressions:
    """The addresses to which nothing is sent (suppressed). Methods raise MailStoreError."""

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
        """Suppress an address, so that nothing is sent to it. An earlier reason is kept.

        `sending` is the number of the issue's sending in which the server refused the address:
        until that sending is over the suppression may be taken back, and any other reason replaces
        it.
        """
        key = self._subscribers.key_of(address)
        self.put(Suppression(key=key, reason=reason, since=now, detail=detail), sending)

    def put(self, suppression: Suppression, sending: int = 0) -> None:
        """Store a suppression of an address. An earlier reason is kept. `sending` is as
        in `add`.
        """
        self._database.run(
            "INSERT INTO suppressions (key, reason, since, detail, sending) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET reason = excluded.reason, since = excluded.since, "
            "detail = excluded.detail, sending = 0 "
            "WHERE suppressions.sending > 0 AND excluded.sending = 0",
            *(suppression.key, suppression.reason, dates.rfc3339(suppression.since)),
            *(suppression.detail, sending),
        )

    def take_back(self, sending: int) -> int:
        """Delete the suppressions that were made while an issue was sent. Return their number."""
        query = "DELETE FROM suppressions WHERE sending = ? AND sending > 0 RETURNING key"
        return len(self._database.run(query, sending))

    def keep(self, sending: int) -> None:
        """Make the suppressions final that were made while an issue was sent, after its end."""
        self._database.run(
            "UPDATE suppressions SET sending = 0 WHERE sending = ? AND sending > 0", sending
        )

    def find(self, address: str) -> Suppression | None:
        """Return the suppression of an address, None if mail may be sent to it."""
        rows = self._database.run(
            "SELECT key, reason, since, detail FROM suppressions WHERE key = ?",
            self._subscribers.key_of(address),
        )
        return _suppression_of(rows[0]) if rows else None

    def lift(self, address: str) -> bool:
        """Allow mail to a suppressed address again. Return whether it was suppressed."""
        rows = self._database.run(
            "DELETE FROM suppressions WHERE key = ? RETURNING key",
            self._subscribers.key_of(address),
        )
        return bool(rows)

    def walk(self) -> Iterator[tuple[Suppression, str]]:
        """Yield all suppressions, newest first, each with its address, which is "" if unknown."""
        rows = self._database.run(
            "SELECT p.key, p.reason, p.since, p.detail, coalesce(s.address, '') "
            "FROM suppressions p LEFT JOIN subscribers s ON s.key = p.key "
            "ORDER BY p.since DESC, p.key"
        )
        for row in rows:
            yield _suppression_of(row[:4]), row[4]

    def count(self) -> dict[SuppressionReason, int]:
        """Return the number of suppressed addresses by reason."""
        query = "SELECT reason, count(*) FROM suppressions GROUP BY reason"
        return dict(self._database.run(query))


def _suppression_of(row: tuple[Any, ...]) -> Suppression:
    return read_row(Suppression, "key, reason, since, detail", row)
