"""Newsletter sign-up with a confirmation mail (double opt-in), and subscribers' changes to their
data.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from copydesk.kit import dates
from copydesk.kit.options import fill
from copydesk.mail_store import MailStore, OutboxKind, OutboxMail, Subscriber
from copydesk.mail_store.deliveries import DeliveryEntry
from copydesk.mail_store.links import LINK_LIFETIME, RETURN_LIFETIME
from copydesk.mail_store.subscriptions import Consent, Subscription
from copydesk.newsletters.readers import addresses, consent, limits, outcomes
from copydesk.newsletters.readers.consent import OPENS, ClosedLinkError, open_link
from copydesk.newsletters.readers.limits import is_lifted_by_reader
from copydesk.newsroom import Newsroom

_Kept = TypeVar("_Kept")
_UNCONFIRMED = timedelta(days=7)  # after which an unconfirmed reader is deleted


def request_subscription(
    newsroom: Newsroom, store: MailStore, request: outcomes.SubscribeRequest
) -> outcomes.SubscribeAnswer:
    """Send a confirmation mail for a sign-up form. The answer hides who is subscribed already.

    Raises MailStoreError, PublishError.
    """
    known = [letter.id for letter in newsroom.settings.letters]
    letters = {letter: request.topics for letter in known if letter in request.letters}
    if not letters:
        return outcomes.SubscribeAnswer(outcome="no-letter")
    typed = addresses.read_address(request.address, newsroom.settings)
    if typed.fault:
        return outcomes.SubscribeAnswer(outcome="no-address", hint=typed.fault)
    with store.at_once():
        refusal = limits.admit_form(store, request.client, newsroom.now)
        if refusal is not None:
            return refusal
        version = consent.keep_consent_words(newsroom, store)
        wish = consent.Wish(asked=newsroom.now, letters=letters, words=version)
        if not ask_reader(
            newsroom, store, typed.address, wish, addresses.read_language(request.language)
        ):
            limits.take_back_any(store)
    return outcomes.SubscribeAnswer(outcome="asked")


def ask_reader(
    newsroom: Newsroom, store: MailStore, address: str, wish: consent.Wish, language: str = ""
) -> bool:
    """Queue a confirmation mail to an address. Return False if no mail may be sent there now.

    A subscriber who gets all those newsletters already is mailed just that.
    """
    now = newsroom.now
    if not limits.may_write(store, address) or not limits.admit_mail(store, address, now):
        return False
    subscriber = store.subscribers.add(address, now, language)
    store.subscribers.ask_again(subscriber.id, now)
    had = _list_present_letters(store, subscriber)
    new = {letter: topics for letter, topics in wish.letters.items() if letter not in had}
    packed = consent.pack_wish(
        newsroom, consent.Wish(asked=wish.asked, words=wish.words, letters=new or wish.letters)
    )
    store.outbox.put(
        OutboxMail(
            kind="confirm" if new else "already", subscriber=subscriber.id, made=now, extra=packed
        )
    )
    return True


def forget_silent_readers(store: MailStore, now: datetime) -> int:
    """Delete sign-ups that were not confirmed within a week, and return their number.

    Also deletes unconfirmed new addresses, former addresses from which nothing can bounce any more,
    networks that sent forms, and bytes of erased subscribers that could not be wiped before. Raises
    MailStoreError.
    """
    with store.at_once():
        count = store.subscribers.forget_waiting(now - _UNCONFIRMED)
        if store.subscribers.forget_proposals(now - LINK_LIFETIME) or count:
            addresses.owe_scrub(store)
        store.subscribers.forget_former_addresses(now - RETURN_LIFETIME)
        store.limits.admit({}, now)
        store.network_forms.forget(now)
    addresses.scrub_rest(store)
    return count


def _list_present_letters(store: MailStore, subscriber: Subscriber) -> frozenset[str]:
    """Return the ids of a subscriber's newsletters, including those of a paused one."""
    if subscriber.state not in {"active", "paused"}:
        return frozenset()
    return frozenset(kept.letter for kept in store.subscriptions.of(subscriber.id))


# ---- Confirmation, by the mailed link


def confirm_subscription(
    newsroom: Newsroom, store: MailStore, token: str
) -> outcomes.ConfirmAnswer:
    """Subscribe the person who pressed the button on the page behind a confirmation link.

    Repeating it changes nothing, even for a subscriber who unsubscribed meanwhile. Raises
    ClosedLinkError, MailStoreError.
    """
    with store.at_once():
        opened = open_link(newsroom, store, token, OPENS["confirm"])
        wish = consent.read_wish(newsroom, store, opened.extra)
        letters = consent.list_wishes(newsroom, wish)
        if _was_confirmed(store, opened.subscriber, wish):
            return outcomes.ConfirmAnswer(outcome="again", letters=letters)
        if not letters or _has_left_since(store, opened.subscriber, wish):
            raise ClosedLinkError("over")
        _begin_letters(newsroom, store, opened.subscriber, wish)
    return outcomes.ConfirmAnswer(outcome="confirmed", letters=letters)


