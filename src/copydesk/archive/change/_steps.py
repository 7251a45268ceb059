"""The steps of a change that reach the disk and git: its files, its commit, its end in the journal.

Each can be done once more by whoever finishes what a kill left (`_recover`).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from copydesk.archive import _paths
from copydesk.archive.change._hold import Hold
from copydesk.archive.change._journal import EntryFile, JournalEntry, OpenEntry, digest_of
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import dates, files


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What came of a change: the paths written, those left to somebody, those the disk refused.

    `commit` is None where nothing changed or could be committed: then `obstacle` says why, and the
    change waits in the journal. `has_git` is False for a plain folder. `lacks_flock` is True where
    a person is to be told, for the first time, that the file system has no locks.
    """

    written: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed: tuple[tuple[str, CopydeskError], ...] = ()
    commit: str | None = None
    obstacle: str = ""
    error: GitError | None = None
    has_git: bool = True
    lacks_flock: bool = False


def is_as_before(root: Path, entry_file: EntryFile) -> bool:
    """Return whether a file is still as the change found it."""
    if entry_file.moved_from:
        return (
            not digest_of(root, entry_file.path)
            and digest_of(root, entry_file.moved_from) == entry_file.after
        )
    return digest_of(root, entry_file.path) == entry_file.before


def is_as_after(root: Path, entry_file: EntryFile) -> bool:
    """Return whether a file is as the change leaves it."""
    is_gone = not entry_file.moved_from or not digest_of(root, entry_file.moved_from)
    return is_gone and digest_of(root, entry_file.path) == entry_file.after


def is_as_known(root: Path, entry_file: EntryFile) -> bool:
    """Decide whether a file is as it was or as it will be, so that nobody else has changed it."""
    return is_as_before(root, entry_file) or is_as_after(root, entry_file)


def write(root: Path, entry_file: EntryFile) -> bool:
    """Make one file what it is to become, where it still is as it was; return whether it wrote.

    Raises RecordError where the disk does not take it.
    """
    if not is_as_before(root, entry_file) or is_as_after(root, entry_file):
        return False
    file = _paths.inside(root, entry_file.path)
    try:
        if entry_file.moved_from:
            file.parent.mkdir(parents=True, exist_ok=True)
            _paths.inside(root, entry_file.moved_from).rename(file)
        elif entry_file.data is not None:
            files.write_atomic(file, entry_file.data)
        else:
            file.unlink()
    except OSError as error:
        raise RecordError(
            f"cannot write ({error.strerror})", subject=entry_file.path, hint="is the disk full?"
        ) from error
    return True


def settle(lock: Hold, pending: OpenEntry, *, is_whole: bool = True) -> Committed:
    """Commit what stands as an entry has it, with the entry's words, and close it.

    Where nothing can be committed now it waits, without the bytes. An entry that is not whole (the
    disk refused a file) stays as it is. Its note goes in either case: it was heard.
    """
    entry, repository = pending.entry, lock.repository
    if not repository.usable:
        _close_or_leave(pending, is_whole=is_whole)
        return Committed(has_git=False)
    obstacle = repository.obstacle() or other_branch(lock, entry)
    error = None
    if not obstacle:
        try:
            commit = _commit(lock, entry)
        except GitError as refused:
            error = refused
        else:
            _close_or_leave(pending, is_whole=is_whole)
            return Committed(commit=commit)
    if is_whole:
        bare = tuple(msgspec.structs.replace(entry_file, data=None) for entry_file in entry.files)
        pending.rewrite(msgspec.structs.replace(entry, files=bare, note=b"", is_written=True))
    leave(pending)
    return Committed(obstacle=obstacle or str(error), error=error)


def _commit(lock: Hold, entry: JournalEntry) -> str | None:
    """Commit the files that stand as an entry has them; return the commit's id, None for none."""
    stand = [
        path
        for entry_file in entry.files
        if is_as_after(lock.root, entry_file)
        for path in entry_file.paths
    ]
    when = dates.parse(entry.when)
    assert when is not None  # it was written by `rfc3339`
    commit = lock.repository.commit(stand, entry.message, when=when, author=entry.author)
    sync(lock.root, stand)
    return commit


def _close_or_leave(pending: OpenEntry, *, is_whole: bool) -> None:
    if is_whole:
        pending.close()
    else:
        leave(pending)


def leave(pending: OpenEntry) -> None:
    """Leave an entry to whoever comes next, without its note: that was heard."""
    if pending.entry.note:
        with contextlib.suppress(RecordError):  # the disk is full: it is heard once more
            pending.rewrite(msgspec.structs.replace(pending.entry, note=b""))
    pending.leave()


def other_branch(lock: Hold, entry: JournalEntry) -> str:
    """Return what to say where another branch is out than the entry's, "" where none such is."""
    branch = lock.repository.branch()
    if branch == entry.branch or not entry.branch or not lock.repository.has_branch(entry.branch):
        return ""
    return f"the branch changed from {entry.branch} to {branch} meanwhile"


def sync(root: Path, paths: Iterable[str]) -> None:
    """Wait until the names of what was written are on the disk: the journal goes now."""
    for folder in {os.path.dirname(path) for path in paths}:  # noqa: PTH120 - of a record's path
        if (root / folder).is_dir():
            files.sync_folder(root / folder)
