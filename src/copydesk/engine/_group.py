"""Set stories beside each other: what a new story changes in those that are filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from copydesk import judge, review
from copydesk.engine.newsroom import Newsroom
from copydesk.news import Shelved, Story

_REACH = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """The stories that a round files or changes, the filed ones as they stood `before`; by path."""

    changed: Mapping[str, Story]
    before: Mapping[str, Story]


def regrouped(newsroom: Newsroom, shelf: judge.Bookshelf, fresh: Sequence[Story]) -> Regrouped:
    """Set the fresh stories beside those of the weeks around them.

    A filed story changes only where the line wrote it and still knows what it wrote: a record
    without digests, in it or in memory, belongs to whoever brought it.
    """
    changed = {story.path: story for story in fresh}
    before: dict[str, Story] = {}
    window = _window(shelf, fresh)
    filed = {one.story.path: one.story for one in window}
    new = frozenset(changed)
    for story in judge.regroup(window, newsroom.beat, new):
        if story.path in new:
            changed[story.path] = story
            continue
        known = dict(story.machine) or newsroom.memory.digests(story.path)
        after = review.beside_others(filed[story.path], story, known)
        if after != filed[story.path]:
            changed[story.path] = after
            before[story.path] = filed[story.path]
    return Regrouped(changed=changed, before=before)


def _window(shelf: judge.Bookshelf, fresh: Sequence[Story]) -> list[Shelved]:
    times = [story.published_at for story in fresh if story.published_at is not None]
    return list(shelf.between(min(times) - _REACH, max(times) + _REACH)) if times else []
