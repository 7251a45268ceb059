"""One message that came back: known by its token, kept once, and its rule applied at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from copydesk.mail_store import MailStore, ReturnEntry, ReturnPath, SuppressionReason
from copydesk.news import BounceOptions
from copydesk.post.returns import MOST_BYTES, ReturnedMail, ReturnKind, read_returned_mail

# suppressed: its reader gets no more letters, whatever they subscribe to. left: their letters
# ended, and they may come back. noted: it is kept. known: it was taken in before, or the ledger has
# no such letter. not-ours: no token of ours is in it. nothing: it says nothing of a letter.
ReturnEffect = Literal["suppressed", "left", "noted", "known", "not-ours", "nothing"]
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
    digest = hashlib.sha256(message[:MOST_BYTES]).digest()
    with store.at_once():
        path = _find_path(store, returned)
        if path is not None:
            entry = ReturnEntry(
                digest=digest,
                path=path,
                kind=kind,
                at=now,
                status=returned.status,
                words=returned.words,
            )
            return _note(store, options, entry)
        if kind == "complaint" and (left := _leave_by_link(store, returned)):
            return left
        _count_one_not_ours(store)
    return TakenReturn(kind=kind, effect="not-ours")


def _find_path(store: MailStore, returned: ReturnedMail) -> ReturnPath | None:
    """Return the delivery that a message is about: by the first token that was made here."""
    read = map(store.links.read_return, returned.tokens)
    return next((path for path in read if path is not None), None)


def _note(store: MailStore, options: BounceOptions, entry: ReturnEntry) -> TakenReturn:
    """Keep what came back and apply its rule; of a reader who was erased no words are kept."""
    subscriber = store.subscribers.get(entry.path.subscriber)
    if subscriber is None:
        return TakenReturn(kind=entry.kind, effect="known")
    if not store.returns.add(entry if subscriber.address else replace(entry, words="")):
        return TakenReturn(kind=entry.kind, effect="known")
    reason = _judge(store, options, entry)
    if reason is None or not subscriber.address:
        return TakenReturn(kind=entry.kind, effect="noted")
    store.suppressions.add(subscriber.address, reason, entry.at, entry.status)
    if reason == "complaint":
        _end_letters(store, subscriber.id)
    return TakenReturn(kind=entry.kind, effect="suppressed")


def _judge(
    store: MailStore, options: BounceOptions, entry: ReturnEntry
) -> SuppressionReason | None:
    """Decide why nothing more is sent to a reader; None where letters go on."""
    if entry.kind == "hard":
        return "hard-bounce"
    if entry.kind == "complaint":
        return "complaint"
    in_row = store.returns.count_soft_in_row(entry.path.subscriber)
    return "soft-bounces" if entry.kind == "soft" and in_row >= options.soft_limit else None


def _leave_by_link(store: MailStore, returned: ReturnedMail) -> TakenReturn | None:
    """End somebody's letters by the link to leave that a provider left in a complaint.

    Such a link may have been passed on with the letter: it ends letters, as it says, and does not
    keep an address from subscribing again.
    """
    for token in returned.leave_tokens:
        link = store.links.read(token)
        if link is not None and link.purpose == "unsubscribe":
            is_new = bool(store.subscriptions.of(link.subscriber))
            _end_letters(store, link.subscriber)
            return TakenReturn(kind="complaint", effect="left" if is_new else "known")
    return None


def _end_letters(store: MailStore, subscriber: int) -> None:
    store.subscriptions.end_all(subscriber)
    store.subscribers.set_state(subscriber, "left")


def _count_one_not_ours(store: MailStore) -> None:
    store.facts.put(NOT_OURS, str(int(store.facts.get(NOT_OURS) or 0) + 1))
