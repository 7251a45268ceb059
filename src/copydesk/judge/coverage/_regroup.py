"""Group the stories of some weeks again by event, and return those that change.

list copies of originals  >  find groups  >  lead each that has changed  >  background

A filed story stays in its group until a new story, a correction or a rule moves it. So a run
without news changes nothing, and an interrupted one is completed by the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from copydesk.judge.coverage._arrivals import is_grouped
from copydesk.judge.coverage._beside import list_copies
from copydesk.judge.coverage._find_groups import FoundGroups, find_groups
from copydesk.judge.coverage._lead import GroupSetting, is_as_filed, lead_group, leave_group
from copydesk.judge.coverage._ruled_groups import is_ruled, name_of, paths_without_ruling
from copydesk.news import Beat, Reason, Shelved, Story
from copydesk.news.story import Surroundings

_BACKGROUND = 5  # most similar groups that are listed

Stories = dict[str, Story]  # by path


def regroup(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    rejudged: frozenset[str] = frozenset(),
    around: Surroundings | None = None,
) -> tuple[Story, ...]:
    """Regroup stories by event and by copies; return those that change, ordered by path.

    `stories` are those of some weeks with all of their groups. `fresh` are the paths of new ones;
    `rejudged` of those that were judged again and stay in their groups. A story is placed as if it
    were new if the rule that moved it is gone. With `around`, `stories` need only hold those that a
    new one may join, and those to be looked at.
    """
    before = _by_path(_stories_of(stories))
    stories = _let_return(stories)
    after = {**_by_path(_stories_of(stories)), **_by_path(list_copies(stories))}
    originals = [shelved for shelved in stories if is_grouped(shelved.story, beat)]
    freed = _find_freed_paths(_stories_of(originals), beat)
    found = find_groups(originals, beat, fresh | freed, around.corpus if around else None)
    after.update(_with_reasons(found.reasons, freed, after))
    kept_out = _list_kept_out(before.values())
    setting = _make_setting(stories, beat, around)
    after.update(_by_path(leave_group(after[story.path], setting) for story in kept_out))
    changing = _find_changing_groups(found.paths, before, fresh | freed | rejudged, setting)
    changing.update(story.group for story in kept_out)
    for name in changing & found.paths.keys():
        group = [after[path] for path in found.paths[name]]
        after.update(_by_path(_as_group(name, group, setting)))
    after.update(_with_background(found, after))
    return tuple(after[path] for path in sorted(after) if after[path] != before[path])


def _make_setting(
    stories: Sequence[Shelved], beat: Beat, around: Surroundings | None
) -> GroupSetting:
    filed = _stories_of(stories)
    members = [story for story in filed if is_grouped(story, beat)]
    return GroupSetting(
        beat=beat,
        own=_paths_by_address([*members, *_list_kept_out(filed)]),
        count_stories=around.count_stories if around else _count_topics(filed),
        texts={shelved.story.path: shelved.text for shelved in stories},
    )


def _list_kept_out(stories: Iterable[Story]) -> list[Story]:
    """Return the stories that a verdict keeps out of groups; copies are in none anyway."""
    return [story for story in stories if story.is_kept_out and not story.copy_of]


def find_freed_paths(stories: Iterable[Story], beat: Beat) -> frozenset[str]:
    """Return the paths of filed stories to group anew, since a rule or verdict is gone."""
    return _find_freed_paths([story for story in stories if is_grouped(story, beat)], beat)


def _find_freed_paths(stories: Sequence[Story], beat: Beat) -> frozenset[str]:
    """Return the paths of stories whose rule is gone, so that nothing keeps them in their group.

    Also the paths of stories that a verdict took out of their group and keeps out no longer.
    """
    homeless = (story.path for story in stories if story.returns_to and not story.group)
    return paths_without_ruling(stories, beat).union(homeless)


def _find_changing_groups(
    groups: Mapping[str, Sequence[str]],
    before: Stories,
    touched: frozenset[str],
    setting: GroupSetting,
) -> set[str]:
    """Return the names of the groups with changed stories, or that are not as they were filed."""
    changing: set[str] = set()
    for name, paths in groups.items():
        group = [before[path] for path in paths]
        changing.update(story.group for story in group if story.group != name)  # the group it left
        if not touched.isdisjoint(paths) or not is_as_filed(name, group, setting):
            changing.add(name)
    return changing


def _let_return(stories: Sequence[Shelved]) -> list[Shelved]:
    """Return the stories; those that no verdict keeps out any longer are back in their groups."""
    groups = {shelved.story.group or name_of(shelved.story) for shelved in stories}
    return [
        replace(shelved, story=replace(shelved.story, group=group))
        if (group := shelved.story.returns_to) in groups and not shelved.story.group
        else shelved
        for shelved in stories
    ]


def _by_path(stories: Iterable[Story]) -> Stories:
    return {story.path: story for story in stories}


def _stories_of(stories: Iterable[Shelved]) -> list[Story]:
    return [shelved.story for shelved in stories]


def _paths_by_address(stories: Iterable[Story]) -> dict[str, str]:
    return {url: story.path for story in stories for url in story.addresses}


def _count_topics(stories: Iterable[Story]) -> Callable[[str], int]:
    return Counter(topic for story in stories for topic in set(story.topics)).__getitem__


def _as_group(name: str, group: Sequence[Story], setting: GroupSetting) -> tuple[Story, ...]:
    """Return a group's stories as they are filed under its name; a single story without a group."""
    if len(group) == 1:
        return (leave_group(group[0], setting),)
    return lead_group(name, group, setting)


def _with_reasons(reasons: Mapping[str, Reason], freed: frozenset[str], after: Stories) -> Stories:
    """Return by path the stories that joined or left a group, with the reasons."""
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
    reasons = (reason for reason in story.reasons if not (is_ruled(reason) or reason.former_group))
    return replace(story, reasons=tuple(reasons))


def _with_background(found: FoundGroups, after: Stories) -> Stories:
    """Return the new stories with the names of the leaders of similar groups."""
    return {
        path: replace(after[path], background=_background(path, near, found.paths, after))
        for path, near in found.near.items()
    }


def _background(
    path: str, near: Sequence[str], groups: Mapping[str, Sequence[str]], after: Stories
) -> tuple[str, ...]:
    """Return the names of the leaders of similar groups, without a story's own group."""
    others = (groups.get(name, ()) for name in near)
    leaders = (_leader(paths, after) for paths in others if path not in paths)
    return tuple(dict.fromkeys(filter(None, leaders)))[:_BACKGROUND]


def _leader(paths: Iterable[str], after: Stories) -> str:
    return next((name_of(after[path]) for path in paths if after[path].heat != -1), "")
