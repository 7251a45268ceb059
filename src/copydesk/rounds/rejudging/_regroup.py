"""Regroup stories about the same events: find what new stories change in stored ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice

from copydesk import judge, review
from copydesk.judge import clustering, copies, coverage
from copydesk.judge.coverage import groups
from copydesk.memory import Memory
from copydesk.news import Beat, Shelved, Story
from copydesk.news.story import Corpus, Event, EventKind, Surroundings
from copydesk.newsroom import Newsroom
from copydesk.newsroom.standings import beat_in_force
from copydesk.review import rules
from copydesk.review.corrections import add_to_history
from copydesk.review.rules import record_name
from copydesk.rounds._revisit_plans import Correction
from copydesk.rounds._shelf import FiledShelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """The new and changed stories after regrouping, and the stored ones as they were `before`, by
    file path.
    """

    changed: Mapping[str, Story]
    before: Mapping[str, Story]


def regroup(
    newsroom: Newsroom,
    shelf: FiledShelf,
    fresh: Sequence[Story],
    corrections: Iterable[Correction] = (),
) -> Regrouped:
    """Regroup new and corrected stories with the stored stories of the weeks around them.

    This includes records that an earlier round could not write because of a person's edit or rule.
    A filed story changes only if copydesk wrote it and still has digests of what it wrote: a record
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
    newsroom: Newsroom, window: Sequence[Shelved], fresh: Sequence[Story], changes: Iterable[Story]
) -> Regrouped:
    """Return the new stories as they are after regrouping, and the changes in stored ones."""
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
    """Return the stories that an earlier round could not write because of an editor's edit or
    rule.
    """
    overtaken = memory.overtaken.keys()
    if not overtaken:
        return []
    return [shelved.story for shelved in shelf.at_paths(sorted(overtaken))]


def after_others(
    beat: Beat, memory: Memory, now: datetime, filed: Story, regrouped: Story
) -> Story:
    """Return a stored story with the changes that regrouping caused, also noted in its history."""
    known = dict(regrouped.machine) or memory.digests(filed.path)
    after = review.set_beside_others(filed, regrouped, known)
    if _gave_the_lead(filed, after) and beat.scoring.traits.has_blocks:
        return add_to_history(after, now, [Event.of(EventKind.DEPOSED)])
    return after


def _stories_under_rules(shelf: FiledShelf, beat: Beat) -> list[Story]:
    """Return the stories regrouped by an editor's rule or decision, or by its withdrawal.

    Only stories named by a rule, and those grouped with them, are examined: without such a rule, a
    round without news costs nothing.
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
    """Return the stories that editors want to be shown first in their group and that are not
    yet.
    """
    wanted = {rule.stories[0] for rule in beat.rulings if rule.said == "lead"}
    if not wanted:
        return []
    return [shelved.story for shelved in shelf.find_by_name(wanted) if shelved.story.heat == -1]


def _is_ruled(story: Story, named: Collection[str]) -> bool:
    if rules.record_name(story.path) in named or (story.verdict and story.group):
        return True
    return bool(story.returns_to) or any(reason.is_group_ruled for reason in story.reasons)


def _gave_the_lead(before: Story, after: Story) -> bool:
    """Return whether a story that had a page of its own is now shown below another one."""
    return bool(before.published) and not after.published and after.heat == -1


def _follow_moves(window: Sequence[Shelved], corrections: Iterable[Correction]) -> list[Shelved]:
    """Return stories with the new URLs of related pages whose URL changed."""
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
    """Return the stories that changed between two states, or by the regrouping after that."""
    pairs = zip(before, after, strict=True)
    changed = {new.story.path: new.story for old, new in pairs if old.story != new.story}
    changed.update((story.path, story) for story in regrouped)
    return changed.values()


# Find the filed stories that a round's news may regroup, and read no others.
#
# stored terms ── update ──> candidates ── with their groups and stories named by rules ──> window

_RECENT = timedelta(days=15)  # older stories may have neighbours without stored terms
_AT_ONCE = 500  # documents in a batch
_UNSURE = (
    b"?"  # prefix of a digest that one round has seen; that round may have ended before filing it
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The stories that a fetching round regroups, with the stored stories near them.

    `around` is None if the stories are all of some weeks.
    """

    stories: Sequence[Shelved]
    around: Surroundings | None = None


