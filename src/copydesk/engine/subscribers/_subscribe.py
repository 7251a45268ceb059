"""Subscribe: a filled form goes in; a mail that asks is put into the outbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers import _limits
from copydesk.engine.subscribers._addresses import read_address, read_language
from copydesk.engine.subscribers._answers import SubscribeAnswer, SubscribeRequest
from copydesk.engine.subscribers._offer import keep_consent_words
from copydesk.engine.subscribers._scrub import scrub_rest
from copydesk.engine.subscribers._wish import Wish, pack_wish
from copydesk.mail_store import (
    LINK_LIFETIME,
    RETURN_LIFETIME,
    MailStore,
    OutboxMail,
    Subscriber,
)

_UNCONFIRMED = timedelta(days=7)  # until who confirmed nothing is forgotten


def request_subscription(
    newsroom: Newsroom, store: MailStore, request: SubscribeRequest
) -> SubscribeAnswer:
    """Let a mail ask whether somebody wants letters; answer alike whether they read already or not.

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
        refusal = _limits.admit_form(store, request.client, newsroom.now)
        if refusal is not None:
            return refusal
        version = keep_consent_words(newsroom, store)
        wish = Wish(asked=newsroom.now, letters=letters, words=version)
        if not ask_reader(newsroom, store, typed.address, wish, read_language(request.language)):
            _limits.take_back_any(store)
    return SubscribeAnswer(outcome="asked")


def ask_reader(
    newsroom: Newsroom, store: MailStore, address: str, wish: Wish, language: str = ""
) -> bool:
    """Put a mail about a wish into the outbox; False where none may go to the address now.

    Whoever gets all those letters is told that instead.
    """
    now = newsroom.now
    if not _limits.may_write(store, address) or not _limits.admit_mail(store, address, now):
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
    """Forget who confirmed nothing within a week; return how many those were.

    Forgets as well which addresses were proposed and not confirmed, those that readers gave up and
    nothing comes back from any more, which networks sent forms, and bytes of who was erased that
    could not be overwritten then. Raises MailStoreError.
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
    """Return the letters that somebody gets, or would but for a pause."""
    if subscriber.state not in {"active", "paused"}:
        return frozenset()
    return frozenset(kept.letter for kept in store.subscriptions.of(subscriber.id))
