"""Topics with their evidence; on the beat or off it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copydesk.judge.profile import Match, topics_of_source
from copydesk.judge.topics._confidence import ON_BEAT, TOPIC
from copydesk.judge.topics._rank import RankedTopic, above, rank_topics
from copydesk.news import Article, Beat


def relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
    """Return the evidence that an article is on the beat, one piece a topic, strongest first.

    Its words, else the source's: topics that the settings give it, or that it is official; then
    the topics above those. The main topic needs less than the others, and stands where one below
    it stands, or nearly does; without a main topic the nearest one needs as little, where no other
    stands. A beat without topics takes everything.
    """
    ranked = rank_topics(article, beat)
    by_words = [_match(topic) for topic in ranked if _stands(topic)]
    matches = [*by_words, *topics_of_source(article, beat)]
    near = [topic for topic in ranked if topic.is_below and topic.confidence >= ON_BEAT]
    matches += _nearest(near, beat, has_match=bool(matches))
    matches += _broader(matches, beat)
    matches += [_nearly(topic, beat) for topic in near if beat.topic]
    by_topic = {match.topic: match for match in reversed(matches)}
    return tuple(reversed(by_topic.values()))


def _stands(topic: RankedTopic) -> bool:
    return topic.confidence >= TOPIC and not topic.is_in_passing


def _nearest(near: Sequence[RankedTopic], beat: Beat, *, has_match: bool) -> list[Match]:
    """Return the main topic where it is near; without one the nearest, where none other stands."""
    if beat.topic:
        return [_match(topic) for topic in near if topic.name == beat.topic]
    meant = [topic for topic in near if not topic.is_in_passing]
    return [] if has_match else [_match(topic) for topic in meant[:1]]


def _match(topic: RankedTopic) -> Match:
    return Match(topic=topic.name, why=topic.why, confidence=topic.confidence)


def _broader(matches: Sequence[Match], beat: Beat) -> Iterator[Match]:
    """Yield the topics above those that match."""
    known = {topic.name for topic in beat.topics} | {beat.topic}
    for match in tuple(matches):
        for name in above(match.topic, beat):
            if name in known:
                yield Match(
                    topic=name,
                    why=f"stands above {match.topic}",
                    confidence=match.confidence,
                )


def _nearly(topic: RankedTopic, beat: Beat) -> Match:
    """Return the main topic for the sake of one below it that does not match itself."""
    why = f"nearly {topic.name}, {topic.why}"
    return Match(topic=beat.topic, why=why, confidence=topic.confidence)


def topics(article: Article, beat: Beat, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Return the topics that have evidence, the main one first."""
    del article
    names = [match.topic for match in matches if match.topic]
    names.sort(key=lambda name: name != beat.topic)
    return tuple(dict.fromkeys(names))


def describe_miss(article: Article, beat: Beat) -> str:
    """Describe what an article off the beat lacks: the nearest topic, and how near it is."""
    ranked = rank_topics(article, beat)
    if not ranked:
        return "no topic's keyword in it"
    nearest = ranked[0]
    needed = ON_BEAT if nearest.is_below else TOPIC
    if nearest.is_in_passing and nearest.confidence >= needed:
        return f"nearest topic {nearest.name}: {nearest.why}; one word said once is too little"
    lacks = "" if nearest.is_grounded else f", and no keyword of {beat.topic} anywhere"
    return f"nearest topic {nearest.name}: {nearest.why}; {needed} needed{lacks}"


def describe_near_miss(article: Article, beat: Beat, but: Sequence[str]) -> str:
    """Describe what is missing for the nearest topic that an article was not given.

    "" where none is half as sure as one that stands.
    """
    known = set(but)
    others = (topic for topic in rank_topics(article, beat) if topic.name not in known)
    nearest = next(others, None)
    if nearest is None or not TOPIC / 2 <= nearest.confidence < TOPIC:
        return ""
    lack = TOPIC - nearest.confidence
    return f"not {nearest.name}: {nearest.why}, {lack} more of {TOPIC} needed"
