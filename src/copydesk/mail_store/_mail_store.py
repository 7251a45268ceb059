"""Open the database of newsletter subscribers. It also holds unsent mails, form times and page
views.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

from copydesk.kit import dates
from copydesk.kit.kept import AttemptLimits, KeptTables, read_row
from copydesk.mail_store import subscriptions
from copydesk.mail_store._database import QUERIES, Facts, MailDatabase
from copydesk.mail_store.deliveries import Ledger
from copydesk.mail_store.links import Links
from copydesk.mail_store.returns import Returns, Suppression, SuppressionReason, Suppressions

_NAME = "mail.sqlite"
ATTEMPTS_WINDOW = timedelta(days=1)  # within which mails to an address and mailed links are counted


# ---- The roll: who is subscribed at a moment, to be applied to an older copy of the database
#
# It lists those who stay, not those who left: so nothing is stored of the latter, and no way of
# leaving can be forgotten. Numbers of consents order rolls and copies, whatever the clock says.

_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"
_PAUSE = (
    "UPDATE subscribers SET state = 'paused', paused_until = ? "
    "WHERE id = ? AND state IN ('active', 'paused')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberRoll:
    """The subscribers of a database at a moment, as keyed digests.

    `database` is a digest of the key of the digests. `subscriber` and `consent` are the last
    numbers that were given. `marks` are digests of addresses, alone and with a newsletter. `paused`
    addresses have the end of the pause, `suppressed` ones a reason and a time.
    """

    database: bytes
    subscriber: int
    consent: int
    marks: frozenset[bytes] = field(repr=False)
    paused: tuple[tuple[bytes, str], ...] = field(repr=False)
    suppressed: tuple[tuple[bytes, SuppressionReason, datetime], ...] = field(repr=False)


class MailStore:
    """The database of newsletter subscribers, with an attribute for each group of tables.

    Methods raise MailStoreError if the file fails. For any thread, one at a time; a forked
    process opens its own.
    """

    def __init__(self, file: Path) -> None:
        self._database = MailDatabase(file)
        self.facts = Facts(self._database)
        self.subscribers = subscriptions.Subscribers(self._database, self.facts)
        self.subscriptions = subscriptions.Subscriptions(self._database)
        self.consents = subscriptions.Consents(self._database)
        self.suppressions = Suppressions(self._database, self.subscribers)
        self.renames = subscriptions.LetterRenames(self._database, self.facts)
        self.links = Links(self._database)
        self.limits = AttemptLimits(self._database, ATTEMPTS_WINDOW)
        self.network_forms = NetworkForms(self._database)
        self.outbox = Outbox(self._database)
        self.ledger = Ledger(self._database, self.facts)
        self.returns = Returns(self._database)
        self.views = ViewCounts(self._database)

    def at_once(self) -> AbstractContextManager[None]:
        """Make all changes of a `with` block in one transaction. An error undoes them."""
        return self._database.at_once()

    def be_patient(self, seconds: float) -> None:
        """Set how many seconds methods wait for other processes' writes before they raise."""
        self._database.be_patient(seconds)

    def scrub(self, words: str = "") -> bool:
        """Overwrite deleted text in the database file. Return False if another connection prevents
        it.

        Never call it inside `at_once`.
        """
        return self._database.scrub(words)

    def mark(self, key: bytes, letter: str = "") -> bytes:
        """Return a digest of a subscriber's key and a newsletter, by a secret of this database.

        With an empty key it is the digest by which rolls of this database are known.
        """
        return self.subscribers.digest(f"{key.hex()} {letter}")[:16]

    def take_roll(self) -> SubscriberRoll:
        """Return the present roll of the subscribers."""
        run = self._database.run
        with self._database.at_once():
            (((subscriber,),), ((consent,),)) = (
                run(_LAST, name) for name in ("subscribers", "consents")
            )
            paused = run("SELECT key, paused_until FROM subscribers WHERE state = 'paused'")
            kept = run("SELECT key, reason, since FROM suppressions WHERE sending = 0 ORDER BY key")
            return SubscriberRoll(
                database=self.mark(b""),
                subscriber=subscriber,
                consent=consent,
                marks=frozenset(self.mark(key, letter) for key, letter in run(QUERIES["marked"])),
                paused=tuple((self.mark(key), until) for key, until in paused),
                suppressed=tuple((key, why, datetime.fromisoformat(at)) for key, why, at in kept),
            )

    def apply_roll(self, roll: SubscriberRoll) -> tuple[int, int]:
        """End and erase in an older copy of the database what a later roll does not have.

        Return how many subscriptions ended, and how many subscribers were erased. Whoever
        subscribed after the roll was taken is left alone. Pauses and suppressions are added, and
        none is lifted.
        """
        run, run_many = self._database.run, self._database.run_many
        with self.at_once():
            ended = self._list_endings(roll)
            leavers = {row[:1] for row in ended}
            run_many("DELETE FROM subscriptions WHERE subscriber = ? AND letter = ?", ended)
            run_many("DELETE FROM outbox WHERE subscriber = ?", leavers)
            run_many(QUERIES["leave"], leavers)
            listed = run(QUERIES["listed"], roll.subscriber, roll.consent)
            marked = {reader: self.mark(key) for reader, key in listed}
            gone = [reader for reader, mark in marked.items() if mark not in roll.marks]
            for reader in gone:
                self.subscribers.erase(reader)
            pauses = dict(roll.paused)
            run_many(_PAUSE, [(pauses[m], id_) for id_, m in marked.items() if m in pauses])
            for key, reason, since in roll.suppressed:
                self.suppressions.put(Suppression(key=key, reason=reason, since=since))
        return len(ended), len(gone)

    def _list_endings(self, roll: SubscriberRoll) -> list[tuple[int, str]]:
        """Return the subscriber and newsletter of each subscription that a roll does not have."""
        rows = self._database.run(QUERIES["subscribed"], roll.consent)
        return [row[:2] for row in rows if self.mark(row[2], row[1]) not in roll.marks]

    def close(self) -> None:
        """Close the SQLite file."""
        self._database.close()


