"""Store who gets which newsletter and topics, proofs of consent, and renamed newsletters.

Also list them as digests, so that a restored backup can tell who left after it was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from copydesk.kit import dates
from copydesk.mail_store._database import Facts, MailDatabase
from copydesk.mail_store._subscribers import Subscribers
from copydesk.mail_store.returns import Suppression, SuppressionReason, Suppressions

ConsentWay = Literal["form", "import", "desk", "choices"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A newsletter that a subscriber gets. `topics` are the chosen ones. () means all topics."""

    subscriber: int
    letter: str
    since: datetime
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A subscriber's consent to get a newsletter: when and how it was given, and its proof."""

    subscriber: int
    letter: str
    at: datetime
    how: ConsentWay
    proof: str = ""


class Subscriptions:
    """The table of who gets which newsletter. Methods raise MailStoreError."""

    def __init__(self, database: MailDatabase) -> None:
        self._database = database

    def of(self, subscriber: int) -> tuple[Subscription, ...]:
        """Return a subscriber's subscriptions, sorted by newsletter id."""
        rows = self._database.run(
            "SELECT subscriber, letter, topics, since FROM subscriptions WHERE subscriber = ? "
            "ORDER BY letter",
            subscriber,
        )
        return tuple(
            Subscription(
                subscriber=number,
                letter=letter,
                topics=tuple(json.loads(topics)),
                since=datetime.fromisoformat(since),
            )
            for number, letter, topics, since in rows
        )

    def put(self, subscription: Subscription) -> None:
        """Add a subscription, or change the topics of an existing one, whose date stays."""
        self._database.run(
            "INSERT INTO subscriptions (subscriber, letter, topics, since) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (letter, subscriber) DO UPDATE SET topics = excluded.topics",
            *(subscription.subscriber, subscription.letter),
            json.dumps(sorted(set(subscription.topics)), ensure_ascii=False),
            dates.rfc3339(subscription.since),
        )

    def end(self, subscriber: int, letter: str) -> None:
        """Delete a subscriber's subscription to one newsletter."""
        self._database.run(
            "DELETE FROM subscriptions WHERE subscriber = ? AND letter = ?", subscriber, letter
        )

    def end_all(self, subscriber: int) -> None:
        """Delete all subscriptions of a subscriber."""
        self._database.run("DELETE FROM subscriptions WHERE subscriber = ?", subscriber)

    def count(self, now: datetime) -> dict[str, int]:
        """Return how many subscribers would now get each newsletter, by newsletter id."""
        return dict(
            self._database.run(
                "SELECT letter, count(*) FROM subscriptions JOIN subscribers s ON id = subscriber "
                "WHERE (state = 'active' "
                "OR (state = 'paused' AND paused_until <> '' AND paused_until <= ?)) "
                "AND NOT EXISTS (SELECT 1 FROM suppressions p WHERE p.key = s.key) "
                "GROUP BY letter ORDER BY letter",
                dates.rfc3339(now),
            )
        )

    def count_all(self) -> dict[str, int]:
        """Return how many subscribers each newsletter has, by id, including paused ones."""
        query = "SELECT letter, count(*) FROM subscriptions GROUP BY letter ORDER BY letter"
        return dict(self._database.run(query))


class Consents:
    """Subscribers' consents with their proofs. Methods raise MailStoreError."""

    def __init__(self, database: MailDatabase) -> None:
        self._database = database

    def add(self, consent: Consent) -> None:
        """Add a subscriber's consent to a newsletter. Earlier consents are kept."""
        self._database.run(
            "INSERT INTO consents (subscriber, letter, at, how, proof) VALUES (?, ?, ?, ?, ?)",
            *(consent.subscriber, consent.letter, dates.rfc3339(consent.at)),
            *(consent.how, consent.proof),
        )

    def of(self, subscriber: int) -> Iterator[Consent]:
        """Yield a subscriber's consents, the oldest first."""
        rows = self._database.run(
            "SELECT letter, at, how, proof FROM consents WHERE subscriber = ? ORDER BY number",
            subscriber,
        )
        for letter, at, how, proof in rows:
            yield Consent(
                subscriber=subscriber,
                letter=letter,
                at=datetime.fromisoformat(at),
                how=how,
                proof=proof,
            )


