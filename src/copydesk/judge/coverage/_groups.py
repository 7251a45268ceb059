"""What new stories change in those beside them: groups in `everyday`, copies in `copydesk`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from copydesk.judge.coverage import _alike
from copydesk.judge.coverage._related import in_order, snapshot
from copydesk.judge.coverage._rules import lead_in
from copydesk.news import Beat, Related, Shelved, Story

RELATED_POINTS = 10
_NO_TIME = datetime.min.replace(tzinfo=UTC)


def with_copies(stories: Sequence[Shelved], beat: Beat, fresh: frozenset[str]) -> tuple[Story, ...]:
    """Give the originals whose copies are not beside them yet, by path.

    What stands there already and is not in the window stays; a copy's newer state takes the place
    of the older. Nothing depends on what is fresh, so that a round that was cut off is made good.
    """
    del beat, fresh
    copies: dict[str, list[Story]] = {}
    for one in stories:
        if one.story.copy_of:
            copies.setdefault(one.story.copy_of, []).append(one.story)
    changed = [
        _beside(one.story, copies[name])
        for one in stories
        if (name := PurePosixPath(one.story.path).stem) in copies
    ]
    before = {one.story.path: one.story for one in stories}
    return _by_path(story for story in changed if story != before[story.path])


def _beside(story: Story, copies: Iterable[Story]) -> Story:
    beside = {one.web_url: one for one in story.related}
    beside.update((one.web_url, one) for one in map(snapshot, copies))
    return replace(story, related=in_order(beside.values()))


def with_leaders(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    anew: frozenset[str] = frozenset(),
) -> tuple[Story, ...]:
    """Give the stories whose group has news, led by the best of it (SPEC 2.2, 2.3, 2.10), by path.

    Empty where the site does not group. Groups without a fresh story stay as they are filed, so
    that lists freeze when a story leaves the window.
    """
    fresh |= anew
    if not beat.scoring.grouping or not fresh:
        return ()
    before = {one.story.path: one.story for one in stories}
    after: dict[str, Story] = {}
    for group in _touched(_alike.groups(stories), fresh):
        after.update((story.path, story) for story in led(group, beat))
    return _by_path(story for path, story in after.items() if story != before[path])


def _touched(groups: Sequence[tuple[Story, ...]], fresh: frozenset[str]) -> list[tuple[Story, ...]]:
    """Give the groups with a fresh story and, again and again, those that stood beside them."""
    chosen = [group for group in groups if any(story.path in fresh for story in group)]
    left = [group for group in groups if all(story.path not in fresh for story in group)]
    grown = chosen
    while grown:
        members = {_address(story) for group in grown for story in group}
        beside = {one.web_url for group in grown for story in group for one in story.related}
        grown, left = _parted(left, members, beside)
        chosen = [*chosen, *grown]
    return chosen


def _parted(
    groups: Iterable[tuple[Story, ...]], members: set[str], beside: set[str]
) -> tuple[list[tuple[Story, ...]], list[tuple[Story, ...]]]:
    """Part the groups that list one of the members or are listed by them from the others."""
    parts: tuple[list[tuple[Story, ...]], list[tuple[Story, ...]]] = ([], [])
    for group in groups:
        lists = any(one.web_url in members for story in group for one in story.related)
        listed = any(_address(story) in beside for story in group)
        parts[0 if lists or listed else 1].append(group)
    return parts


def _address(story: Story) -> str:
    return story.web_url or story.original_url


def led(group: Sequence[Story], beat: Beat) -> tuple[Story, ...]:
    """Give a group's stories as the leader rule wants them, the leader first.

    An editor's newest `lead` goes before the rule, unless the group would not be seen then.
    """
    publish_at = beat.scoring.publish_at
    wanted = _wanted_in_front(group, publish_at, beat)
    leader, *others = sorted(group, key=lambda story: (story is not wanted, _rank(story)))
    beside: Mapping[str, Related] = {story.path: snapshot(story) for story in (leader, *others)}
    quality = leader.quality or 0
    total = quality + RELATED_POINTS * len(others)
    published = leader.published if _is_ruled(leader, publish_at) else total >= publish_at
    return (
        replace(
            leader,
            published=published,
            heat=total if published else quality,
            related=_others(leader, beside),
        ),
        *(
            replace(story, published=False, heat=-1, related=_others(story, beside))
            for story in others
        ),
    )


def _wanted_in_front(group: Sequence[Story], publish_at: int, beat: Beat) -> Story | None:
    told = lead_in(group, beat)
    if told is None:
        return None
    story, total = told[0], (told[0].quality or 0) + RELATED_POINTS * (len(group) - 1)
    is_shown = bool(story.published) if _is_ruled(story, publish_at) else total >= publish_at
    return story if is_shown else None


def _is_ruled(story: Story, publish_at: int) -> bool:
    """Say whether a story stands on the site, or off it, against its numbers.

    Then the newsroom's gate, the source's trust or an editor wanted it so. What is off the site for
    its group alone has a heat of -1.
    """
    if story.published is None or story.heat == -1:
        return False
    total = (story.quality or 0) + RELATED_POINTS * len(story.related)
    return story.published != (total >= publish_at)


def _others(story: Story, beside: Mapping[str, Related]) -> tuple[Related, ...]:
    return in_order(one for path, one in beside.items() if path != story.path)


def _rank(story: Story) -> tuple[int, datetime, str]:
    return (-(story.quality or 0), story.published_at or _NO_TIME, story.path)


def _by_path(stories: Iterable[Story]) -> tuple[Story, ...]:
    return tuple(sorted(stories, key=lambda story: story.path))
