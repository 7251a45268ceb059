"""Topics with their evidence; on the beat or off it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copydesk.judge.profile import Match, given
from copydesk.judge.topics._confidence import ON_BEAT, TOPIC
from copydesk.judge.topics._judged import Judged, above, judged
from copydesk.news import Article, Beat


def relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
    """Give the evidence that an article is on the beat, one piece a topic, strongest first.

    Its words, else the source's: topics that the settings give it, or that it is official; then
    the topics above those. The main topic needs less than the others, and stands where one below
    it stands, or nearly does. A beat without topics takes everything.
    """
    found = judged(article, beat)
    read = [_match(one) for one in found if one.confidence >= TOPIC]
    standing = [*read, *given(article, beat)]
    near = [one for one in found if one.is_below and one.confidence >= ON_BEAT]
    standing += [_match(one) for one in near if one.topic.name == beat.topic]
    standing += _broader(standing, beat)
    standing += [_nearly(one, beat) for one in near]
    matches = {match.topic: match for match in reversed(standing)}
    return tuple(reversed(matches.values()))


def _match(one: Judged) -> Match:
    return Match(topic=one.topic.name, why=one.why, confidence=one.confidence)


def _broader(standing: Sequence[Match], beat: Beat) -> Iterator[Match]:
    known = {topic.name for topic in beat.topics} | {beat.topic}
    for match in tuple(standing):
        for name in above(match.topic, beat):
            if name in known:
                yield Match(topic=name, why=f"stands above {match.topic}")


def _nearly(one: Judged, beat: Beat) -> Match:
    """Give the main topic for the sake of one below it that does not stand itself."""
    why = f"nearly {one.topic.name}, {one.why}"
    return Match(topic=beat.topic, why=why, confidence=one.confidence)


def topics(article: Article, beat: Beat, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Give the topics that have evidence, the main one first."""
    del article
    names = [match.topic for match in matches if match.topic]
    names.sort(key=lambda name: name != beat.topic)
    return tuple(dict.fromkeys(names))


def miss(article: Article, beat: Beat) -> str:
    """Say what an article that is off the beat lacks: the nearest topic, and how near it is."""
    found = judged(article, beat)
    if not found:
        return "no topic's keyword in it"
    nearest = found[0]
    needed = ON_BEAT if nearest.is_below else TOPIC
    lacks = "" if nearest.is_grounded else f", and no keyword of {beat.topic} anywhere"
    return f"nearest topic {nearest.topic.name}: {nearest.why}; {needed} needed{lacks}"


def near(article: Article, beat: Beat, but: Sequence[str]) -> str:
    """Say what is missing for the nearest topic that an article was not given.

    "" where none is half as sure as one that stands.
    """
    known = set(but)
    nearest = next((one for one in judged(article, beat) if one.topic.name not in known), None)
    if nearest is None or not TOPIC / 2 <= nearest.confidence < TOPIC:
        return ""
    lack = TOPIC - nearest.confidence
    return f"not {nearest.topic.name}: {nearest.why}, {lack} more of {TOPIC} needed"
