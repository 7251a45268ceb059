"""A change to what is in git: which files become what, by whom, when and why; and its making.

    decide  >  begin: clean check, journal, what is remembered elsewhere
            >  files, lot by lot  >  one commit  >  journal off

Nothing else writes into the repository. Killed at any moment, a change is finished by whoever next
takes the write lock (`_recover`), with its own words.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from copydesk.archive import _paths
from copydesk.archive.change._hold import Hold
from copydesk.archive.change._journal import EntryFile, JournalEntry, OpenEntry
from copydesk.archive.git import AUTHOR
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import dates, files, within

Note = Callable[[Sequence[str]], bytes]
_MOST_BYTES = 1 << 28  # of a file that we might change; a record has some kilobytes


def digest(data: bytes | None) -> str:
    """Return the SHA-256 of a file's bytes, "" for no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What one file becomes: `after`, None for no file, where it is still as `before` (a digest).

    With `moved_from` the file of that path, of these very bytes, is moved to a path that is free.
    """

    path: str
    after: bytes | None
    before: str = ""
    moved_from: str = ""

    @property
    def is_new_bytes(self) -> bool:
        """Whether the file's bytes change."""
        return digest(self.after) != self.before

    def as_entry(self) -> EntryFile:
        """Return it as the journal keeps it."""
        return EntryFile(
            path=self.path,
            before=self.before,
            after=digest(self.after),
            data=None if self.moved_from else self.after,
            moved_from=self.moved_from,
        )


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
        lock.must_be_held()
        entries = [file.as_entry() for file in self.files]
        touched, error = _find_touched(lock, entries)
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


def _find_touched(lock: Hold, entries: Sequence[EntryFile]) -> tuple[set[str], GitError | None]:
    """Return the paths that are somebody's now, and git's error where it cannot say.

    Somebody's is what is neither as it was nor as it will be, and what git knows as edited unless
    a change of ours that git does not have yet left it so.
    """
    moved = {
        entry_file.path
        for entry_file in entries
        if not is_as_before(lock.root, entry_file) and not is_as_after(lock.root, entry_file)
    }
    paths = [path for entry_file in entries for path in entry_file.paths]
    try:
        edited = lock.repository.changed_by_user(paths)
    except GitError as error:
        return moved | {entry_file.path for entry_file in entries if entry_file.before}, error
    known = lock.journal.known() if edited else {}
    return moved | {
        path for path in edited if digest_of(lock.root, path) not in known.get(path, ())
    }, None


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
        overtaken = self._find_overtaken(self.pending.entry.files)
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
        """Give way where others have waited long; a word of a person comes before the next one."""
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

    def _find_overtaken(self, entries: Iterable[EntryFile]) -> frozenset[str]:
        """Return the paths where a word came between two lots: they stand as that left them."""
        failed = {path for path, _ in self._failed}
        return frozenset(
            entry_file.path
            for entry_file in entries
            if entry_file.path not in failed and not is_as_after(self.lock.root, entry_file)
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
    stand = [
        path
        for entry_file in entry.files
        if is_as_after(lock.root, entry_file)
        for path in entry_file.paths
    ]
    if not repository.usable:
        _close_or_leave(pending, is_whole=is_whole)
        return Committed(has_git=False)
    obstacle = repository.obstacle() or other_branch(lock, entry)
    error = None
    if not obstacle:
        when = dates.parse(entry.when)
        assert when is not None  # it was written by `rfc3339`
        try:
            commit = repository.commit(stand, entry.message, when=when, author=entry.author)
        except GitError as refused:
            error = refused
        else:
            _sync(lock.root, stand)
            _close_or_leave(pending, is_whole=is_whole)
            return Committed(commit=commit)
    if is_whole:
        bare = tuple(msgspec.structs.replace(entry_file, data=None) for entry_file in entry.files)
        pending.rewrite(msgspec.structs.replace(entry, files=bare, note=b"", is_written=True))
    leave(pending)
    return Committed(obstacle=obstacle or str(error), error=error)


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


def _sync(root: Path, paths: Iterable[str]) -> None:
    """Wait until the names of what was written are on the disk: the journal goes now."""
    for folder in {os.path.dirname(path) for path in paths}:  # noqa: PTH120 - of a record's path
        if (root / folder).is_dir():
            files.sync_folder(root / folder)


def digest_of(root: Path, path: str) -> str:
    """Return the digest of a file, "" for no file; what is none has one that equals no other."""
    try:
        return digest(within.read(root, path, _MOST_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"unreadable ({error.strerror})"


def _under_edit(root: Path, path: str) -> RecordError:
    place = () if root.resolve() == Path.cwd() else ("-C", str(root))
    add, commit = (shlex.join(("git", *place, verb, path)) for verb in ("add", "commit"))
    return RecordError(
        "the file has edits that are not committed",
        subject=path,
        hint=f"commit them first: {add} && {commit}",
    )
