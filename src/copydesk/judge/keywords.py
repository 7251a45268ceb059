"""Suggest keywords for topics: words that are frequent in a topic but not yet its keywords."""

from __future__ import annotations

import itertools
import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TypeVar

from copydesk.judge import clustering
from copydesk.judge.phrases import Phrases
from copydesk.judge.profile import lede
from copydesk.judge.words import Tokens, tokenize
from copydesk.kit import text as plain_text
from copydesk.news import Article, Beat, Topic

# A word is scored by its log odds in events of the topic against other events, in standard errors
# (Monroe, Colaresi, Quinn: "Fightin' Words", 2008). Events are counted, not occurrences.
_SURE = 1.28  # standard errors: of words that are no better than chance, one in ten passes
_COMMON = 0.1  # of all news: a word that more articles have says little of any
_HERE = 0.5  # of the newsroom's events
_SMALL = 200  # events of a newsroom in which two are many
_LARGE = 2000  # events of which one more is wanted
_PRIOR = 0.5  # events that are added to each count, so that none is nothing
_NEWS = 40  # events of all news that are added to the topic's and the others', with their words
_PART = 0.8  # of a word's events are those of a longer phrase: the phrase is meant
_OWN = 1 / 3  # of a word's events that are the topic's


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicWord:
    """A word suggested as a keyword of a topic ("" for stories without a topic), with its counts.

    It occurs in `on` events of the topic and in `off` others; `strength` is in standard errors.
    `keys` are those of the samples that have it.
    """

    topic: str
    word: str
    on: int
    off: int
    strength: float
    keys: tuple[str, ...] = ()


def find_words(
    samples: Iterable[TopicSample],
    beat: Beat,
    language: str,
    publishers: Collection[str],
    most: int,
) -> Mapping[str, Sequence[TopicWord]]:
    """Map each topic (and "" for stories without one) to its strongest suggestions for keywords.

    `samples` are stories in one language. Left out are known keywords, names of publishers, and
    words that only one of several publishers uses.
    """
    words = Vocabulary(language)
    events = list(read_events(samples, words))
    common = _Commonness(events, words, language)
    counts = count_terms(events, words, least_events(len(events)), common.may_be_edge)
    scale = _Scale(counts, common)
    known = KnownWords(beat, language, publishers)
    names = {"", *(topic.name for topic in beat.topics if topic.name != beat.topic)}
    chosen = {
        name: _choose(name, scale, known, most) for name in names.intersection(counts.of_topic)
    }
    places = _find_places(events, words, set().union(*chosen.values()))
    return {
        name: [_make(name, term, scale, places[term]) for term in found]
        for name, found in chosen.items()
    }


