"""Known words: what is no suggestion: keywords, what was dismissed, names of publishers."""

from __future__ import annotations

from collections.abc import Collection

from copydesk.judge.keywords._count_terms import Term
from copydesk.judge.words import Phrases, stemmer, tokenize
from copydesk.news import Beat, Topic


class KnownWords:
    """The words of a beat's topics in one language, and the names of its publishers, as stems."""

    def __init__(self, beat: Beat, language: str, publishers: Collection[str]) -> None:
        self._stem = stemmer(language)
        self._words = {
            topic.name: {self._read(word) for word in _words_of(topic, language)} - {()}
            for topic in beat.topics
        }
        self._idle = {
            topic.name: {part for word in self._words[topic.name] for part in _parts_of(word)}
            | {self._read(word) for word in topic.dismissed}
            for topic in beat.topics
        }
        self._parents = {topic.name: topic.parent for topic in beat.topics}
        self._publishers = [set(name) for name in map(self._read, publishers) if name]

    def imply(self, topic: str, term: Term) -> bool:
        """Decide whether a term is found without a suggestion, dismissed, or a publisher's name.

        A part of the topic's own keyword was left out by whoever wrote that. A keyword of a topic
        above is but ground: "ai chips" is new where only "ai" is known.
        """
        if any(name.issuperset(term) for name in self._publishers):
            return True
        if term in self._idle.get(topic, ()):
            return True
        parts = _parts_of(term)
        above = self._above(topic)
        return any(
            not words.isdisjoint(parts) for name, words in self._words.items() if name not in above
        )

    def _above(self, topic: str) -> set[str]:
        """Return the topics above one; a circle of parents ends."""
        passed: set[str] = set()
        name = self._parents.get(topic, "")
        while name and name not in passed:
            passed.add(name)
            name = self._parents.get(name, "")
        return passed

    def _read(self, text: str) -> Term:
        words = tokenize(text).folded
        return tuple(self._stem(word) if word.isalpha() else word for word in words)


def _parts_of(term: Term) -> set[Term]:
    """Return what stands in a term, itself included."""
    return {
        term[start:end] for start in range(len(term)) for end in range(start + 1, len(term) + 1)
    }


def _words_of(topic: Topic, language: str) -> tuple[str, ...]:
    """Return every word of a topic that an article in a language is asked for, or must not have."""
    translated = dict(topic.translations).get(language, ())
    return (*topic.keywords, *topic.aliases, *translated, *topic.required, *topic.excluded)


def can_be_found(word: str, language: str) -> bool:
    """Decide whether a keyword can stand in a text: blanks and a single sign cannot."""
    return Phrases([word], language).can_stand(0)
