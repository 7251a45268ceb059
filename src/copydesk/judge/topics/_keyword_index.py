"""All words of a beat's topics in one index, for articles of one language."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from copydesk.judge.words import Phrases
from copydesk.news import Beat, Topic


class Kind(Enum):
    """What a word says of its topic."""

    KEYWORD = "keyword"
    REQUIRED = "required"
    EXCLUDED = "excluded"
    NAME = "name"  # what the topic is called: evidence only where a page names its subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordTerm:
    """One word or phrase of a topic; `topic` is its place in the beat."""

    topic: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordIndex:
    """The terms of some topics and the phrases that find them, in the same order.

    `above` holds for each topic the places of those that stand above it, `has_words` says of each
    whether it has any keyword.
    """

    topics: tuple[Topic, ...]
    terms: tuple[KeywordTerm, ...]
    phrases: Phrases
    above: tuple[frozenset[int], ...]
    has_words: tuple[bool, ...]

    def are_kin(self, one: int, other: int) -> bool:
        """Decide whether two topics are one, or one stands above the other."""
        return one == other or one in self.above[other] or other in self.above[one]

    def are_siblings(self, one: int, other: int) -> bool:
        """Decide whether two topics stand below the same one: sides of one subject."""
        parent = self.topics[one].parent
        return bool(parent) and parent == self.topics[other].parent


def index_of(beat: Beat, language: str) -> KeywordIndex:
    """Return the index of a beat for articles in this language, "" where it is not known."""
    home = _base_language(beat.locale) or "en"
    return _make_index(beat.topics, _base_language(language), home)


def language_of(beat: Beat, language: str) -> str:
    """Return the code by whose rules the words of articles in this language are compared."""
    return _base_language(language) or _base_language(beat.locale) or "en"


def _base_language(language: str) -> str:
    """Return a language's code without its region: pt of pt-BR."""
    return language.replace("_", "-").partition("-")[0].lower()


@functools.lru_cache(maxsize=64)
def _make_index(topics: tuple[Topic, ...], language: str, home: str) -> KeywordIndex:
    terms = tuple(
        KeywordTerm(topic=at, kind=kind, text=text)
        for at, topic in enumerate(topics)
        for kind, text in dict.fromkeys(_terms(topic, language, home))
    )
    phrases = Phrases([term.text for term in terms], language or home)
    with_words = _topics_with_words(terms, phrases)
    return KeywordIndex(
        topics=topics,
        terms=terms,
        phrases=phrases,
        above=tuple(frozenset(_above(at, topics)) for at in range(len(topics))),
        has_words=tuple(at in with_words for at in range(len(topics))),
    )


def _topics_with_words(terms: Iterable[KeywordTerm], phrases: Phrases) -> frozenset[int]:
    """Return the places of the topics that have a keyword to look for."""
    return frozenset(
        term.topic
        for number, term in enumerate(terms)
        if term.kind is Kind.KEYWORD and phrases.can_stand(number)
    )


def _terms(topic: Topic, language: str, home: str) -> Iterator[tuple[Kind, str]]:
    """Yield a topic's words for a language.

    Its translation, and names (`aliases`) in any. Keywords are of the site's own language: they
    count in another only where the topic has no words of that one ("war" is German for "was").
    """
    translated = dict(topic.translations).get(language, ())
    keywords = topic.keywords if not translated or language == home else ()
    for text in (*keywords, *topic.aliases, *translated):
        yield Kind.KEYWORD, text
    for text in topic.required:
        yield Kind.REQUIRED, text
    for text in topic.excluded:
        yield Kind.EXCLUDED, text
    for text in (topic.name, topic.shortname):
        yield Kind.NAME, text


def _above(at: int, topics: tuple[Topic, ...]) -> Iterator[int]:
    """Yield the places of the topics above one; a circle of parents ends."""
    places = {topic.name: place for place, topic in enumerate(topics)}
    passed = {at}
    place = places.get(topics[at].parent)
    while place is not None and place not in passed:
        yield place
        passed.add(place)
        place = places.get(topics[place].parent)
