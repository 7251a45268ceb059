"""Store who gets which newsletter and topics, proofs of consent, and renamed newsletters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from copydesk.errors import UsageError
from copydesk.kit import dates, tables
from copydesk.kit.kept import KeptTables, read_row
from copydesk.mail_store._database import NOT_ASCII, Facts, MailDatabase, digest_words, fold_address

SubscriberState = Literal["waiting", "active", "paused", "left", "erased"]
_AT_ONCE = 1_000  # rows read at a time
_QUERIES = tables.read_queries(__package__)
_COLUMNS = "id, address, state, language, made, paused_until"
# tables whose rows are deleted when an address is erased
_FORGOTTEN = ("subscriptions", "consents", "outbox", "address_changes", "former_addresses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A newsletter subscriber. `address` is "" after their data was erased.

    A `waiting` subscriber has not confirmed yet. A pause without an end lasts until somebody ends
    it.
    """

    id: int
    address: str = field(repr=False)
    state: SubscriberState
    made: datetime
    language: str = ""
    paused_until: datetime | None = None


class Subscribers:
    """The table of newsletter subscribers, one for each mailbox. Methods raise MailStoreError."""

    def __init__(self, database: MailDatabase, facts: Facts) -> None:
        self._database = database
        self._facts = facts

    def key_of(self, address: str) -> bytes:
        """Return the keyed digest that identifies an e-mail address, even after it was erased.

        It is the digest of `fold_address`. If a subscriber is stored under the spelling itself, it
        is that spelling's digest: since an earlier version a mailbox may have two subscribers.
        """
        key = self.digest(fold_address(address))
        if address.isascii():
            return key
        spelled = self.digest(address.lower())
        return spelled if self._find_one("key", spelled) is not None else key

    def digest(self, words: str) -> bytes:
        """Return the digest of words by the secret key of this database."""
        return digest_words(self._secret, words)

    def add(self, address: str, now: datetime, language: str = "") -> Subscriber:
        """Add a subscriber. A known address is left unchanged, an erased one must be confirmed
        again.
        """
        key = self.key_of(address)
        with self._database.at_once():
            known = self._find_one("key", key)
            if known is not None and known.address:
                return known
            values = (key, address, domain_of(address), language, dates.rfc3339(now))
            self._database.run(
                "INSERT INTO subscribers "
                "(key, address, domain, state, language, made, paused_until) "
                "VALUES (?, ?, ?, 'waiting', ?, ?, '') ON CONFLICT (key) DO UPDATE SET "
                "address = excluded.address, domain = excluded.domain, state = 'waiting', "
                "language = excluded.language, made = excluded.made, paused_until = ''",
                *values,
            )
            added = self._find_one("key", key)
        assert added is not None
        return added

    def find(self, address: str) -> Subscriber | None:
        """Return the subscriber with an address, None if there is none."""
        return self._find_one("key", self.key_of(address))

    def get(self, subscriber: int) -> Subscriber | None:
        """Return the subscriber with a number, None if there is none."""
        return self._find_one("id", subscriber)

    def set_state(
        self, subscriber: int, state: SubscriberState, paused_until: datetime | None = None
    ) -> None:
        """Set a subscriber's status and when a pause ends. An erased subscriber stays erased."""
        until = dates.rfc3339(paused_until) if paused_until else ""
        self._database.run(
            "UPDATE subscribers SET state = ?, paused_until = ? WHERE id = ? AND state <> 'erased'",
            *(state, until, subscriber),
        )

    def change_address(self, subscriber: int, address: str, now: datetime) -> None:
        """Change a subscriber's e-mail address. Raises UsageError if another subscriber has it.

        The digest of the former address is kept under its number, for messages that come back from
        there.
        """
        key = self.key_of(address)
        with self._database.at_once():
            other = self._find_one("key", key)
            if other is not None and other.id != subscriber:
                raise UsageError(
                    "another subscriber has this address",
                    hint="ask that subscriber to unsubscribe first",
                )
            self._database.run(
                "INSERT INTO former_addresses SELECT id, address_number, key, ? "
                "FROM subscribers WHERE id = ? AND key <> ?",
                *(dates.rfc3339(now), subscriber, key),
            )
            self._database.run(
                "UPDATE subscribers SET address_number = address_number + (key <> ?), key = ?, "
                "address = ?, domain = ? WHERE id = ?",
                *(key, key, address, domain_of(address), subscriber),
            )
            self._database.run("DELETE FROM address_changes WHERE subscriber = ?", subscriber)

    def propose_address(self, subscriber: int, address: str, now: datetime) -> None:
        """Store the new address that a subscriber asked for, until it is confirmed by mail."""
        self._database.run(
            "INSERT INTO address_changes VALUES (?, ?, ?) ON CONFLICT (subscriber) "
            "DO UPDATE SET address = excluded.address, made = excluded.made",
            *(subscriber, address, dates.rfc3339(now)),
        )

    def find_proposed_address(self, subscriber: int) -> str:
        """Return the new address that a subscriber has asked for and not confirmed, or ""."""
        rows = self._database.run(
            "SELECT address FROM address_changes WHERE subscriber = ?", subscriber
        )
        return str(rows[0][0]) if rows else ""

    def forget_waiting(self, before: datetime) -> int:
        """Delete subscribers who signed up before a moment and never confirmed. Return their
        number.

        A subscriber who was erased once and subscribed again is erased again, so that the delivery
        log keeps its digest.
        """
        moment = dates.rfc3339(before)
        with self._database.at_once():
            rows = self._database.run(
                "SELECT id, EXISTS (SELECT 1 FROM deliveries d WHERE d.subscriber = s.id) "
                "FROM subscribers s WHERE state = 'waiting' AND made < ?",
                moment,
            )
            for subscriber, has_deliveries in rows:
                if has_deliveries:
                    self.erase(subscriber)
                else:
                    self.forget(subscriber)
        return len(rows)

    def forget(self, subscriber: int) -> None:
        """Delete a subscriber who was never sent anything."""
        self._database.run("DELETE FROM subscribers WHERE id = ?", subscriber)

    def ask_again(self, subscriber: int, now: datetime) -> None:
        """Restart the time within which a new subscriber must confirm."""
        self._database.run(
            "UPDATE subscribers SET made = ? WHERE id = ? AND state = 'waiting'",
            *(dates.rfc3339(now), subscriber),
        )

    def forget_proposals(self, before: datetime) -> int:
        """Delete new addresses that were asked for before a moment and never confirmed. Return
        their number.
        """
        query = "DELETE FROM address_changes WHERE made < ? RETURNING subscriber"
        return len(self._database.run(query, dates.rfc3339(before)))

    def list_address_changes(self, subscriber: int) -> tuple[datetime, ...]:
        """Return when a subscriber changed address, as far as the old addresses'
        digests are kept.
        """
        rows = self._database.run(
            "SELECT changed FROM former_addresses WHERE subscriber = ? ORDER BY address_number",
            subscriber,
        )
        return tuple(datetime.fromisoformat(changed) for (changed,) in rows)

    def forget_former_addresses(self, before: datetime) -> None:
        """Delete the digests of addresses that subscribers replaced before a moment."""
        self._database.run("DELETE FROM former_addresses WHERE changed < ?", dates.rfc3339(before))

    def erase(self, subscriber: int) -> None:
        """Delete a subscriber's data, except for their number and the digest of their address."""
        with self._database.at_once():
            for table in _FORGOTTEN:
                self._database.run(
                    f"DELETE FROM {table} WHERE subscriber = ?",  # noqa: S608 # names of ours
                    subscriber,
                )
            self._database.run("UPDATE returns SET words = '' WHERE subscriber = ?", subscriber)
            self._database.run("UPDATE deliveries SET words = '' WHERE subscriber = ?", subscriber)
            self._database.run(
                "UPDATE subscribers SET address = '', domain = '', language = '', "
                "state = 'erased', paused_until = '' WHERE id = ?",
                subscriber,
            )

    def forget_key(self, subscriber: int) -> None:
        """Delete an erased subscriber's address digest, because another subscriber has
        the address.
        """
        self._database.run(
            "UPDATE subscribers SET key = randomblob(32) WHERE id = ? AND state = 'erased'",
            subscriber,
        )

    def walk(
        self, state: SubscriberState | Literal[""] = "", after: int = 0
    ) -> Iterator[Subscriber]:
        """Yield all subscribers, or those of one status, in the order of their numbers."""
        while True:
            rows = self._database.run(
                f"SELECT {_COLUMNS} FROM subscribers WHERE id > ? AND (? = '' OR state = ?) "  # noqa: S608 # names of ours
                "ORDER BY id LIMIT ?",
                *(after, state, state, _AT_ONCE),
            )
            yield from map(_subscriber_of, rows)
            if len(rows) < _AT_ONCE:
                return
            after = int(rows[-1][0])

    def count(self) -> dict[SubscriberState, int]:
        """Return the number of subscribers by status. A status without subscribers is left out."""
        return dict(self._database.run("SELECT state, count(*) FROM subscribers GROUP BY state"))

    def list_same_mailboxes(self) -> tuple[tuple[int, ...], ...]:
        """Return the numbers of subscribers whose addresses lead to one mailbox, as one
        tuple each.
        """
        rows = self._database.run(
            "SELECT o.id, s.id FROM subscribers s "  # noqa: S608 # names of ours
            "JOIN subscribers o ON o.key = mailbox_key(s.address, ?) "
            f"WHERE s.{NOT_ASCII} AND o.id <> s.id AND o.address <> '' ORDER BY o.id, s.id",
            self._secret.hex(),
        )
        groups: dict[int, tuple[int, ...]] = {}
        for known, other in rows:
            groups[known] = (*groups.get(known, (known,)), other)
        return tuple(groups.values())

    def count_suppressed_by_state(self) -> dict[SubscriberState, int]:
        """Count the subscribers whose addresses get no mail (suppressed), by status."""
        query = (
            "SELECT state, count(*) FROM subscribers s "
            "WHERE EXISTS (SELECT 1 FROM suppressions p WHERE p.key = s.key) GROUP BY state"
        )
        return dict(self._database.run(query))

    @cached_property
    def _secret(self) -> bytes:
        return self._facts.address_key()

    def _find_one(self, column: str, value: object) -> Subscriber | None:
        query = f"SELECT {_COLUMNS} FROM subscribers WHERE {column} = ?"  # noqa: S608 # names of ours
        rows = self._database.run(query, value)
        return _subscriber_of(rows[0]) if rows else None


