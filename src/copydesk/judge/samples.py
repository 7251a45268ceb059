"""Find which terms occur more often in sample stories with a topic than in others."""

from __future__ import annotations

import itertools
import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

from copydesk.judge.profile import lede
from copydesk.judge.words import Tokens, stemmer, tokenize
from copydesk.kit import text as plain_text
from copydesk.news import Article

_ENDING = 2  # most letters after the apostrophe of a contraction such as "wasn't"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSample:
    """A sample story for keyword suggestions: headline and lede, topics, event, publisher.

    Reports on one event have the same `event`; `key` names the story to the caller.
    """

    key: str
    text: str
    topics: frozenset[str]
    event: str
    publisher: str


@dataclass(frozen=True, slots=True)
class NumberedSample:
    """A sample story, with its words as numbers of the vocabulary, in order."""

    sample: TopicSample
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class SampledEvent:
    """The sample stories on one event, with the topics of all of them."""

    samples: tuple[NumberedSample, ...]
    topics: frozenset[str]

    @property
    def numbers(self) -> set[int]:
        """Return the vocabulary numbers of all words in the event's sample stories."""
        return {number for sample in self.samples for number in sample.numbers}


class Vocabulary:
    """The word stems in sample stories, numbered from 1 to save memory."""

    def __init__(self, language: str) -> None:
        self._stem = stemmer(language)
        self._numbers: dict[str, int] = {}
        self.stems = [""]

    def read(self, text: str) -> Sequence[int]:
        """Return the vocabulary's numbers of a text's words, in order."""
        return array("I", map(self._number, self.stem_all(tokenize(text))))

    def stem_all(self, tokens: Tokens) -> list[str]:
        """Return the stem of each word. Punctuation stays, and both parts of a contraction
        ("wasn't") become an apostrophe.
        """
        words = [self._stem(word) if word.isalpha() else word for word in tokens.folded]
        for at in [at for at, word in enumerate(words) if word == "'"]:
            if 0 < at < len(words) - 1 and len(words[at + 1]) <= _ENDING:
                words[at - 1] = words[at + 1] = "'"
        return words

    def _number(self, stem: str) -> int:
        number = self._numbers.setdefault(stem, len(self.stems))
        if number == len(self.stems):
            self.stems.append(stem)
        return number


def up_front(article: Article) -> str:
    """Return the headline and lede of an article as one text."""
    return f"{article.title} \u00b6 {lede(article.excerpt, plain_text.prose(article.text))}"


def read_events(samples: Iterable[TopicSample], words: Vocabulary) -> Iterator[SampledEvent]:
    """Group sample stories by event, so that a word in several reports on one event counts once."""
    in_order = sorted(samples, key=attrgetter("event", "key"))
    for _, same in itertools.groupby(in_order, key=attrgetter("event")):
        members = list(same)
        yield SampledEvent(
            samples=tuple(NumberedSample(sample, words.read(sample.text)) for sample in members),
            topics=frozenset().union(*(sample.topics for sample in members)),
        )


# Terms are words and phrases of two or three words. To bound the memory, words are counted first,
# then phrases of frequent words, then the topics of frequent phrases. While it is counted, a term
# is a number with 21 bits for each word.

Term = tuple[str, ...]  # stems
MOST_WORDS = 3
_BITS = 21
_SEVERAL = "*"  # publishers


@dataclass(slots=True)
class TermCounts:
    """The numbers of events in which each frequent term occurs, in total and by topic.

    `publishers` has the only publisher that uses a term, or `_SEVERAL`; `everybody` are all
    publishers. `by_topic` counts the events of each topic, of those without any under "".
    """

    events: int
    by_topic: Counter[str]
    everybody: set[str] = field(default_factory=set)
    total: dict[Term, int] = field(default_factory=dict)
    of_topic: dict[str, Counter[Term]] = field(default_factory=dict)
    publishers: dict[Term, str] = field(default_factory=dict)

    def is_of_one_publisher(self, term: Term) -> bool:
        """Return whether a term is used by one publisher only, such as its boilerplate."""
        return len(self.everybody) > 1 and self.publishers[term] != _SEVERAL


@dataclass(frozen=True, slots=True)
class _Frequent:
    """The words of frequent terms, and those that a term may begin or end with."""

    words: frozenset[int]
    edges: frozenset[int]

    def terms(self, numbers: Sequence[int]) -> Iterator[int]:
        """Yield the frequent terms (words and phrases) in a sequence of word numbers."""
        words, edges = self.words, self.edges
        last = len(numbers) - 1
        for at, first in enumerate(numbers):
            if first not in edges:
                continue
            yield first
            if at == last or (second := numbers[at + 1]) not in words:
                continue
            two = first << _BITS | second
            if second in edges:
                yield two
            if at + 1 < last and (third := numbers[at + 2]) in edges:
                yield two << _BITS | third