def has_mail(private: Path) -> bool:
    """Return whether a site's private folder has a database of newsletter subscribers."""
    return (private / _NAME).exists()


def open_mail(private: Path) -> MailStore:
    """Open the newsletter subscribers' database in a site's private folder. Create it if missing.

    Raises MailStoreError for a file that is locked, damaged, of a newer version or unreachable.
    """
    return MailStore(private / _NAME)


# ---- Outbox: mails to single readers that wait to be sent

OutboxKind = Literal["confirm", "already", "manage", "change"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMail:
    """A mail to one subscriber that waits to be sent, such as a confirmation. `extra` is for its
    link.

    It is `due` from a moment on and was tried `attempts` times. A stored one has a number.
    """

    kind: OutboxKind
    subscriber: int
    made: datetime
    extra: str = ""
    number: int = 0
    attempts: int = 0
    due: datetime = field(default=datetime(1970, 1, 1, tzinfo=UTC))


class Outbox(KeptTables):
    """The mails to single subscribers that wait to be sent. Methods raise MailStoreError."""

    def put(self, mail: OutboxMail) -> None:
        """Store a mail to be sent to a subscriber. It replaces an older one of the same kind."""
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

    def list_due(self, now: datetime) -> tuple[OutboxMail, ...]:
        """Return the mails that should be sent now, the longest waiting first."""
        columns = "number, kind, subscriber, extra, made, due, attempts"
        query = f"SELECT {columns} FROM outbox WHERE due <= ? ORDER BY due, number LIMIT 100"  # noqa: S608 # names of ours
        rows = self._database.run(query, int(now.timestamp()))
        return tuple(read_row(OutboxMail, columns, row) for row in rows)

    def postpone(self, mail: OutboxMail, due: datetime) -> None:
        """Set when to try a mail next. Call it before each try, so that a crash sends no mail
        twice.
        """
        self._database.run(
            "UPDATE outbox SET due = ?, attempts = attempts + 1 WHERE number = ?",
            *(int(due.timestamp()), mail.number),
        )

    def end(self, mail: OutboxMail) -> None:
        """Delete a mail that was sent or can never be sent."""
        self._database.run("DELETE FROM outbox WHERE number = ?", mail.number)

    def list_kinds(self, subscriber: int) -> tuple[OutboxKind, ...]:
        """Return the kinds of mails that wait to be sent to a subscriber."""
        query = "SELECT kind FROM outbox WHERE subscriber = ? ORDER BY kind"
        return tuple(row[0] for row in self._database.run(query, subscriber))

    def count(self) -> int:
        """Return the number of mails that wait to be sent."""
        return int(self._database.run("SELECT count(*) FROM outbox")[0][0])


# ---- When each network sent forms, for a week, by a digest of its address

_KEPT = timedelta(days=7)
_MOST = 50_000  # rows, about 6 MB: with ever new networks the oldest are deleted


class NetworkForms(KeptTables):
    """The times at which each client network sent sign-up forms. Methods raise MailStoreError."""

    def note(self, networks: Iterable[bytes], now: datetime) -> None:
        """Store that a sign-up form came from a client, by digests of the networks that
        contain it.
        """
        at = dates.rfc3339(now)
        rows = [(network, at) for network in networks]
        self._database.run_many("INSERT INTO network_forms (network, at) VALUES (?, ?)", rows)
        self.forget(now)

    def list_times(self, network: bytes, now: datetime) -> list[datetime]:
        """Return when a network (as digest) sent sign-up forms within the last week,
        newest first.
        """
        query = "SELECT at FROM network_forms WHERE network = ? AND at > ? ORDER BY at DESC"
        rows = self._database.run(query, network, dates.rfc3339(now - _KEPT))
        return [datetime.fromisoformat(at) for (at,) in rows]

    def forget(self, now: datetime) -> None:
        """Delete form times that are older than a week or too many, and those in the future."""
        self._database.run(
            "DELETE FROM network_forms WHERE at <= ? OR at > ?",
            *(dates.rfc3339(now - _KEPT), dates.rfc3339(now + _KEPT)),
        )
        self._database.run(
            "DELETE FROM network_forms WHERE number <= (SELECT max(number) FROM network_forms) - ?",
            _MOST,
        )


# ---- Page views of issues: sums by day, without readers


class ViewCounts(KeptTables):
    """Page views of newsletter issues, summed by day. Methods raise MailStoreError."""

    def add(self, views: Mapping[str, int], day: date) -> None:
        """Add page views, given by issue name, to the counts of a day."""
        self._database.run_many(
            "INSERT INTO view_counts VALUES (?, ?, ?) ON CONFLICT (issue, day) "
            "DO UPDATE SET views = views + excluded.views",
            [(issue, day.isoformat(), count) for issue, count in views.items()],
        )

    def of(self, issue: str) -> int:
        """Return how often a newsletter issue's web page was viewed."""
        query = "SELECT coalesce(sum(views), 0) FROM view_counts WHERE issue = ?"
        return int(self._database.run(query, issue)[0][0])
