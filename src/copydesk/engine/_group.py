"""Set stories beside each other: what a new story changes in those that are filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from copydesk import judge
from copydesk.engine.newsroom import Newsroom
from copydesk.news import Story

_REACH = timedelta(days=30)


def regrouped(
    newsroom: Newsroom, shelf: judge.Bookshelf, fresh: Sequence[Story]
) -> dict[str, Story]:
    """Give the stories that this round files or changes, by path.

    A filed story changes only where the line wrote it and still knows what it wrote: a record
    without digests, in it or in memory, belongs to whoever brought it.
    """
    changed = {story.path: story for story in fresh}
    times = [story.published_at for story in fresh if story.published_at is not None]
    if not times:
        return changed
    window = list(shelf.between(min(times) - _REACH, max(times) + _REACH))
    filed = {one.story.path: one.story for one in window}
    new = frozenset(changed)
    for story in judge.regroup(window, newsroom.beat, new):
        if story.path in new or story.machine or newsroom.memory.digests(story.path):
            changed[story.path] = _as_ruled(filed[story.path], story)
    return changed


def _as_ruled(filed: Story, story: Story) -> Story:
    """Leave what an editor said: a verdict decides whether a story is published."""
    if filed.verdict is None:
        return story
    return replace(story, published=filed.published, heat=filed.heat)
