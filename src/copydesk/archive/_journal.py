"""The journal: changes to the repository that are under way, on the disk before they are made.

    .copydesk/journal/000007.json   a change: its words, each file as it was and as it will be
    .copydesk/journal/000007.lock   held by the process that is at it

An entry goes when all of it is in git. One whose lock is free was left by a process that was
killed, or waits until git takes commits again. All but `open_digests` is asked under the write
lock.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from copydesk.errors import RecordError
from copydesk.kit import files, locks, within

VERSION = 1
_MOST_BYTES = 1 << 28  # of a file that we might change; a record has some kilobytes
_PRIVATE = 0o600  # a record's sealed part is in git, what waits for it no more public than that


class EntryFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One file: SHA-256 of its bytes before and after, "" for no file; `data` until it is written.

    With `moved_from` the file of that path takes this one's place, its bytes as they are (`after`).
    """

    path: str
    before: str = ""
    after: str = ""
    data: bytes | None = None
    moved_from: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that it touches."""
        return (self.path, self.moved_from) if self.moved_from else (self.path,)


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


class JournalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A change as the journal keeps it; `when` is RFC 3339, `branch` the one that it is meant for.

    `note` is what the writer has to remember of it elsewhere, in a shape of the writer's.
    `is_written` says that its files were all dealt with, and only git is still to have them.
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
        """The first line of the message."""
        return self.message.strip().split("\n", 1)[0]


@dataclass(slots=True)
class OpenEntry:
    """An entry that this process holds."""

    entry: JournalEntry
    _file: Path
    _lock: locks.Lock = field(repr=False)

    def rewrite(self, entry: JournalEntry) -> None:
        """Keep another state of the entry; raise RecordError where the disk does not take it."""
        _write(self._file, entry)
        self.entry = entry

    def close(self) -> None:
        """Forget the entry: it is in git, or has none to be in."""
        self._file.unlink(missing_ok=True)
        self._file.with_suffix(".lock").unlink(missing_ok=True)
        self._lock.release()

    def leave(self) -> None:
        """Leave the entry to whoever comes next."""
        self._lock.release()


class Journal:
    """The entries of one newsroom."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: list[OpenEntry] = []

    @property
    def is_new(self) -> bool:
        """Whether no version with a journal was ever at work here."""
        return not self._folder.is_dir()

    def begin(self) -> None:
        """Note that a version with a journal is at work here from now on; raise RecordError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(self._folder, error) from error

    def open(self, entry: JournalEntry) -> OpenEntry:
        """Put an entry on the disk and hold it; raise RecordError where that cannot be done."""
        numbers = [int(file.stem) for file in self._files()]
        file = self._folder / f"{max(numbers, default=0) + 1:06}.json"
        lock = locks.Lock(file.with_suffix(".lock"))
        try:
            lock.acquire()
        except OSError as error:
            raise _unwritable(file, error) from error
        try:
            _write(file, entry)
        except BaseException:
            file.with_suffix(".lock").unlink(missing_ok=True)
            lock.release()
            raise
        return self._hold(OpenEntry(entry, file, lock))

    def hold_waiting(self) -> list[OpenEntry]:
        """Hold and return the entries that nobody is at, the oldest first; raise RecordError."""
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
        """Leave what this object still holds to whoever comes next; nothing after a good end."""
        while self._held:
            self._held.pop().leave()

    def _hold(self, entry: OpenEntry) -> OpenEntry:
        self._held.append(entry)
        return entry

    def open_digests(self) -> dict[str, frozenset[str]]:
        """Return what open changes make of each path: digests that are ours, in git or not."""
        digests: dict[str, frozenset[str]] = {}
        for file in self._files():
            with contextlib.suppress(FileNotFoundError):
                entry = _read(file)
                for entry_file in entry.files if entry else ():
                    for path, after in zip(entry_file.paths, (entry_file.after, ""), strict=False):
                        digests[path] = digests.get(path, frozenset()) | {after}
        return digests

    def is_empty(self) -> bool:
        """Return whether no change is under way."""
        return not any(self._files())

    def _files(self) -> Iterator[Path]:
        return iter(sorted(self._folder.glob("[0-9]*.json")))


def _write(file: Path, entry: JournalEntry) -> None:
    try:
        files.write_atomic(file, msgspec.json.encode(entry), mode=_PRIVATE)
        files.sync_folder(file.parent)
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> RecordError:
    return RecordError(
        f"the journal cannot be written ({error.strerror})",
        subject=str(file),
        hint="nothing was changed; is the disk full?",
    )


def _read(file: Path) -> JournalEntry | None:
    """Return an entry; one that cannot be read is set aside, since nobody can finish it."""
    try:
        entry = msgspec.json.decode(file.read_bytes(), type=JournalEntry)
    except msgspec.DecodeError:
        file.rename(file.with_suffix(".damaged"))
        return None
    if entry.version > VERSION:
        raise RecordError(
            "a newer copydesk left a change unfinished",
            subject=str(file),
            hint="run that version once, such as: copydesk run",
        )
    return entry


def digest(data: bytes | None) -> str:
    """Return the SHA-256 of a file's bytes, "" for no file."""
    return "" if data is None else hashlib.sha256(data).hexdigest()


def digest_of(root: Path, path: str) -> str:
    """Return the digest of a file, "" for no file; what is none has one that equals no other."""
    try:
        return digest(within.read(root, path, _MOST_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return f"unreadable ({error.strerror})"
