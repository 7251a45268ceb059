"""Regroup: what the groups of the stories of some weeks change in them.

list copies beside originals  >  find groups  >  lead each that has changed  >  background

What is filed stays where it is until a new story, a correction or an editor's ruling moves it. So a
round without news changes nothing, and one that was cut off is made good by the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from copydesk.judge.coverage._find_groups import FoundGroups, find_groups
from copydesk.judge.coverage._heat import usual_of
from copydesk.judge.coverage._index_stories import is_grouped
from copydesk.judge.coverage._lead import (
    BESIDE,
    is_shown,
    lead_group,
    leads_by_ruling,
    leave_group,
    was_pinned,
)
from copydesk.judge.coverage._related import list_copies
from copydesk.judge.coverage._ruled_groups import is_ruled, name_of, paths_without_ruling
from copydesk.news import Beat, Reason, Shelved, Story, Surroundings

_BACKGROUND = 5  # groups that are near

Stories = dict[str, Story]  # by path


def regroup(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    rejudged: frozenset[str] = frozenset(),
    around: Surroundings | None = None,
) -> tuple[Story, ...]:
    """Return the stories that change by copies and coverage beside them, by path.

    `stories` are those of some weeks, and all others of their groups; `fresh` are the paths of the
    new ones, `rejudged` of those that stay in their groups but were judged again. Where a ruling
    that moved a story is gone, it is put among the others as if it were new. With `around` only
    those are needed that a new one may meet, and whoever is to be looked at.
    """
    before = _by_path(_stories_of(stories))
    after = {**before, **_by_path(list_copies(stories))}
    originals = [shelved for shelved in stories if is_grouped(shelved.story, beat)]
    freed = paths_without_ruling(_stories_of(originals), beat)
    found = find_groups(originals, beat, fresh | freed, around.corpus if around else None)
    after.update(_with_reasons(found.reasons, freed, after))
    own = _paths_by_address(_stories_of(originals))
    touched = fresh | freed | rejudged
    count_stories = around.count_stories if around else _count_topics(before.values())
    for name, paths in found.paths.items():
        filed = [before[path] for path in paths]
        if not touched.isdisjoint(paths) or not _is_as_filed(name, filed, own, beat):
            group = [after[path] for path in paths]
            after.update(_by_path(_as_group(name, group, own, beat, count_stories)))
    after.update(_with_background(found, after))
    return tuple(after[path] for path in sorted(after) if after[path] != before[path])


def _by_path(stories: Iterable[Story]) -> Stories:
    return {story.path: story for story in stories}


def _stories_of(stories: Iterable[Shelved]) -> list[Story]:
    return [shelved.story for shelved in stories]


def _paths_by_address(stories: Iterable[Story]) -> dict[str, str]:
    return {url: story.path for story in stories for url in story.addresses}


def _count_topics(stories: Iterable[Story]) -> Callable[[str], int]:
    return Counter(topic for story in stories for topic in set(story.topics)).__getitem__


def _as_group(
    name: str,
    group: Sequence[Story],
    own: Mapping[str, str],
    beat: Beat,
    count_stories: Callable[[str], int],
) -> tuple[Story, ...]:
    """Return a group's stories as they are filed under its name; one that is alone without it."""
    if len(group) == 1:
        return (leave_group(group[0], beat, own),)
    topics = {topic for story in group for topic in story.topics}
    usual = usual_of(topics, count_stories, beat)
    return lead_group(name, group, beat, usual, own)


def _is_as_filed(name: str, group: Sequence[Story], own: Mapping[str, str], beat: Beat) -> bool:
    """Decide whether a group is as it was filed: no ruling moved a story, no round was cut off.

    One leads, and neither pin nor ruling nor verdict puts another in front.
    """
    if len(group) == 1:
        return not group[0].group and not was_pinned(group[0], beat)
    if any(story.group != name for story in group):
        return False
    leaders = [story for story in group if story.heat != -1]
    return len(leaders) == 1 and _leads_as_filed(leaders[0], group, own, beat)


def _leads_as_filed(
    leader: Story, group: Sequence[Story], own: Mapping[str, str], beat: Beat
) -> bool:
    if not leads_by_ruling(leader, group, beat) or was_pinned(leader, beat):
        return False
    return _are_listed(leader, [story for story in group if story is not leader], own)


def _are_listed(leader: Story, others: Sequence[Story], own: Mapping[str, str]) -> bool:
    """Decide whether a leader has the others beside it, and they it alone; copies do not count."""
    beside = _paths_beside(leader, own)
    shown = sum(is_shown(story) for story in others)
    members = {leader.path, *(story.path for story in others)}
    if not beside <= members or len(beside) != min(shown, BESIDE):
        return False
    return all(_paths_beside(story, own) == {leader.path} for story in others)


def _paths_beside(story: Story, own: Mapping[str, str]) -> set[str]:
    return {own[related.web_url] for related in story.related if related.web_url in own}


def _with_reasons(reasons: Mapping[str, Reason], freed: frozenset[str], after: Stories) -> Stories:
    """Return the stories that joined or left a group with their reasons, by path."""
    changed = {path: _without_ruling(after[path]) for path in freed}
    for path, reason in reasons.items():
        changed[path] = _with_reason(changed.get(path, after[path]), reason)
    return changed


def _with_reason(story: Story, reason: Reason) -> Story:
    if not story.reasons:
        return story
    others = (old for old in story.reasons if old.about != "group")
    return replace(story, reasons=(*others, reason))


def _without_ruling(story: Story) -> Story:
    return replace(story, reasons=tuple(reason for reason in story.reasons if not is_ruled(reason)))


def _with_background(found: FoundGroups, after: Stories) -> Stories:
    """Return the new stories with the names of the leaders of the groups that are near."""
    return {
        path: replace(after[path], background=_background(path, near, found.paths, after))
        for path, near in found.near.items()
    }


def _background(
    path: str, near: Sequence[str], groups: Mapping[str, Sequence[str]], after: Stories
) -> tuple[str, ...]:
    """Return the names of the leaders of the groups that are near, never of a story's own group."""
    others = (groups.get(name, ()) for name in near)
    leaders = (_leader(paths, after) for paths in others if path not in paths)
    return tuple(dict.fromkeys(filter(None, leaders)))[:_BACKGROUND]


def _leader(paths: Iterable[str], after: Stories) -> str:
    return next((name_of(after[path]) for path in paths if after[path].heat != -1), "")
