"""Set stories beside each other: what a new story changes in those that are filed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from copydesk import archive, judge, review
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.revisiting import Correction
from copydesk.memory import Memory
from copydesk.news import GROUP_RULED, Beat, Event, EventKind, Shelved, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """The stories that a round files or changes, the filed ones as they stood `before`; by path."""

    changed: Mapping[str, Story]
    before: Mapping[str, Story]


def regroup(
    newsroom: Newsroom,
    shelf: judge.MemoryShelf,
    fresh: Sequence[Story],
    corrections: Iterable[Correction] = (),
) -> Regrouped:
    """Set the fresh stories, and those that were corrected, beside those of the weeks around them.

    So are records that a person's word kept an earlier round from writing.

    A filed story changes only where the line wrote it and still knows what it wrote: a record
    without digests, in it or in memory, belongs to whoever brought it.
    """
    corrections = list(corrections)
    changed = {story.path: story for story in fresh}
    before: dict[str, Story] = {}
    beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
    ruled = _stories_under_rules(shelf, beat)
    overtaken = newsroom.memory.overtaken.keys()
    again = [one.story for one in shelf if one.story.path in overtaken] if overtaken else []
    window = _window(shelf, [*fresh, *(one.after for one in corrections), *ruled, *again])
    filed = {one.story.path: one.story for one in window}
    new = frozenset(changed)
    anew = frozenset(one.after.path for one in corrections)
    if not beat.scoring.traits.groups_by_rules:
        anew |= frozenset(story.path for story in ruled)
    for story in _beside(beat, window, new, anew, corrections):
        if story.path in new:
            changed[story.path] = story
            continue
        after = after_others(newsroom.beat, newsroom.memory, newsroom.now, filed[story.path], story)
        if after != filed[story.path]:
            changed[story.path] = after
            before[story.path] = filed[story.path]
    return Regrouped(changed=changed, before=before)


def after_others(
    beat: Beat, memory: Memory, now: datetime, filed: Story, regrouped: Story
) -> Story:
    """Return a filed story with what standing beside others changes in it, and says so in time."""
    known = dict(regrouped.machine) or memory.digests(filed.path)
    after = review.set_beside_others(filed, regrouped, known)
    if _gave_the_lead(filed, after) and beat.scoring.traits.has_blocks:
        return review.add_to_history(after, now, [Event.of(EventKind.DEPOSED)])
    return after


def beat_in_force(root: Path, beat: Beat, now: datetime) -> Beat:
    """Return the beat without rulings that have ended, and leads of what an editor keeps back.

    A record tells of the editor's word by itself, but for one of `everyday`.
    """
    rulings = (one for one in beat.rulings if one.until is None or one.until > now)
    off = _names_kept_back(root, beat)
    return replace(
        beat,
        rulings=tuple(one for one in rulings if one.said != "lead" or off.isdisjoint(one.stories)),
    )


def _names_kept_back(root: Path, beat: Beat) -> frozenset[str]:
    """Return the names of records that an editor's word in the rulings keeps off the site."""
    if not any(one.said == "lead" for one in beat.rulings):
        return frozenset()
    verdicts = archive.read_rulings(root).verdicts.items()
    return frozenset(review.record_name(at) for at, one in verdicts if one.said != "publish")


def _stories_under_rules(shelf: judge.MemoryShelf, beat: Beat) -> list[Story]:
    """Return the stories that an editor's rule or word moves, or one that he took back.

    Only stories that are named, and those beside them, are looked at: without such a rule a round
    without news costs nothing.
    """
    if not beat.scoring.traits.groups_by_rules:
        return _waiting_to_lead(shelf, beat)
    named = {name for rule in beat.rulings if rule.said != "block" for name in rule.stories}
    found = {one.story.path: one for one in shelf if _is_ruled(one.story, named)}
    groups = {one.story.group for one in found.values()} - {""}
    found.update((one.story.path, one) for one in shelf.of_groups(groups))
    moved = judge.regroup(list(found.values()), beat, frozenset())
    return [found[story.path].story for story in moved]


def _waiting_to_lead(shelf: judge.MemoryShelf, beat: Beat) -> list[Story]:
    """Return the stories of `everyday` that an editor wants in front, and that stand behind."""
    wanted = {rule.stories[0] for rule in beat.rulings if rule.said == "lead"}
    if not wanted:
        return []
    stories = (one.story for one in shelf if review.record_name(one.story.path) in wanted)
    return [story for story in stories if story.heat == -1]


def _is_ruled(story: Story, named: Collection[str]) -> bool:
    if review.record_name(story.path) in named or (story.verdict and story.group):
        return True
    return any(reason.kind in GROUP_RULED for reason in story.reasons)


def _gave_the_lead(before: Story, after: Story) -> bool:
    """Decide whether a story that had a page of its own now stands behind another one."""
    return bool(before.published) and not after.published and after.heat == -1


def _beside(
    beat: Beat,
    window: Sequence[Shelved],
    new: frozenset[str],
    anew: frozenset[str],
    corrections: Iterable[Correction],
) -> Iterable[Story]:
    """Return the stories that change; who stands beside a page that moved has its new address."""
    moved = {one.before.web_url: one.after.web_url for one in corrections if one.has_moved}
    if not moved:
        return judge.regroup(window, beat, new, anew)
    standing = [replace(one, story=_follow_moves(one.story, moved)) for one in window]
    changed = {
        after.story.path: after.story
        for before, after in zip(window, standing, strict=True)
        if before.story != after.story
    }
    changed.update((one.path, one) for one in judge.regroup(standing, beat, new, anew))
    return changed.values()


def _follow_moves(story: Story, moved: Mapping[str, str]) -> Story:
    related = tuple(
        replace(one, web_url=moved.get(one.web_url, one.web_url)) for one in story.related
    )
    return replace(story, related=related)


def _window(shelf: judge.MemoryShelf, fresh: Sequence[Story]) -> list[Shelved]:
    """Return the stories of the weeks around the fresh ones, and all others of their groups."""
    times = [story.published_at for story in fresh if story.published_at is not None]
    if not times:
        return []
    start, end = min(times) - judge.NEIGHBOURS_WITHIN, max(times) + judge.NEIGHBOURS_WITHIN
    found = {one.story.path: one for one in shelf.between(start, end)}
    groups = {one.story.group for one in found.values()} - {""}
    found.update((one.story.path, one) for one in shelf.of_groups(groups))
    return list(found.values())
