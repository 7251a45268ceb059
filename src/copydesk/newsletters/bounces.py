"""Process returned messages (bounces, complaints), and suppress addresses that cannot get mail.

A message that matches no newsletter issue sent from here changes nothing: docs/design/delivery.md.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import msgspec

from copydesk.errors import UsageError
from copydesk.mail_store import MailStore, Subscriber, has_mail, open_mail
from copydesk.mail_store.links import RETURN_LIFETIME, ReturnPath
from copydesk.mail_store.returns import ReturnEntry, SentLetter, Suppression, SuppressionReason
from copydesk.news.options import BounceOptions
from copydesk.newsletters import bounce_mails
from copydesk.newsroom import Newsroom

# ---- Ways in: a pipe, the webhook, the mailbox

_SIGNED = "sha256="


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxReport:
    """The result of checking the bounce mailbox: how many messages, their effects, whether more
    wait.
    """

    taken: int
    is_more: bool
    effects: Mapping[ReturnEffect, int]


def take_in_message(newsroom: Newsroom, message: bytes) -> TakenReturn:
    """Process one returned message that a mail server pipes in. Raises MailStoreError."""
    if not has_mail(newsroom.private):
        return TakenReturn(kind="other", effect="not-ours")
    with closing(open_mail(newsroom.private)) as store:
        return take_in_return(store, newsroom.settings.mail.bounces, message, newsroom.now)


def take_in_webhook(
    store: MailStore, options: BounceOptions, body: bytes, signature: str, now: datetime
) -> TakenReturn | None:
    """Process a returned message that a mail service posts. Return None if its signature is wrong.

    `signature` is the value of X-Copydesk-Signature: `sha256=` and the HMAC-SHA256 of the body in
    hexadecimal. Raises MailStoreError.
    """
    expected = hmac.digest(options.secret.encode(), body, hashlib.sha256).hex()
    given = signature.strip().lower().removeprefix(_SIGNED)
    if not options.secret or not hmac.compare_digest(
        expected.encode(), given.encode("utf-8", "replace")
    ):
        return None
    return take_in_return(store, options, body, now)


def look_into_mailbox(
    newsroom: Newsroom, is_over: Callable[[], bool] = lambda: False
) -> MailboxReport:
    """Process up to 500 messages in the bounce mailbox, for at most five minutes.

    Once `is_over` (set by another thread) it stops; messages handled before stay handled. Raises
    UsageError if the settings name no mailbox, MailError if it cannot be read, MailStoreError.
    """
    options = newsroom.settings.mail.bounces
    if not options.imap_host:
        raise UsageError("no bounce mailbox is set", hint="set mail.bounces.imap_host in beat.toml")
    effects: Counter[ReturnEffect] = Counter()
    with closing(open_mail(newsroom.private)) as store:

        def take_in(message: bytes) -> None:
            effects[take_in_return(store, options, message, newsroom.now).effect] += 1

        look = bounce_mails.read_mailbox(options, take_in, is_over=is_over)
    return MailboxReport(taken=look.taken, is_more=look.is_more, effects=effects)


# ---- One returned message: found by its token, stored once, its rule applied
#
# Only who knows a message's envelope can write to its return path: so such a bounce has an effect.
# A Message-ID may be quoted by anybody who read the message: so such a bounce is only stored.

# suppressed: nothing more is sent to the address, whoever subscribes. left: the reader is
# unsubscribed, and may come back. noted: it is stored. unproved: it is stored for a person to
# judge. known: it was handled before, or the log has no such message. not-ours: it has no token of
# ours. nothing: it is about no sent message.
ReturnEffect = Literal["suppressed", "left", "noted", "unproved", "known", "not-ours", "nothing"]
NOT_OURS = "returns: not ours"  # the fact that counts them


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenReturn:
    """The kind of a returned message, and the effect that it had on the subscriber."""

    kind: bounce_mails.ReturnKind
    effect: ReturnEffect


def take_in_return(
    store: MailStore, options: BounceOptions, message: bytes, now: datetime
) -> TakenReturn:
    """Store a returned message and suppress its recipient if its kind demands it. Raises
    MailStoreError.

    A message handled before changes nothing: it is recognized by a digest of its beginning.
    """
    returned = bounce_mails.read_returned_mail(message)
    kind = returned.kind
    if kind == "reply" or kind == "other":  # noqa: PLR1714 # mypy narrows by these alone
        return TakenReturn(kind=kind, effect="nothing")
    with store.at_once():
        named = _find_delivery(store, returned)
        if named is None:
            effect = _leave_by_link(store, returned) if kind == "complaint" else None
            if effect is None:
                store.facts.put(NOT_OURS, str(int(store.facts.get(NOT_OURS) or 0) + 1))
            return TakenReturn(kind=kind, effect=effect or "not-ours")
        entry = ReturnEntry(
            digest=hashlib.sha256(message[: bounce_mails.MOST_BYTES]).digest(),
            path=named.path,
            kind=kind,
            at=now,
            status=returned.status,
            words=returned.words,
            is_proved=named.is_by_return_path,
        )
        return TakenReturn(kind=kind, effect=_store_return(store, options, returned, entry))


@dataclass(frozen=True, slots=True, kw_only=True)
class _NamedDelivery:
    """The sent message that a returned message is about, and whether the return path names it."""

    path: ReturnPath
    is_by_return_path: bool


def _find_delivery(store: MailStore, returned: bounce_mails.ReturnedMail) -> _NamedDelivery | None:
    """Return the sent message that a returned message is about, by its first valid token."""
    for token in returned.tokens:
        path = store.links.read_return(token)
        if path is not None:
            return _NamedDelivery(path=path, is_by_return_path=True)
        path = store.links.read_message_id(token)
        if path is not None:
            return _NamedDelivery(path=path, is_by_return_path=False)
    return None


def _store_return(
    store: MailStore,
    options: BounceOptions,
    returned: bounce_mails.ReturnedMail,
    entry: ReturnEntry,
) -> ReturnEffect:
    """Store a returned message and apply its effect. Of an erased subscriber no text is stored."""
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
    """Suppress the address that a message was sent to, if the returned message justifies it.

    Another address that the subscriber has by now is not suppressed.
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
    """Return the reason to suppress an address after a returned message, None to go on sending."""
    if entry.kind == "hard":
        return "hard-bounce"
    if entry.kind == "complaint":
        return "complaint"
    in_row = store.returns.count_soft_in_row(entry.path)
    return "soft-bounces" if entry.kind == "soft" and in_row >= options.soft_limit else None


