"""By hand: what a newsroom's owner does to single readers at the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._addresses import AddressFault, read_address
from copydesk.engine.subscribers._answers import ReaderData
from copydesk.engine.subscribers._choices import end_letters
from copydesk.engine.subscribers._manage import forget_reader
from copydesk.engine.subscribers._proof import write_proof
from copydesk.engine.subscribers._reader_data import gather_data
from copydesk.errors import UsageError
from copydesk.kit import dates, text
from copydesk.mail_store import (
    Consent,
    MailStore,
    Subscriber,
    SubscriberState,
    Subscription,
    SuppressionReason,
)

_FAULTS: Mapping[AddressFault, str] = {
    "empty": "nothing stands there",
    "too-long": "it is longer than 254 octets",
    "no-at": "it has no @",
    "special-domain": "nobody can write to that domain",
    "bad-domain": "what stands behind the @ is no domain",
    "bad-name": "what stands before the @ is no name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderCounts:
    """How many readers stand how, to how many each letter would be sent, and who gets nothing.

    `suppressed_readers` are active or paused but for their address, to which nothing is sent; they
    are counted nowhere else. `suppressed` counts addresses, whether a reader has them or not.
    `waiting_mails` are those to single persons that are not sent yet. `same_mailbox` are the
    numbers of readers whose addresses are spellings of one mailbox, since an earlier version.
    """

    states: Mapping[SubscriberState, int]
    letters: Mapping[str, int]
    suppressed: Mapping[SuppressionReason, int]
    waiting_mails: int
    suppressed_readers: int
    same_mailbox: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionRow:
    """Why and since when nothing is sent to an address, "" where it is known no more."""

    address: str = field(repr=False)
    reason: SuppressionReason
    since: datetime
    detail: str


def count_readers(newsroom: Newsroom, store: MailStore) -> ReaderCounts:
    """Return how many readers there are; raises MailStoreError."""
    kept = store.subscriptions.count(newsroom.now)
    letters = {letter.id: kept.pop(letter.id, 0) for letter in newsroom.settings.letters}
    suppressed = Counter(store.subscribers.count_suppressed_by_state())
    del suppressed["waiting"], suppressed["left"], suppressed["erased"]
    return ReaderCounts(
        states=Counter(store.subscribers.count()) - suppressed,
        letters={**letters, **kept},
        suppressed=store.suppressions.count(),
        waiting_mails=store.outbox.count(),
        suppressed_readers=suppressed.total(),
        same_mailbox=store.subscribers.list_same_mailboxes(),
    )


def find_reader(newsroom: Newsroom, store: MailStore, typed: str) -> ReaderData:
    """Return everything that is kept of who has an address; UsageError, MailStoreError."""
    return gather_data(store, _find(newsroom, store, typed))


def find_number(newsroom: Newsroom, store: MailStore, typed: str) -> int:
    """Return the number of who has an address, by which logs name them; as `find_reader` raises."""
    return _find(newsroom, store, typed).id


def read_reader(store: MailStore, number: int) -> ReaderData:
    """Return everything that is kept of a reader by their number; UsageError, MailStoreError."""
    subscriber = store.subscribers.get(number)
    if subscriber is None or not subscriber.address:
        raise UsageError("no such reader", subject=str(number), hint="look for their address")
    return gather_data(store, subscriber)


def add_reader(
    newsroom: Newsroom, store: MailStore, typed: str, letter: str, consent: str
) -> ReaderData:
    """Let somebody get a letter, with what proves that they want it; UsageError, MailStoreError."""
    address = _read(newsroom, typed)
    letters = [known.id for known in newsroom.settings.letters]
    if letter not in letters:
        hint = f"there are: {', '.join(letters)}" if letters else "beat.toml has no [[letter]]"
        raise UsageError("no such letter", subject=text.fold(letter)[:80], hint=hint)
    if not text.fold(consent):
        raise UsageError("without consent nobody gets a letter", hint="say what proves it")
    with store.at_once():
        if store.suppressions.find(address):
            raise UsageError(
                "nothing is sent to that address",
                hint="copydesk mail readers suppressions lift ADDRESS, if they want that",
            )
        now = newsroom.now
        subscriber = store.subscribers.add(address, now)
        store.subscriptions.put(Subscription(subscriber=subscriber.id, letter=letter, since=now))
        proof = write_proof("owner", said=text.fold(consent), added=dates.rfc3339(now))
        store.consents.add(
            Consent(subscriber=subscriber.id, letter=letter, at=now, how="desk", proof=proof)
        )
        if subscriber.state != "paused":
            store.subscribers.set_state(subscriber.id, "active")
    return find_reader(newsroom, store, address)


def remove_reader(newsroom: Newsroom, store: MailStore, typed: str) -> tuple[str, ...]:
    """End every letter of somebody; return which, by their ids. UsageError, MailStoreError."""
    with store.at_once():
        subscriber = _find(newsroom, store, typed)
        ended = tuple(kept.letter for kept in store.subscriptions.of(subscriber.id))
        end_letters(newsroom, store, subscriber, "")
    return ended


def erase_by_address(newsroom: Newsroom, store: MailStore, typed: str) -> None:
    """Forget who has an address, but for a keyed digest of it; UsageError, MailStoreError."""
    forget_reader(newsroom, store, _find(newsroom, store, typed))


def suppress_address(newsroom: Newsroom, store: MailStore, typed: str, why: str) -> None:
    """Send nothing to an address from now on, as the owner says; UsageError, MailStoreError."""
    address = _read(newsroom, typed)
    store.suppressions.add(address, "by-hand", newsroom.now, text.fold(why)[:200])


def lift_suppression(newsroom: Newsroom, store: MailStore, typed: str) -> None:
    """Send to an address again; raises UsageError where nothing kept it from that."""
    if not store.suppressions.lift(_read(newsroom, typed)):
        raise UsageError("that address is not suppressed")


def list_suppressions(store: MailStore) -> list[SuppressionRow]:
    """Return to whom nothing is sent, the newest first; raises MailStoreError."""
    return [
        SuppressionRow(
            address=address,
            reason=suppression.reason,
            since=suppression.since,
            detail=suppression.detail,
        )
        for suppression, address in store.suppressions.walk()
    ]


def _find(newsroom: Newsroom, store: MailStore, typed: str) -> Subscriber:
    subscriber = store.subscribers.find(_read(newsroom, typed))
    if subscriber is None or not subscriber.address:
        raise UsageError("nobody has that address here", hint="look at how it is written")
    return subscriber


def _read(newsroom: Newsroom, typed: str) -> str:
    read = read_address(typed, newsroom.settings)
    if read.fault:
        raise UsageError(
            f"that is no address: {_FAULTS[read.fault]}", hint="write it as reader@example.org"
        )
    return read.address
