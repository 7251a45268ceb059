"""Store stories: write their records (Markdown files) in one commit under the write lock.

Old stories move to the archive folder in the same way, once a month.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from copydesk import archive, review
from copydesk.archive import Archive, ArticleStore, FileChange, sealing
from copydesk.archive.change import Change, Committed, WriteLock
from copydesk.config import Settings
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import dates, urls
from copydesk.memory import Memory
from copydesk.news import Article, Beat, Story
from copydesk.newsroom._newsroom import Failure, Newsroom, failure_of


def finish_story(
    settings: Settings, articles: ArticleStore, story: Story, article: Article
) -> Story:
    """Store a new story's article; return the story with digests and an encrypted part."""
    content = articles.put(article)
    story = replace(story, machine=review.digests(story))
    if settings.key is None:
        return story
    return replace(story, secured=_seal(settings.key, story, article, content))


def reseal_correction(
    settings: Settings, articles: ArticleStore, story: Story, article: Article | None
) -> Story:
    """Store a corrected story's article; return the story with its encrypted part renewed, if any.

    A seal that the key does not open, or of an unknown form, stays as it is.
    """
    if article is None:
        return story
    content = articles.put(article)
    private = sealing.read_private(story, settings.keys)
    if settings.key is None or private.get("fingerprint", content) == content:
        return story
    plaintext = _canonical({**private, "fingerprint": content})
    return replace(story, secured=sealing.seal(plaintext, settings.key, story.path))


