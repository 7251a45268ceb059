"""Topic board: the beat's topics as they stand below each other, with how many stories each has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from copydesk import archive
from copydesk.catalogue import Catalogue, TopicCount
from copydesk.engine.newsroom import Newsroom
from copydesk.news import Topic

_RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """A topic, how many others it stands below, and its stories: all, and those of 30 days.

    `seen` is the digest of its file, for whoever moves it.
    """

    topic: Topic
    seen: str
    depth: int
    stories: int
    recent: int
    is_main: bool


def list_topic_rows(newsroom: Newsroom, catalogue: Catalogue) -> list[TopicRow]:
    """Return the topics of the beat, each before those below it; raises CatalogueError."""
    files, counts = newsroom.settings.origins, catalogue.count_topics(newsroom.now - _RECENT)
    rows = []
    for topic, depth in _walk(newsroom.beat.topics):
        count = counts.get(topic.name, TopicCount())
        rows.append(
            TopicRow(
                topic=topic,
                seen=archive.digest_of(newsroom.root, files[f"topics.{topic.id}"]),
                depth=depth,
                stories=count.stories,
                recent=count.recent,
                is_main=topic.name == newsroom.beat.topic,
            )
        )
    return rows


def _walk(topics: Sequence[Topic], parent: str = "", depth: int = 0) -> Iterator[tuple[Topic, int]]:
    """Yield topics in the order of their files, each before those below it.

    One whose parent is no topic stands at the top; circles are refused where topics are read.
    """
    names = {topic.name for topic in topics}
    for topic in topics:
        if (topic.parent if topic.parent in names else "") == parent:
            yield topic, depth
            yield from _walk(topics, topic.name, depth + 1)
