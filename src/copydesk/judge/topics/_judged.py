"""The topics of an article, judged: how sure we are of each, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.judge.topics import _reason
from copydesk.judge.topics._confidence import confidence, weight
from copydesk.judge.topics._evidence import Evidence, Seen, gather
from copydesk.judge.topics._index import Index, index_of
from copydesk.news import Article, Beat, Topic

_UNGROUNDED = 0.7  # of what is known of a topic below the main one where no word of that stands


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
    weights = {at: weight(evidence) for at, evidence in seen.topics.items()}
    has_ground = _has_ground(seen, index, beat)
    for at, evidence in sorted(seen.topics.items()):
        if not evidence.is_any:
            continue
        topic = beat.topics[at]
        is_below = beat.topic in (topic.name, *above(topic.name, beat))
        is_grounded = has_ground or not is_below
        rival = max(
            (one for other, one in weights.items() if not index.are_kin(at, other)), default=0
        )
        sure = confidence(evidence, seen, rival) * (1 if is_grounded else _UNGROUNDED)
        yield Judged(
            topic=topic,
            confidence=round(sure),
            evidence=evidence,
            is_below=is_below,
            is_grounded=is_grounded,
        )


def _has_ground(seen: Seen, index: Index, beat: Beat) -> bool:
    """Say whether a word of the main topic stands somewhere, or none is to be had."""
    main = next((at for at, topic in enumerate(beat.topics) if topic.name == beat.topic), None)
    if main is None or not index.has_words[main]:
        return True
    return main in seen.topics and seen.topics[main].is_any


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
