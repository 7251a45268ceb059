"""Change files under git safely: refuse edited files, note the change on disk (a write-ahead
journal), write the files, make one commit.

    Change.begin    refuse files with uncommitted edits; put the change into the journal
    Begun.finish    write the files, commit them, delete the journal entry

Nothing else writes into the repository. A process may be killed at any point: whoever takes the
`WriteLock` next finishes the change. The functions from `is_as_before` on are the single steps.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

from copydesk.archive import _files
from copydesk.archive._journal import (
    EntryFile,
    FileChange,
    Journal,
    JournalEntry,
    OpenEntry,
    digest_of,
)
from copydesk.archive.git import AUTHOR, Repository, start_repository
from copydesk.errors import BusyError, CopydeskError, GitError, RecordError
from copydesk.kit import dates, files, locks

PRIVATE = ".copydesk"
WAIT_SECONDS = 10.0
# Called with a change's note and the paths that it writes.
Remember = Callable[[bytes, Collection[str]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """New contents for some files, to be committed together, with message, author and time.

    `branch` is the branch that the change was decided on, "" for the one that is checked out.
    `note` is what the caller must remember of the change, in the caller's own format.
    """

    files: tuple[FileChange, ...]
    message: str
    when: datetime
    author: str = AUTHOR
    branch: str = ""
    note: bytes = b""

    def commit(self, lock: WriteLock) -> Committed:
        """Write and commit all files of the change, or none.

        Raises RecordError if one of the files has uncommitted edits or has changed since the change
        was decided, and GitError if git cannot be asked.
        """
        return self.begin(lock, needed=self.paths).finish()

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the files that the change writes."""
        return tuple(file.path for file in self.files)

    def is_under_edit(self, lock: WriteLock) -> bool:
        """Return whether one of the files has uncommitted edits by a user; raises GitError."""
        touched, error = _find_edits(lock, [file.as_entry() for file in self.files])
        if error is not None:
            raise error
        return bool(touched)

    def begin(self, lock: WriteLock, *, needed: Collection[str] = ()) -> Begun:
        """Write the change to the write-ahead journal on disk, before any of its files is written.

        Files with uncommitted edits are skipped. From here on the change will be committed, even if
        the process is killed. Raises RecordError if the journal cannot be written, or if one of the
        `needed` paths has uncommitted edits.
        """
        lock.require_hold()
        entries = [file.as_entry() for file in self.files]
        touched, error = _find_edits(lock, entries)
        if needed and error is not None:
            raise error
        if refused := touched.intersection(needed):
            raise _under_edit(lock.root, min(refused))
        ours = tuple(entry_file for entry_file in entries if touched.isdisjoint(entry_file.paths))
        skipped = tuple(
            entry_file.path for entry_file in entries if not touched.isdisjoint(entry_file.paths)
        )
        entry = self._entry(lock, ours)
        pending = lock.journal.open(entry) if ours else None
        if self.note:
            lock.remember(self.note, entry.paths)
        return Begun(
            lock=lock, skipped=skipped, pending=pending, error=error, is_urgent=bool(needed)
        )

    def _entry(self, lock: WriteLock, ours: tuple[EntryFile, ...]) -> JournalEntry:
        return JournalEntry(
            message=self.message.replace("\0", ""),
            author=self.author.replace("\0", ""),
            when=dates.rfc3339(self.when),
            branch=self.branch or lock.repository.branch(),
            files=ours,
            note=self.note,
        )


def _find_edits(lock: WriteLock, entries: Sequence[EntryFile]) -> tuple[set[str], GitError | None]:
    """Return the paths with edits by somebody else, and git's error if it cannot find out.

    A path counts as changed if the file is neither in its old nor in its new state, or if git sees
    uncommitted edits that no change in the journal explains.
    """
    moved = {entry_file.path for entry_file in entries if not is_as_known(lock.root, entry_file)}
    paths = [path for entry_file in entries for path in entry_file.paths]
    try:
        edited = lock.repository.find_user_changes(paths)
    except GitError as error:
        return moved | {entry_file.path for entry_file in entries if entry_file.before}, error
    known = lock.journal.open_digests() if edited else {}
    return moved | {
        path for path in edited if digest_of(lock.root, path) not in known.get(path, ())
    }, None


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """The result of committing a change: paths written, skipped (a user has edited them), and
    failed.

    `commit` is None if nothing changed or no commit was possible. In the latter case `obstacle` is
    the reason, and the change waits in the journal. `has_git` is False for a plain folder.
    `lacks_flock` is True if the user should be told, for the first time, that the file system has
    no locks.
    """

    written: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    failed: tuple[tuple[str, CopydeskError], ...] = ()
    commit: str | None = None
    obstacle: str = ""
    error: GitError | None = None
    has_git: bool = True
    lacks_flock: bool = False


