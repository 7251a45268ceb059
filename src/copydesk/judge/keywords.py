"""Suggest keywords for topics: words that are frequent in a topic but not yet its keywords."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.judge import clustering
from copydesk.judge.phrases import Phrases
from copydesk.judge.samples import (
    MOST_WORDS,
    SampledEvent,
    Term,
    TermCounts,
    TopicSample,
    Vocabulary,
    count_terms,
    read_events,
    select_sure,
)
from copydesk.judge.words import stemmer, tokenize
from copydesk.news import Beat, Topic

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
        stem = stemmer(language)
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


def _words_of(topic: Topic, language: str) -> tuple[str, ...]:
    """Return all words of a topic for articles in a language, also required and excluded ones."""
    translated = dict(topic.translations).get(language, ())
    return (*topic.keywords, *topic.aliases, *translated, *topic.required, *topic.excluded)


def can_be_found(word: str, language: str) -> bool:
    """Return whether a text can contain a keyword; it cannot if it is blank or a single sign."""
    return Phrases([word], language).can_stand(0)
