"""Rank the topics of an article by how sure we are of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.judge.topics._confidence import TOPIC, confidence, is_in_passing, weight_beside
from copydesk.judge.topics._describe import describe
from copydesk.judge.topics._evidence import ArticleEvidence, TopicEvidence, gather
from copydesk.judge.topics._keyword_index import KeywordIndex, index_of
from copydesk.news import Article, Beat, Topic

# A topic below the main one may have common words: they mean it where the main one stands.
_GROUNDED = 0.2  # of the doubt in a topic named up front, where the main one stands
_UNGROUNDED = 0.7  # of what is known of it, where no word of the main one is anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTopic:
    """A topic, how sure we are of it in percent, and why.

    `is_below` says that it is the main topic or below it, as is every one of a beat without;
    `is_grounded` that a word of the main one stands somewhere, where that is asked for;
    `is_in_passing` that one mention of one word is all there is.
    """

    topic: Topic
    confidence: int
    evidence: TopicEvidence
    is_below: bool
    is_grounded: bool
    is_in_passing: bool

    @property
    def name(self) -> str:
        """Return the topic's name."""
        return self.topic.name

    @property
    def why(self) -> str:
        """Return the evidence in words."""
        return describe(self.evidence, self.confidence)


def rank_topics(article: Article, beat: Beat) -> list[RankedTopic]:
    """Return the topics that have any evidence, the surest first, equals in the beat's order."""
    index = index_of(beat, article.language)
    evidence = gather(article, index)
    topics = _in_context(evidence, index, beat)
    return sorted(topics, key=lambda topic: -topic.confidence)


def _in_context(article: ArticleEvidence, index: KeywordIndex, beat: Beat) -> Iterator[RankedTopic]:
    """Yield the topics with the confidence that each has beside the main one."""
    alone = {
        at: _confidence_alone(at, article, index, has_main=bool(beat.topic))
        for at, evidence in article.topics.items()
        if evidence.is_any
    }
    main = _place_of_main(beat)
    has_ground = main < 0 or main in alone or not index.has_words[main]
    has_main = alone.get(main, 0) >= TOPIC
    for at, confidence_alone in sorted(alone.items()):
        topic, evidence = beat.topics[at], article.topics[at]
        is_below = _is_below_main(topic, beat)
        is_grounded = has_ground or not is_below
        is_meant = has_main and at != main and is_below and _is_named(evidence, article)
        yield RankedTopic(
            topic=topic,
            confidence=round(_beside_main(confidence_alone, is_grounded, is_meant)),
            evidence=evidence,
            is_below=is_below,
            is_grounded=is_grounded,
            is_in_passing=is_in_passing(evidence, article),
        )


def _is_named(evidence: TopicEvidence, article: ArticleEvidence) -> bool:
    """Decide whether a topic is named up front, and not by one word in passing."""
    return evidence.is_up_front and not is_in_passing(evidence, article)


def _place_of_main(beat: Beat) -> int:
    """Return the place of the main topic, -1 where it is none of the beat's."""
    return next((at for at, topic in enumerate(beat.topics) if topic.name == beat.topic), -1)


def _is_below_main(topic: Topic, beat: Beat) -> bool:
    """Decide whether a topic is the main one or below it; with none above all, each is the beat."""
    return not beat.topic or beat.topic in (topic.name, *above(topic.name, beat))


def _beside_main(alone: float, is_grounded: bool, is_meant: bool) -> float:
    """Return the confidence in a topic beside the main one: nothing stays nothing."""
    if is_meant and alone:
        return alone + _GROUNDED * (100 - alone)
    return alone if is_grounded else alone * _UNGROUNDED


def _confidence_alone(
    at: int, article: ArticleEvidence, index: KeywordIndex, *, has_main: bool
) -> float:
    """Return the confidence in a topic by its own words, beside those of topics that are no kin.

    Where no topic stands above all, those without a parent in common divide the news among them: a
    story is about the one that it says most of. Sides of one subject come together, and so does
    what a story has many different words for.
    """
    topic = article.topics[at]
    divides = not has_main and not topic.is_side
    rivals = (
        weight_beside(evidence, is_divided=divides and not index.are_siblings(at, other))
        for other, evidence in article.topics.items()
        if not index.are_kin(at, other)
    )
    return confidence(topic, article, max(rivals, default=0.0))


def above(name: str, beat: Beat) -> tuple[str, ...]:
    """Return the names above a topic, the nearest first, to the main one; a circle ends."""
    parents = {topic.name: topic.parent for topic in beat.topics}
    passed = [name]
    while name != beat.topic:
        name = parents.get(name, "")
        if not name or name in passed:
            break
        passed.append(name)
    return tuple(passed[1:])