def lift_by_reader(store: MailStore, address: str) -> None:
    """Allow mail to an address again, if a confirmation by its owner is enough for that."""
    suppression = store.suppressions.find(address)
    if suppression is not None and is_lifted_by_reader(suppression):
        store.suppressions.lift(address)


def _begin_letters(
    newsroom: Newsroom, store: MailStore, subscriber: Subscriber, wish: consent.Wish
) -> None:
    now = newsroom.now
    if subscriber.state == "left":
        store.subscriptions.end_all(subscriber.id)
    for letter, topics in wish.letters.items():
        store.subscriptions.put(
            Subscription(subscriber=subscriber.id, letter=letter, topics=topics, since=now)
        )
        store.consents.add(
            Consent(
                subscriber=subscriber.id,
                letter=letter,
                at=now,
                how="form",
                proof=consent.write_double_opt_in(wish.asked, now, wish.words),
            )
        )
    lift_by_reader(store, subscriber.address)
    store.subscribers.set_state(subscriber.id, "active")


def _was_confirmed(store: MailStore, subscriber: Subscriber, wish: consent.Wish) -> bool:
    """Return whether a request was confirmed before: consents store the time of the request."""
    asked = dates.rfc3339(wish.asked)
    return any(
        consent.read_time_of_asking(kept.proof) == asked
        for kept in store.consents.of(subscriber.id)
    )


def _has_left_since(store: MailStore, subscriber: Subscriber, wish: consent.Wish) -> bool:
    """Return whether a subscriber has confirmed another request after this one, and then
    unsubscribed.
    """
    return subscriber.state == "left" and any(
        kept.at >= wish.asked for kept in store.consents.of(subscriber.id)
    )


# Show readers their stored data, change their address, erase them: by a link mailed for that.


def ask_for_manage_link(newsroom: Newsroom, store: MailStore, token: str) -> timedelta | None:
    """Mail a link for managing their data to the subscriber of any link in a newsletter.

    Return None, even where nothing may be sent to the address, or the time to wait if the daily
    limit is reached. Raises ClosedLinkError, MailStoreError.
    """
    with store.at_once():
        opened = open_link(newsroom, store, token, OPENS["unsubscribe"])
        wait = limits.admit_link(store, opened.subscriber.id, newsroom.now)
        if wait is None and limits.may_write(store, opened.subscriber.address):
            _put_mail(newsroom, store, "manage", opened.subscriber)
    return wait


def read_reader_data(
    newsroom: Newsroom, store: MailStore, manage_token: str
) -> outcomes.ReaderData:
    """Return everything stored about the subscriber whose link this is. Raises ClosedLinkError,
    MailStoreError.
    """
    opened = open_link(newsroom, store, manage_token, OPENS["manage"])
    return gather_data(store, opened.subscriber)


def request_address_change(
    newsroom: Newsroom, store: MailStore, manage_token: str, new_address: str
) -> outcomes.ChangeAnswer:
    """Mail a confirmation link to the new address that a subscriber typed. Raises
    ClosedLinkError, MailStoreError.
    """
    with store.at_once():
        opened = open_link(newsroom, store, manage_token, OPENS["manage"])
        typed = addresses.read_address(new_address, newsroom.settings)
        if typed.fault:
            return outcomes.ChangeAnswer(outcome="no-address", hint=typed.fault)
        if typed.address == opened.subscriber.address:
            return outcomes.ChangeAnswer(outcome="same")
        return _propose(newsroom, store, opened.subscriber, typed.address)


def confirm_address_change(
    newsroom: Newsroom, store: MailStore, change_token: str
) -> outcomes.ChangeAnswer:
    """Set a subscriber's new address after its confirmation link was opened. Raises
    ClosedLinkError, MailStoreError.
    """
    with store.at_once():
        opened = open_link(newsroom, store, change_token, OPENS["change"])
        subscriber = opened.subscriber
        new = store.subscribers.find_proposed_address(subscriber.id)
        if not limits.may_write(store, new):
            raise ClosedLinkError("over")
        if not _make_free(store, subscriber, new):
            return outcomes.ChangeAnswer(outcome="taken")
        store.subscribers.change_address(subscriber.id, new, newsroom.now)
        lift_by_reader(store, new)
        _note_change(newsroom, store, subscriber)
    addresses.scrub_address(store, subscriber.address)
    return outcomes.ChangeAnswer(outcome="changed")


