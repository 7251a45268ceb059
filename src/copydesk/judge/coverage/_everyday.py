"""Regroup in the `everyday` profile: groups led by the best of them, as the reference does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from copydesk.judge.coverage._related import in_order, snapshot
from copydesk.judge.coverage._ruled_groups import lead_in
from copydesk.judge.coverage._tfidf_groups import group_stories
from copydesk.news import Beat, Related, Shelved, Story, Surroundings

RELATED_POINTS = 10
_NO_TIME = datetime.min.replace(tzinfo=UTC)

_Group = tuple[Story, ...]


def regroup_everyday(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    rejudged: frozenset[str] = frozenset(),
    _: Surroundings | None = None,
) -> tuple[Story, ...]:
    """Return by path the stories whose group has news, led by the best (SPEC 2.2, 2.3, 2.10).

    Empty where the site does not group. Groups without a fresh story stay as they are filed, so
    that lists freeze when a story leaves the window.
    """
    fresh |= rejudged
    if not beat.scoring.grouping or not fresh:
        return ()
    before = {shelved.story.path: shelved.story for shelved in stories}
    after: dict[str, Story] = {}
    for group in _with_neighbours(group_stories(stories), fresh):
        after.update((story.path, story) for story in _lead_group(group, beat))
    changed = (story for path, story in after.items() if story != before[path])
    return tuple(sorted(changed, key=lambda story: story.path))


def _with_neighbours(groups: Sequence[_Group], fresh: frozenset[str]) -> list[_Group]:
    """Return the groups with a fresh story and, again and again, those that stood beside them."""
    grown, rest = _partition(groups, partial(_has_any, paths=fresh))
    chosen = grown
    while grown:
        members = {_address(story) for group in grown for story in group}
        listed = set().union(*map(_addresses_beside, grown))
        grown, rest = _partition(rest, partial(_touches, members=members, listed=listed))
        chosen = [*chosen, *grown]
    return chosen


def _partition(
    groups: Iterable[_Group], decide: Callable[[_Group], bool]
) -> tuple[list[_Group], list[_Group]]:
    parts: tuple[list[_Group], list[_Group]] = ([], [])
    for group in groups:
        parts[0 if decide(group) else 1].append(group)
    return parts


def _has_any(group: _Group, paths: frozenset[str]) -> bool:
    return any(story.path in paths for story in group)


def _touches(group: _Group, members: set[str], listed: set[str]) -> bool:
    """Decide whether a group lists one of the members of others, or they one of its own."""
    if not members.isdisjoint(_addresses_beside(group)):
        return True
    return not listed.isdisjoint(map(_address, group))


def _addresses_beside(group: _Group) -> set[str]:
    return {related.web_url for story in group for related in story.related}


def _address(story: Story) -> str:
    return story.web_url or story.original_url


def _lead_group(group: Sequence[Story], beat: Beat) -> tuple[Story, ...]:
    """Return a group's stories as the leader rule wants them, the leader first.

    An editor's newest `lead` goes before the rule, unless the group would not be seen then.
    """
    publish_at = beat.scoring.publish_at
    chosen = _leader_by_ruling(group, publish_at, beat)
    leader, *others = sorted(group, key=lambda story: (story is not chosen, _rank(story)))
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


def _leader_by_ruling(group: Sequence[Story], publish_at: int, beat: Beat) -> Story | None:
    """Return the story that an editor wants to lead a group, None where it would hide the group."""
    ruled = lead_in(group, beat)
    if ruled is None:
        return None
    story, total = ruled[0], (ruled[0].quality or 0) + RELATED_POINTS * (len(group) - 1)
    is_shown = bool(story.published) if _is_ruled(story, publish_at) else total >= publish_at
    return story if is_shown else None


def _is_ruled(story: Story, publish_at: int) -> bool:
    """Decide whether a story stands on the site, or off it, against its numbers.

    Then the newsroom's gate, the source's trust or an editor wanted it so. What is off the site for
    its group alone has a heat of -1.
    """
    if story.published is None or story.heat == -1:
        return False
    total = (story.quality or 0) + RELATED_POINTS * len(story.related)
    return story.published != (total >= publish_at)


def _others(story: Story, beside: Mapping[str, Related]) -> tuple[Related, ...]:
    return in_order(related for path, related in beside.items() if path != story.path)


def _rank(story: Story) -> tuple[int, datetime, str]:
    return (-(story.quality or 0), story.published_at or _NO_TIME, story.path)
