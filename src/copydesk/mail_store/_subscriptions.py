"""Subscriptions: who gets which letter, about which topics; and how they consented to that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from copydesk.kit import dates
from copydesk.mail_store._database import MailDatabase

ConsentWay = Literal["form", "import", "desk", "choices"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A letter that somebody gets; of some topics by their names, or of all where none is named."""

    subscriber: int
    letter: str
    since: datetime
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """That somebody agreed to get a letter: when, in which way, and what proves it."""

    subscriber: int
    letter: str
    at: datetime
    how: ConsentWay
    proof: str = ""


class Subscriptions:
    """Keep who gets which letter; methods raise MailStoreError."""

    def __init__(self, database: MailDatabase) -> None:
        self._database = database

    def of(self, subscriber: int) -> tuple[Subscription, ...]:
        """Return what somebody gets, by the letters' ids."""
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
        """Let somebody get a letter, or other topics of it; since when stays as it is."""
        self._database.run(
            "INSERT INTO subscriptions (subscriber, letter, topics, since) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (letter, subscriber) DO UPDATE SET topics = excluded.topics",
            *(subscription.subscriber, subscription.letter),
            json.dumps(sorted(set(subscription.topics)), ensure_ascii=False),
            dates.rfc3339(subscription.since),
        )

    def end(self, subscriber: int, letter: str) -> None:
        """Let somebody get a letter no more."""
        self._database.run(
            "DELETE FROM subscriptions WHERE subscriber = ? AND letter = ?", subscriber, letter
        )

    def end_all(self, subscriber: int) -> None:
        """Let somebody get no letter any more."""
        self._database.run("DELETE FROM subscriptions WHERE subscriber = ?", subscriber)

    def count(self, now: datetime) -> dict[str, int]:
        """Return to how many readers each letter would be sent now, by its id."""
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
        """Return how many are subscribed to each letter, by its id; who pauses as well."""
        query = "SELECT letter, count(*) FROM subscriptions GROUP BY letter ORDER BY letter"
        return dict(self._database.run(query))


class Consents:
    """Keep what proves that somebody agreed; methods raise MailStoreError."""

    def __init__(self, database: MailDatabase) -> None:
        self._database = database

    def add(self, consent: Consent) -> None:
        """Keep a proof beside those that are kept."""
        self._database.run(
            "INSERT INTO consents (subscriber, letter, at, how, proof) VALUES (?, ?, ?, ?, ?)",
            *(consent.subscriber, consent.letter, dates.rfc3339(consent.at)),
            *(consent.how, consent.proof),
        )

    def of(self, subscriber: int) -> Iterator[Consent]:
        """Walk what somebody agreed to, the first consent first."""
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