def _canonical(private: Mapping[str, object]) -> bytes:
    text = json.dumps(private, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _seal(key: bytes, story: Story, article: Article, content: str) -> str:
    private = {
        "id": hashlib.sha256(urls.identity(article.web_url).encode()).hexdigest()[:32],
        "source": article.source,
        "guid": article.guid,
        "found": dates.rfc3339(article.found),
        "fingerprint": content,
    }
    return sealing.seal(_canonical(private), key, story.path.rsplit("/", 1)[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingOrder:
    """How to write story records: the commit message, and the stories as they were read before.

    `before` has the stories by path as the fetching run read them. `branch` is the git branch, ""
    for none. Records in `left_alone` are not written.
    """

    before: Mapping[str, Story]
    message: str
    branch: str = ""
    left_alone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """The result of writing story records: written, skipped (as a person edits them) and failed."""

    written: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRecords:
    """Stories ready to be written as records; `moved` are records edited since they were read."""

    change: Change
    stories: tuple[Story, ...]
    moved: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()


def prepare_records(
    newsroom: Newsroom, stories: Iterable[Story], order: FilingOrder
) -> PreparedRecords:
    """Turn stories into a change of record files; stories that fail do not stop the others.

    A record that was edited since the fetching run read it is left out. `Change.begin` finds the
    edits made after this check.
    """
    files, failed, moved, ready = list[FileChange](), [], [], []
    for story in stories:
        is_free = story.path not in order.left_alone
        if not is_free or not _stands(newsroom.root, newsroom.archive, story, order.before):
            moved.append(story.path)
            continue
        try:
            one = newsroom.archive.change(as_record(newsroom.beat, story))
        except CopydeskError as error:
            failed.append(failure_of(story.path, error))
            continue
        ready.append(story)
        if one.is_new_bytes:
            files.append(one)
    digests = digests_to_keep(newsroom.beat, ready)
    change = Change(
        files=tuple(files),
        message=order.message,
        when=newsroom.now,
        branch=order.branch,
        note=MemoryNote(at=newsroom.now, digests=digests).encode(),
    )
    return PreparedRecords(
        change=change, stories=tuple(ready), moved=tuple(sorted(moved)), failed=tuple(failed)
    )


def read_digests(memory: Memory, story: Story) -> dict[str, str]:
    """Return digests of a story's fields as copydesk last wrote them, by name; {} if unknown."""
    return dict(story.machine) or memory.digests(story.path)


def digests_to_keep(beat: Beat, stories: Iterable[Story]) -> dict[str, dict[str, str]]:
    """Return by path the field digests that story records cannot store (profile `everyday`)."""
    if beat.scoring.traits.has_blocks:
        return {}
    return {story.path: dict(story.machine) for story in stories if story.machine}


def filing_result(prepared: PreparedRecords, done: Committed) -> Filed:
    """Return the result of writing and committing story records, for a report."""
    failed = [failure_of(path, error) for path, error in done.failed]
    if done.error is not None:
        failed.append(failure_of(done.error.subject, done.error))
    return Filed(
        written=done.written,
        skipped=tuple(sorted({*done.skipped, *prepared.moved})),
        failed=(*prepared.failed, *failed),
        notes=notes_on(done, "the story files are"),
        commit=done.commit,
    )


def as_record(beat: Beat, story: Story) -> Story:
    """Return a story as its record stores it (in the profile `everyday` without field digests)."""
    has_blocks = beat.scoring.traits.has_blocks
    return story if has_blocks else replace(story, machine=())


def _stands(root: Path, records: Archive, story: Story, before: Mapping[str, Story]) -> bool:
    """Return whether a story record is still as it was read (a new one: still missing)."""
    if story.path not in before:
        return not (root / story.path).exists()
    try:
        return records.read(story.path) == before[story.path]
    except CopydeskError:
        return False


# The write lock.

RULINGS_PATH = "_data/rulings.yaml"
WORD_SECONDS = 10.0  # how long an editor's change waits for the lock before it fails as busy
PATIENCE_SECONDS = 600.0  # how long a round waits: it has done long work by then


class MemoryNote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Data about a change of files that only the database stores, as git and articles lack it.

    The journal keeps it until the database has it. By record path: `digests`, and the old paths of
    records that `moved`. `undos` are notes by the ids of actions, `tips` as the database keys them.
    """

    at: datetime
    digests: Mapping[str, Mapping[str, str]] = {}
    moved: Mapping[str, str] = {}
    undos: Mapping[str, bytes] = {}
    tips: Mapping[str, bytes] = {}

    def encode(self) -> bytes:
        """Return the note as JSON bytes, b"" if it is empty."""
        has_any = self.digests or self.moved or self.undos or self.tips
        return msgspec.json.encode(self) if has_any else b""


def _remember(memory: Memory, note: bytes, paths: Collection[str]) -> None:
    """Store a change's data about these paths in the database; repeating it does no harm.

    A note that cannot be read is ignored.
    """
    try:
        told = msgspec.json.decode(note, type=MemoryNote)
    except msgspec.DecodeError:
        return
    with memory.together():
        for path, digests in told.digests.items():
            if path in paths:
                memory.keep_digests(path, digests)
        for path, old in told.moved.items():
            if path in paths:
                memory.move(old, path)
        for action_id, undo in told.undos.items():
            memory.actions.put(action_id, told.at, undo)
        for key, tip in told.tips.items():
            memory.tips.put(key, tip)


def write_lock(newsroom: Newsroom) -> WriteLock:
    """Return the newsroom's write lock, which also stores data of each change in the database."""
    remember = functools.partial(_remember, newsroom.memory)
    return WriteLock(newsroom.root, remember, newsroom.repository)


@contextlib.contextmanager
def hold_write_lock(
    newsroom: Newsroom, lock: WriteLock | None = None, wait_seconds: float = WORD_SECONDS
) -> Iterator[WriteLock]:
    """Hold the newsroom's write lock for the `with` block; first finish what a killed process
    began.

    Raises BusyError if another process holds the lock too long, and RecordError.
    """
    lock = lock or write_lock(newsroom)
    with lock.hold(wait_seconds):
        yield lock


# Archiving: once a month old stories move to `_archive/_news/`, in one commit of their own.


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedRecords:
    """The result of archiving: the old paths of moved story records, the failures, the commit."""

    paths: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str | None = None


def archive_old_records(newsroom: Newsroom) -> ArchivedRecords:
    """Move stories older than `records.archive_after_days` to the archive folder, and commit.

    Age is counted from the first of the month, so only one fetching run a month finds records to
    move. A record that a person is editing stays until the next run. If committing is impossible,
    no record moves.
    """
    days = newsroom.settings.records.archive_after_days
    before = _start_of_month(newsroom.now) - timedelta(days=days) if days else None
    old = [] if before is None else _old(newsroom.archive, before)
    if not old:
        return ArchivedRecords()
    with hold_write_lock(newsroom, wait_seconds=PATIENCE_SECONDS) as lock:
        if lock.repository.usable and (obstacle := lock.repository.obstacle()):
            return ArchivedRecords(notes=(f"cannot archive {len(old)} old stories ({obstacle})",))
        try:
            return _move(newsroom, lock, old)
        except GitError as error:
            return ArchivedRecords(notes=(f"cannot archive old stories ({error})",))


def _move(newsroom: Newsroom, lock: WriteLock, old: Sequence[str]) -> ArchivedRecords:
    """Move record files, and their data in the database."""
    moves, failed = [], []
    for path in old:
        try:
            moves.append(newsroom.archive.archiving(path))
        except CopydeskError as error:
            failed.append(failure_of(path, error))

    now, days = newsroom.now, newsroom.settings.records.archive_after_days
    message = f"archive: {len(moves)} stories older than {days} days, {now:%B %Y}"
    note = MemoryNote(at=now, moved={move.path: move.moved_from for move in moves})
    change = Change(files=tuple(moves), message=message, when=now, note=note.encode())
    begun = change.begin(lock)
    if begun.error is not None:
        raise begun.error
    done = begun.finish()
    return ArchivedRecords(
        paths=tuple(move.moved_from for move in moves if move.path in done.written),
        failed=(*failed, *(failure_of(path, error) for path, error in done.failed)),
        notes=notes_on(done, "the moved stories are") if done.has_git else (),
        commit=done.commit,
    )


def _start_of_month(moment: datetime) -> datetime:
    return dates.utc(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _old(records: Archive, before: datetime) -> list[str]:
    """Return the paths of unarchived stories published before a time; skip unreadable records.

    A record's name begins with its date, so only records with old names are read. The build
    reports those that cannot be read.
    """
    names = (path for path in records.paths() if path[len("_news/") :] < f"{before:%F}")
    return [path for path in names if _is_older(records, path, before)]


def _is_older(records: Archive, path: str, before: datetime) -> bool:
    try:
        published_at = records.read(path).published_at
    except RecordError:
        return False
    return published_at is not None and published_at < before


# Notes for the person who made a change.

_NO_FLOCK = (
    "this file system does not support locks (flock), so copydesk uses lock files; do not run "
    "copydesk in this folder on another host"
)


def notes_on(done: Committed, what: str) -> tuple[str, ...]:
    """Return remarks on a finished change of files, such as that it could not be committed.

    `what` is a subject and verb such as "it is". Notes say that the change is not committed, and,
    once per newsroom, that its file system has no locks.
    """
    notes = (_NO_FLOCK,) if done.lacks_flock else ()
    if done.obstacle:
        return (f"not committed ({done.obstacle}): {what} only on disk", *notes)
    if not done.has_git and done.written:
        return (f"there is no git repository: {what} on disk, without a history", *notes)
    return notes


def read_removals(root: Path) -> frozenset[str]:
    """Return the normalized URLs of pages that editors removed for good; raises RecordError."""
    return frozenset(map(urls.identity, archive.read_rulings(root).removed))
