"""The log of newsletter deliveries: issues sent, the message to each subscriber, and
its outcome.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Literal

from copydesk.kit import dates
from copydesk.kit.kept import read_row
from copydesk.mail_store._database import QUERIES, Facts, MailDatabase
from copydesk.news.options import Delivery

SendingState = Literal["ready", "awaits-word", "sending", "paused", "ended", "done"]
SendingRemark = Literal["", "person", "restored", "checks", "held", "uncertain", "refused"]


class DeliveryState(IntEnum):
    """The state of one message to one subscriber. The numbers are stored, so they never change."""

    QUEUED = 0  # not tried yet
    INTENDED = 1  # it is about to be tried, or was when the process ended
    ACCEPTED = 2  # the server accepted it
    WAITING = 3  # refused for now, to be tried again later
    REFUSED = 4  # the server refused it for good
    UNCERTAIN = 5  # it was sent whole, and no answer came: the outcome is unknown
    SKIPPED = 6  # its reader left, paused or was suppressed meanwhile
    HANDED_OVER = 7  # a service has it, and no more is known
    GIVEN_UP = 8  # refused for now until the time for retries was over


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The sending of one newsletter issue to its subscribers: its state, the service used, and who
    started it.

    A sending in `awaits-word` needs a person's approval; `remark` says why: that is how it is set
    up, a restore (it may have gone out), the checks of `mail doctor` are not clean, or `held`: it
    was filed where nobody could be asked. For a `paused` sending `remark` says what the server did:
    it left one message after the other `uncertain`, or `refused` them. `again_by` sent the issue to
    the uncertain subscribers once more, at `again_at`.
    """

    number: int
    issue: str
    letter: str
    state: SendingState
    via: Delivery
    made: datetime
    by: str = ""
    remark: SendingRemark = ""
    again_by: str = ""
    again_at: datetime | None = None

    @property
    def start(self) -> datetime:
        """Return the time from which the limit for retries is counted."""
        return self.again_at or self.made


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A message that is about to be sent: its subscriber, and how often it was tried before."""

    subscriber: int
    address: str = field(repr=False)
    domain: str
    language: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOutcome:
    """The outcome of sending one message. `at` is its time, or when the message is tried again."""

    subscriber: int
    state: DeliveryState
    at: datetime
    domain: str = ""
    code: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEntry:
    """A row of the delivery log: a subscriber's message of one issue, its state, the server's text.

    `address` is "" if the subscriber was erased, `at` None while the message is queued.
    """

    issue: str
    subscriber: int
    address: str = field(repr=False)
    state: DeliveryState
    at: datetime | None
    attempts: int = 0
    code: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSending:
    """A newsletter issue to be queued for sending: its newsletter and topics, and who
    started it.
    """

    issue: str
    letter: str
    via: Delivery
    topics: tuple[str, ...] = ()
    by: str = ""
    state: SendingState = "ready"
    remark: SendingRemark = ""


# ---- Reading rows


def _read_sending(row: tuple[Any, ...]) -> Sending:
    return read_row(Sending, _COLUMNS, row)


def _read_intent(row: tuple[Any, ...]) -> Intent:
    return read_row(Intent, "subscriber, address, domain, language, attempts", row)


def _read_entry(row: tuple[Any, ...]) -> DeliveryEntry:
    return read_row(DeliveryEntry, _ENTRY_COLUMNS, row)


# The newsletter delivery log: one row for each issue and reader.
#
#     queued --claim--> intended --note--> accepted | refused | waiting | uncertain | given up
#
# A connection claims its messages in the order in which it sends them, and each outcome is on the
# disk before the next message begins. So after a crash only the first claimed message of each
# connection is uncertain; those behind it were not tried.

_AT_ONCE = 1_000  # rows read at a time
_BACKED_UP, _RESTORED = "backed up", "restored"  # names of facts about the last restore
_COUNT = "count of sending "  # prefix of facts: the messages by state of a finished sending
_LOST_NUMBERS = 1_000_000  # more than were used between a backup and its restore
SERVICE = 0  # the subscriber number of a row about a newsletter service
_READERS = QUERIES["readers"]
_ENTRIES = QUERIES["entries"]
_UNTRIED = "0, 0, 0, 0, 0, 0, '', 0"  # the columns of a message that was not tried yet
_COLUMNS = "number, issue, letter, state, via, made, by, remark, again_by, again_at"
_ENTRY_COLUMNS = "issue, subscriber, address, state, at, attempts, code, words"


class Ledger:
    """The log of newsletter deliveries in the database. Methods raise MailStoreError.

    One process at a time claims and notes: whoever sends holds the newsroom's mail lock.
    """

    def __init__(self, database: MailDatabase, facts: Facts) -> None:
        self._database = database
        self._facts = facts

    def begin(self, new: NewSending, now: datetime) -> Sending:
        """Queue an issue for the newsletter's current subscribers. One that is queued stays
        unchanged.
        """
        with self._database.at_once():
            known = self.find(new.issue)
            if known is not None:
                return known
            self._database.run(
                "INSERT INTO sendings (issue, letter, state, via, made, by, remark) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(new.issue, new.letter, new.state, new.via, dates.rfc3339(now)),
                *(new.by, new.remark),
            )
            sending = self.find(new.issue)
            assert sending is not None
            if new.via == "smtp":
                self._queue_readers(sending, new.topics, now)
            else:
                query = f"INSERT INTO deliveries VALUES (?, ?, {_UNTRIED})"  # noqa: S608 # names of ours
                self._database.run(query, sending.number, SERVICE)
        return sending

    def intend_hand_over(self, number: int, now: datetime) -> None:
        """Record that a newsletter issue is about to be given to a newsletter service."""
        self._database.run(
            "UPDATE deliveries SET state = 1, at = ? WHERE sending = ? AND subscriber = ?",
            *(int(now.timestamp()), number, SERVICE),
        )

    def count_readers(self, letter: str, topics: Sequence[str], now: datetime) -> int:
        """Count the subscribers who would now get an issue of a newsletter with these topics."""
        query = f"SELECT count(*) FROM ({_READERS})"  # noqa: S608 # a question of ours
        ((count,),) = self._database.run(query, *_reader_values(letter, topics, now))
        return int(count)

    def list_addresses(self, letter: str, topics: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Return the addresses that would now get an issue of a newsletter with these topics."""
        query = f"SELECT address FROM subscribers WHERE id IN ({_READERS}) ORDER BY id"  # noqa: S608 # a question of ours
        rows = self._database.run(query, *_reader_values(letter, topics, now))
        return tuple(address for (address,) in rows)

    def find(self, issue: str) -> Sending | None:
        """Return the stored sending of a newsletter issue, None if the issue was never queued."""
        query = f"SELECT {_COLUMNS} FROM sendings WHERE issue = ?"  # noqa: S608 # names of ours
        rows = self._database.run(query, issue)
        return _read_sending(rows[0]) if rows else None

    def list_sendings(
        self, most: int = 100, states: Collection[SendingState] = (), before: str = ""
    ) -> tuple[Sending, ...]:
        """Return the newsletter issues queued or sent, newest first. They can be limited to some
        states, or to those before an issue.

        () for an issue that was never queued.
        """
        wanted = json.dumps(list(states))
        rows = self._database.run(
            f"SELECT {_COLUMNS} FROM sendings WHERE (? = '[]' OR state IN "  # noqa: S608 # names of ours
            "(SELECT value FROM json_each(?))) AND (? = '' OR number < "
            "(SELECT number FROM sendings WHERE issue = ?)) ORDER BY number DESC LIMIT ?",
            *(wanted, wanted, before, before, most),
        )
        return tuple(map(_read_sending, rows))

    def set_state(
        self, number: int, state: SendingState, by: str = "", remark: SendingRemark = ""
    ) -> None:
        """Change the state of sending an issue, as a person decided. An empty `by` keeps the stored
        name.
        """
        with self._database.at_once():
            self._database.run(
                "UPDATE sendings SET state = ?, remark = ?, by = CASE ? WHEN '' THEN by ELSE ? END "
                "WHERE number = ?",
                *(state, remark, by, by, number),
            )
            if state == "done":
                count = self._count(number)  # which never changes again
                self._facts.put(f"{_COUNT}{number}", json.dumps(count))

    def start(self, number: int) -> bool:
        """Mark the sending of an issue as begun. Return False if somebody paused or ended it."""
        rows = self._database.run(
            "UPDATE sendings SET state = 'sending', remark = '' "
            "WHERE number = ? AND state IN ('ready', 'sending') RETURNING number",
            number,
        )
        return bool(rows)

    def send_again(self, number: int, by: str, now: datetime) -> bool:
        """Queue an issue's messages of unknown outcome again. Return False if that is not allowed.

        From now on these messages wait like others that are retried.
        """
        with self._database.at_once():
            rows = self._database.run(
                "UPDATE sendings SET state = 'ready', remark = '', again_by = ?, again_at = ? "
                "WHERE number = ? AND state = 'done' AND again_at = '' RETURNING number",
                *(by, dates.rfc3339(now), number),
            )
            if rows:
                self._database.run(
                    "UPDATE deliveries SET state = 3, at = ? WHERE sending = ? AND state = 5",
                    *(int(now.timestamp()), number),
                )
                self._facts.forget(f"{_COUNT}{number}")
        return bool(rows)

    def state_of(self, number: int) -> SendingState:
        """Return the present state of an issue's sending, read from the database."""
        state: SendingState
        ((state,),) = self._database.run("SELECT state FROM sendings WHERE number = ?", number)
        return state

    def claim(self, number: int, line: int, most: int, now: datetime) -> tuple[Intent, ...]:
        """Reserve the next due messages for one SMTP connection and return them in sending order.

        Subscribers who unsubscribed meanwhile are skipped. () if nothing is due now.
        """
        with self._database.at_once():
            rows = self._find_due(number, DeliveryState.WAITING, most, now)
            if len(rows) < most:
                rows += self._find_due(number, DeliveryState.QUEUED, most - len(rows), now)
            intents = [intent for intent, may_get in rows if may_get]
            skipped = [intent.subscriber for intent, may_get in rows if not may_get]
            moment = int(now.timestamp())
            self._database.run_many(
                "UPDATE deliveries SET state = 6, at = ? WHERE sending = ? AND subscriber = ?",
                [(moment, number, subscriber) for subscriber in skipped],
            )
            self._database.run_many(
                "UPDATE deliveries SET state = 1, line = ?, place = ?, at = ?, address_number = "
                "(SELECT address_number FROM subscribers WHERE id = deliveries.subscriber) "
                "WHERE sending = ? AND subscriber = ?",
                [
                    (line, place, moment, number, intent.subscriber)
                    for place, intent in enumerate(intents)
                ],
            )
        return tuple(intents) if intents or not skipped else self.claim(number, line, most, now)

    def _find_due(
        self, number: int, state: DeliveryState, most: int, now: datetime
    ) -> list[tuple[Intent, bool]]:
        """Return the due messages in a state, each with whether its subscriber may still get it."""
        rows = self._database.run(
            "SELECT d.subscriber, s.address, s.domain, s.language, d.attempts, "
            "s.address <> '' AND (s.state = 'active' "
            "OR (s.state = 'paused' AND s.paused_until <> '' AND s.paused_until <= ?)) "
            "AND NOT EXISTS (SELECT 1 FROM suppressions p WHERE p.key = s.key) AND EXISTS "
            "(SELECT 1 FROM subscriptions u WHERE u.letter = g.letter "
            "AND u.subscriber = d.subscriber) FROM deliveries d "
            "JOIN sendings g ON g.number = d.sending JOIN subscribers s ON s.id = d.subscriber "
            "WHERE d.sending = ? AND d.state = ? AND d.state IN (0, 1, 3) AND d.at <= ? "
            "ORDER BY d.at LIMIT ?",
            *(dates.rfc3339(now), number, state, int(now.timestamp()), most),
        )
        return [(_read_intent(row[:5]), bool(row[5])) for row in rows]

    def note(self, number: int, outcomes: Sequence[DeliveryOutcome]) -> None:
        """Store the outcomes of some messages. They are on disk when this returns."""
        days: dict[tuple[str, str], int] = {}
        for outcome in outcomes:
            if outcome.state == DeliveryState.ACCEPTED and outcome.domain:
                day = outcome.domain, dates.rfc3339(outcome.at)[:10]
                days[day] = days.get(day, 0) + 1
        with self._database.at_once():
            self._database.run_many(
                "UPDATE deliveries SET state = ?, at = ?, code = ?, words = ?, "
                "attempts = attempts + 1 WHERE sending = ? AND subscriber = ?",
                [
                    (
                        *(outcome.state, int(outcome.at.timestamp()), outcome.code, outcome.words),
                        *(number, outcome.subscriber),
                    )
                    for outcome in outcomes
                ],
            )
            self._database.run_many(
                "INSERT INTO domain_days VALUES (?, ?, ?) ON CONFLICT (domain, day) "
                "DO UPDATE SET letters = letters + excluded.letters",
                [(*day, letters) for day, letters in days.items()],
            )

    def give_back(self, number: int, times: Iterable[tuple[int, datetime]]) -> None:
        """Put reserved messages that were not tried back into the queue, each with a due time."""
        self._database.run_many(
            "UPDATE deliveries SET state = CASE attempts WHEN 0 THEN 0 ELSE 3 END, at = ? "
            "WHERE sending = ? AND subscriber = ? AND state = 1",
            [(int(at.timestamp()), number, subscriber) for subscriber, at in times],
        )

    def recover(self, number: int, now: datetime, *, again: bool) -> int:
        """Settle the messages that a killed process had reserved and left without an outcome.

        Return how many are uncertain.

        The first intent of each connection may have arrived or not: with `again` it is tried again,
        otherwise it stays uncertain. Those behind it were not tried.
        """
        moment = int(now.timestamp())
        with self._database.at_once():
            rows = self._database.run(
                "SELECT subscriber, line, place FROM deliveries INDEXED BY deliveries_open "
                "WHERE sending = ? AND state = 1 AND state IN (0, 1, 3) ORDER BY line, place",
                number,
            )
            lines: dict[int, int] = {}
            for subscriber, line, _ in rows:
                lines.setdefault(line, subscriber)
            first = set(lines.values())
            if not again:
                self._database.run_many(
                    "UPDATE deliveries SET state = 5, at = ?, attempts = attempts + 1 "
                    "WHERE sending = ? AND subscriber = ?",
                    [(moment, number, subscriber) for subscriber in sorted(first)],
                )
            untried = [row[0] for row in rows if again or row[0] not in first]
            self.give_back(number, ((subscriber, now) for subscriber in untried))
        return 0 if again else len(first)

    def mark_restore(self, backed_up: datetime, now: datetime) -> None:
        """Record that the database was restored from a backup and lacks later deliveries.

        Every unfinished sending waits for a person's decision, and so will each issue filed before
        now that is not in the file. Numbers of subscribers and sendings continue far above: lost
        ones are still in links and return paths in mailboxes. Those of consents order rolls.
        """
        with self._database.at_once():
            self._database.run(
                "UPDATE sendings SET state = 'awaits-word', remark = 'restored' "
                "WHERE state IN ('ready', 'sending', 'paused', 'awaits-word')"
            )
            for name, moment in ((_BACKED_UP, backed_up), (_RESTORED, now)):
                self._facts.put(name, dates.rfc3339(moment))
            for table in ("subscribers", "sendings", "consents"):
                self._skip_numbers(table)

    def _skip_numbers(self, table: str) -> None:
        ((last,),) = self._database.run(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", table
        )
        self._database.run("DELETE FROM sqlite_sequence WHERE name = ?", table)
        self._database.run("INSERT INTO sqlite_sequence VALUES (?, ?)", table, last + _LOST_NUMBERS)

    def may_have_been_sent(self, filed: datetime) -> bool:
        """Return whether an issue that is not in the log may have been sent before a restore.

        That is any issue filed before the restore, even before the backup: it may have been started
        after it.
        """
        return dates.rfc3339(filed) <= self._facts.get(_RESTORED)

    def count(self, number: int) -> dict[DeliveryState, int]:
        """Count the messages of an issue by delivery state. States without messages are left out.

        For a finished sending the counts are stored: counting 200,000 takes half a second.
        """
        kept = self._facts.get(f"{_COUNT}{number}")
        if kept:
            return {DeliveryState(int(state)): count for state, count in json.loads(kept).items()}
        return self._count(number)

    def _count(self, number: int) -> dict[DeliveryState, int]:
        rows = self._database.run(
            "SELECT state, count(*) FROM deliveries WHERE sending = ? GROUP BY state", number
        )
        return {DeliveryState(state): count for state, count in rows}

    def find_next_due(self, number: int) -> datetime | None:
        """Return when an issue's next message may be tried, None if no message is left."""
        # one look-up each in the partial index of open messages, whose condition must be repeated
        of_state = (
            "SELECT min(at) AS at FROM deliveries WHERE sending = ? AND state = {} "
            "AND state IN (0, 1, 3)"
        )
        query = f"SELECT min(at) FROM ({of_state.format(0)} UNION ALL {of_state.format(3)})"  # noqa: S608 # a question of ours
        ((at,),) = self._database.run(query, number, number)
        return None if at is None else datetime.fromtimestamp(at, UTC)

    def walk(
        self, number: int, states: Collection[DeliveryState] = (), after: int = 0
    ) -> Iterator[DeliveryEntry]:
        """Yield the log rows of an issue, all or of some states, in the order of subscriber
        numbers.
        """
        wanted = json.dumps(sorted(states))
        while True:
            rows = self._database.run(
                f"{_ENTRIES} WHERE d.sending = ? AND d.subscriber > ? AND (? = '[]' OR d.state IN "  # noqa: S608 # names of ours
                "(SELECT value FROM json_each(?))) ORDER BY d.subscriber LIMIT ?",
                *(number, after, wanted, wanted, _AT_ONCE),
            )
            yield from map(_read_entry, rows)
            if len(rows) < _AT_ONCE:
                return
            after = int(rows[-1][1])

    def of(self, subscriber: int) -> tuple[DeliveryEntry, ...]:
        """Return a subscriber's log rows, one for each issue queued to them, newest first."""
        query = f"{_ENTRIES} WHERE d.subscriber = ? ORDER BY d.sending DESC"
        return tuple(map(_read_entry, self._database.run(query, subscriber)))

    def count_days(self, domain: str) -> dict[str, int]:
        """Count the messages that a mail domain accepted, by day (UTC, YYYY-MM-DD)."""
        query = "SELECT day, letters FROM domain_days WHERE domain = ? ORDER BY day"
        return dict(self._database.run(query, domain))

    def _queue_readers(self, sending: Sending, topics: Sequence[str], now: datetime) -> None:
        """Queue a message to each subscriber who may get the issue and chose its topics, or all
        topics.
        """
        self._database.run(
            f"INSERT INTO deliveries SELECT ?, subscriber, {_UNTRIED} FROM ({_READERS})",  # noqa: S608 # a question of ours
            *(sending.number, *_reader_values(sending.letter, topics, now)),
        )


def _reader_values(letter: str, topics: Sequence[str], now: datetime) -> tuple[str, str, str]:
    return letter, dates.rfc3339(now), json.dumps(list(topics), ensure_ascii=False)
