"""Writing: the newsroom's write lock, with what earlier versions left taken over first.

A version before the journal of `archive` wrote first and committed then. What it left between the
two is told by its memory; where that was lost, by records that git does not know and in which every
digest fits; and a verdict cut short is all that parts its record from the last commit.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from copydesk import archive, review
from copydesk.archive import Archive, record
from copydesk.archive.change import Begun, Change, WriteLock
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import text
from copydesk.memory import Memory
from copydesk.news import Story, Verdict

RULINGS_PATH = "_data/rulings.yaml"
WORD_SECONDS = 10.0  # how long a person's word waits, at most, before it is told busy
PATIENCE_SECONDS = 600.0  # how long a round does: it has work behind it


def write_lock(root: Path, memory: Memory) -> WriteLock:
    """Return the newsroom's write lock; who takes it remembers what a killed change had to."""
    return WriteLock(root, memory.play)


def begin_change(
    memory: Memory,
    lock: WriteLock,
    change: Change,
    remember: Callable[[Sequence[str]], None],
    needed: Collection[str] = (),
) -> Begun:
    """Begin a change of which the memory has to know; a kill parts the two at no moment.

    `remember` changes the memory; it is told which paths are left to a person. Raises as
    `Change.begin` does.
    """

    def note(skipped: Sequence[str]) -> bytes:
        with memory.rehearse() as rehearsal:
            remember(skipped)
        return rehearsal.encode()

    return change.begin(lock, needed=needed, note=note)


@contextlib.contextmanager
def hold_write_lock(
    newsroom: Newsroom, lock: WriteLock | None = None, wait_seconds: float = WORD_SECONDS
) -> Iterator[WriteLock]:
    """Hold the newsroom's write lock for the block; what a kill left is finished then.

    Raises BusyError where another keeps it so long, RecordError.
    """
    lock = lock or write_lock(newsroom.root, newsroom.memory)
    with lock.hold(wait_seconds):
        _take_over(newsroom.root, newsroom.archive, newsroom.memory, newsroom.now, lock)
        yield lock


def take_over_unknown(records: Archive, memory: Memory, now: datetime, lock: WriteLock) -> None:
    """Commit records of ours that git does not know, where the memory of them was lost."""
    if not memory.is_new() or not lock.repository.usable:
        return
    with contextlib.suppress(GitError, RecordError):
        unknown = lock.repository.unknown(records.signatures(stories=True))
        ours = [path for path in sorted(unknown) if _is_ours(records, path)]
        _adopt(records, now, lock, ours)


def _take_over(
    root: Path, records: Archive, memory: Memory, now: datetime, lock: WriteLock
) -> None:
    """Take over, once, what an earlier version left; its memory's journal ends with it."""
    journal = memory.journal()
    is_first = lock.journal.is_new
    stands = {path for path, digest in journal.items() if archive.digest_of(root, path) == digest}
    if is_first and lock.repository.usable and not lock.repository.obstacle():
        with contextlib.suppress(GitError, RecordError):
            stands |= set(_find_cut_short(root, records, lock))
    _adopt(records, now, lock, stands)
    if journal:
        memory.close_journal()
    if is_first:
        lock.journal.begin()


def _adopt(records: Archive, now: datetime, lock: WriteLock, stands: Collection[str]) -> None:
    if not stands:
        return
    titles = sorted(filter(None, (_title(records, path) for path in stands)))
    lines = [f"* {text.fold(title)}" for title in titles]
    subject = f"news: {len(stands)} left from an earlier round"
    message = "\n".join([subject, "", *lines]) if lines else subject
    lock.adopt(sorted(stands), message, now)


def _title(records: Archive, path: str) -> str:
    try:
        return records.read(path).title
    except CopydeskError:
        return ""


def _find_cut_short(root: Path, records: Archive, lock: WriteLock) -> Iterator[str]:
    """Walk the files in which a verdict is the only difference to the last commit."""
    rulings = archive.read_rulings(root)
    said = {
        story.path: story.verdict or rulings.verdict_on(story.path) for story in _stories(records)
    }
    words = {path: verdict for path, verdict in said.items() if verdict is not None}
    edited = lock.repository.find_user_changes([*words, RULINGS_PATH])
    for path in words.keys() & edited:
        if _is_verdict_alone(lock, records.read(path), words[path]):
            yield path
    if RULINGS_PATH in edited and _are_verdicts_alone(root, records, lock):
        yield RULINGS_PATH


def _is_verdict_alone(lock: WriteLock, story: Story, verdict: Verdict) -> bool:
    data = lock.repository.read_commit_bytes(story.path)
    try:
        before = record.parse_story(story.path, data or b"")
    except CopydeskError:
        return False
    return review.obey(replace(before, verdict=story.verdict), verdict) == story


def _are_verdicts_alone(root: Path, records: Archive, lock: WriteLock) -> bool:
    """Decide whether verdicts and tombstones are all that is new among the rulings."""
    data = lock.repository.read_commit_bytes(RULINGS_PATH)
    try:
        before = archive.parse_rulings(data or b"")
        after = archive.read_rulings(root)
        told = archive.edit_rulings(data or b"", after)
    except CopydeskError:
        return False
    return before.rules == after.rules and told == records.file_bytes(RULINGS_PATH)


def _stories(records: Archive) -> Iterator[Story]:
    return records.stories(_unheard)


def _is_ours(records: Archive, path: str) -> bool:
    """Decide whether the line filed a record and nobody has edited it; no for a broken one."""
    try:
        story = records.read(path)
    except RecordError:
        return False
    return bool(story.machine) and not review.find_hand_edits(story, dict(story.machine))


def _unheard(error: CopydeskError) -> None:
    """Hear nothing: the round reports the records that cannot be read."""
