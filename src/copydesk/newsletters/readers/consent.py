"""Consent to newsletters: what can be subscribed to, what was asked for, and the stored proof.

Also checks subscribers' personal links, and writes the mails that contain such links.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from copydesk.kit import dates, text
from copydesk.mail_store import MailStore, OutboxKind, OutboxMail, Subscriber
from copydesk.mail_store.links import LINK_LIFETIME, LinkPurpose, ReaderLink
from copydesk.newsletters.readers.limits import may_write
from copydesk.newsletters.readers.outcomes import ClosedKind, LetterChoice, LetterOffer, LinkView
from copydesk.newsroom import Newsroom
from copydesk.rendering import Strings, load_site_strings

CONSENT_WORDS = "consent words "  # prefix of the facts that store consent texts, before the version


def read_offer(newsroom: Newsroom) -> LetterOffer:
    """Return the newsletters, topics and consent text that the sign-up form shows. Raises
    PublishError.
    """
    return LetterOffer(
        letters=tuple(
            LetterChoice(id=letter.id, title=letter.title) for letter in newsroom.settings.letters
        ),
        topics=tuple(topic.name for topic in newsroom.beat.topics),
        consent=read_words(newsroom).say("subscribe_consent", site=newsroom.beat.title),
    )


def read_words(newsroom: Newsroom) -> Strings:
    """Return the site's translated texts, with the owner's changes to them. Raises PublishError."""
    return load_site_strings(newsroom.beat.locale, newsroom.templates)


def keep_consent_words(newsroom: Newsroom, store: MailStore) -> str:
    """Store the consent text that the sign-up form shows now, and return its version."""
    words = read_offer(newsroom).consent
    version = hashlib.sha256(words.encode()).hexdigest()[:12]
    if not store.facts.get(CONSENT_WORDS + version):
        store.facts.put(CONSENT_WORDS + version, words)
    return version


# ---- Requests: the newsletters that a reader asked for, carried by the mail's link until confirmed
#
# JSON [asked: seconds since 1970, version of the consent text, {letter: [topic ids]}]

_MOST_BYTES = 480  # of a request: a link has room for 511 with the mark of its address


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The newsletters and topics that somebody asked for, and when. Empty topics mean
    all topics.
    """

    asked: datetime
    letters: Mapping[str, tuple[str, ...]]
    words: str = ""


def pack_wish(newsroom: Newsroom, wish: Wish) -> str:
    """Encode the newsletters that somebody asked for, so that the confirmation link carries them.

    If the topics do not fit, newsletters are requested with all topics; if that does not fit, the
    last newsletters are dropped: the mail and its page say what will be subscribed.
    """
    ids = {topic.name: topic.id for topic in newsroom.beat.topics}
    letters = {
        letter: [ids[name] for name in topics if name in ids]
        for letter, topics in wish.letters.items()
    }
    packed = _write_wish(wish, letters)
    if len(packed) > _MOST_BYTES:
        letters = {letter: [] for letter in letters}
        packed = _write_wish(wish, letters)
    while len(packed) > _MOST_BYTES and letters:
        letters.popitem()
        packed = _write_wish(wish, letters)
    return packed


def read_wish(newsroom: Newsroom, store: MailStore, packed: str) -> Wish:
    """Decode the newsletters that a confirmation link asks for. Deleted newsletters are left out.

    A newsletter renamed since then is taken under its new id. Raises MailStoreError.
    """
    seconds, words, wanted = json.loads(packed)
    asked = datetime.fromtimestamp(seconds, UTC)
    letters = {store.renames.find_id(letter, asked): topics for letter, topics in wanted.items()}
    names = {topic.id: topic.name for topic in newsroom.beat.topics}
    known = {letter.id for letter in newsroom.settings.letters}
    return Wish(
        asked=asked,
        words=words,
        letters={
            letter: tuple(names[topic] for topic in topics if topic in names)
            for letter, topics in letters.items()
            if letter in known
        },
    )


def list_wishes(newsroom: Newsroom, wish: Wish) -> tuple[LetterChoice, ...]:
    """Return the newsletters that somebody asked for, as pages and mails show them."""
    return tuple(
        LetterChoice(id=letter.id, title=letter.title, topics=wish.letters[letter.id])
        for letter in newsroom.settings.letters
        if letter.id in wish.letters
    )


def _write_wish(wish: Wish, letters: Mapping[str, Any]) -> str:
    content = [int(wish.asked.timestamp()), wish.words, letters]
    return json.dumps(content, separators=(",", ":"))


# ---- Proof of consent, as JSON

ProofWay = Literal["double opt-in", "choices", "another address", "owner", "import"]


def write_double_opt_in(asked: datetime, confirmed: datetime, words: str) -> str:
    """Return the proof of a double opt-in as JSON: version of the consent text, request,
    confirmation.

    It holds no network address.
    """
    return _write_proof(
        "double opt-in", asked=dates.rfc3339(asked), confirmed=dates.rfc3339(confirmed), words=words
    )


def write_proof(way: ProofWay, **facts: str) -> str:
    """Return the proof of a consent that was not given by double opt-in, as JSON."""
    return _write_proof(way, **{name: fact for name, fact in facts.items() if fact})


def read_time_of_asking(proof: str) -> str:
    """Return when a consent was asked for (RFC 3339), "" if its stored proof does not say."""
    return str(_read(proof).get("asked", ""))


def read_version(proof: str) -> str:
    """Return the version of the consent text that a proof names, "" if it names none."""
    return str(_read(proof).get("words", ""))


def _write_proof(way: ProofWay, **facts: str) -> str:
    return json.dumps({"way": way, **facts}, ensure_ascii=False)