def domain_of(address: str) -> str:
    """Return the domain of an e-mail address in lower case."""
    return address.rpartition("@")[2].lower()


def _subscriber_of(row: tuple[Any, ...]) -> Subscriber:
    return read_row(Subscriber, _COLUMNS, row)


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


class Subscriptions(KeptTables):
    """The table of who gets which newsletter. Methods raise MailStoreError."""

    def of(self, subscriber: int) -> tuple[Subscription, ...]:
        """Return a subscriber's subscriptions, sorted by newsletter id."""
        columns = "subscriber, letter, since, topics"
        query = f"SELECT {columns} FROM subscriptions WHERE subscriber = ? ORDER BY letter"  # noqa: S608 # names of ours
        return tuple(
            read_row(Subscription, columns, [*others, json.loads(topics)])
            for *others, topics in self._database.run(query, subscriber)
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


class Consents(KeptTables):
    """Subscribers' consents with their proofs. Methods raise MailStoreError."""

    def add(self, consent: Consent) -> None:
        """Add a subscriber's consent to a newsletter. Earlier consents are kept."""
        self._database.run(
            "INSERT INTO consents (subscriber, letter, at, how, proof) VALUES (?, ?, ?, ?, ?)",
            *(consent.subscriber, consent.letter, dates.rfc3339(consent.at)),
            *(consent.how, consent.proof),
        )

    def of(self, subscriber: int) -> Iterator[Consent]:
        """Yield a subscriber's consents, the oldest first."""
        columns = "subscriber, letter, at, how, proof"
        query = f"SELECT {columns} FROM consents WHERE subscriber = ? ORDER BY number"  # noqa: S608 # names of ours
        for row in self._database.run(query, subscriber):
            yield read_row(Consent, columns, row)


# ---- Renamed newsletters: readers of the old id get the new one

RENAMED = "letter renamed "  # prefix of facts: the new id of an old one


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
        ((overlaps,),) = self._database.run(_QUERIES["overlaps"], new, old, new, old)
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
            moved = self._database.run(_QUERIES["copy_subscriptions"].format(**_QUERIES), *ids)
            self._database.run(_QUERIES["copy_consents"].format(**_QUERIES), *ids, said)
            self._database.run("DELETE FROM subscriptions WHERE letter = ?", rename.old)
            self._facts.forget(f"{RENAMED}{rename.new}")
            self._facts.put(f"{RENAMED}{rename.old}", json.dumps(kept, ensure_ascii=False))
        return len(moved)