def count_terms(
    events: Sequence[SampledEvent],
    words: Vocabulary,
    least: int,
    may_be_edge: Callable[[str], bool],
) -> TermCounts:
    """Count in how many events each term occurs; terms in fewer than `least` are left out."""
    frequent = _find_frequent(events, words, least, may_be_edge)
    total = Counter(term for event in events for term in _terms_of(event, frequent))
    names = {term: _name(term, words) for term, count in total.items() if count >= least}
    counts = TermCounts(
        events=len(events),
        by_topic=Counter(topic for event in events for topic in _topics_of(event)),
        total={name: total[term] for term, name in names.items()},
    )
    for event in events:
        _count_event(event, counts, frequent, names)
    return counts


def _find_frequent(
    events: Iterable[SampledEvent],
    words: Vocabulary,
    least: int,
    may_be_edge: Callable[[str], bool],
) -> _Frequent:
    """Return the words that occur in enough events."""
    counts = Counter(number for event in events for number in event.numbers)
    enough = {number for number, count in counts.items() if count >= least}
    known = frozenset(number for number in enough if words.stems[number].isalnum())
    edges = frozenset(number for number in known if may_be_edge(words.stems[number]))
    return _Frequent(known, edges)


def _topics_of(event: SampledEvent) -> Iterable[str]:
    """Return the topics of an event, "" for none."""
    return event.topics or ("",)


def _terms_of(event: SampledEvent, frequent: _Frequent) -> Iterable[int]:
    return {term for sample in event.samples for term in frequent.terms(sample.numbers)}


def _name(term: int, words: Vocabulary) -> Term:
    stems: list[str] = []
    while term:
        stems.append(words.stems[term & ((1 << _BITS) - 1)])
        term >>= _BITS
    return tuple(reversed(stems))


def _count_event(
    event: SampledEvent, counts: TermCounts, frequent: _Frequent, names: dict[int, Term]
) -> None:
    """Count the terms of an event for its topics, and note which publishers use them."""
    terms: set[Term] = set()
    for sample in event.samples:
        own = {names[term] for term in frequent.terms(sample.numbers) if term in names}
        publisher = sample.sample.publisher
        counts.everybody.add(publisher)
        for term in own:
            if counts.publishers.setdefault(term, publisher) != publisher:
                counts.publishers[term] = _SEVERAL
        terms |= own
    for topic in _topics_of(event):
        counts.of_topic.setdefault(topic, Counter()).update(terms)


# Many words are tried on few stories, so some would seem to belong to a topic by chance. Fisher's
# exact test gives the probability for each word; Benjamini and Hochberg ("Controlling the false
# discovery rate", 1995) bound the share of false ones, among the words that are frequent enough to
# be found at all (Tarone, 1990).

Tie = TypeVar("Tie")

_NEGLIGIBLE = 1e-9
_CHANCE = 0.1  # most of the suggested words that may be no better than chance


def select_sure(
    standings: Mapping[Tie, tuple[int, int]], totals: Counter[int], of_topic: int, events: int
) -> set[Tie]:
    """Return the terms that are more frequent in a topic's events than chance explains.

    `standings` has for each candidate in how many of the topic's events and of all events it
    occurs. `totals` has how many words occur in each number of events, candidates or not.
    """
    tried = sum(
        words
        for total, words in totals.items()
        if _compute_chance(min(total, of_topic), total, of_topic, events) <= _CHANCE
    )
    chances = {
        tie: _compute_chance(on, total, of_topic, events) for tie, (on, total) in standings.items()
    }
    sure: set[Tie] = set()
    waiting: list[Tie] = []
    for rank, tie in enumerate(sorted(chances, key=lambda tie: chances[tie]), 1):
        waiting.append(tie)
        if chances[tie] * tried <= _CHANCE * rank:
            sure.update(waiting)
            waiting.clear()
    return sure


def _compute_chance(on: int, total: int, of_topic: int, events: int) -> float:
    """Compute the probability that `on` or more of a word's events are the topic's by chance."""
    most = min(total, of_topic)
    others = events - of_topic
    least = max(on, total - others)
    share = math.exp(
        _log_choose(of_topic, least)
        + _log_choose(others, total - least)
        - _log_choose(events, total)
    )
    chance = 0.0
    for count in range(least, most + 1):
        chance += share
        if share < chance * _NEGLIGIBLE:
            break  # beyond the middle each is smaller than the one before
        rest = (count + 1) * (others - total + count + 1)
        share *= (of_topic - count) * (total - count) / rest if rest else 0.0
    return min(1.0, chance)


def _log_choose(whole: int, part: int) -> float:
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