@dataclass(slots=True, kw_only=True)
class Begun:
    """A change that is in the write-ahead journal but not in its files yet; `skipped` were edited
    by a user.

    An urgent change does not release the lock before its first file or before its commit.
    """

    lock: WriteLock
    skipped: tuple[str, ...]
    pending: OpenEntry | None
    error: GitError | None = None
    is_urgent: bool = False
    _failed: list[tuple[str, CopydeskError]] = field(default_factory=list)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the files that will be written."""
        return (
            tuple(entry_file.path for entry_file in self.pending.entry.files)
            if self.pending
            else ()
        )

    def finish(self) -> Committed:
        """Write the files and commit them. Other processes get the write lock now and then."""
        if self.pending is None:
            return Committed(
                skipped=self.skipped, error=self.error, has_git=self.lock.repository.usable
            )
        self._let_others_write()
        written = self._write_all(self.pending.entry.files)
        overtaken = self._find_intrusions(self.pending.entry.files)
        self._let_others_write()
        done = settle(self.lock, self.pending, is_whole=not self._failed)
        return replace(
            done,
            written=tuple(path for path in written if path not in overtaken),
            skipped=tuple(sorted({*self.skipped, *overtaken})),
            failed=tuple(self._failed),
            error=done.error or self.error,
            lacks_flock=self.lock.note_missing_flock(),
        )

    def _let_others_write(self) -> None:
        """Release the write lock for a moment if it was held long, so that editors need not
        wait.
        """
        if not self.is_urgent:
            self.lock.give_way_after(self.lock.lot_seconds)

    def _write_all(self, entries: Iterable[EntryFile]) -> list[str]:
        written, began = [], time.monotonic()
        for entry_file in entries:
            if time.monotonic() - began > self.lock.lot_seconds:
                self.lock.give_way()
                began = time.monotonic()
            try:
                if write(self.lock.root, entry_file):
                    written.append(entry_file.path)
            except CopydeskError as error:
                self._failed.append((entry_file.path, error))
        return written

    def _find_intrusions(self, entries: Iterable[EntryFile]) -> frozenset[str]:
        """Return the paths that somebody else changed while the write lock was released."""
        failed = {path for path, _ in self._failed}
        return frozenset(
            entry_file.path
            for entry_file in entries
            if entry_file.path not in failed and not is_as_after(self.lock.root, entry_file)
        )


def _under_edit(root: Path, path: str) -> RecordError:
    place = () if root.resolve() == Path.cwd() else ("-C", str(root))
    add, commit = (shlex.join(("git", *place, verb, path)) for verb in ("add", "commit"))
    return RecordError(
        "the file has uncommitted edits",
        subject=path,
        hint=f"commit the edits first: {add} && {commit}",
    )


def commit_new(root: Path, paths: Iterable[str], message: str, when: datetime) -> None:
    """Create a git repository for a new newsroom and commit these files; without git do nothing."""
    repository = start_repository(root)
    if repository.usable:
        repository.commit(paths, message, when=when)
        repository.close()


def find_edits(root: Path, paths: Iterable[str]) -> set[str]:
    """Return those of the files of a folder that a user has edited and not committed."""
    repository = Repository(root)
    edited = set(repository.find_user_changes(paths))
    repository.close()
    return edited


def commit_to_site(root: Path, paths: Iterable[str], message: str, when: datetime) -> str:
    """Commit files of a folder that becomes a newsroom; return why that is not done, "" if it is.

    Files with uncommitted edits of a user must not be among them.
    """
    repository = Repository(root)
    obstacle = repository.obstacle()
    if paths and not obstacle:
        repository.commit(paths, message, when=when)
    repository.close()
    return obstacle


def is_cut_short(root: Path) -> bool:
    """Return whether a change of files was interrupted and is not finished yet."""
    return not Journal(root / PRIVATE / "journal").is_empty()


def remember_nothing(note: bytes, paths: Collection[str]) -> None:
    """Do nothing. It is the default of `remember` in `WriteLock`."""


class WriteLock:
    """The lock for writing into a newsroom folder: one process at a time, for parts of a second.

    It has the newsroom's repository and its journal. `remember` is called with the note of a change
    after the journal has it, and again by whoever finishes the change after a kill. `recovered` are
    the changes that were finished when the lock was taken. `lot_seconds` is how long the lock is
    held at a time. Locks are taken in this order: round, write, git, SQLite.
    """

    lot_seconds = 0.4

    def __init__(
        self,
        root: Path,
        remember: Remember = remember_nothing,
        repository: Repository | None = None,
    ) -> None:
        self.root = root
        self.remember = remember
        self.repository = repository or Repository(root)
        self.journal = Journal(root / PRIVATE / "journal")
        self.recovered: tuple[Recovered, ...] = ()
        self._lock = locks.Lock(root / PRIVATE / "write.lock")

    @contextlib.contextmanager
    def hold(self, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold the write lock for the `with` block, after finishing changes of a killed process.

        Raises BusyError if another process holds it longer than `wait_seconds`, and RecordError if
        the folder cannot be written or a newer version left a change.
        """
        hint = "check the permissions of the folder"
        with files.explain_errors(
            RecordError, "could not write to the newsroom folder", self.root / PRIVATE, hint
        ):
            is_mine = self._lock.acquire(wait_seconds)
        if not is_mine:
            raise BusyError(
                "another copydesk process is writing to this newsroom folder",
                subject=str(self.root),
                hint="try again in a moment",
            )
        try:
            self.recovered = recover(self)
            yield
        finally:
            self.repository.close()
            self.journal.leave_all()
            self._lock.release()

    def note_missing_flock(self) -> bool:
        """Return True once for each newsroom folder whose file system has no flock.

        `.copydesk/no-flock` records that it was reported. Call this while the lock is held.
        """
        said = self.root / PRIVATE / "no-flock"
        if self._lock.has_flock or said.exists():
            return False
        with contextlib.suppress(OSError):  # the disk is full: it will be reported again
            said.touch()
        return True

    def require_hold(self) -> None:
        """Assert that the caller holds the write lock."""
        assert self._lock.is_held, "a change without the write lock"

    def give_way(self) -> None:
        """Release the write lock for other processes that wait, then take it again."""
        self._lock.give_way()

    def give_way_after(self, seconds: float) -> None:
        """Give other processes a turn, as `give_way` does, if the lock was held longer than
        this.
        """
        if self._lock.held_seconds > seconds:
            self.give_way()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A change of a killed process, finished by another: first line of its message, paths, commit
    id.

    `new` are the paths of files that it created. Without a commit it still waits (`obstacle` says
    for what), or nothing was left to change.
    """

    subject: str
    paths: tuple[str, ...]
    new: tuple[str, ...] = ()
    commit: str | None = None
    obstacle: str = ""


def recover(lock: WriteLock) -> tuple[Recovered, ...]:
    """Finish the changes in the journal whose process was killed; return the results.

    First their notes are remembered. Then the files are written, the newest change first, so that
    an editor's later change is not overwritten by an earlier round. Commits are made in the order
    in which the changes were begun.
    """
    if lock.journal.is_empty():
        return ()
    waiting = lock.journal.hold_waiting()
    for pending in waiting:
        if pending.entry.note:
            lock.remember(pending.entry.note, pending.entry.paths)
    _sweep(lock, waiting)
    broken = {id(pending) for pending in reversed(waiting) if not _roll_forward(lock, pending)}
    return tuple(_settle(lock, pending, is_whole=id(pending) not in broken) for pending in waiting)


def _sweep(lock: WriteLock, waiting: Iterable[OpenEntry]) -> None:
    """Delete the temporary files that a killed process left in the folders of these changes.

    Safe because these folders are written only while the lock is held.
    """
    paths = (path for pending in waiting for path in pending.entry.paths)
    for path in {PurePosixPath(path).parent: path for path in paths}.values():
        with contextlib.suppress(RecordError):  # the folder became a symbolic link: not ours
            files.sweep_leftovers(_files.inside(lock.root, path).parent)


def _roll_forward(lock: WriteLock, pending: OpenEntry) -> bool:
    """Write those files of a change that are not written yet; return whether all could be
    written.
    """
    entry = pending.entry
    if entry.is_written or other_branch(lock, entry):
        return True
    is_whole = True
    for entry_file in entry.files:
        try:
            write(lock.root, entry_file)
        except CopydeskError:  # the entry stays in the journal, and the next process tries again
            is_whole = False
    return is_whole


def _settle(lock: WriteLock, pending: OpenEntry, *, is_whole: bool) -> Recovered:
    entry = pending.entry
    if not entry.is_written and other_branch(lock, entry):
        leave(pending)
        done = Committed(obstacle=other_branch(lock, entry))
    else:
        done = settle(lock, pending, is_whole=is_whole)
    return Recovered(
        subject=entry.subject,
        paths=tuple(file.path for file in entry.files),
        new=tuple(file.path for file in entry.files if not (file.before or file.moved_from)),
        commit=done.commit,
        obstacle=done.obstacle,
    )


def is_as_before(root: Path, entry_file: EntryFile) -> bool:
    """Return whether a file is still in the state before the journal entry's change."""
    if entry_file.moved_from:
        return (
            not digest_of(root, entry_file.path)
            and digest_of(root, entry_file.moved_from) == entry_file.after
        )
    return digest_of(root, entry_file.path) == entry_file.before


