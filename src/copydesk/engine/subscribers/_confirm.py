"""Confirm: by a link that only who reads the mailbox has, somebody agrees to get letters."""

from __future__ import annotations

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import ConfirmAnswer
from copydesk.engine.subscribers._limits import is_lifted_by_reader
from copydesk.engine.subscribers._links import OPENS, ClosedLink, open_link
from copydesk.engine.subscribers._proof import read_time_of_asking, write_double_opt_in
from copydesk.engine.subscribers._wish import Wish, list_wishes, read_wish
from copydesk.kit import dates
from copydesk.mail_store import Consent, MailStore, Subscriber, Subscription


def confirm_subscription(newsroom: Newsroom, store: MailStore, token: str) -> ConfirmAnswer:
    """Let letters begin for whom a link was mailed to (POST only); a second time changes nothing.

    That holds as well for who has left meanwhile. Raises MailStoreError.
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
    """End a suppression that somebody's own confirmation ends."""
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
    """Decide whether a wish was confirmed before: a consent says when it was asked for."""
    asked = dates.rfc3339(wish.asked)
    return any(
        read_time_of_asking(consent.proof) == asked for consent in store.consents.of(subscriber.id)
    )


def _has_left_since(store: MailStore, subscriber: Subscriber, wish: Wish) -> bool:
    """Decide whether somebody read after they had asked for this, and has left by now.

    They may have asked twice, and confirmed by the other mail.
    """
    return subscriber.state == "left" and any(
        consent.at >= wish.asked for consent in store.consents.of(subscriber.id)
    )
