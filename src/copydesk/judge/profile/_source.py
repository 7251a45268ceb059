"""What the source of an article says of it: official, or about topics that the settings give."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.judge.profile._profile import Match
from copydesk.news import Article, Beat, Source


def source_of(article: Article, beat: Beat) -> Source:
    """Return the source that listed the article; a plain one where the beat has it no longer."""
    return beat.source(article.source) or Source(url=article.source)


def topics_of_source(article: Article, beat: Beat) -> Iterator[Match]:
    """Yield the topics that stand on an article whatever it says; a beat without takes all.

    That a source is official says that it is on the main topic, and nothing where there is none.
    """
    source = source_of(article, beat)
    name = source.name or source.url
    for topic in source.topics:
        yield Match(topic=topic, why=f"given by source {name}", given=True)
    if source.official and beat.topic:
        yield Match(topic=beat.topic, why=f"official source {name}", given=True)
    if not beat.topics:
        yield Match(topic=beat.topic, why="the beat has no topics", given=True)
