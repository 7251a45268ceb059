"""Store who gets which newsletter and topics, proofs of consent, and renamed newsletters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from copydesk.kit import dates
from copydesk.mail_store._database import Facts, MailDatabase

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

RENAMED = "letter renamed "  # prefix of facts: the new id of an old one
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
        kept = self._facts.get(f"{RENAMED}{letter}")
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
            self._facts.forget(f"{RENAMED}{rename.new}")
            self._facts.put(f"{RENAMED}{rename.old}", json.dumps(kept, ensure_ascii=False))
        return len(moved)
