"""The outbox: mails to single persons that wait for being sent: a link to confirm, and its like."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from copydesk.kit import dates
from copydesk.mail_store._database import MailDatabase

OutboxKind = Literal["confirm", "already", "manage", "change"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMail:
    """A mail to one person: which kind, about what (`extra`), and since when it waits.

    It is `due` from some moment on, and was tried `attempts` times. A kept one has a number.
    """

    kind: OutboxKind
    subscriber: int
    made: datetime
    extra: str = ""
    number: int = 0
    attempts: int = 0
    due: datetime = field(default=datetime(1970, 1, 1, tzinfo=UTC))


class Outbox:
    """Keep mails to single persons until they are sent; methods raise MailStoreError."""

    def __init__(self, database: MailDatabase) -> None:
        self._database = database

    def put(self, mail: OutboxMail) -> None:
        """Keep a mail; of one kind to one person the newest alone."""
        with self._database.at_once():
            self._database.run(
                "DELETE FROM outbox WHERE kind = ? AND subscriber = ?", mail.kind, mail.subscriber
            )
            self._database.run(
                "INSERT INTO outbox (kind, subscriber, letter, extra, made, due, attempts) "
                "VALUES (?, ?, '', ?, ?, ?, ?)",
                *(mail.kind, mail.subscriber, mail.extra, dates.rfc3339(mail.made)),
                *(int(mail.due.timestamp()), mail.attempts),
            )

    def list_due(self, now: datetime, most: int = 100) -> tuple[OutboxMail, ...]:
        """Return the mails that may go now, those that wait longest first."""
        rows = self._database.run(
            "SELECT number, kind, subscriber, extra, made, due, attempts FROM outbox "
            "WHERE due <= ? ORDER BY due, number LIMIT ?",
            *(int(now.timestamp()), most),
        )
        return tuple(
            OutboxMail(
                number=number,
                kind=kind,
                subscriber=subscriber,
                extra=extra,
                made=datetime.fromisoformat(made),
                due=datetime.fromtimestamp(due, UTC),
                attempts=attempts,
            )
            for number, kind, subscriber, extra, made, due, attempts in rows
        )

    def postpone(self, mail: OutboxMail, due: datetime) -> None:
        """Try a mail again at a moment; written before it is tried: a kill costs no double."""
        self._database.run(
            "UPDATE outbox SET due = ?, attempts = attempts + 1 WHERE number = ?",
            *(int(due.timestamp()), mail.number),
        )

    def end(self, mail: OutboxMail) -> None:
        """Keep a mail no more: it was sent, or never can be."""
        self._database.run("DELETE FROM outbox WHERE number = ?", mail.number)

    def list_kinds(self, subscriber: int) -> tuple[OutboxKind, ...]:
        """Return of which kinds mails to somebody wait."""
        query = "SELECT kind FROM outbox WHERE subscriber = ? ORDER BY kind"
        return tuple(row[0] for row in self._database.run(query, subscriber))

    def count(self) -> int:
        """Return how many wait."""
        return int(self._database.run("SELECT count(*) FROM outbox")[0][0])