# ---- Renamed newsletters: readers of the old id get the new one

_RENAMED = "letter renamed "  # prefix of facts: the new id of an old one
# Readers whose last consent was to the old id: those who agreed to the new one since then have
# chosen, and may have left it.
_MOVED = """
SELECT u.subscriber FROM subscriptions u WHERE u.letter = ?1 AND NOT EXISTS (
    SELECT 1 FROM consents n WHERE n.subscriber = u.subscriber AND n.letter = ?2 AND n.number >
    (SELECT coalesce(max(o.number), 0) FROM consents o
    WHERE o.subscriber = u.subscriber AND o.letter = ?1)
)
"""
# The last consent to the old id, with its proof, is copied to the new id.
_COPY_CONSENTS = f"""
INSERT INTO consents (subscriber, letter, at, how, proof)
SELECT subscriber, ?2, at, how,
CASE WHEN json_valid(proof) AND json_type(proof) = 'object'
THEN json_set(proof, '$.renamed', json(?3))
ELSE json_object('said', proof, 'renamed', json(?3)) END
FROM consents WHERE number IN (
    SELECT max(number) FROM consents WHERE letter = ?1 AND subscriber IN ({_MOVED})
    GROUP BY subscriber
) ORDER BY number
"""  # noqa: S608 # names of ours
_COPY_SUBSCRIPTIONS = f"""
INSERT INTO subscriptions (subscriber, letter, topics, since)
SELECT subscriber, ?2, topics, since FROM subscriptions
WHERE letter = ?1 AND subscriber IN ({_MOVED})
ON CONFLICT (letter, subscriber) DO NOTHING RETURNING subscriber
"""  # noqa: S608 # names of ours
# Compared by number, not by time: an imported consent may be older than the newsletter here.
_OVERLAPS = """
SELECT EXISTS (SELECT 1 FROM consents WHERE letter = ? AND number <
    (SELECT max(number) FROM consents WHERE letter = ?))
OR EXISTS (SELECT 1 FROM sendings WHERE letter = ? AND number <
    (SELECT max(number) FROM sendings WHERE letter = ?))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRename:
    """A change of a newsletter's id: the old and the new id, by whom, and when."""

    old: str
    new: str
    by: str
    at: datetime


class LetterRenames:
    """The newsletters whose id was changed. Methods raise MailStoreError."""

    def __init__(self, database: MailDatabase, facts: Facts) -> None:
        self._database = database
        self._facts = facts

    def find(self, letter: str) -> LetterRename | None:
        """Return the change of a newsletter's id by the old id, None if it was not changed."""
        kept = self._facts.get(f"{_RENAMED}{letter}")
        if not kept:
            return None
        said = json.loads(kept)
        at = datetime.fromisoformat(said["at"])
        return LetterRename(old=letter, new=said["new"], by=said["by"], at=at)

    def find_id(self, letter: str, at: datetime) -> str:
        """Return the present id of the newsletter that had a given id at a moment."""
        rename = self.find(letter)
        while rename is not None and at <= rename.at:
            letter = rename.new
            rename = self.find(letter)
        return letter

    def may_be_one(self, old: str, new: str) -> bool:
        """Return whether one newsletter id may be declared the new id of another.

        It may not if the new id had consents or sendings before the last of the old one: two
        newsletters existed side by side, and who chose one did not ask for the other. A rename can
        be taken back at any time.
        """
        back = self.find(new)
        while back is not None:
            if back.new == old:
                return True
            back = self.find(back.new)
        ((overlaps,),) = self._database.run(_OVERLAPS, new, old, new, old)
        return not overlaps

    def move_readers(self, rename: LetterRename) -> int:
        """Move subscribers and consents from a newsletter's old id to its new id. Return how many.

        Those who have agreed to the new id meanwhile keep what they chose of it, or that they left
        it.
        """
        note = {"old": rename.old, "by": rename.by, "at": dates.rfc3339(rename.at)}
        ids, said = (rename.old, rename.new), json.dumps(note, ensure_ascii=False)
        kept = {"new": rename.new, "by": rename.by, "at": dates.rfc3339(rename.at)}
        with self._database.at_once():
            moved = self._database.run(_COPY_SUBSCRIPTIONS, *ids)
            self._database.run(_COPY_CONSENTS, *ids, said)
            self._database.run("DELETE FROM subscriptions WHERE letter = ?", rename.old)
            self._facts.forget(f"{_RENAMED}{rename.new}")
            self._facts.put(f"{_RENAMED}{rename.old}", json.dumps(kept, ensure_ascii=False))
        return len(moved)