def _read(proof: str) -> dict[str, object]:
    try:
        read = json.loads(proof)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


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
    """A valid personal link of a subscriber. `extra` is the data that it carries."""

    link: ReaderLink
    subscriber: Subscriber
    extra: str = ""


class ClosedLinkError(Exception):
    """Raised for an invalid personal link, which is `forged`, or is `over`: it has expired."""

    def __init__(self, kind: ClosedKind) -> None:
        super().__init__(kind)
        self.kind = kind


def sign_link_to_mail(
    newsroom: Newsroom, store: MailStore, purpose: LinkPurpose, subscriber: int, extra: str = ""
) -> str:
    """Return the token of a link to be mailed, which proves that its user reads mail at that
    address.
    """
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
) -> OpenedLink:
    """Check a personal link made for one of some purposes, and find its subscriber.

    A mailed link expires once its subscriber has another address or was erased. Raises
    ClosedLinkError.
    """
    link = store.links.read(token)
    if link is None or link.purpose not in purposes:
        raise ClosedLinkError("forged")
    subscriber = store.subscribers.get(link.subscriber)
    if subscriber is None or not subscriber.address or link.is_over(newsroom.now):
        raise ClosedLinkError("over")
    if link.purpose not in _MAILED:
        return OpenedLink(link=link, subscriber=subscriber)
    mark, _, extra = link.extra.partition(" ")
    address = _find_address(store, link.purpose, subscriber.id)
    if not address or mark != _mark_address(store, address) or link.made < subscriber.made:
        raise ClosedLinkError("over")
    return OpenedLink(link=link, subscriber=subscriber, extra=extra)


def recognize_way_out(store: MailStore, token: str) -> str:
    """Return a name for the subscriber of an unsubscribe link, "" if the link was not signed here.

    It reads no file and takes microseconds; the subscriber may not exist any more.
    """
    link = store.links.recognize(token)
    if link is None or link.purpose not in OPENS["unsubscribe"]:
        return ""
    return f"reader {link.subscriber} {link.letter}"


def look_at_link(
    newsroom: Newsroom, store: MailStore, token: str, purpose: LinkPurpose
) -> LinkView:
    """Return the data that the page behind a personal link may show.

    A manage link opens the choices page too, and both open the unsubscribe page. Raises
    ClosedLinkError, MailStoreError.
    """
    opened = open_link(newsroom, store, token, OPENS[purpose])
    subscriber, letters = opened.subscriber, list_letters_of(newsroom, store, opened.subscriber.id)
    if purpose == "confirm":
        letters = list_wishes(newsroom, read_wish(newsroom, store, opened.extra))
    proposed = store.subscribers.find_proposed_address(subscriber.id) if purpose == "change" else ""
    return LinkView(
        address=text.mask_address(subscriber.address),
        letters=letters,
        letter=next((each for each in letters if each.id == find_letter(store, opened.link)), None),
        topics=tuple(topic.name for topic in newsroom.beat.topics),
        is_paused=is_paused(newsroom, subscriber),
        paused_until=subscriber.paused_until if is_paused(newsroom, subscriber) else None,
        new_address=text.mask_address(proposed),
        is_suppressed=store.suppressions.find(subscriber.address) is not None,
    )


def find_letter(store: MailStore, link: ReaderLink) -> str:
    """Return the present id of the newsletter that a link names (it may be renamed), "" if it names
    none.
    """
    return store.renames.find_id(link.letter, link.made) if link.letter else ""


def is_paused(newsroom: Newsroom, subscriber: Subscriber) -> bool:
    """Return whether a subscriber has paused all newsletters at present."""
    until = subscriber.paused_until
    return subscriber.state == "paused" and (until is None or until > newsroom.now)


def list_letters_of(
    newsroom: Newsroom, store: MailStore, subscriber: int
) -> tuple[LetterChoice, ...]:
    """Return all newsletters, each with whether somebody is subscribed to it, and to
    which topics.
    """
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


def _find_address(store: MailStore, purpose: LinkPurpose | OutboxKind, subscriber: int) -> str:
    """Return the address that a mail, or a link made for a purpose, is sent to, "" for none."""
    if purpose == "change":
        return store.subscribers.find_proposed_address(subscriber)
    found = store.subscribers.get(subscriber)
    return found.address if found else ""


def _mark_address(store: MailStore, address: str) -> str:
    return store.subscribers.key_of(address).hex()[:16]


# ---- Mails that carry such links

_PAGES: dict[OutboxKind, str] = {
    "confirm": "mail/confirm",
    "already": "mail/choices",
    "manage": "mail/manage",
    "change": "mail/change",
}
_HOURS = int(LINK_LIFETIME.total_seconds()) // 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleMail:
    """A mail to one subscriber, as plain text. `html` is "" if it has none."""

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)


def write_outbox_mail(newsroom: Newsroom, store: MailStore, mail: OutboxMail) -> SingleMail | None:
    """Write a waiting mail to a subscriber, with its link. Return None if it must not be sent any
    more.

    That is if the subscriber was erased or suppressed, or asked for newsletters that no longer
    exist. The link is new each time. Raises MailStoreError, PublishError.
    """
    to = _find_address(store, mail.kind, mail.subscriber)
    if not to or not may_write(store, to):
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
    """Return the end of each mail: who sends it, and the postal address."""
    place = text.fold(newsroom.settings.mail.postal_address)
    lines = [newsroom.beat.title, newsroom.beat.url, *([place] if place else [])]
    return "\n-- \n" + "\n".join(lines) + "\n"
