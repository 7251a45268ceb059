"""A change to what is in git: which files become what, by whom, when and why; and its making.

    decide  >  begin: clean check, journal, what is remembered elsewhere
            >  files, lot by lot  >  one commit  >  journal off

Nothing else writes into the repository. Killed at any moment, a change is finished by whoever next
takes the write lock (`_recover`), with its own words.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from copydesk.archive.change import _steps
from copydesk.archive.change._hold import Hold
from copydesk.archive.change._journal import (
    EntryFile,
    FileChange,
    JournalEntry,
    OpenEntry,
    digest_of,
)
from copydesk.archive.change._steps import Committed
from copydesk.archive.git import AUTHOR
from copydesk.errors import CopydeskError, GitError, RecordError
from copydesk.kit import dates

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
    moved = {
        entry_file.path for entry_file in entries if not _steps.is_as_known(lock.root, entry_file)
    }
    paths = [path for entry_file in entries for path in entry_file.paths]
    try:
        edited = lock.repository.find_user_changes(paths)
    except GitError as error:
        return moved | {entry_file.path for entry_file in entries if entry_file.before}, error
    known = lock.journal.open_digests() if edited else {}
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
        overtaken = self._find_intrusions(self.pending.entry.files)
        self._let_others_write()
        done = _steps.settle(self.lock, self.pending, is_whole=not self._failed)
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
                if _steps.write(self.lock.root, entry_file):
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
            if entry_file.path not in failed and not _steps.is_as_after(self.lock.root, entry_file)
        )


def _under_edit(root: Path, path: str) -> RecordError:
    place = () if root.resolve() == Path.cwd() else ("-C", str(root))
    add, commit = (shlex.join(("git", *place, verb, path)) for verb in ("add", "commit"))
    return RecordError(
        "the file has edits that are not committed",
        subject=path,
        hint=f"commit them first: {add} && {commit}",
    )
