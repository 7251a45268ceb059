"""Try a keyword: what an article's topics would be if one of them had it for a keyword."""

from __future__ import annotations

from dataclasses import dataclass, replace

from copydesk.judge.topics import relevance
from copydesk.news import Article, Beat


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEffect:
    """What another keyword does to one article: whether it wins the topic, and which it loses.

    `before` are the topics that it has without.
    """

    is_won: bool
    before: tuple[str, ...]
    lost: tuple[str, ...]


def with_keyword(beat: Beat, topic: str, word: str) -> Beat:
    """Return a beat in which a topic has another keyword, in whatever language an article is."""
    topics = tuple(
        replace(known, aliases=(*known.aliases, word)) if known.name == topic else known
        for known in beat.topics
    )
    return replace(beat, topics=topics)


def try_keyword(article: Article, beat: Beat, more: Beat, topic: str) -> TopicEffect:
    """Return what becomes of an article's topics under `more`, the beat with another keyword."""
    before, after = _topics(article, beat), _topics(article, more)
    return TopicEffect(
        is_won=topic in after and topic not in before,
        before=before,
        lost=tuple(name for name in before if name not in after),
    )


def _topics(article: Article, beat: Beat) -> tuple[str, ...]:
    return tuple(match.topic for match in relevance(article, beat) if match.topic)