def find_window(
    newsroom: Newsroom,
    shelf: FiledShelf,
    beat: Beat,
    moving: Sequence[Story],
    others: Sequence[Story],
) -> Window:
    """Return the stories to regroup: `moving`, changed `others`, and stored stories near them.

    It has the stories that a `moving` one may be grouped with, those whose records changed within
    two rounds, and all others of their groups. It has all stories of the weeks around if a moving
    one is old, if records were deleted, if grouping goes by meaning, or in a profile that groups in
    its own way.
    """
    if not (moving or others):
        return Window(stories=())
    if not _has_kept(newsroom, beat, moving):
        return Window(stories=_all_around(shelf, [*moving, *others]))
    since = newsroom.now - copies.COPIES_WITHIN  # the shelf has no texts of older stories

    def count_stories(topic: str) -> int:
        return shelf.count_stories(topic, since)

    around = Surroundings(corpus=shelf.corpus, count_stories=count_stories)
    changed = _bring_up_to_date(shelf, since) if moving else []
    if changed is None:
        return Window(stories=_all_around(shelf, [*moving, *others]), around=around)
    found = shelf.at_paths([*changed, *(story.path for story in (*moving, *others))])
    names = _find_candidates(shelf, beat, moving)
    stories = _complete(shelf, beat, [*found, *shelf.find_by_name(names)])
    return Window(stories=stories, around=around)


def find_neighbours(
    newsroom: Newsroom, shelf: FiledShelf, beat: Beat, stories: Sequence[Shelved]
) -> Window:
    """Return the stored stories with which new ones may be grouped, and their whole groups.

    Recent ones are found by their terms; if one of the stories is old, they are all stories of the
    weeks around.
    """
    others = [shelved.story for shelved in stories]
    if not _are_recent(newsroom, others):
        return Window(stories=_all_around(shelf, others))
    since = newsroom.now - copies.COPIES_WITHIN
    corpus = _complete_corpus(shelf, since)
    names = groups.find_candidates(stories, beat, corpus)
    around = Surroundings(
        corpus=corpus, count_stories=lambda topic: shelf.count_stories(topic, since)
    )
    return Window(stories=_complete(shelf, beat, shelf.find_by_name(names)), around=around)


def _complete_corpus(shelf: FiledShelf, since: datetime) -> Corpus:
    """Return the stored index terms of stories, and the terms of stories that are newer than these.

    The stored terms are not changed: rounds detect changed records by them.
    """
    known = shelf.corpus.digests()
    paths = [path for path in shelf.digest_texts(since) if record_name(path) not in known]
    fresh = (shelf.peek(path) for path in paths)
    return coverage.extend_corpus(
        shelf.corpus, [shelved for shelved in fresh if shelved is not None]
    )


def _has_kept(newsroom: Newsroom, beat: Beat, moving: Sequence[Story]) -> bool:
    """Return whether the stored index terms suffice to find the stories to group these with."""
    if not beat.scoring.traits.groups_by_rules or (moving and beat.scoring.embed):
        return False
    return _are_recent(newsroom, moving)


def _are_recent(newsroom: Newsroom, stories: Sequence[Story]) -> bool:
    since = newsroom.now - _RECENT
    return all(story.published_at and story.published_at >= since for story in stories)


def _find_candidates(shelf: FiledShelf, beat: Beat, moving: Sequence[Story]) -> set[str]:
    originals = [story.path for story in moving if not story.copy_of]
    new = shelf.at_paths(originals)
    return groups.find_candidates(new, beat, shelf.corpus) if new else set()


