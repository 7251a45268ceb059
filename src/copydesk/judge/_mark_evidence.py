"""Mark evidence: where in an article the words stand that earned it topics and points."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from copydesk.judge._appraise import features_of_article
from copydesk.judge._profiles import profile_of
from copydesk.judge.quality import READ, locate_in_text
from copydesk.judge.topics import find_mentions
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
    features = features_of_article(article, beat)
    read = 0
    for passage, matters in zip(passages, locate_in_text(passages, features, beat), strict=True):
        mentions = find_mentions(passage, article.language, beat)
        marks = [
            EvidenceMark(start=a, end=b, topic=topic) for a, b, topic in mentions if topic in topics
        ]
        if read < READ:
            marks += [EvidenceMark(start=a, end=b) for a, b in matters if read + b <= READ]
        read += len(passage)
        yield tuple(_part(marks))


def _part(marks: Iterable[EvidenceMark]) -> Iterator[EvidenceMark]:
    """Walk marks in their order, of two that overlap a topic's, then the longer."""
    taken: list[EvidenceMark] = []
    for mark in sorted(marks, key=lambda mark: (not mark.topic, mark.start - mark.end, mark.start)):
        if all(mark.end <= other.start or other.end <= mark.start for other in taken):
            taken.append(mark)
    return iter(sorted(taken, key=lambda mark: mark.start))