def least_events(events: int) -> int:
    """Return in how many of all events a word must occur at least to be suggested."""
    return 2 if events < _SMALL else max(3, events // _LARGE)


class _Commonness:
    """How common words are: in all news, by stem, and in the newsroom's events."""

    def __init__(self, events: Sequence[SampledEvent], words: Vocabulary, language: str) -> None:
        stem = plain_text.stemmer(language)
        self.in_news: dict[str, float] = {}
        for word, share in clustering.shares(language).items():
            self.in_news[stem(word)] = self.in_news.get(stem(word), 0.0) + share
        here = Counter(number for event in events for number in event.numbers)
        most = _HERE * len(events)
        self._common = {word for word, share in self.in_news.items() if share >= _COMMON}
        self._common |= {words.stems[number] for number, count in here.items() if count > most}

    def may_be_edge(self, stem: str) -> bool:
        """Return whether a suggested keyword may begin or end with this word."""
        return len(stem) > 1 and stem.isalpha() and stem not in self._common

    def prior(self, term: Term) -> float:
        """Return in how many of `_NEWS` events of all news a term is expected, plus a half."""
        return _PRIOR + _NEWS * min(self.in_news.get(stem, 0.0) for stem in term)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Scores how strongly a term belongs to a topic."""

    counts: TermCounts
    common: _Commonness

    def weigh(self, topic: str, term: Term) -> float:
        """Return a term's log odds for the topic against all other events, in standard errors."""
        counts, prior = self.counts, self.common.prior(term)
        on = counts.of_topic[topic][term]
        off = counts.total[term] - on
        of_topic = counts.by_topic[topic]
        of_others = counts.events - of_topic
        more = math.log((on + prior) / (of_topic + _NEWS - on - prior))
        less = math.log((off + prior) / (of_others + _NEWS - off - prior))
        return (more - less) / math.sqrt(1 / (on + prior) + 1 / (off + prior))


def _choose(topic: str, scale: _Scale, known: KnownWords, most: int) -> list[Term]:
    """Return the terms of a topic, strongest first; of two that occur together only one."""
    strengths = _weigh_all(topic, scale)
    chosen: list[Term] = []
    for term in sorted(strengths, key=lambda term: (-strengths[term], -len(term), term)):
        if len(chosen) >= most:
            break
        if _is_new(term, chosen, scale.counts) and not known.imply(topic, term):
            chosen.append(term)
    return chosen


def _weigh_all(topic: str, scale: _Scale) -> Mapping[Term, float]:
    """Return the strength of each term that belongs to a topic with enough certainty."""
    counts = scale.counts
    strengths = {
        term: scale.weigh(topic, term)
        for term, on in counts.of_topic[topic].items()
        if on > 1 and on >= _OWN * counts.total[term]
    }
    strong = {term for term, strength in strengths.items() if strength >= _SURE}
    standings = {term: (counts.of_topic[topic][term], counts.total[term]) for term in strong}
    totals = Counter(counts.total.values())
    sure = select_sure(standings, totals, counts.by_topic[topic], counts.events)
    return {term: strengths[term] for term in sure if not counts.is_of_one_publisher(term)}


def _is_new(term: Term, chosen: Iterable[Term], counts: TermCounts) -> bool:
    """Return whether no chosen term is nearly the same, as a phrase and a word of it often are."""
    for other in chosen:
        longer, shorter = (term, other) if len(term) > len(other) else (other, term)
        if _contains(longer, shorter) and counts.total[longer] >= _PART * counts.total[shorter]:
            return False
    return True


def _contains(longer: Term, shorter: Term) -> bool:
    size = len(shorter)
    return any(longer[at : at + size] == shorter for at in range(len(longer) - size + 1))


def _find_places(
    events: Iterable[SampledEvent], words: Vocabulary, terms: Collection[Term]
) -> Mapping[Term, Sequence[tuple[str, str]]]:
    """Return for each term the samples that have it, and how each of them writes it."""
    found: dict[Term, list[tuple[str, str]]] = {term: [] for term in terms}
    firsts = {term[0] for term in terms}
    for event in events:
        for sample in event.samples:
            places = list(_stands(sample.numbers, words, terms, firsts))
            written = tokenize(sample.sample.text).written if places else ()
            for term, start in places:
                form = " ".join(written[start : start + len(term)])
                found[term].append((sample.sample.key, form))
    return found


def _stands(
    numbers: Sequence[int], words: Vocabulary, terms: Collection[Term], firsts: Collection[str]
) -> Iterator[tuple[Term, int]]:
    """Yield the terms in a sample, each with the index of its first word."""
    stems = [words.stems[number] for number in numbers]
    for start in [at for at, stem in enumerate(stems) if stem in firsts]:
        for size in range(1, MOST_WORDS + 1):
            term = tuple(stems[start : start + size])
            if len(term) == size and term in terms:
                yield term, start


def _make(topic: str, term: Term, scale: _Scale, places: Sequence[tuple[str, str]]) -> TopicWord:
    on = scale.counts.of_topic[topic][term]
    return TopicWord(
        topic=topic,
        word=_spell(written for _, written in places),
        on=on,
        off=scale.counts.total[term] - on,
        strength=round(scale.weigh(topic, term), 2),
        keys=tuple(dict.fromkeys(key for key, _ in places)),
    )


def _spell(written: Iterable[str]) -> str:
    """Return the most frequent spelling of a word; in lower case unless it is a name or acronym."""
    forms = Counter(written)
    lower = {form.lower() for form in forms if form == form.lower()}
    spellings = Counter[str]()
    for form, count in forms.items():
        spellings[form.lower() if form.lower() in lower else form] += count
    return min(spellings, key=lambda form: (-spellings[form], len(form), form))


class KnownWords:
    """Words that are never suggested as keywords: known or dismissed ones, names of publishers."""

    def __init__(self, beat: Beat, language: str, publishers: Collection[str]) -> None:
        self._stem = plain_text.stemmer(language)
        self._words = {
            topic.name: {self._read(word) for word in list_words_of(topic, language)} - {()}
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
        """Return whether a term needs no suggestion: it is covered, dismissed or a publisher.

        Part of a keyword of the topic is no suggestion: whoever wrote the keyword left it out. With
        a keyword of a topic above, a longer term is new: "ai chips" where only "ai" is known.
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
        """Return the names of the topics above a topic; a circle of parents ends."""
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
    """Return all parts of a term, and the term itself."""
    return {
        term[start:end] for start in range(len(term)) for end in range(start + 1, len(term) + 1)
    }


def list_words_of(topic: Topic, language: str) -> tuple[str, ...]:
    """Return all words of a topic for articles in a language, also required and excluded ones."""
    translated = dict(topic.translations).get(language, ())
    return (*topic.keywords, *topic.aliases, *translated, *topic.required, *topic.excluded)


def can_be_found(word: str, language: str) -> bool:
    """Return whether a text can contain a keyword; it cannot if it is blank or a single sign."""
    return Phrases([word], language).can_stand(0)


# ---- Which terms occur more often in sample stories with a topic than in others

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
        self._stem = plain_text.stemmer(language)
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