def erase_reader(newsroom: Newsroom, store: MailStore, manage_token: str) -> None:
    """Delete the subscriber of a link, except for a keyed digest of the address. After that, all
    their links are invalid.

    Raises ClosedLinkError, MailStoreError.
    """
    opened = open_link(newsroom, store, manage_token, OPENS["manage"])
    forget_reader(newsroom, store, opened.subscriber)


def forget_reader(newsroom: Newsroom, store: MailStore, subscriber: Subscriber) -> None:
    """Delete a subscriber, except for digests in suppressions and delivery log. Raises
    MailStoreError.

    The address is wiped from the file, at once or, where another connection prevents it, soon.
    """
    with store.at_once():
        store.suppressions.add(subscriber.address, "erased", newsroom.now)
        store.subscribers.erase(subscriber.id)
    addresses.scrub_address(store, subscriber.address)


def _propose(
    newsroom: Newsroom, store: MailStore, subscriber: Subscriber, new: str
) -> outcomes.ChangeAnswer:
    wait = limits.admit_link(store, subscriber.id, newsroom.now)
    if wait is not None:
        return outcomes.ChangeAnswer(outcome="wait", wait=wait)
    wait = limits.admit_any(store, newsroom.now)
    if wait is not None:
        return outcomes.ChangeAnswer(outcome="busy", wait=wait)

    may_write = limits.may_write(store, new)
    if not may_write or not limits.admit_mail(store, new, newsroom.now):
        limits.take_back_any(store)
        return outcomes.ChangeAnswer(outcome="asked")
    store.subscribers.propose_address(subscriber.id, new, newsroom.now)
    _put_mail(newsroom, store, "change", subscriber)
    return outcomes.ChangeAnswer(outcome="asked")


def _put_mail(
    newsroom: Newsroom, store: MailStore, kind: OutboxKind, subscriber: Subscriber
) -> None:
    store.outbox.put(OutboxMail(kind=kind, subscriber=subscriber.id, made=newsroom.now))


def _make_free(store: MailStore, subscriber: Subscriber, address: str) -> bool:
    """Return whether a subscriber may take an address. An unconfirmed subscriber with it is
    deleted.

    An erased subscriber who had it is detached from their rows in the delivery log.
    """
    other = store.subscribers.find(address)
    if other is None or other.id == subscriber.id:
        return True
    if other.state not in {"waiting", "erased"}:
        return False
    if store.ledger.of(other.id):
        store.subscribers.erase(other.id)
        store.subscribers.forget_key(other.id)
    else:
        store.subscribers.forget(other.id)
    return True


def _note_change(newsroom: Newsroom, store: MailStore, subscriber: Subscriber) -> None:
    """Record with the subscriber's consents that they have another address now."""
    proof = consent.write_proof("another address", confirmed=dates.rfc3339(newsroom.now))
    for kept in store.subscriptions.of(subscriber.id):
        store.consents.add(
            Consent(
                subscriber=subscriber.id,
                letter=kept.letter,
                at=newsroom.now,
                how="choices",
                proof=proof,
            )
        )


# ---- A reader's data, from every table


def gather_data(store: MailStore, subscriber: Subscriber) -> outcomes.ReaderData:
    """Return everything that is stored about a subscriber. Raises MailStoreError."""
    suppression = store.suppressions.find(subscriber.address)
    number = subscriber.id
    return fill(
        outcomes.ReaderData,
        subscriber,
        new_address=store.subscribers.find_proposed_address(number),
        subscriptions=_show(store.subscriptions.of(number), outcomes.KeptSubscription),
        consents=tuple(_show_consent(store, kept) for kept in store.consents.of(number)),
        deliveries=tuple(map(_show_delivery, store.ledger.of(number))),
        returns=_show(store.returns.of(number), outcomes.KeptReturn),
        address_changes=store.subscribers.list_address_changes(number),
        waiting_mails=store.outbox.list_kinds(number),
        suppressed=suppression.reason if suppression else "",
        suppressed_since=suppression.since if suppression else None,
        suppression_detail=suppression.detail if suppression else "",
    )


def _show(entries: Iterable[object], kind: type[_Kept]) -> tuple[_Kept, ...]:
    """Return stored entries with only the fields of `kind`, which are the subscriber's own data."""
    return tuple(msgspec.convert(entry, kind, from_attributes=True) for entry in entries)


def _show_delivery(entry: DeliveryEntry) -> outcomes.KeptDelivery:
    state = entry.state.name.lower().replace("_", "-")
    return fill(outcomes.KeptDelivery, entry, state=state)


def _show_consent(store: MailStore, kept: Consent) -> outcomes.KeptConsent:
    version = consent.read_version(kept.proof)
    words = store.facts.get(consent.CONSENT_WORDS + version) if version else ""
    return fill(outcomes.KeptConsent, kept, words=words)