def is_as_after(root: Path, entry_file: EntryFile) -> bool:
    """Return whether a file is already in the state after the journal entry's change."""
    is_gone = not entry_file.moved_from or not digest_of(root, entry_file.moved_from)
    return is_gone and digest_of(root, entry_file.path) == entry_file.after


def is_as_known(root: Path, entry_file: EntryFile) -> bool:
    """Return whether a file is as before or as after the change, so that nobody else has
    edited it.
    """
    return is_as_before(root, entry_file) or is_as_after(root, entry_file)


def write(root: Path, entry_file: EntryFile) -> bool:
    """Write, move or delete a file if it is still as before the change; return whether it was done.

    Raises RecordError if the file system refuses.
    """
    if not is_as_before(root, entry_file) or is_as_after(root, entry_file):
        return False
    file = _files.inside(root, entry_file.path)
    hint = "check whether the disk is full"
    with files.explain_errors(RecordError, "could not write the file", entry_file.path, hint):
        if entry_file.moved_from:
            file.parent.mkdir(parents=True, exist_ok=True)
            _files.inside(root, entry_file.moved_from).rename(file)
        elif entry_file.data is not None:
            mode = stat.S_IMODE(file.stat().st_mode) & 0o666 if entry_file.before else 0o644
            files.write_atomic(file, entry_file.data, mode=mode)
        else:
            file.unlink()
    return True


