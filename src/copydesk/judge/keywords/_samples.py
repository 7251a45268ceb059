"""Samples: what stories say up front, as numbered words; those on one event together."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from copydesk.judge.profile import lede
from copydesk.judge.words import Tokens, stemmer, tokenize
from copydesk.kit import text as plain_text
from copydesk.news import Article

_ENDING = 2  # letters of what is drawn together with a word, behind the apostrophe


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSample:
    """A story as its words are counted: headline and lede, its topics, its event, its publisher.

    `event` is what reports on one happening share; `key` names the story to the caller.
    """

    key: str
    text: str
    topics: frozenset[str]
    event: str
    publisher: str


@dataclass(frozen=True, slots=True)
class NumberedSample:
    """A sample with the numbers of its words in order."""

    sample: TopicSample
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class SampledEvent:
    """The samples on one happening, and all topics that one of them has."""

    samples: tuple[NumberedSample, ...]
    topics: frozenset[str]

    @property
    def numbers(self) -> set[int]:
        """Return the words that stand in any of its samples."""
        return {number for sample in self.samples for number in sample.numbers}


class Vocabulary:
    """The stems of some samples, numbered from 1: a sample's words take four bytes each."""

    def __init__(self, language: str) -> None:
        self._stem = stemmer(language)
        self._numbers: dict[str, int] = {}
        self.stems = [""]

    def read(self, text: str) -> Sequence[int]:
        """Return the numbers of a text's words."""
        return array("I", map(self._number, self.stem_all(tokenize(text))))

    def stem_all(self, tokens: Tokens) -> list[str]:
        """Return the stem of each word; a sign stays, and stands for both parts of "wasn't"."""
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
    """Return what an article says up front: headline and lede, where its subject is named."""
    return f"{article.title} \u00b6 {lede(article.excerpt, plain_text.prose(article.text))}"


def read_events(samples: Iterable[TopicSample], words: Vocabulary) -> Iterator[SampledEvent]:
    """Yield the events of samples; a word that all reports on one repeat is said once."""
    in_order = sorted(samples, key=attrgetter("event", "key"))
    for _, same in itertools.groupby(in_order, key=attrgetter("event")):
        members = list(same)
        yield SampledEvent(
            samples=tuple(NumberedSample(sample, words.read(sample.text)) for sample in members),
            topics=frozenset().union(*(sample.topics for sample in members)),
        )