# ---- The roll: who is subscribed at a moment, to be applied to an older copy of the database
#
# It lists those who stay, not those who left: so nothing is stored of the latter, and no way of
# leaving can be forgotten. Numbers of consents order rolls and copies, whatever the clock says.

_MARKED = f"""
WITH RECURSIVE named(letter, present) AS (SELECT letter, letter FROM subscriptions UNION
    SELECT substr(name, {len(_RENAMED) + 1}), present FROM facts
    JOIN named ON json_extract(value, '$.new') = letter WHERE name LIKE '{_RENAMED}%')
SELECT key, '' FROM subscribers WHERE address <> ''
UNION SELECT s.key, n.letter FROM subscriptions u JOIN subscribers s ON s.id = u.subscriber
JOIN named n ON n.present = u.letter WHERE s.state IN ('active', 'paused')
"""  # noqa: S608 # names of ours
_SUBSCRIBED = """
SELECT u.subscriber, u.letter, s.key FROM subscriptions u JOIN subscribers s ON s.id = u.subscriber
WHERE NOT EXISTS (SELECT 1 FROM consents c
    WHERE c.subscriber = u.subscriber AND c.letter = u.letter AND c.number > ?)
"""
_LISTED = """
SELECT id, key FROM subscribers WHERE state <> 'erased' AND id <= ?
AND NOT EXISTS (SELECT 1 FROM consents WHERE subscriber = id AND number > ?)
"""
_LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"
_LEAVE = """
UPDATE subscribers SET state = 'left' WHERE id = ? AND state IN ('active', 'paused')
AND NOT EXISTS (SELECT 1 FROM subscriptions WHERE subscriber = id)
"""
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


class SubscriberRolls:
    """Takes rolls of the subscribers and applies them. Methods raise MailStoreError."""

    def __init__(
        self, database: MailDatabase, subscribers: Subscribers, suppressions: Suppressions
    ) -> None:
        self._database = database
        self._subscribers = subscribers
        self._suppressions = suppressions

    def mark(self, key: bytes, words: str = "") -> bytes:
        """Return a digest of a subscriber's key and of words about them, by a secret of the file.

        With an empty key it is the digest by which rolls of this database are known.
        """
        return self._subscribers.digest(f"{key.hex()} {words}")[:16]

    def take(self) -> SubscriberRoll:
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
                marks=frozenset(self.mark(key, words) for key, words in run(_MARKED)),
                paused=tuple((self.mark(key), until) for key, until in paused),
                suppressed=tuple((key, why, datetime.fromisoformat(at)) for key, why, at in kept),
            )

    def apply(self, roll: SubscriberRoll) -> tuple[int, int]:
        """End and erase in an older copy of the database what a later roll does not have.

        Return how many subscriptions ended, and how many subscribers were erased. Whoever
        subscribed after the roll was taken is left alone. Pauses and suppressions are added, and
        none is lifted.
        """
        run, run_many = self._database.run, self._database.run_many
        with self._database.at_once():
            ended = [
                (reader, letter)
                for reader, letter, key in run(_SUBSCRIBED, roll.consent)
                if self.mark(key, letter) not in roll.marks
            ]
            run_many("DELETE FROM subscriptions WHERE subscriber = ? AND letter = ?", ended)
            for statement in ("DELETE FROM outbox WHERE subscriber = ?", _LEAVE):
                run_many(statement, {(reader,) for reader, _ in ended})
            listed = run(_LISTED, roll.subscriber, roll.consent)
            marked = [(self.mark(key), reader) for reader, key in listed]
            gone = [reader for mark, reader in marked if mark not in roll.marks]
            for reader in gone:
                self._subscribers.erase(reader)
            pauses = dict(roll.paused)
            run_many(_PAUSE, [(pauses[mark], reader) for mark, reader in marked if mark in pauses])
            for key, reason, since in roll.suppressed:
                self._suppressions.put(Suppression(key=key, reason=reason, since=since))
        return len(ended), len(gone)
