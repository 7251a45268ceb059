"""Mails to single persons, in words: a link to confirm, to manage, to change an address."""

from __future__ import annotations

from dataclasses import dataclass, field

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._limits import may_write
from copydesk.engine.subscribers._links import sign_link_to_mail
from copydesk.engine.subscribers._offer import read_words
from copydesk.engine.subscribers._wish import list_wishes, read_wish
from copydesk.kit import text
from copydesk.mail_store import (
    LINK_LIFETIME,
    MailStore,
    OutboxKind,
    OutboxMail,
    ReaderLink,
    Subscriber,
)

_PAGES: dict[OutboxKind, str] = {
    "confirm": "mail/confirm",
    "already": "mail/choices",
    "manage": "mail/manage",
    "change": "mail/change",
}
_HOURS = int(LINK_LIFETIME.total_seconds()) // 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleMail:
    """A mail to one person in words; `html` is "" where it has none."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)


def write_outbox_mail(newsroom: Newsroom, store: MailStore, mail: OutboxMail) -> SingleMail | None:
    """Write a mail of the outbox with its links; None where nobody is to get it any more.

    That is who was forgotten, to whom nothing is sent, or who asked for letters that are given no
    longer. Its link is new each time. Raises MailStoreError, PublishError.
    """
    subscriber = store.subscribers.get(mail.subscriber)
    to = _find_recipient(store, mail, subscriber)
    if subscriber is None or not to or not may_write(store, to):
        return None
    letters = _name_letters(newsroom, store, mail)
    if not letters and mail.kind in {"confirm", "already"}:
        return None
    words = read_words(newsroom)
    site = text.fold(newsroom.beat.title)
    link = f"{_address_page(newsroom, mail.kind)}/{_sign(newsroom, store, mail)}"
    subject = words.say(f"mail_{mail.kind}_subject", site=site, letters=letters)
    body = words.say(f"mail_{mail.kind}", site=site, letters=letters, link=link, hours=_HOURS)
    return SingleMail(to=to, subject=subject, text=f"{body.strip()}\n{_sign_off(newsroom)}")


def _find_recipient(store: MailStore, mail: OutboxMail, subscriber: Subscriber | None) -> str:
    if subscriber is None:
        return ""
    if mail.kind == "change":
        return store.subscribers.find_proposed_address(subscriber.id)
    return subscriber.address


def _name_letters(newsroom: Newsroom, store: MailStore, mail: OutboxMail) -> str:
    if not mail.extra:
        return ""
    letters = list_wishes(newsroom, read_wish(newsroom, store, mail.extra))
    return ", ".join(text.fold(letter.title) for letter in letters)


def _address_page(newsroom: Newsroom, kind: OutboxKind) -> str:
    return f"{newsroom.settings.serve.public_url.rstrip('/')}/{_PAGES[kind]}"


def _sign(newsroom: Newsroom, store: MailStore, mail: OutboxMail) -> str:
    if mail.kind == "already":
        link = ReaderLink(purpose="choices", subscriber=mail.subscriber, made=newsroom.now)
        return store.links.sign(link)
    return sign_link_to_mail(newsroom, store, mail.kind, mail.subscriber, mail.extra)


def _sign_off(newsroom: Newsroom) -> str:
    """Return what stands below each mail: who writes, and from where."""
    place = text.fold(newsroom.settings.mail.postal_address)
    lines = [newsroom.beat.title, newsroom.beat.url, *([place] if place else [])]
    return "\n-- \n" + "\n".join(lines) + "\n"
