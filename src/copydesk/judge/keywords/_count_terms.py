"""Count in how many events each word, or phrase of two or three, stands: all of them, and by topic.

Words first, then phrases of frequent words, then topics of frequent phrases: so the memory is
bounded. A term is a number while it is counted: 21 bits for each word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from copydesk.judge.keywords._samples import SampledEvent, Vocabulary

Term = tuple[str, ...]  # stems
MOST_WORDS = 3
_BITS = 21
_SEVERAL = "*"  # publishers


@dataclass(slots=True)
class TermCounts:
    """The events that have each frequent term; `publishers` holds the one that alone has it.

    `everybody` are all publishers, `by_topic` counts the events of each topic, of none under "".
    """

    events: int
    by_topic: Counter[str]
    everybody: set[str] = field(default_factory=set)
    total: dict[Term, int] = field(default_factory=dict)
    of_topic: dict[str, Counter[Term]] = field(default_factory=dict)
    publishers: dict[Term, str] = field(default_factory=dict)

    def is_of_one_publisher(self, term: Term) -> bool:
        """Decide whether one publisher of several alone uses a term, as what its pages repeat."""
        return len(self.everybody) > 1 and self.publishers[term] != _SEVERAL


@dataclass(frozen=True, slots=True)
class _Frequent:
    """The words of frequent terms, and those of them that may stand at a term's edge."""

    words: frozenset[int]
    edges: frozenset[int]

    def terms(self, numbers: Sequence[int]) -> Iterator[int]:
        """Yield the terms of some words in order."""
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
    """Count the terms that stand in at least `least` events, and begin and end as they may."""
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
    """Return the words that stand in enough events."""
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
    """Count the terms of an event for its topics, and see which publishers use them."""
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
