"""Topics: which of a beat's have a page, which stand above each, which are the site's sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copydesk.news import Beat, Topic
from copydesk.placement import addresses


def addressable_topics(beat: Beat) -> tuple[Topic, ...]:
    """Return the topics that can have an address, the first of two with one id."""
    by_id = {topic.id: topic for topic in reversed(beat.topics) if addresses.is_folder(topic.id)}
    return tuple(topic for topic in beat.topics if by_id.get(topic.id) is topic)


def topics_above(topics: Sequence[Topic]) -> dict[str, tuple[str, ...]]:
    """Return the ids of each topic and of those above it, by its name."""
    by_name = {topic.name: topic for topic in topics}
    return {name: tuple(topic.id for topic in _climb(name, by_name)) for name in by_name}


def topics_below(topics: Sequence[Topic], main: str) -> list[Topic]:
    """Return all topics but the main one."""
    return [topic for topic in topics if topic.name != main]


def sections(topics: Sequence[Topic], main: str) -> list[Topic]:
    """Return the sections of a site: the topics right below its main one."""
    return [topic for topic in topics_below(topics, main) if topic.parent in {"", main}]


def _climb(name: str, by_name: Mapping[str, Topic]) -> list[Topic]:
    """Return a topic and those above it; a circle of parents ends where it closes."""
    line: list[Topic] = []
    while (topic := by_name.get(name)) is not None and topic not in line:
        line.append(topic)
        name = topic.parent
    return line
