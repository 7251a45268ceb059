"""Topics: which of a beat's can have an address, and which stand above each."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk.news import Beat, Topic
from copydesk.publish import _links


def addressable(beat: Beat) -> tuple[Topic, ...]:
    """Give the topics that can have an address, the first of two with one id."""
    by_id = {topic.id: topic for topic in reversed(beat.topics) if _links.is_folder(topic.id)}
    return tuple(topic for topic in beat.topics if by_id.get(topic.id) is topic)


def above(topics: tuple[Topic, ...]) -> dict[str, tuple[str, ...]]:
    """Give the ids of each topic and of those above it, by its name."""
    by_name = {topic.name: topic for topic in topics}
    return {name: tuple(one.id for one in _upwards(name, by_name)) for name in by_name}


def _upwards(name: str, by_name: Mapping[str, Topic]) -> list[Topic]:
    """Give a topic and those above it; a circle of parents ends where it closes."""
    found: list[Topic] = []
    while (topic := by_name.get(name)) is not None and topic not in found:
        found.append(topic)
        name = topic.parent
    return found
