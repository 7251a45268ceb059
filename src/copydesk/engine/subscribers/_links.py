"""Links: what a reader's link opens, looked at without changing anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import ClosedKind, LetterChoice, LinkView
from copydesk.engine.subscribers._wish import list_wishes, read_wish
from copydesk.kit import text
from copydesk.mail_store import LinkPurpose, MailStore, ReaderLink, Subscriber

# which links open the page of a purpose
OPENS: dict[LinkPurpose, frozenset[LinkPurpose]] = {
    "confirm": frozenset({"confirm"}),
    "unsubscribe": frozenset({"unsubscribe", "choices", "manage"}),
    "choices": frozenset({"choices", "manage"}),
    "manage": frozenset({"manage"}),
    "change": frozenset({"change"}),
}
_MAILED: frozenset[LinkPurpose] = frozenset({"confirm", "manage", "change"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLink:
    """A link that is good, and who it is for; `extra` is what it carries."""

    link: ReaderLink
    subscriber: Subscriber
    extra: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedLink:
    """A link that opens nothing: made up, or no longer good."""

    kind: ClosedKind


def sign_link_to_mail(
    newsroom: Newsroom, store: MailStore, purpose: LinkPurpose, subscriber: int, extra: str = ""
) -> str:
    """Return the token of a link that is mailed to prove an address: it is good for that alone."""
    return store.links.sign(
        ReaderLink(
            purpose=purpose,
            subscriber=subscriber,
            made=newsroom.now,
            extra=f"{_mark_address(store, _find_address(store, purpose, subscriber))} {extra}",
        )
    )


def open_link(
    newsroom: Newsroom, store: MailStore, token: str, purposes: Collection[LinkPurpose]
) -> OpenedLink | ClosedLink:
    """Read a link of one of some purposes, and find who it is for.

    One that was mailed to an address is over once its reader has another one, or was erased since.
    """
    link = store.links.read(token)
    if link is None or link.purpose not in purposes:
        return ClosedLink(kind="forged")
    subscriber = store.subscribers.get(link.subscriber)
    if subscriber is None or not subscriber.address or link.is_over(newsroom.now):
        return ClosedLink(kind="over")
    if link.purpose not in _MAILED:
        return OpenedLink(link=link, subscriber=subscriber)
    mark, _, extra = link.extra.partition(" ")
    address = _find_address(store, link.purpose, subscriber.id)
    if not address or mark != _mark_address(store, address) or link.made < subscriber.made:
        return ClosedLink(kind="over")
    return OpenedLink(link=link, subscriber=subscriber, extra=extra)


def recognize_way_out(store: MailStore, token: str) -> str:
    """Return a name for whose letters a link ends, "" for a link that was not signed here.

    It asks no file and takes microseconds: whether the reader exists is not known yet.
    """
    link = store.links.recognize(token)
    if link is None or link.purpose not in OPENS["unsubscribe"]:
        return ""
    return f"reader {link.subscriber} {link.letter}"


def look_at_link(
    newsroom: Newsroom, store: MailStore, token: str, purpose: LinkPurpose
) -> LinkView:
    """Return what the page of a link may show (GET and HEAD); one of another purpose is forged.

    The page of `choices` opens by a link to manage as well, that of `unsubscribe` by both of these.
    Raises MailStoreError.
    """
    opened = open_link(newsroom, store, token, OPENS[purpose])
    if isinstance(opened, ClosedLink):
        return LinkView(kind=opened.kind, purpose=purpose)
    subscriber, letters = opened.subscriber, list_letters_of(newsroom, store, opened.subscriber.id)
    if purpose == "confirm":
        letters = list_wishes(newsroom, read_wish(newsroom, store, opened.extra))
    proposed = store.subscribers.find_proposed_address(subscriber.id) if purpose == "change" else ""
    return LinkView(
        kind="good",
        purpose=purpose,
        address=text.mask_address(subscriber.address),
        letters=letters,
        letter=next((each for each in letters if each.id == find_letter(store, opened.link)), None),
        topics=tuple(topic.name for topic in newsroom.beat.topics),
        state=subscriber.state,
        is_paused=is_paused(newsroom, subscriber),
        paused_until=subscriber.paused_until if is_paused(newsroom, subscriber) else None,
        new_address=text.mask_address(proposed),
        is_suppressed=store.suppressions.find(subscriber.address) is not None,
    )


def find_letter(store: MailStore, link: ReaderLink) -> str:
    """Return the id that a link's letter has by now: the way out of an old one is for good."""
    return store.renames.find_id(link.letter, link.made) if link.letter else ""


def is_paused(newsroom: Newsroom, subscriber: Subscriber) -> bool:
    """Decide whether somebody's pause goes on."""
    until = subscriber.paused_until
    return subscriber.state == "paused" and (until is None or until > newsroom.now)


def list_letters_of(
    newsroom: Newsroom, store: MailStore, subscriber: int
) -> tuple[LetterChoice, ...]:
    """Return the letters that there are, with what somebody gets of them."""
    kept = {
        subscription.letter: subscription for subscription in store.subscriptions.of(subscriber)
    }
    return tuple(
        LetterChoice(
            id=letter.id,
            title=letter.title,
            is_subscribed=letter.id in kept,
            topics=kept[letter.id].topics if letter.id in kept else (),
        )
        for letter in newsroom.settings.letters
    )


def _find_address(store: MailStore, purpose: LinkPurpose, subscriber: int) -> str:
    """Return to which address a link of a purpose is mailed."""
    if purpose == "change":
        return store.subscribers.find_proposed_address(subscriber)
    found = store.subscribers.get(subscriber)
    return found.address if found else ""


def _mark_address(store: MailStore, address: str) -> str:
    return store.subscribers.key_of(address).hex()[:16]
