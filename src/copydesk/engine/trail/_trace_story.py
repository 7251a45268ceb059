"""Trace a story: all that befell it, from the lead to the last correction, in its order.

sealed part, article, memory ──> found, read ┐
git, commit by commit ───────────────────────┼──> entries ── the same in a row is one ──> a trail
the record and the rulings as they stand ────┘
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from copydesk import archive
from copydesk.engine.newsroom import Newsroom, record_at
from copydesk.engine.trail._beginnings import find_fate, list_beginnings, list_fate
from copydesk.engine.trail._commit_entries import (
    Word,
    list_commit_entries,
    tell_event,
    tell_rule,
    tell_verdict,
)
from copydesk.engine.trail._trail_entry import TrailEntry, TrailKind, describe
from copydesk.errors import GitError
from copydesk.kit import dates, urls
from copydesk.news import Story
from copydesk.review.rules import record_name

_MOST = 200
_MOST_COMMITS = 400  # a story that leads for weeks is in every round's
_ALIKE = frozenset({TrailKind.CHANGED, TrailKind.ALONG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What befell a story, in its order.

    `rest` counts what is left out after the first 200 entries; `notes` say what nobody can know.
    """

    entries: tuple[TrailEntry, ...] = ()
    rest: int = 0
    notes: tuple[str, ...] = ()


def trace_story(newsroom: Newsroom, path: str, url: str = "") -> Trail:
    """Return the trail of the record at `path`, or of the lead at `url` where there is none.

    Raises RecordError where the record cannot be read.
    """
    place = record_at(newsroom.root, newsroom.settings, path) if path else None
    if place is None:
        fate = newsroom.memory.fate(urls.identity(url)) if url else None
        return Trail(entries=tuple(list_fate(fate)) if fate else ())
    story = newsroom.archive.read(place)
    log = _read_log(newsroom, story)
    entries = list(log.entries)
    if not any(entry.kind in {TrailKind.FILED, TrailKind.WRITTEN} for entry in entries):
        entries = [*_list_filing(newsroom, story), *entries]
    entries = [*list_beginnings(newsroom, story), *entries]
    for entry in _list_standing(newsroom, story, log.words):
        _put_in(entries, entry)
    folded = list(_fold(entries))
    return Trail(
        entries=tuple(folded[:_MOST]),
        rest=log.rest + max(0, len(folded) - _MOST),
        notes=log.notes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Log:
    """What git has of a story, with the words that its commits brought."""

    entries: Sequence[TrailEntry] = ()
    words: frozenset[Word] = frozenset()
    rest: int = 0
    notes: tuple[str, ...] = ()


def _read_log(newsroom: Newsroom, story: Story) -> _Log:
    try:
        log = archive.read_story_log(newsroom.root, story.path, _MOST_COMMITS)
    except GitError as error:
        return _Log(notes=(f"git does not say what changed: {error}",))
    if log is None:
        return _Log(notes=("there is no git repository: nobody knows what changed when",))
    entries: list[TrailEntry] = []
    words: set[Word] = set()
    name = record_name(story.path)
    for commit in log.commits:
        entries += list_commit_entries(commit, name, entries, words)
        words.update(commit.news)
    return _Log(entries=entries, words=frozenset(words), rest=log.rest)


def _list_filing(newsroom: Newsroom, story: Story) -> Iterator[TrailEntry]:
    """Walk how a story was filed of which git has no beginning."""
    if not story.is_own:
        yield TrailEntry(kind=TrailKind.JUDGED, what=describe(TrailKind.JUDGED))
    fate = find_fate(newsroom, story)
    at = dates.rfc3339(fate.at) if fate and fate.state == "filed" else ""
    yield TrailEntry(kind=TrailKind.FILED, what=describe(TrailKind.FILED), at=at)


def _list_standing(
    newsroom: Newsroom, story: Story, told: Collection[Word]
) -> Iterator[TrailEntry]:
    """Walk what the record and the rulings say today and no commit told."""
    yield from (tell_event(event) for event in story.events if event not in told)
    rulings = archive.read_rulings(newsroom.root)
    verdict = story.verdict or rulings.verdict_on(story.path)
    if verdict is not None and verdict not in told:
        yield tell_verdict(verdict)
    name = record_name(story.path)
    rules = (rule for rule in rulings.rules if name in rule.stories and rule not in told)
    yield from (tell_rule(rule, name) for rule in rules)


def _put_in(entries: list[TrailEntry], entry: TrailEntry) -> None:
    """Put an entry among others by its time."""
    later = (place for place, other in enumerate(entries) if other.at > entry.at)
    entries.insert(next(later, len(entries)), entry)


def _fold(entries: list[TrailEntry]) -> Iterator[TrailEntry]:
    """Walk entries, the same change in a row as one with how often it happened."""
    last: TrailEntry | None = None
    for entry in entries:
        if last is None:
            last = entry
        elif entry.kind in _ALIKE and (entry.kind, entry.fields) == (last.kind, last.fields):
            last = replace(last, count=last.count + 1, until=entry.at)
        else:
            yield last
            last = entry
    if last is not None:
        yield last
