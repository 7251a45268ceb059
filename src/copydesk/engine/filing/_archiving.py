"""The attic: once a month old stories move to `_archive/_news/`, in one commit of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk.archive import Archive, FileChange
from copydesk.archive.change import Change, WriteLock
from copydesk.config import Settings
from copydesk.engine.filing._notes import notes_on
from copydesk.engine.filing._writing import (
    PATIENCE_SECONDS,
    begin_change,
    hold_write_lock,
)
from copydesk.engine.newsroom import Failure, Newsroom, failure_of
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import dates


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedRecords:
    """The records that moved, by their old paths; what went wrong; the commit."""

    paths: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str | None = None


def archive_old_records(newsroom: Newsroom) -> ArchivedRecords:
    """Move the stories older than `records.archive_after_days` and commit that.

    Age is counted from the first of the month, so that one round a month finds something to move
    whatever the memory remembers. A record that a person edits stays until the next round, and
    where nothing can be committed none moves.
    """
    days = newsroom.settings.records.archive_after_days
    before = _start_of_month(newsroom.now) - timedelta(days=days) if days else None
    old = [] if before is None else _old(newsroom.archive, before)
    if not old:
        return ArchivedRecords()
    with hold_write_lock(newsroom, wait_seconds=PATIENCE_SECONDS) as lock:
        if lock.repository.usable and (obstacle := lock.repository.obstacle()):
            return ArchivedRecords(
                notes=(f"{len(old)} old stories are not archived yet ({obstacle})",)
            )
        try:
            return _move(newsroom, lock, old)
        except GitError as error:
            return ArchivedRecords(notes=(f"old stories are not archived yet ({error})",))


def _move(newsroom: Newsroom, lock: WriteLock, old: Sequence[str]) -> ArchivedRecords:
    """Move the files; what is known of their records moves along, before they do."""
    moves, failed = [], []
    for path in old:
        try:
            moves.append(newsroom.archive.archiving(path))
        except CopydeskError as error:
            failed.append(failure_of(path, error))

    def remember(skipped: Sequence[str]) -> None:
        for move in moves:
            if move.path not in skipped:
                newsroom.memory.move(move.moved_from, move.path)

    begun = begin_change(
        newsroom.memory, lock, _change(newsroom.settings, newsroom.now, moves), remember
    )
    if begun.error is not None:
        raise begun.error
    done = begun.finish()
    return ArchivedRecords(
        paths=tuple(move.moved_from for move in moves if move.path in done.written),
        failed=(*failed, *(failure_of(path, error) for path, error in done.failed)),
        notes=notes_on(done, "what moved is") if done.has_git else (),
        commit=done.commit,
    )


def _change(settings: Settings, now: datetime, moves: Sequence[FileChange]) -> Change:
    days = settings.records.archive_after_days
    message = f"archive: {len(moves)} stories older than {days} days, {now:%B %Y}"
    return Change(files=tuple(moves), message=message, when=now)


def _start_of_month(moment: datetime) -> datetime:
    return dates.utc(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _old(records: Archive, before: datetime) -> list[str]:
    """Return the paths of live stories from before a time; the build reports those it cannot read.

    A record's name begins with its day, so that only old ones are read.
    """
    names = (path for path in records.paths() if path[len("_news/") :] < f"{before:%F}")
    return [path for path in names if _is_older(records, path, before)]


def _is_older(records: Archive, path: str, before: datetime) -> bool:
    try:
        published_at = records.read(path).published_at
    except RecordError:
        return False
    return published_at is not None and published_at < before
