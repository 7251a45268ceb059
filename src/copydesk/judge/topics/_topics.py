"""Topics as whole words, with their evidence; on the beat or off it."""

from __future__ import annotations

from copydesk.judge.profile import Match, given, lede
from copydesk.judge.words import readable, stands
from copydesk.news import Article, Beat, Topic


def relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
    """Give the evidence that an article is on the beat, one piece a topic, strongest first.

    A keyword as whole words in the title, else in the lede; else the source's word: topics that
    the settings give it, or that it is official. A beat without topics takes everything.
    """
    title = readable(article.title)
    start = readable(lede(article.excerpt, article.text))
    in_title = [match for topic in beat.topics if (match := _evidence(topic, title, "title"))]
    in_lede = [match for topic in beat.topics if (match := _evidence(topic, start, "lede"))]
    found = {match.topic: match for match in reversed((*in_title, *in_lede, *given(article, beat)))}
    return tuple(reversed(found.values()))


def _evidence(topic: Topic, words: str, place: str) -> Match | None:
    for keyword in topic.keywords:
        if stands(keyword, words):
            return Match(topic=topic.name, why=f'"{keyword}" in {place}')
    return None


def topics(article: Article, beat: Beat, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Give the topics that have evidence, the main one first where it or one below it has."""
    del article
    names = [match.topic for match in matches if match.topic]
    if any(_is_below(name, beat) for name in names):
        names.insert(0, beat.topic)
    return tuple(dict.fromkeys(names))


def _is_below(name: str, beat: Beat) -> bool:
    """Say whether a topic is the main one or stands below it; a circle of parents ends."""
    parents = {topic.name: topic.parent for topic in beat.topics}
    passed: set[str] = set()
    while name and name not in passed:
        if name == beat.topic:
            return True
        passed.add(name)
        name = parents.get(name, "")
    return False
