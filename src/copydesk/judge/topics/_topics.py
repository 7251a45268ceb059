"""Topics with their evidence; on the beat or off it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.judge.profile import Match, given
from copydesk.judge.topics import _reason
from copydesk.judge.topics._confidence import ON_BEAT, TOPIC, confidence
from copydesk.judge.topics._evidence import Evidence, gather
from copydesk.judge.topics._index import index_of
from copydesk.news import Article, Beat, Topic

_UNGROUNDED = 0.6  # of what is known of a topic below the main one where no word of that stands


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A topic, how sure we are of it in percent, and why."""

    topic: Topic
    confidence: int
    evidence: Evidence
    is_grounded: bool

    @property
    def why(self) -> str:
        return _reason.why(self.evidence, self.confidence)


def relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
    """Give the evidence that an article is on the beat, one piece a topic, strongest first.

    Its words, else the source's: topics that the settings give it, or that it is official. The
    main topic needs less than the others, and stands where one below it stands, or nearly does. A
    beat without topics takes everything.
    """
    judged = _judge(article, beat)
    read = [_match(one) for one in judged if one.confidence >= TOPIC]
    found = {match.topic: match for match in reversed((*read, *given(article, beat)))}
    matches = tuple(reversed(found.values()))
    if beat.topic in found:
        return matches
    return (*_main(judged, beat, matches), *matches)


def _match(judged: _Judged) -> Match:
    return Match(topic=judged.topic.name, why=judged.why, confidence=judged.confidence)


def _main(judged: Sequence[_Judged], beat: Beat, matches: Sequence[Match]) -> Sequence[Match]:
    """Give the main topic by its own words, by a topic below it, or by one that nearly stands."""
    below = [one for one in judged if is_below(one.topic.name, beat)]
    for one in below:
        if one.topic.name == beat.topic and one.confidence >= ON_BEAT:
            return [_match(one)]
    if any(is_below(match.topic, beat) for match in matches):
        return [Match(topic=beat.topic, why="stands above its other topics")]
    for one in below:
        if one.confidence >= ON_BEAT:
            why = f"nearly {one.topic.name}: {one.why}"
            return [Match(topic=beat.topic, why=why, confidence=one.confidence)]
    return []


def topics(article: Article, beat: Beat, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Give the topics that have evidence, the main one first where it or one below it has."""
    del article
    names = [match.topic for match in matches if match.topic]
    if beat.topic in names:
        names.insert(0, beat.topic)
    return tuple(dict.fromkeys(names))


def miss(article: Article, beat: Beat) -> str:
    """Say what an article that is off the beat lacks: the nearest topic, and how near it is."""
    judged = _judge(article, beat)
    if not judged:
        return "no topic's keyword in it"
    nearest = judged[0]
    needs = ON_BEAT if is_below(nearest.topic.name, beat) else TOPIC
    lacks = "" if nearest.is_grounded else f", nowhere a keyword of {beat.topic}"
    return f"nearest topic {nearest.topic.name}: {nearest.why}, {needs} needed{lacks}"


def _judge(article: Article, beat: Beat) -> list[_Judged]:
    """Give the topics with any evidence, the surest first, in the order of the beat among equals."""
    index = index_of(beat, article.language)
    seen = gather(article, index)
    main = next((at for at, one in enumerate(beat.topics) if one.name == beat.topic), None)
    asks = main is not None and index.has_words(main)
    is_grounded = not asks or (main in seen.topics and seen.topics[main].is_any)
    judged = []
    for at, evidence in seen.topics.items():
        topic = beat.topics[at]
        stands = is_grounded or not is_below(topic.name, beat)
        sure = confidence(evidence, seen) * (1 if stands else _UNGROUNDED)
        if evidence.is_any:
            judged.append((-round(sure), at, evidence, stands))
    judged.sort(key=lambda one: one[:2])
    return [
        _Judged(topic=beat.topics[at], confidence=-sure, evidence=evidence, is_grounded=stands)
        for sure, at, evidence, stands in judged
    ]


def is_below(name: str, beat: Beat) -> bool:
    """Say whether a topic is the main one or stands below it; a circle of parents ends."""
    parents = {topic.name: topic.parent for topic in beat.topics}
    passed: set[str] = set()
    while name and name not in passed:
        if name == beat.topic:
            return True
        passed.add(name)
        name = parents.get(name, "")
    return False
