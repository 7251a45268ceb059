"""Surroundings: which filed stories the news of a round may touch, with no other one read.

terms kept ── bring up to date ──> candidates ── with their groups and who is named ──> window
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice

from copydesk.engine.judging import FiledShelf
from copydesk.engine.newsroom import Newsroom
from copydesk.judge import clustering, copies, coverage
from copydesk.news import Beat, Corpus, Shelved, Story, Surroundings
from copydesk.review.rules import record_name

_RECENT = timedelta(days=15)  # what comes later than that may have neighbours of which none is kept
_AT_ONCE = 500  # documents
_UNSURE = (
    b"?"  # before the digest of a document that one round has looked at, and may not have filed
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The stories that a round sets beside each other, and what is filed around them.

    `around` is None where they are all of some weeks.
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
    """Return what stories are to be set beside that look for a group, and others that changed.

    These are the stories that a moving one may meet, those whose records changed since two rounds
    looked at them, and all others of their groups. It is all of the weeks around where a moving one
    is old, where records were deleted, by meaning, and in a profile that groups by a rule of its
    own.
    """
    if not (moving or others):
        return Window(stories=())
    if not _has_kept(newsroom, beat, moving):
        return Window(stories=_all_around(shelf, [*moving, *others]))
    since = newsroom.now - copies.COPIES_WITHIN  # of older stories no text is at hand

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
    """Return the filed stories that others, which are not filed, may meet, and their groups.

    Those of some weeks are found by their terms; where one of the stories is older, it is all of
    the weeks around.
    """
    others = [shelved.story for shelved in stories]
    if not _are_recent(newsroom, others):
        return Window(stories=_all_around(shelf, others))
    since = newsroom.now - copies.COPIES_WITHIN
    corpus = _complete_corpus(shelf, since)
    names = coverage.find_candidates(stories, beat, corpus)
    around = Surroundings(
        corpus=corpus, count_stories=lambda topic: shelf.count_stories(topic, since)
    )
    return Window(stories=_complete(shelf, beat, shelf.find_by_name(names)), around=around)


def _complete_corpus(shelf: FiledShelf, since: datetime) -> Corpus:
    """Return the kept terms and those of what was filed since they were.

    What is kept stays as rounds left it: they are told there which records changed.
    """
    known = shelf.corpus.digests()
    paths = [path for path in shelf.digest_texts(since) if record_name(path) not in known]
    fresh = (shelf.peek(path) for path in paths)
    return coverage.extend_corpus(
        shelf.corpus, [shelved for shelved in fresh if shelved is not None]
    )


def _has_kept(newsroom: Newsroom, beat: Beat, moving: Sequence[Story]) -> bool:
    """Decide whether what is kept says enough of the neighbours of moving stories."""
    if not beat.scoring.traits.groups_by_rules or (moving and beat.scoring.embed):
        return False
    return _are_recent(newsroom, moving)


def _are_recent(newsroom: Newsroom, stories: Sequence[Story]) -> bool:
    since = newsroom.now - _RECENT
    return all(story.published_at and story.published_at >= since for story in stories)


def _find_candidates(shelf: FiledShelf, beat: Beat, moving: Sequence[Story]) -> set[str]:
    originals = [story.path for story in moving if not story.copy_of]
    new = shelf.at_paths(originals)
    return coverage.find_candidates(new, beat, shelf.corpus) if new else set()


def _bring_up_to_date(shelf: FiledShelf, since: datetime) -> list[str] | None:
    """Bring the kept terms up to date; return the paths of records that changed, None: some went.

    One that changed is told to two rounds, since the first may have ended before it filed anything.
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
    """Where a story is filed, and the digest of what it says."""

    path: str
    digest: bytes


def _take_in(shelf: FiledShelf, changed: Mapping[str, _Text], known: Mapping[str, bytes]) -> None:
    """Read the terms of what changed, but of what the round before has read already."""
    unsure = {name: text for name, text in changed.items() if _is_unsure(text, known.get(name))}
    shelf.corpus.set_digests({name: text.digest for name, text in unsure.items()})
    mark = _UNSURE if known else b""  # where all is read anew nothing has changed
    waiting = iter([text for name, text in changed.items() if name not in unsure])
    while lot := list(islice(waiting, _AT_ONCE)):
        read = ((shelf.peek(text.path), mark + text.digest) for text in lot)
        stories = [(shelved, digest) for shelved, digest in read if shelved is not None]
        shelf.corpus.update(list(coverage.index_stories(stories)))


def _is_unsure(text: _Text, known: bytes | None) -> bool:
    return known == _UNSURE + text.digest


def _complete(shelf: FiledShelf, beat: Beat, stories: Iterable[Shelved]) -> list[Shelved]:
    """Return stories with their copies, the others of their groups, and who is named with them."""
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
    """Return the stories of the weeks around some, and all others of their groups."""
    times = (story.published_at for story in stories if story.published_at is not None)
    around = (shelf.between(*weeks) for weeks in _merge_weeks(times))
    return add_groups(shelf, chain.from_iterable(around))


def _merge_weeks(times: Iterable[datetime]) -> list[tuple[datetime, datetime]]:
    """Return the weeks around each of these times, what overlaps as one."""
    merged: list[tuple[datetime, datetime]] = []
    for time in sorted(times):
        start, end = time - clustering.NEIGHBOURS_WITHIN, time + clustering.NEIGHBOURS_WITHIN
        if merged and start <= merged[-1][1]:
            start, _ = merged.pop()
        merged.append((start, end))
    return merged


def add_groups(shelf: FiledShelf, stories: Iterable[Shelved]) -> list[Shelved]:
    """Return the stories, then all others of their groups."""
    found = {shelved.story.path: shelved for shelved in stories}
    groups = _groups_of([shelved.story for shelved in found.values()])
    found.update((shelved.story.path, shelved) for shelved in shelf.of_groups(groups))
    return list(found.values())


def _groups_of(stories: Iterable[Story]) -> set[str]:
    """Return the groups in which stories stand, and those to which they may return."""
    return {group for story in stories for group in (story.group, story.returns_to)} - {""}
