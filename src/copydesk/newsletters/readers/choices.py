"""Change a subscriber's newsletters, topics and pauses, by the links in their newsletters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from copydesk.kit import dates
from copydesk.mail_store import MailStore, Subscriber
from copydesk.mail_store.subscriptions import Consent, Subscription
from copydesk.newsletters.readers import consent, limits
from copydesk.newsletters.readers.manage import ask_reader
from copydesk.newsletters.readers.outcomes import ChooseOutcome, LeaveAnswer, ReaderChoices
from copydesk.newsroom import Newsroom

_LONGEST_PAUSE = timedelta(days=366)


def leave_letter(newsroom: Newsroom, store: MailStore, token: str) -> LeaveAnswer:
    """Unsubscribe from the newsletter that a link names, or from all if it names none (RFC 8058).

    Unsubscribe links never expire, and may be used again. Raises ClosedLinkError, MailStoreError.
    """
    return _leave(newsroom, store, token, everything=False)


def leave_all_letters(newsroom: Newsroom, store: MailStore, token: str) -> LeaveAnswer:
    """Unsubscribe the subscriber of a link from all newsletters; raises as `leave_letter` does."""
    return _leave(newsroom, store, token, everything=True)


def choose_letters(
    newsroom: Newsroom, store: MailStore, token: str, choices: ReaderChoices
) -> ChooseOutcome:
    """Store which newsletters a subscriber chose on the page behind a link. Raises ClosedLinkError,
    MailStoreError.

    Unknown topics are dropped. A link may have been forwarded, so a subscriber who had unsubscribed
    gets a mail that asks for confirmation.
    """
    with store.at_once():
        opened = consent.open_link(newsroom, store, token, consent.OPENS["choices"])
        if choices.letters.keys() - {letter.id for letter in newsroom.settings.letters}:
            return "no-letter"
        until = _find_end(newsroom, choices)
        if until is not None and not newsroom.now < until < newsroom.now + _LONGEST_PAUSE:
            return "no-date"
        chosen = _keep_known_topics(newsroom, choices.letters)
        if opened.subscriber.state in {"active", "paused"}:
            _store_choice(newsroom, store, opened.subscriber, chosen)
            _set_state(store, opened.subscriber, chosen, until)
            return "kept"
        return _ask_again(newsroom, store, opened.subscriber, chosen)


def end_letters(
    newsroom: Newsroom, store: MailStore, subscriber: Subscriber, letter: str
) -> LeaveAnswer:
    """Unsubscribe a subscriber from one newsletter, or from all for "". Return those that ended."""
    had = {kept.letter for kept in store.subscriptions.of(subscriber.id)}
    ended = had & {letter} if letter else had
    for name in ended:
        store.subscriptions.end(subscriber.id, name)
    if had == ended and subscriber.state in {"active", "paused"}:
        store.subscribers.set_state(subscriber.id, "left")
    choices = consent.list_letters_of(newsroom, store, subscriber.id)
    return LeaveAnswer(
        outcome="left" if ended else "again",
        letters=tuple(choice for choice in choices if choice.id in ended),
    )


def _leave(newsroom: Newsroom, store: MailStore, token: str, *, everything: bool) -> LeaveAnswer:
    with store.at_once():
        try:
            opened = consent.open_link(newsroom, store, token, consent.OPENS["unsubscribe"])
        except consent.ClosedLinkError as closed:
            if closed.kind == "over" and _is_of_nobody(store, token):
                return LeaveAnswer(outcome="again")
            raise
        letter = "" if everything else consent.find_letter(store, opened.link)
        return end_letters(newsroom, store, opened.subscriber, letter)


def _is_of_nobody(store: MailStore, token: str) -> bool:
    """Return whether the subscriber of an unsubscribe link does not exist any more."""
    link = store.links.read(token)
    subscriber = store.subscribers.get(link.subscriber) if link else None
    return subscriber is None or not subscriber.address


def _find_end(newsroom: Newsroom, choices: ReaderChoices) -> datetime | None:
    """Return the start of the day on which newsletters resume, in the site's time zone."""
    if choices.paused_until is None:
        return None
    zone = dates.find_zone(newsroom.beat.timezone)
    try:
        return dates.utc(datetime.combine(choices.paused_until, time(), zone))
    except OverflowError:
        return datetime.min.replace(tzinfo=newsroom.now.tzinfo)  # a day out of the calendar


def _keep_known_topics(
    newsroom: Newsroom, letters: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    known = {topic.name for topic in newsroom.beat.topics}
    return {
        letter: tuple(topic for topic in topics if topic in known)
        for letter, topics in letters.items()
    }


def _store_choice(
    newsroom: Newsroom,
    store: MailStore,
    subscriber: Subscriber,
    chosen: Mapping[str, tuple[str, ...]],
) -> None:
    """Store the chosen newsletters and unsubscribe from the others. A new one is stored with a
    consent.

    Newsletters that the settings no longer have were not on offer: they end if none is chosen.
    """
    had = {kept.letter for kept in store.subscriptions.of(subscriber.id)}
    offered = {letter.id for letter in newsroom.settings.letters} if chosen else had
    for letter in (had & offered) - chosen.keys():
        store.subscriptions.end(subscriber.id, letter)
    for letter, topics in chosen.items():
        store.subscriptions.put(
            Subscription(subscriber=subscriber.id, letter=letter, topics=topics, since=newsroom.now)
        )
        if letter not in had:
            proof = consent.write_proof("choices", confirmed=dates.rfc3339(newsroom.now))
            store.consents.add(
                Consent(
                    subscriber=subscriber.id,
                    letter=letter,
                    at=newsroom.now,
                    how="choices",
                    proof=proof,
                )
            )


def _set_state(
    store: MailStore,
    subscriber: Subscriber,
    chosen: Mapping[str, tuple[str, ...]],
    until: datetime | None,
) -> None:
    if not chosen:
        store.subscribers.set_state(subscriber.id, "left")
    elif until is None:
        store.subscribers.set_state(subscriber.id, "active")
    else:
        store.subscribers.set_state(subscriber.id, "paused", until)


def _ask_again(
    newsroom: Newsroom,
    store: MailStore,
    subscriber: Subscriber,
    chosen: Mapping[str, tuple[str, ...]],
) -> ChooseOutcome:
    """Mail a confirmation link to somebody who is not subscribed. Without a choice do nothing."""
    if not chosen:
        return "kept"
    if limits.admit_any(store, newsroom.now) is None:
        version = consent.keep_consent_words(newsroom, store)
        wish = consent.Wish(asked=newsroom.now, letters=chosen, words=version)
        if not ask_reader(newsroom, store, subscriber.address, wish):
            limits.take_back_any(store)
    return "asked"
