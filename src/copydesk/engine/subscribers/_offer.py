"""Offer: what somebody can subscribe to, and the words by which they agree."""

from __future__ import annotations

import hashlib

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.subscribers._answers import LetterChoice, LetterOffer
from copydesk.mail_store import MailStore
from copydesk.rendering import Strings, load_site_strings

CONSENT_WORDS = "consent words "  # what facts of them are called, before their version


def read_offer(newsroom: Newsroom) -> LetterOffer:
    """Return the letters, topics and words of consent for a form; raises PublishError."""
    return LetterOffer(
        letters=tuple(
            LetterChoice(id=letter.id, title=letter.title) for letter in newsroom.settings.letters
        ),
        topics=tuple(topic.name for topic in newsroom.beat.topics),
        consent=read_words(newsroom).say("subscribe_consent", site=newsroom.beat.title),
    )


def read_words(newsroom: Newsroom) -> Strings:
    """Return the words of the site, with the owner's own; raises PublishError."""
    return load_site_strings(newsroom.beat.locale, newsroom.templates)


def keep_consent_words(newsroom: Newsroom, store: MailStore) -> str:
    """Keep the words of consent that a form shows now; return their version."""
    words = read_offer(newsroom).consent
    version = hashlib.sha256(words.encode()).hexdigest()[:12]
    if not store.facts.get(CONSENT_WORDS + version):
        store.facts.put(CONSENT_WORDS + version, words)
    return version
