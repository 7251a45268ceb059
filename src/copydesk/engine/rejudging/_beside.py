"""Set stories that were judged anew beside each other, and beside what is filed around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from copydesk import judge, review
from copydesk.engine.rejudging._case import LONG_AGO, Rejudged, is_in_period
from copydesk.judge import clustering
from copydesk.news import Beat, Shelved, Story, Surroundings
from copydesk.review import rules

Digests = Callable[[Story], Mapping[str, str]]


def set_beside(
    fresh: Sequence[Rejudged],
    around: Iterable[Story],
    beat: Beat,
    digests_of: Digests,
    surroundings: Surroundings | None = None,
) -> list[Rejudged]:
    """Set all that was judged anew beside each other, and beside the stories around it.

    The one place where grouping comes in: whatever `judge.regroup` says of the judged stories, and
    of their neighbours that the line answers for, is part of the comparison. A group stays as it is
    filed, for it came of what was known at each time; only what has become a story of its own,
    or was kept off the site, is put among the others as if it were new. `beat` is that of the rules
    in force, `digests_of` says what the line last wrote of a story; with `surroundings` these need
    not be all stories of some weeks, but all that stand in any relation to each other.
    """
    judged = {rejudged.filed.path: rejudged for rejudged in _dissolve_copies(fresh)}
    window = _as_window(judged.values(), around)
    new = frozenset(path for path, rejudged in judged.items() if is_on_its_own_now(rejudged))
    regrouped = judge.regroup(window, beat, new, frozenset(judged), surroundings)
    filed = {shelved.story.path: shelved.story for shelved in window}
    beside = dict(judged)
    for story in regrouped:
        before = judged.get(story.path) or filed[story.path]
        beside[story.path] = _set_one_beside(before, story, digests_of)
    return [_in_order(rejudged) for rejudged in beside.values()]


def _as_window(judged: Iterable[Rejudged], around: Iterable[Story]) -> list[Shelved]:
    """Return judged stories and those around them by time and path."""
    window = [
        *(Shelved(story=new.fresh, text=new.text, found=new.found) for new in judged),
        *(Shelved(story=story) for story in around),
    ]
    window.sort(key=lambda shelved: (shelved.story.published_at or LONG_AGO, shelved.story.path))
    return window


def _set_one_beside(before: Rejudged | Story, regrouped: Story, digests_of: Digests) -> Rejudged:
    """Return a story with what standing beside others changes in it, as it was judged or filed."""
    if isinstance(before, Rejudged):
        after = review.set_rejudged_beside_others(before.fresh, regrouped)
        return replace(before, fresh=after)
    after = review.set_beside_others(before, regrouped, digests_of(before))
    return Rejudged(filed=before, fresh=after)


def find_stories_around(
    judged: Collection[Story], stories: Iterable[Story], since: datetime | None
) -> Iterator[Story]:
    """Yield the stories around the judged ones: in time, or of their groups."""
    start = None if since is None else since - clustering.NEIGHBOURS_WITHIN
    groups = {story.group for story in judged} - {""}
    paths = {story.path for story in judged}
    for story in stories:
        is_near = is_in_period(story, start) or story.group in groups
        if is_near and story.path not in paths:
            yield story


def _in_order(rejudged: Rejudged) -> Rejudged:
    """Return a story with its reasons in the filed order, where they are the filed ones."""
    filed, fresh = rejudged.filed, rejudged.fresh
    if Counter(fresh.reasons) != Counter(filed.reasons):
        return rejudged
    return replace(rejudged, fresh=replace(fresh, reasons=filed.reasons))


def is_on_its_own_now(rejudged: Rejudged) -> bool:
    """Decide whether a story was a copy, or kept off the site, and is so no more."""
    was = bool(rejudged.filed.copy_of) or review.is_kept_off(rejudged.filed)
    return was and not rejudged.fresh.copy_of and not rejudged.dropped


def _dissolve_copies(fresh: Sequence[Rejudged]) -> Iterator[Rejudged]:
    """Take what is a copy no more, or of another one, from beside the story that it copied."""
    left: dict[str, set[str]] = {}
    for rejudged in fresh:
        original = rejudged.filed.copy_of
        if original and rejudged.fresh.copy_of != original:
            left.setdefault(original, set()).add(rejudged.filed.web_url)
    for rejudged in fresh:
        gone = left.get(rules.record_name(rejudged.filed.path), set())
        stays = tuple(copy for copy in rejudged.fresh.related if copy.web_url not in gone)
        without = replace(rejudged, fresh=replace(rejudged.fresh, related=stays))
        yield without if gone else rejudged
