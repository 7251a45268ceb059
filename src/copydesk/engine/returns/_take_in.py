"""One message that came back: known by its token, kept once, and its rule applied at once.

What a return path names was written by who knows the letter's envelope, and its rule is applied.
What a Message-ID names may have been written by whoever read the letter, and is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from copydesk.mail_store import (
    RETURN_LIFETIME,
    MailStore,
    ReturnEntry,
    ReturnPath,
    SentLetter,
    Subscriber,
    Suppression,
    SuppressionReason,
)
from copydesk.news import BounceOptions
from copydesk.post.returns import MOST_BYTES, ReturnedMail, ReturnKind, read_returned_mail

# suppressed: nothing more is sent to the letter's address, whoever subscribes. left: its reader's
# letters ended, and they may come back. noted: it is kept. unproved: it is kept, for a person to
# judge. known: it was taken in before, or the ledger has no such letter. not-ours: no token of ours
# is in it. nothing: it says nothing of a letter.
ReturnEffect = Literal["suppressed", "left", "noted", "unproved", "known", "not-ours", "nothing"]
NOT_OURS = "returns: not ours"  # the fact that counts them


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenReturn:
    """What a message was, and what became of it."""

    kind: ReturnKind
    effect: ReturnEffect


def take_in_return(
    store: MailStore, options: BounceOptions, message: bytes, now: datetime
) -> TakenReturn:
    """Take in a message that came back; raises MailStoreError.

    The same message twice changes nothing the second time. It is known by what is read of it.
    """
    returned = read_returned_mail(message)
    kind = returned.kind
    if kind == "reply" or kind == "other":  # noqa: PLR1714 # mypy narrows by these alone
        return TakenReturn(kind=kind, effect="nothing")
    with store.at_once():
        named = _find_delivery(store, returned)
        if named is None:
            effect = _leave_by_link(store, returned) if kind == "complaint" else None
            if effect is None:
                _count_one_not_ours(store)
            return TakenReturn(kind=kind, effect=effect or "not-ours")
        entry = ReturnEntry(
            digest=hashlib.sha256(message[:MOST_BYTES]).digest(),
            path=named.path,
            kind=kind,
            at=now,
            status=returned.status,
            words=returned.words,
            is_proved=named.is_by_return_path,
        )
        return TakenReturn(kind=kind, effect=_note(store, options, returned, entry))


@dataclass(frozen=True, slots=True, kw_only=True)
class _NamedDelivery:
    """The delivery that a message is about, and whether its return path says so."""

    path: ReturnPath
    is_by_return_path: bool


def _find_delivery(store: MailStore, returned: ReturnedMail) -> _NamedDelivery | None:
    """Return the delivery that a message is about: by the first token that was made here."""
    for token in returned.tokens:
        path = store.links.read_return(token)
        if path is not None:
            return _NamedDelivery(path=path, is_by_return_path=True)
        path = store.links.read_message_id(token)
        if path is not None:
            return _NamedDelivery(path=path, is_by_return_path=False)
    return None


def _note(
    store: MailStore, options: BounceOptions, returned: ReturnedMail, entry: ReturnEntry
) -> ReturnEffect:
    """Keep what came back and apply its rule; of a reader who was erased no words are kept."""
    subscriber = store.subscribers.get(entry.path.subscriber)
    letter = store.returns.find_letter(entry.path)
    if subscriber is None or letter is None:
        return "known"
    entry = replace(
        entry,
        words=entry.words if subscriber.address else "",
        is_proved=entry.is_proved and entry.at - letter.at < RETURN_LIFETIME,
    )
    if not store.returns.add(entry):
        return "known"
    if not subscriber.address:
        return "noted"
    if entry.is_proved:
        return _apply(store, options, entry, subscriber, letter)
    effect = _leave_by_link(store, returned) if entry.kind == "complaint" else None
    return effect or "unproved"


def _apply(
    store: MailStore,
    options: BounceOptions,
    entry: ReturnEntry,
    subscriber: Subscriber,
    letter: SentLetter,
) -> ReturnEffect:
    """Suppress the address that a letter went to, where what came back of it says so.

    Its reader may have another one by now, which nobody has said anything against.
    """
    reason = _judge(store, options, entry)
    if reason is None or letter.key is None:
        return "noted"
    store.suppressions.put(
        Suppression(key=letter.key, reason=reason, since=entry.at, detail=entry.status)
    )
    if reason == "complaint" and letter.is_to_present_address:
        _end_letters(store, subscriber.id)
    return "suppressed"


def _judge(
    store: MailStore, options: BounceOptions, entry: ReturnEntry
) -> SuppressionReason | None:
    """Decide why nothing more is sent to a reader; None where letters go on."""
    if entry.kind == "hard":
        return "hard-bounce"
    if entry.kind == "complaint":
        return "complaint"
    in_row = store.returns.count_soft_in_row(entry.path)
    return "soft-bounces" if entry.kind == "soft" and in_row >= options.soft_limit else None


def _leave_by_link(store: MailStore, returned: ReturnedMail) -> ReturnEffect | None:
    """End somebody's letters by the link to leave that a provider left in a complaint.

    Such a link may have been passed on with the letter: it ends letters, as it does for whoever
    opens it, and does not keep an address from subscribing again.
    """
    for token in returned.leave_tokens:
        link = store.links.read(token)
        if link is not None and link.purpose == "unsubscribe":
            is_new = bool(store.subscriptions.of(link.subscriber))
            _end_letters(store, link.subscriber)
            return "left" if is_new else "known"
    return None


def _end_letters(store: MailStore, subscriber: int) -> None:
    store.subscriptions.end_all(subscriber)
    store.subscribers.set_state(subscriber, "left")


def _count_one_not_ours(store: MailStore) -> None:
    store.facts.put(NOT_OURS, str(int(store.facts.get(NOT_OURS) or 0) + 1))
