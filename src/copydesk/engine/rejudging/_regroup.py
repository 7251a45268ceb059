"""Set stories beside each other: what a new story changes in those that are filed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from copydesk import judge, review
from copydesk.engine.cataloguing import beat_in_force
from copydesk.engine.judging import FiledShelf
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.rejudging._surroundings import add_groups, find_window
from copydesk.engine.revisiting import Correction
from copydesk.memory import Memory
from copydesk.news import Beat, Event, EventKind, Shelved, Story
from copydesk.review import rules
from copydesk.review.corrections import add_to_history


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """The stories that a round files or changes, the filed ones as they stood `before`; by path."""

    changed: Mapping[str, Story]
    before: Mapping[str, Story]


def regroup(
    newsroom: Newsroom,
    shelf: FiledShelf,
    fresh: Sequence[Story],
    corrections: Iterable[Correction] = (),
) -> Regrouped:
    """Set the fresh stories, and those that were corrected, beside those of the weeks around them.

    So are records that a person's word kept an earlier round from writing.

    A filed story changes only where the line wrote it and still knows what it wrote: a record
    without digests, in it or in memory, belongs to whoever brought it.
    """
    corrections = list(corrections)
    beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
    ruled = _stories_under_rules(shelf, beat)
    unwritten = _find_unwritten_stories(shelf, newsroom.memory)
    corrected = [correction.after for correction in corrections]
    window = find_window(newsroom, shelf, beat, [*fresh, *ruled], [*corrected, *unwritten])
    if not window.stories:
        return Regrouped(changed={story.path: story for story in fresh}, before={})
    rejudged = frozenset(story.path for story in corrected)
    if not beat.scoring.traits.groups_by_rules:
        rejudged |= frozenset(story.path for story in ruled)
    standing = _follow_moves(window.stories, corrections)
    new = frozenset(story.path for story in fresh)
    regrouped = judge.regroup(standing, beat, new, rejudged, window.around)
    changes = _merge_changes(window.stories, standing, regrouped)
    return _collect(newsroom, window.stories, fresh, changes)


def _collect(
    newsroom: Newsroom,
    window: Sequence[Shelved],
    fresh: Sequence[Story],
    changes: Iterable[Story],
) -> Regrouped:
    """Return the fresh stories as they stand in the end, and what changes in filed ones."""
    filed = {shelved.story.path: shelved.story for shelved in window}
    changed = {story.path: story for story in fresh}
    new = frozenset(changed)
    before: dict[str, Story] = {}
    for story in changes:
        if story.path in new:
            changed[story.path] = story
            continue
        after = after_others(newsroom.beat, newsroom.memory, newsroom.now, filed[story.path], story)
        if after != filed[story.path]:
            changed[story.path] = after
            before[story.path] = filed[story.path]
    return Regrouped(changed=changed, before=before)


def _find_unwritten_stories(shelf: FiledShelf, memory: Memory) -> list[Story]:
    """Return the stories that a person's word kept an earlier round from writing."""
    overtaken = memory.overtaken.keys()
    if not overtaken:
        return []
    return [shelved.story for shelved in shelf.at_paths(sorted(overtaken))]


def after_others(
    beat: Beat, memory: Memory, now: datetime, filed: Story, regrouped: Story
) -> Story:
    """Return a filed story with what standing beside others changes in it, and says so in time."""
    known = dict(regrouped.machine) or memory.digests(filed.path)
    after = review.set_beside_others(filed, regrouped, known)
    if _gave_the_lead(filed, after) and beat.scoring.traits.has_blocks:
        return add_to_history(after, now, [Event.of(EventKind.DEPOSED)])
    return after


def _stories_under_rules(shelf: FiledShelf, beat: Beat) -> list[Story]:
    """Return the stories that an editor's rule or word moves, or one that he took back.

    Only stories that are named, and those beside them, are looked at: without such a rule a round
    without news costs nothing.
    """
    if not beat.scoring.traits.groups_by_rules:
        return _waiting_to_lead(shelf, beat)
    named = {name for rule in beat.rulings if rule.said != "block" for name in rule.stories}
    moved = [one for one in shelf.find_grouped_by_hand() if _is_ruled(one.story, named)]
    ruled = [*shelf.find_by_name(named), *moved]
    if not ruled:
        return []
    window = add_groups(shelf, ruled)
    filed = {shelved.story.path: shelved.story for shelved in window}
    return [filed[story.path] for story in judge.regroup(window, beat, frozenset())]


def _waiting_to_lead(shelf: FiledShelf, beat: Beat) -> list[Story]:
    """Return the stories of `everyday` that an editor wants in front, and that stand behind."""
    wanted = {rule.stories[0] for rule in beat.rulings if rule.said == "lead"}
    if not wanted:
        return []
    return [shelved.story for shelved in shelf.find_by_name(wanted) if shelved.story.heat == -1]


def _is_ruled(story: Story, named: Collection[str]) -> bool:
    if rules.record_name(story.path) in named or (story.verdict and story.group):
        return True
    return bool(story.returns_to) or any(reason.is_group_ruled for reason in story.reasons)


def _gave_the_lead(before: Story, after: Story) -> bool:
    """Decide whether a story that had a page of its own now stands behind another one."""
    return bool(before.published) and not after.published and after.heat == -1


def _follow_moves(window: Sequence[Shelved], corrections: Iterable[Correction]) -> list[Shelved]:
    """Return the stories of a window; who stands beside a page that moved has its new address."""
    moved = {
        correction.before.web_url: correction.after.web_url
        for correction in corrections
        if correction.has_moved
    }
    if not moved:
        return list(window)
    return [replace(shelved, story=_follow(shelved.story, moved)) for shelved in window]


def _follow(story: Story, moved: Mapping[str, str]) -> Story:
    related = tuple(
        replace(beside, web_url=moved.get(beside.web_url, beside.web_url))
        for beside in story.related
    )
    return replace(story, related=related)


def _merge_changes(
    before: Sequence[Shelved], after: Sequence[Shelved], regrouped: Iterable[Story]
) -> Iterable[Story]:
    """Return the stories that changed from one state to another, and by regrouping after that."""
    pairs = zip(before, after, strict=True)
    changed = {new.story.path: new.story for old, new in pairs if old.story != new.story}
    changed.update((story.path, story) for story in regrouped)
    return changed.values()