def settle(lock: WriteLock, pending: OpenEntry, *, is_whole: bool = True) -> Committed:
    """Commit those files of a journal entry that are written, and delete the entry.

    If no commit is possible now, the entry stays in the journal without the files' bytes. If a file
    could not be written (`is_whole` is False), the entry stays as it is. The note is removed in
    both cases, since it was remembered before.
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


def _commit(lock: WriteLock, entry: JournalEntry) -> str | None:
    """Commit those files of a journal entry that are written; return the commit id.

    None if nothing changed.
    """
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
    """Unlock a journal entry for the next process, without its note, which the caller has
    stored.
    """
    if pending.entry.note:
        with contextlib.suppress(RecordError):  # the disk is full: the note is remembered again
            pending.rewrite(msgspec.structs.replace(pending.entry, note=b""))
    pending.leave()


def other_branch(lock: WriteLock, entry: JournalEntry) -> str:
    """Return an error text if another git branch than the journal entry's is checked out,
    else "".
    """
    branch = lock.repository.branch()
    if branch == entry.branch or not entry.branch or not lock.repository.has_branch(entry.branch):
        return ""
    return f"the git branch changed from {entry.branch} to {branch} in the meantime"


def sync(root: Path, paths: Iterable[str]) -> None:
    """Flush the folders of written files to disk, before the journal entry that protects them is
    deleted.
    """
    for folder in {os.path.dirname(path) for path in paths}:  # noqa: PTH120 - of a record's path
        if (root / folder).is_dir():
            files.sync_folder(root / folder)
