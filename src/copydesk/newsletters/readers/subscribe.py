"""Newsletter sign-up with double opt-in: the form sends a confirmation mail with a link."""

from __future__ import annotations

from datetime import datetime, timedelta

from copydesk.kit import dates
from copydesk.mail_store import Consent, MailStore, OutboxMail, Subscriber, Subscription
from copydesk.mail_store.links import LINK_LIFETIME, RETURN_LIFETIME
from copydesk.newsletters.readers import limits
from copydesk.newsletters.readers._answers import ConfirmAnswer, SubscribeAnswer, SubscribeRequest
from copydesk.newsletters.readers.addresses import read_address, read_language, scrub_rest
from copydesk.newsletters.readers.consent import (
    Wish,
    keep_consent_words,
    list_wishes,
    pack_wish,
    read_time_of_asking,
    read_wish,
    write_double_opt_in,
)
from copydesk.newsletters.readers.limits import is_lifted_by_reader
from copydesk.newsletters.readers.mailed_links import OPENS, ClosedLink, open_link
from copydesk.newsroom import Newsroom

_UNCONFIRMED = timedelta(days=7)  # after which an unconfirmed reader is deleted


def request_subscription(
    newsroom: Newsroom, store: MailStore, request: SubscribeRequest
) -> SubscribeAnswer:
    """Send a confirmation mail; the answer does not reveal whether the address is subscribed.

    Raises MailStoreError, PublishError.
    """
    known = [letter.id for letter in newsroom.settings.letters]
    letters = {letter: request.topics for letter in known if letter in request.letters}
    if not letters:
        return SubscribeAnswer(outcome="no-letter")
    typed = read_address(request.address, newsroom.settings)
    if typed.fault:
        return SubscribeAnswer(outcome="no-address", hint=typed.fault)
    with store.at_once():
        refusal = limits.admit_form(store, request.client, newsroom.now)
        if refusal is not None:
            return refusal
        version = keep_consent_words(newsroom, store)
        wish = Wish(asked=newsroom.now, letters=letters, words=version)
        if not ask_reader(newsroom, store, typed.address, wish, read_language(request.language)):
            limits.take_back_any(store)
    return SubscribeAnswer(outcome="asked")


def ask_reader(
    newsroom: Newsroom, store: MailStore, address: str, wish: Wish, language: str = ""
) -> bool:
    """Queue a confirmation mail to an address; False if no mail may go there now.

    A reader who gets all those newsletters already is mailed just that.
    """
    now = newsroom.now
    if not limits.may_write(store, address) or not limits.admit_mail(store, address, now):
        return False
    subscriber = store.subscribers.add(address, now, language)
    store.subscribers.ask_again(subscriber.id, now)
    had = _list_present_letters(store, subscriber)
    new = {letter: topics for letter, topics in wish.letters.items() if letter not in had}
    packed = pack_wish(
        newsroom, Wish(asked=wish.asked, words=wish.words, letters=new or wish.letters)
    )
    store.outbox.put(
        OutboxMail(
            kind="confirm" if new else "already",
            subscriber=subscriber.id,
            made=now,
            extra=packed,
        )
    )
    return True


def forget_silent_readers(store: MailStore, now: datetime) -> int:
    """Delete readers who have not confirmed within a week; return their number.

    Also deletes unconfirmed new addresses, former addresses from which nothing can bounce any more,
    networks that sent forms, and bytes of erased readers that could not be wiped before. Raises
    MailStoreError.
    """
    with store.at_once():
        count = store.subscribers.forget_waiting(now - _UNCONFIRMED)
        store.subscribers.forget_proposals(now - LINK_LIFETIME)
        store.subscribers.forget_former_addresses(now - RETURN_LIFETIME)
        store.limits.admit({}, now)
        store.network_forms.forget(now)
    scrub_rest(store)
    return count


def _list_present_letters(store: MailStore, subscriber: Subscriber) -> frozenset[str]:
    """Return the ids of a reader's newsletters, including those of a paused one."""
    if subscriber.state not in {"active", "paused"}:
        return frozenset()
    return frozenset(kept.letter for kept in store.subscriptions.of(subscriber.id))


# ---- Confirmation, by the mailed link


def confirm_subscription(newsroom: Newsroom, store: MailStore, token: str) -> ConfirmAnswer:
    """Subscribe the reader of a mailed confirmation link (POST only).

    Repeating it changes nothing, even for a reader who unsubscribed meanwhile. Raises
    MailStoreError.
    """
    with store.at_once():
        opened = open_link(newsroom, store, token, OPENS["confirm"])
        if isinstance(opened, ClosedLink):
            return ConfirmAnswer(outcome=opened.kind)
        wish = read_wish(newsroom, store, opened.extra)
        letters = list_wishes(newsroom, wish)
        if _was_confirmed(store, opened.subscriber, wish):
            return ConfirmAnswer(outcome="again", letters=letters)
        if not letters or _has_left_since(store, opened.subscriber, wish):
            return ConfirmAnswer(outcome="over")
        _begin_letters(newsroom, store, opened.subscriber, wish)
    return ConfirmAnswer(outcome="confirmed", letters=letters)


def lift_by_reader(store: MailStore, address: str) -> None:
    """Lift the suppression of an address, if the reader's own confirmation may lift it."""
    suppression = store.suppressions.find(address)
    if suppression is not None and is_lifted_by_reader(suppression):
        store.suppressions.lift(address)


def _begin_letters(
    newsroom: Newsroom, store: MailStore, subscriber: Subscriber, wish: Wish
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
                proof=write_double_opt_in(wish.asked, now, wish.words),
            )
        )
    lift_by_reader(store, subscriber.address)
    store.subscribers.set_state(subscriber.id, "active")


def _was_confirmed(store: MailStore, subscriber: Subscriber, wish: Wish) -> bool:
    """Return whether a request was confirmed before: consents store the time of the request."""
    asked = dates.rfc3339(wish.asked)
    return any(
        read_time_of_asking(consent.proof) == asked for consent in store.consents.of(subscriber.id)
    )


def _has_left_since(store: MailStore, subscriber: Subscriber, wish: Wish) -> bool:
    """Return whether a reader confirmed another request after this one, and unsubscribed."""
    return subscriber.state == "left" and any(
        consent.at >= wish.asked for consent in store.consents.of(subscriber.id)
    )
