"""Consent to newsletters: what can be subscribed to, what was asked for, and the stored proof."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from copydesk.kit import dates
from copydesk.mail_store import MailStore
from copydesk.newsletters.readers.outcomes import LetterChoice, LetterOffer
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
