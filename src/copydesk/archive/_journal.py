"""A write-ahead journal: file changes are noted in it on disk before the files are written and
committed.

    .copydesk/journal/000007.json   a change: message, and each file's old and new state
    .copydesk/journal/000007.lock   held by the process that works on it

An entry is deleted once all of it is in git. If its lock is free, its process was killed, or the
entry waits until git accepts commits again. All methods but `open_digests` need the write lock.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from copydesk.errors import RecordError
from copydesk.kit import files, locks, within

VERSION = 1
_MOST_BYTES = 1 << 28  # the largest file that can be changed; a record has some kilobytes
_PRIVATE = 0o600  # for the owner alone, whatever is in the files


class EntryFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file in an entry of the write-ahead journal: its SHA-256 before and after, its new bytes.

    The bytes are None once they are written. With `moved_from`, the file at that path is moved to
    this one; its bytes stay the same.
    """

    path: str
    before: str = ""
    after: str = ""
    data: bytes | None = None
    moved_from: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """The path of the file, and the path it is moved from, if any."""
        return (self.path, self.moved_from) if self.moved_from else (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A change of one file, made only if its digest is still `before`: new bytes, or None to delete
    it.

    With `moved_from`, the file at that path, which has these bytes, is moved to this free path.
    """

    path: str
    after: bytes | None
    before: str = ""
    moved_from: str = ""

    @property
    def is_new_bytes(self) -> bool:
        """Whether the change gives the file other bytes."""
        return digest(self.after) != self.before

    def as_entry(self) -> EntryFile:
        """Return the file change in the form in which the write-ahead journal stores it."""
        return EntryFile(
            path=self.path,
            before=self.before,
            after=digest(self.after),
            data=None if self.moved_from else self.after,
            moved_from=self.moved_from,
        )


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A change of files, as stored in the write-ahead journal until it is committed. `when` is RFC
    3339, `branch` the git branch to commit on.

    `note` is what the caller has to remember of the change, in the caller's own format.
    `is_written` means that all files were dealt with and only the commit is missing.
    """

    message: str
    author: str
    when: str
    branch: str
    files: tuple[EntryFile, ...]
    note: bytes = b""
    is_written: bool = False
    version: int = VERSION

    @property
    def subject(self) -> str:
        """The first line of the commit message."""
        return self.message.strip().split("\n", 1)[0]

    @property
    def paths(self) -> frozenset[str]:
        """The paths of all files to change, and the paths that files are moved from."""
        return frozenset(path for file in self.files for path in file.paths)


@dataclass(slots=True)
class OpenEntry:
    """A write-ahead journal entry that this process has locked."""

    entry: JournalEntry
    _file: Path
    _lock: locks.Lock = field(repr=False)

    def rewrite(self, entry: JournalEntry) -> None:
        """Replace the journal entry on disk; raise RecordError if it cannot be written."""
        _write(self._file, entry)
        self.entry = entry

    def close(self) -> None:
        """Delete the journal entry, since its change is in git or has nothing to commit."""
        self._file.unlink(missing_ok=True)
        self._file.with_suffix(".lock").unlink(missing_ok=True)
        self._lock.release()

    def leave(self) -> None:
        """Unlock the journal entry, so that another process can finish its change."""
        self._lock.release()


class Journal:
    """The write-ahead journal of one newsroom folder: file changes that are not yet in git."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[OpenEntry] = []

    def open(self, entry: JournalEntry) -> OpenEntry:
        """Write a new journal entry to disk and lock it; raise RecordError if that is
        impossible.
        """
        numbers = [int(file.stem) for file in self._files()]
        file = self._folder / f"{max(numbers, default=0) + 1:06}.json"
        lock = locks.Lock(file.with_suffix(".lock"))
        with _writing(file):
            lock.acquire()
        try:
            _write(file, entry)
        except BaseException:
            file.with_suffix(".lock").unlink(missing_ok=True)
            lock.release()
            raise
        return self._hold(OpenEntry(entry, file, lock))

    def hold_waiting(self) -> list[OpenEntry]:
        """Lock and return the entries of unfinished changes that no process works on, oldest first.

        Raises RecordError for an entry of a newer version.
        """
        entries = []
        for file in self._files():
            lock = locks.Lock(file.with_suffix(".lock"))
            if not lock.acquire():
                continue
            try:
                entry = _read(file)
            except BaseException:
                lock.release()
                raise
            if entry is None:
                lock.release()
            else:
                entries.append(self._hold(OpenEntry(entry, file, lock)))
        return entries

    def leave_all(self) -> None:
        """Unlock all journal entries that this object still holds; usually there are none."""
        while self._held:
            self._held.pop().leave()

    def _hold(self, entry: OpenEntry) -> OpenEntry:
        self._held.append(entry)
        return entry

    def open_digests(self) -> dict[str, frozenset[str]]:
        """Return the SHA-256 that each file will have after the unfinished changes, by path."""
        digests: dict[str, frozenset[str]] = {}
        for file in self._files():
            with contextlib.suppress(FileNotFoundError):
                entry = _read(file)
                for entry_file in entry.files if entry else ():
                    for path, after in zip(entry_file.paths, (entry_file.after, ""), strict=False):
                        digests[path] = digests.get(path, frozenset()) | {after}
        return digests

    def is_empty(self) -> bool:
        """Return whether the journal has no unfinished change of files."""
        return not any(self._files())

    def _files(self) -> Iterator[Path]:
        return iter(sorted(self._folder.glob("[0-9]*.json")))


def _write(file: Path, entry: JournalEntry) -> None:
    with _writing(file):
        files.write_atomic(file, msgspec.json.encode(entry), mode=_PRIVATE)
        files.sync_folder(file.parent)


def _writing(file: Path) -> AbstractContextManager[None]:
    hint = "check whether the disk is full; nothing was changed"
    return files.explain_errors(RecordError, "could not write the journal of changes", file, hint)


def _read(file: Path) -> JournalEntry | None:
    """Return the write-ahead journal entry in a file. A file that cannot be decoded is renamed."""
    try:
        entry = msgspec.json.decode(file.read_bytes(), type=JournalEntry)
    except msgspec.DecodeError:
        file.rename(file.with_suffix(".damaged"))
        return None
    if entry.version > VERSION:
        raise RecordError(
            "a newer version of copydesk left a change unfinished",
            subject=str(file),
            hint="run `copydesk run` once with the newer version",
        )
    return entry


def digest(data: bytes | None) -> str:
    """Return the SHA-256 of a file's bytes, "" for no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def digest_of(root: Path, path: str) -> str:
    """Return the SHA-256 of a file, "" if it is missing. For a folder, return a text that no file's
    digest equals.
    """
    try:
        return digest(within.read(root, path, _MOST_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"unreadable ({error.strerror})"