def _leave_by_link(store: MailStore, returned: bounce_mails.ReturnedMail) -> ReturnEffect | None:
    """Unsubscribe a subscriber by the unsubscribe link that a mail provider left in a complaint.

    Such a link may have been forwarded with the newsletter: it unsubscribes, as it does for whoever
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


# ---- Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """A returned message, as a list of bounces and complaints shows it.

    A message that is not `is_proved` (by its return path) had no effect. `address` is the
    subscriber's present one, also if the message came from a former address.
    """

    at: datetime
    issue: str
    address: str
    kind: bounce_mails.ReturnKind
    status: str
    words: str
    is_proved: bool
    is_from_former_address: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnList:
    """The returned messages, newest first, and the number of those that match no message sent from
    here.
    """

    returns: tuple[ReturnRow, ...]
    not_ours: int


def list_returns(newsroom: Newsroom) -> ReturnList:
    """Return the newest returned messages (bounces, complaints). Raises MailStoreError."""
    if not has_mail(newsroom.private):
        return ReturnList(returns=(), not_ours=0)
    with closing(open_mail(newsroom.private)) as store:
        newest = store.returns.list_newest(100)
        rows = msgspec.convert(newest, tuple[ReturnRow, ...], from_attributes=True)
        return ReturnList(returns=rows, not_ours=int(store.facts.get(NOT_OURS) or 0))
