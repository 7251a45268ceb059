"""The owner's commands for newsletter subscribers: add, remove, erase, suppress, rename."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from copydesk.errors import UsageError
from copydesk.kit import dates, text
from copydesk.kit.options import fill
from copydesk.mail_store import MailStore, Subscriber, SubscriberState
from copydesk.mail_store.deliveries import SendingState
from copydesk.mail_store.returns import SuppressionReason
from copydesk.mail_store.subscriptions import Consent, LetterRename, Subscription
from copydesk.newsletters.readers.addresses import AddressFault, read_address
from copydesk.newsletters.readers.choices import end_letters
from copydesk.newsletters.readers.consent import write_proof
from copydesk.newsletters.readers.manage import forget_reader, gather_data
from copydesk.newsletters.readers.outcomes import ReaderData
from copydesk.newsroom import Newsroom

_FAULTS: Mapping[AddressFault, str] = {
    "empty": "it is empty",
    "too-long": "it is longer than 254 bytes",
    "no-at": "it has no @",
    "special-domain": "its domain is reserved and receives no mail",
    "bad-domain": "the part after @ is not a domain",
    "bad-name": "the part before @ is not a valid name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderCounts:
    """The numbers of subscribers by status and by newsletter, and of suppressed addresses.

    `suppressed_readers` would be active or paused but for a suppression, and are counted nowhere
    else. `suppressed` counts addresses, of subscribers or not. `waiting_mails` are mails to single
    subscribers not sent yet. `same_mailbox` are the numbers of subscribers whose addresses are
    spellings of one mailbox.
    """

    states: Mapping[SubscriberState, int]
    letters: Mapping[str, int]
    suppressed: Mapping[SuppressionReason, int]
    waiting_mails: int
    suppressed_readers: int
    same_mailbox: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionRow:
    """An address to which no mail is sent, why and since when. `address` is "" if only its digest
    is known.
    """

    address: str = field(repr=False)
    reason: SuppressionReason
    since: datetime
    detail: str


def count_readers(newsroom: Newsroom, store: MailStore) -> ReaderCounts:
    """Count the newsletter subscribers by status and by newsletter. Raises MailStoreError."""
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
    """Return the stored data of the subscriber with an address. Raises UsageError,
    MailStoreError.
    """
    return gather_data(store, _find(newsroom, store, typed))


def find_number(newsroom: Newsroom, store: MailStore, typed: str) -> int:
    """Return the database number of the subscriber with an address. Raises as
    `find_reader` does.
    """
    return _find(newsroom, store, typed).id


def read_reader(store: MailStore, number: int) -> ReaderData:
    """Return the stored data of the subscriber with a number. Raises UsageError, MailStoreError."""
    subscriber = store.subscribers.get(number)
    if subscriber is None or not subscriber.address:
        raise UsageError(
            "no such subscriber", subject=str(number), hint="search for the subscriber's address"
        )
    return gather_data(store, subscriber)


def add_reader(
    newsroom: Newsroom, store: MailStore, typed: str, letter: str, consent: str
) -> ReaderData:
    """Subscribe an address with proof of consent. Raises UsageError, MailStoreError."""
    address = _read(newsroom, typed)
    letters = [known.id for known in newsroom.settings.letters]
    if letter not in letters:
        hint = f"use one of: {', '.join(letters)}" if letters else "add a [[letter]] to beat.toml"
        raise UsageError("no such newsletter", subject=text.fold(letter)[:80], hint=hint)
    if not text.fold(consent):
        raise UsageError(
            "a new subscriber needs a proof of consent", hint="give the proof with --consent"
        )
    with store.at_once():
        if store.suppressions.find(address):
            raise UsageError(
                "the address is on the suppression list",
                hint="if the person agrees, run `copydesk mail readers suppressions lift ADDRESS`",
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
    """Unsubscribe somebody from all newsletters, and return the newsletters' ids. Raises
    UsageError.
    """
    with store.at_once():
        subscriber = _find(newsroom, store, typed)
        ended = tuple(kept.letter for kept in store.subscriptions.of(subscriber.id))
        end_letters(newsroom, store, subscriber, "")
    return ended


def erase_by_address(newsroom: Newsroom, store: MailStore, typed: str) -> None:
    """Delete a subscriber except for a digest of the address. Raises UsageError, MailStoreError."""
    forget_reader(newsroom, store, _find(newsroom, store, typed))


def suppress_address(newsroom: Newsroom, store: MailStore, typed: str, why: str) -> None:
    """Forbid all mail to an address, as the owner decides. Raises UsageError, MailStoreError."""
    address = _read(newsroom, typed)
    store.suppressions.add(address, "by-hand", newsroom.now, text.fold(why)[:200])


def lift_suppression(newsroom: Newsroom, store: MailStore, typed: str) -> None:
    """Allow mail to a suppressed address again. Raises UsageError if it is not suppressed."""
    if not store.suppressions.lift(_read(newsroom, typed)):
        raise UsageError("the address is not on the suppression list")


def list_suppressions(store: MailStore) -> list[SuppressionRow]:
    """Return the addresses to which no mail is sent, newest first. Raises MailStoreError."""
    return [
        fill(SuppressionRow, suppression, address=address)
        for suppression, address in store.suppressions.walk()
    ]


def _find(newsroom: Newsroom, store: MailStore, typed: str) -> Subscriber:
    subscriber = store.subscribers.find(_read(newsroom, typed))
    if subscriber is None or not subscriber.address:
        raise UsageError("no subscriber has this address", hint="check the spelling of the address")
    return subscriber


def _read(newsroom: Newsroom, typed: str) -> str:
    read = read_address(typed, newsroom.settings)
    if read.fault:
        raise UsageError(
            f"not a valid mail address: {_FAULTS[read.fault]}",
            hint="write it as reader@example.org",
        )
    return read.address


# ---- Lost newsletters
#
# Renaming a newsletter's id in beat.toml leaves its readers with the old id, to which nothing is
# sent.

_OPEN: tuple[SendingState, ...] = ("ready", "awaits-word", "sending", "paused")
_BACK = "rename it back in beat.toml, or stop the delivery: copydesk mail send ISSUE --end"


@dataclass(frozen=True, slots=True, kw_only=True)
class LostLetter:
    """A newsletter that has subscribers but was removed from the settings, and their number.

    `command` moves them to another newsletter: NEW stands for the new id, unless only one
    newsletter is possible.
    """

    letter: str
    readers: int
    command: str


def find_lost_letters(newsroom: Newsroom, store: MailStore) -> tuple[LostLetter, ...]:
    """Return the newsletters that have subscribers but are not in the settings. Raises
    MailStoreError.
    """
    known = [letter.id for letter in newsroom.settings.letters]
    return tuple(
        LostLetter(letter=letter, readers=readers, command=_write_command(store, letter, known))
        for letter, readers in store.subscriptions.count_all().items()
        if letter not in known
    )


def rename_letter(newsroom: Newsroom, store: MailStore, old: str, new: str, by: str) -> int:
    """Move the subscribers of a renamed newsletter to its new id, and return their number.

    Proofs of consent stay, with a note about the rename. Raises UsageError if the rename would
    subscribe somebody to what they did not ask for (both newsletters exist, or existed side by
    side), and while an issue of the old newsletter is being sent.
    """
    known = {letter.id for letter in newsroom.settings.letters}
    shown = text.fold(f"{old} to {new}")[:80]
    if new not in known:
        raise UsageError(
            "no such newsletter", subject=text.fold(new)[:80], hint="give the new id from beat.toml"
        )
    if old in known:
        hint = "subscribers are moved only when a newsletter's id in beat.toml has changed"
        raise UsageError(
            "the newsletter is still in beat.toml", subject=text.fold(old)[:80], hint=hint
        )
    with store.at_once():
        if old not in store.subscriptions.count_all():
            raise UsageError("the newsletter has no subscribers", subject=text.fold(old)[:80])
        going = store.ledger.list_sendings(most=1_000, states=_OPEN)
        issue = next((sending.issue for sending in going if sending.letter == old), "")
        if issue:
            raise UsageError("an issue of the newsletter is being sent", subject=issue, hint=_BACK)
        if not store.renames.may_be_one(old, new):
            hint = "both had subscribers or issues at the same time; subscribers must choose"
            raise UsageError(
                "these newsletters are different; neither was renamed", subject=shown, hint=hint
            )
        rename = LetterRename(old=old, new=new, by=text.fold(by)[:200], at=newsroom.now)
        return store.renames.move_readers(rename)


def _write_command(store: MailStore, old: str, known: Sequence[str]) -> str:
    possible = [new for new in known if store.renames.may_be_one(old, new)]
    new = possible[0] if len(possible) == 1 else "NEW"
    return f"copydesk mail readers rename-letter {shlex.quote(text.fold(old))} {new}"
