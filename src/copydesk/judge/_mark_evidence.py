"""Mark evidence: where in an article the words stand that earned it topics and points."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from copydesk.judge._profiles import profile_of
from copydesk.judge.profile import Features, lede
from copydesk.judge.quality import READ, locate_in_text
from copydesk.judge.topics import find_mentions
from copydesk.kit import text
from copydesk.news import Article, Beat


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceMark:
    """A place of a passage, from `start` to `end`, with a word of a topic, or of consequence ("").

    A word that is both is marked for its topic.
    """

    start: int
    end: int
    topic: str = ""


def mark_evidence(
    passages: Sequence[str], article: Article, beat: Beat, topics: Collection[str]
) -> Iterator[Sequence[EvidenceMark]]:
    """Walk the marks of an article's passages: its headline, its excerpt, its text in their order.

    They are found by what gave the points: keywords of its topics, and words of consequence in as
    much of the text as is read for them. None in a profile that looks for letters alone.
    """
    if not profile_of(beat).blocks:
        yield from ((),) * len(passages)
        return
    matters = locate_in_text(list(_cut_off(passages)), _words_of(article), beat)
    for passage, places in itertools.zip_longest(passages, matters):
        marks = [EvidenceMark(start=start, end=end) for start, end in places or ()]
        marks += [
            EvidenceMark(start=start, end=end, topic=topic)
            for start, end, topic in find_mentions(passage, article.language, beat)
            if topic in topics
        ]
        yield tuple(_part(marks))


def _cut_off(passages: Iterable[str]) -> Iterator[str]:
    """Walk passages as far as they are read for points, the last of them to where that ends."""
    left = READ
    for passage in passages:
        if left <= 0:
            return
        yield passage[:left]
        left -= len(passage)


def _words_of(article: Article) -> Features:
    """Return of an article what its words are counted in, and nothing that topics decide."""
    prose = text.prose(article.text)
    return Features(
        title=article.title,
        lede=lede(article.excerpt, prose),
        text=prose,
        language=article.language,
    )


def _part(marks: Iterable[EvidenceMark]) -> Iterator[EvidenceMark]:
    """Walk marks in their order, of two that overlap a topic's, then the longer."""
    taken: list[EvidenceMark] = []
    for mark in sorted(marks, key=lambda mark: (not mark.topic, mark.start - mark.end, mark.start)):
        if all(mark.end <= other.start or other.end <= mark.start for other in taken):
            taken.append(mark)
    return iter(sorted(taken, key=lambda mark: mark.start))
