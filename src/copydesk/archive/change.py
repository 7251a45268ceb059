"""Change files that are in git: check, write the journal, write the files, make one commit.

    Change.begin    refuse files with uncommitted edits; put the change into the journal
    Begun.finish    write the files, commit them, delete the journal entry

Nothing else writes into the repository. A process may be killed at any point: whoever takes the
`WriteLock` next finishes the change. The functions from `is_as_before` on are the single steps.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
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
from copydesk.archive.git import AUTHOR, Repository
from copydesk.errors import BusyError, CopydeskError, GitError, RecordError
from copydesk.kit import dates, files, locks

Note = Callable[[Sequence[str]], bytes]


def _without_note(skipped: Sequence[str]) -> bytes:
    """Return that nothing is to be remembered."""
    return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to become of which files, in one commit with this message, author and moment.

    `branch` is the one that it was decided on, "" for whichever is out.
    """

    files: tuple[FileChange, ...]
    message: str
    when: datetime
    author: str = AUTHOR
    branch: str = ""

    def commit(self, lock: Hold) -> Committed:
        """Make all of it, or nothing; raise RecordError where a person has one of the files.

        That is where it has edits that are not committed, or changed since the change was decided.
        Raises GitError where git cannot say.
        """
        return self.begin(lock, needed=self.paths).finish()

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that it writes."""
        return tuple(file.path for file in self.files)

    def begin(
        self, lock: Hold, *, needed: Collection[str] = (), note: Note = _without_note
    ) -> Begun:
        """Put the change into the journal, but for files that a person has; touch none yet.

        `note` is asked, with the paths left to a person, what is to be remembered of the change.
        From here on it is made and remembered, whatever happens. Raises RecordError where the
        journal cannot be written, and as `commit` does where one of the `needed` paths is not to be
        had.
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
        memo = note(skipped)
        pending = lock.journal.open(self._entry(lock, ours, memo)) if ours else None
        if memo:
            lock.remember(memo)
        return Begun(
            lock=lock, skipped=skipped, pending=pending, error=error, is_urgent=bool(needed)
        )

    def _entry(self, lock: Hold, ours: tuple[EntryFile, ...], note: bytes) -> JournalEntry:
        return JournalEntry(
            message=self.message.replace("\0", ""),
            author=self.author.replace("\0", ""),
            when=dates.rfc3339(self.when),
            branch=self.branch or lock.repository.branch(),
            files=ours,
            note=note,
        )


def _find_edits(lock: Hold, entries: Sequence[EntryFile]) -> tuple[set[str], GitError | None]:
    """Return the paths that are somebody's now, and git's error where it cannot say.

    Somebody's is what is neither as it was nor as it will be, and what git knows as edited unless
    a change of ours that git does not have yet left it so.
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


@dataclass(slots=True, kw_only=True)
class Begun:
    """A change that is in the journal; `skipped` are the paths left to somebody.

    One that `is_urgent` lets nobody in before its first file, nor between its last and the commit.
    """

    lock: Hold
    skipped: tuple[str, ...]
    pending: OpenEntry | None
    error: GitError | None = None
    is_urgent: bool = False
    _failed: list[tuple[str, CopydeskError]] = field(default_factory=list)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that it writes."""
        return (
            tuple(entry_file.path for entry_file in self.pending.entry.files)
            if self.pending
            else ()
        )

    def finish(self) -> Committed:
        """Write the files, letting others have the lock now and then, and commit them."""
        if self.pending is None:
            return Committed(
                skipped=self.skipped, error=self.error, has_git=self.lock.repository.usable
            )
        self._let_others_write()
        written = self._write_all(self.pending.entry.files)
        overtaken = self._find_intrusions(self.pending.entry.files)
        self._let_others_write()
        done = settle(self.lock, self.pending, is_whole=not self._failed)
        return Committed(
            written=tuple(path for path in written if path not in overtaken),
            skipped=tuple(sorted({*self.skipped, *overtaken})),
            failed=tuple(self._failed),
            commit=done.commit,
            obstacle=done.obstacle,
            error=done.error or self.error,
            has_git=done.has_git,
            lacks_flock=self.lock.note_missing_flock(),
        )

    def _let_others_write(self) -> None:
        """Let others write who have waited long: a person's word comes before the next lot."""
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
        """Return the paths where a word came between two lots: they stand as that left them."""
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
        "the file has edits that are not committed",
        subject=path,
        hint=f"commit them first: {add} && {commit}",
    )


PRIVATE = ".copydesk"


Remember = Callable[[bytes], None]


def remember_nothing(note: bytes) -> None:
    """Let a change be made of which nothing is remembered elsewhere."""


class Hold:
    """One newsroom's repository and journal, and its lock for writing.

    `remember` takes the note of a change as soon as the journal has it; where a kill came between,
    again from whoever finishes the change. `lot_seconds` is how long the lock is held in one go
    before others may have it.
    """

    lot_seconds = 0.4

    def __init__(self, root: Path, remember: Remember = remember_nothing) -> None:
        self.root = root
        self.remember = remember
        self.repository = Repository(root)
        self.journal = Journal(root / PRIVATE / "journal")
        self._lock = locks.Lock(root / PRIVATE / "write.lock")

    def note_missing_flock(self) -> bool:
        """Decide whether to say that the file system has no flock, and note that it was said.

        It is said once a newsroom: `.copydesk/no-flock` remembers. To be asked while it is held.
        """
        said = self.root / PRIVATE / "no-flock"
        if self._lock.has_flock or said.exists():
            return False
        with contextlib.suppress(OSError):  # a full disk: it is said once more
            said.touch()
        return True

    def require_hold(self) -> None:
        """Raise where nobody holds it: a fault of the caller."""
        assert self._lock.is_held, "a change without the write lock"

    def give_way(self) -> None:
        """Let those who wait write, then go on."""
        self._lock.give_way()

    def give_way_after(self, seconds: float) -> None:
        """Let those who wait write, where it has been held for longer in one go."""
        if self._lock.held_seconds > seconds:
            self.give_way()


