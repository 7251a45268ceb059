"""The topics of an article, judged: how sure we are of each, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.judge.topics import _reason
from copydesk.judge.topics._confidence import TOPIC, confidence, weight
from copydesk.judge.topics._evidence import Evidence, Seen, gather
from copydesk.judge.topics._index import Index, index_of
from copydesk.news import Article, Beat, Topic

# A topic below the main one may have common words: they mean it where the main one stands.
_GROUNDED = 0.2  # of the doubt in a topic named up front, where the main one stands
_UNGROUNDED = 0.7  # of what is known of it, where no word of the main one is anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A topic, how sure we are of it in percent, and why.

    `is_below` says that it is the main topic or below it, `is_grounded` that a word of the main
    one stands somewhere, where that is asked for.
    """

    topic: Topic
    confidence: int
    evidence: Evidence
    is_below: bool
    is_grounded: bool

    @property
    def why(self) -> str:
        """Give the evidence in words."""
        return _reason.why(self.evidence, self.confidence)


def judged(article: Article, beat: Beat) -> list[Judged]:
    """Give the topics that have any evidence, the surest first, equals in the beat's order."""
    index = index_of(beat, article.language)
    seen = gather(article, index)
    return sorted(_judged(seen, index, beat), key=lambda one: -one.confidence)


def _judged(seen: Seen, index: Index, beat: Beat) -> Iterator[Judged]:
    alone = {at: _alone(at, seen, index) for at, one in seen.topics.items() if one.is_any}
    main = next((at for at, topic in enumerate(beat.topics) if topic.name == beat.topic), None)
    has_ground = main is None or main in alone or not index.has_words[main]
    has_main = main is not None and alone.get(main, 0) >= TOPIC
    for at, sure in sorted(alone.items()):
        topic, evidence = beat.topics[at], seen.topics[at]
        is_below = beat.topic in (topic.name, *above(topic.name, beat))
        is_grounded = has_ground or not is_below
        is_meant = has_main and is_below and at != main and evidence.is_up_front
        yield Judged(
            topic=topic,
            confidence=round(_in_context(sure, is_grounded, is_meant)),
            evidence=evidence,
            is_below=is_below,
            is_grounded=is_grounded,
        )


def _in_context(sure: float, is_grounded: bool, is_meant: bool) -> float:
    """Give the confidence in a topic beside the main one: nothing stays nothing."""
    if is_meant and sure:
        return sure + _GROUNDED * (100 - sure)
    return sure if is_grounded else sure * _UNGROUNDED


def _alone(at: int, seen: Seen, index: Index) -> float:
    """Give the confidence in a topic by its own words, beside those of topics that are no kin."""
    rivals = (weight(one) for other, one in seen.topics.items() if not index.are_kin(at, other))
    return confidence(seen.topics[at], seen, max(rivals, default=0.0))


def above(name: str, beat: Beat) -> tuple[str, ...]:
    """Give the names above a topic, the nearest first, to the main one; a circle ends."""
    parents = {topic.name: topic.parent for topic in beat.topics}
    passed = [name]
    while name != beat.topic:
        name = parents.get(name, "")
        if not name or name in passed:
            break
        passed.append(name)
    return tuple(passed[1:])