def _bring_up_to_date(shelf: FiledShelf, since: datetime) -> list[str] | None:
    """Update the stored index terms; return the paths of changed stories, None if some were
    deleted.

    A changed record is returned in two rounds, since the first may have ended before it filed
    anything.
    """
    known = shelf.corpus.digests()
    there = {
        record_name(path): _Text(path=path, digest=digest)
        for path, digest in reversed(shelf.digest_texts(since).items())
    }
    changed = {name: text for name, text in there.items() if known.get(name) != text.digest}
    _take_in(shelf, changed, known)
    gone = known.keys() - there.keys()
    shelf.corpus.update([], gone)
    too_old = {record_name(shelved.story.path) for shelved in shelf.find_by_name(gone)}
    return [text.path for text in changed.values()] if gone == too_old else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """The path of a stored story, with the digest of its text."""

    path: str
    digest: bytes


def _take_in(shelf: FiledShelf, changed: Mapping[str, _Text], known: Mapping[str, bytes]) -> None:
    """Store the index terms of changed stories, except those that the last round has stored."""
    unsure = {name: text for name, text in changed.items() if _is_unsure(text, known.get(name))}
    shelf.corpus.set_digests({name: text.digest for name, text in unsure.items()})
    mark = _UNSURE if known else b""  # the first time, nothing counts as changed
    waiting = iter([text for name, text in changed.items() if name not in unsure])
    while lot := list(islice(waiting, _AT_ONCE)):
        read = ((shelf.peek(text.path), mark + text.digest) for text in lot)
        stories = [(shelved, digest) for shelved, digest in read if shelved is not None]
        shelf.corpus.update(list(coverage.index_stories(stories)))


def _is_unsure(text: _Text, known: bytes | None) -> bool:
    return known == _UNSURE + text.digest


def _complete(shelf: FiledShelf, beat: Beat, stories: Iterable[Shelved]) -> list[Shelved]:
    """Return stories with their copies, the others of their groups, and those named in editors'
    rules.
    """
    found = {shelved.story.path: shelved for shelved in stories}
    latest: Collection[Shelved] = list(found.values())
    while latest:
        near = _find_near(shelf, beat, [shelved.story for shelved in latest])
        latest = [shelved for shelved in near if shelved.story.path not in found]
        found.update((shelved.story.path, shelved) for shelved in latest)
    return list(found.values())


def _find_near(shelf: FiledShelf, beat: Beat, stories: Sequence[Story]) -> list[Shelved]:
    names = {record_name(story.path) for story in stories}
    rules = (rule.stories for rule in beat.rulings if not names.isdisjoint(rule.stories))
    beside = {related.web_url for story in stories for related in story.related}
    groups = _groups_of(stories)
    named = {name for rule in rules for name in rule} | {story.copy_of for story in stories}
    return [
        *shelf.of_groups(groups | names),
        *shelf.find_by_name((named | groups) - names - {""}),
        *shelf.at_addresses(beside),
        *shelf.copies_of(names),
    ]


def _all_around(shelf: FiledShelf, stories: Sequence[Story]) -> list[Shelved]:
    """Return the stories of the weeks around some stories, with all others of their groups."""
    times = (story.published_at for story in stories if story.published_at is not None)
    around = (shelf.between(*weeks) for weeks in _merge_weeks(times))
    return add_groups(shelf, chain.from_iterable(around))


def _merge_weeks(times: Iterable[datetime]) -> list[tuple[datetime, datetime]]:
    """Return the weeks around these times as time spans, with overlapping ones merged."""
    merged: list[tuple[datetime, datetime]] = []
    for time in sorted(times):
        start, end = time - clustering.NEIGHBOURS_WITHIN, time + clustering.NEIGHBOURS_WITHIN
        if merged and start <= merged[-1][1]:
            start, _ = merged.pop()
        merged.append((start, end))
    return merged


def add_groups(shelf: FiledShelf, stories: Iterable[Shelved]) -> list[Shelved]:
    """Return these stories, then all others of their groups."""
    found = {shelved.story.path: shelved for shelved in stories}
    groups = _groups_of([shelved.story for shelved in found.values()])
    found.update((shelved.story.path, shelved) for shelved in shelf.of_groups(groups))
    return list(found.values())


def _groups_of(stories: Iterable[Story]) -> set[str]:
    """Return the names of the groups that stories are in, and of those they may return to."""
    return {group for story in stories for group in (story.group, story.returns_to)} - {""}