WAIT_SECONDS = 10.0


def is_cut_short(root: Path) -> bool:
    """Return whether a change is under way in a newsroom, or was left to whoever comes next."""
    return not Journal(root / PRIVATE / "journal").is_empty()


class WriteLock(Hold):
    """The right to write into one newsroom, held for parts of a second by one process at a time.

    `recovered` says what was finished since it was taken, `adopted` what an earlier version left
    and nothing is remembered of. Locks are taken in this order: round, write, git, SQLite.
    """

    def __init__(self, root: Path, remember: Remember = remember_nothing) -> None:
        super().__init__(root, remember)
        self.recovered: tuple[Recovered, ...] = ()
        self.adopted: frozenset[str] = frozenset()

    @contextlib.contextmanager
    def hold(self, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold the lock for the block, what a kill left being finished first.

        Raises BusyError where another holds it so long, RecordError where the folder cannot be
        written or a newer version left a change.
        """
        try:
            is_mine = self._lock.acquire(wait_seconds)
        except OSError as error:
            raise RecordError(
                f"the newsroom cannot be written ({error.strerror})",
                subject=str(self.root / PRIVATE),
                hint="look at the folder's rights",
            ) from error
        if not is_mine:
            raise BusyError(
                "another copydesk is writing in this newsroom",
                subject=str(self.root),
                hint="try again in a moment",
            )
        self.recovered = ()
        try:
            self.recover()
            yield
        finally:
            self.journal.leave_all()
            self._lock.release()

    def recover(self) -> None:
        """Finish what others left in the journal, and add it to `recovered`."""
        self.recovered = (*self.recovered, *recover(self))

    def adopt(self, paths: Iterable[str], message: str, when: datetime) -> None:
        """Commit files as they lie on the disk, missing ones as deleted: they are ours.

        A new newsroom's, and what a version without a journal wrote and did not commit.
        """
        self.require_hold()
        ours = tuple(EntryFile(path=path, after=digest_of(self.root, path)) for path in paths)
        entry = JournalEntry(
            message=message,
            author=AUTHOR,
            when=dates.rfc3339(when),
            branch=self.repository.branch(),
            files=ours,
            is_written=True,
        )
        self.journal.open(entry).leave()
        self.adopted |= {file.path for file in ours}
        self.recover()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A change that another process left: its first line, its paths, the commit that holds it.

    Without a commit it still waits, for `obstacle`, or changed nothing (a plain folder, or other
    hands were faster).
    """

    subject: str
    paths: tuple[str, ...]
    commit: str | None = None
    obstacle: str = ""


def recover(lock: Hold) -> tuple[Recovered, ...]:
    """Finish the changes that nobody is at any more; return what came of each.

    What their writers had to remember is remembered, then the newest is written first: a word that
    came while a round was at work goes over what the round had still to write. They are committed
    in the order in which they were begun.
    """
    if lock.journal.is_empty():
        return ()
    waiting = lock.journal.hold_waiting()
    for pending in waiting:
        if pending.entry.note:
            lock.remember(pending.entry.note)
    _sweep(lock, waiting)
    broken = {id(pending) for pending in reversed(waiting) if not _roll_forward(lock, pending)}
    return tuple(_settle(lock, pending, is_whole=id(pending) not in broken) for pending in waiting)


def _sweep(lock: Hold, waiting: Iterable[OpenEntry]) -> None:
    """Remove the halves of files that a kill left in the folders of some changes.

    Those folders are written with the write lock held, and never while it is given away.
    """
    paths = (path for pending in waiting for file in pending.entry.files for path in file.paths)
    for path in {PurePosixPath(path).parent: path for path in paths}.values():
        with contextlib.suppress(RecordError):  # a link took the folder's place: none of ours
            files.sweep_leftovers(_files.inside(lock.root, path).parent)


def _roll_forward(lock: Hold, pending: OpenEntry) -> bool:
    """Write what is left to write; return whether the disk took all of it."""
    entry = pending.entry
    if entry.is_written or other_branch(lock, entry):
        return True
    is_whole = True
    for entry_file in entry.files:
        try:
            write(lock.root, entry_file)
        except CopydeskError:  # it stays in the journal, and the next one tries again
            is_whole = False
    return is_whole


def _settle(lock: Hold, pending: OpenEntry, *, is_whole: bool) -> Recovered:
    entry = pending.entry
    if not entry.is_written and other_branch(lock, entry):
        leave(pending)
        done = Committed(obstacle=other_branch(lock, entry))
    else:
        done = settle(lock, pending, is_whole=is_whole)
    return Recovered(
        subject=entry.subject,
        paths=tuple(entry_file.path for entry_file in entry.files),
        commit=done.commit,
        obstacle=done.obstacle,
    )


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
    file = _files.inside(root, entry_file.path)
    try:
        if entry_file.moved_from:
            file.parent.mkdir(parents=True, exist_ok=True)
            _files.inside(root, entry_file.moved_from).rename(file)
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
