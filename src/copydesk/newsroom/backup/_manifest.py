"""The manifest of a backup: its parts, and the counts of records and rows that a restore must give.

It is the first member of the archive. Digests are SHA-256 in hexadecimal, sizes are bytes, and
`made` is RFC 3339 in UTC.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from copydesk.archive.git import RefsSnapshot
from copydesk.errors import BackupError
from copydesk.kit import databases, dates, files, locks
from copydesk.newsroom._newsroom import PRIVATE

KIND = "copydesk-backup"
FORMAT = 1
FORMAT_WITH_ARTICLES = 2  # that it has texts and pictures, which earlier versions do not know
MANIFEST = "manifest.json"
MOST_BYTES = 64 * 1024 * 1024  # size limit; enough for a third of a million uncommitted files
PartKind = Literal["records", "desk", "mail", "private", "key", "file", "cache"]
LeftOutReason = Literal[
    "link", "special", "repository", "private-key", "environment", "name", "outside"
]

_DATABASES = {"desk": f"{PRIVATE}/desk.sqlite", "mail": f"{PRIVATE}/mail.sqlite"}
PRIVATE_FOLDERS = ("journal", "uploads")  # of .copydesk: needed to finish a change or an edit
CACHE_FOLDERS = ("articles", "pictures")  # of .copydesk: can be fetched again
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MARK = re.compile(r"[0-9a-f]{16}")
_OID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
# What other systems take for ".git", as git's own core.protectNTFS and core.protectHFS have it:
# Windows knows a short name, drops dots and spaces at the end and reads a stream behind a colon,
# macOS passes over these code points (git: read-cache.c, path.c is_ntfs_dotgit, utf8.c).
_OTHER_GIT = re.compile(r"(\.git|git~1)[. ]*(:.*)?", re.DOTALL)
_IGNORED_BY_HFS = dict.fromkeys((*range(0x200C, 0x2010), *range(0x202A, 0x202F)))
_IGNORED_BY_HFS |= dict.fromkeys((*range(0x206A, 0x2070), 0xFEFF))


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupPart:
    """One file of a backup: its path in the newsroom ("" for the git bundle), size and digest."""

    kind: PartKind
    path: str
    bytes: int
    sha256: str
    is_executable: bool = False

    def member(self, number: int) -> str:
        """Return this part's file name inside the backup, given its number (from 1)."""
        match self.kind:
            case "records":
                return "records.bundle"
            case "desk" | "mail":
                return f"{self.kind}.sqlite"
            case _:
                return f"{self.kind}/{number:06}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCount:
    """The version of a database in a backup, and the number of rows of each table."""

    version: int
    tables: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Return the number of rows of all tables of the database."""
        return sum(self.tables.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file of the newsroom that is left out of the backup, and the reason."""

    path: str
    reason: LeftOutReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Refetchable:
    """Marks (hashed URLs) of texts and pictures left out of a backup, as they can be fetched again.

    A text has the marks of both its own URL and its web URL.
    """

    texts: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupManifest:
    """The contents of a backup: its parts, git references, counts, and what is left out.

    `repository` is None for a newsroom without git. `removed` are files of the last commit that the
    newsroom lacked. `records` counts files by collection (`_news`). `databases` counts rows by
    table, under `desk` and `mail` if they exist. `refetchable` lists texts and pictures left out,
    as fetching runs can fetch them again; it is None in backups of earlier versions. The `format`
    is 2 if texts and pictures are included.
    """

    made: str
    copydesk: str
    parts: tuple[BackupPart, ...]
    repository: RefsSnapshot | None = None
    removed: tuple[str, ...] = ()
    records: Mapping[str, int] = field(default_factory=dict)
    databases: Mapping[str, DatabaseCount] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    refetchable: Refetchable | None = None
    kind: str = KIND
    format: int = FORMAT

    def has(self, kind: PartKind) -> bool:
        """Return whether the backup has a part of this kind."""
        return any(part.kind == kind for part in self.parts)

    def count_cache(self) -> dict[str, int]:
        """Return how many files of article texts and of pictures the backup has, by folder."""
        folders = [part.path.split("/")[1] for part in self.parts if part.kind == "cache"]
        return {name: folders.count(name) for name in CACHE_FOLDERS}

    @property
    def bytes(self) -> int:
        """Return the size of all parts of the backup in bytes."""
        return sum(part.bytes for part in self.parts)


class _Head(msgspec.Struct):
    kind: str
    format: int
    copydesk: str = ""


def encode_manifest(manifest: BackupManifest) -> bytes:
    """Return a backup manifest as JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def decode_manifest(data: bytes, subject: str) -> BackupManifest:
    """Parse a backup manifest and check every value, as the file may be forged.

    Raises BackupError if it is no manifest, has a newer format, or has a path outside the newsroom.
    """
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.kind == KIND and head.format > FORMAT_WITH_ARTICLES:
            raise BackupError(
                f"a newer copydesk ({head.copydesk[:40]}) wrote this backup (format "
                f"{head.format}, this version reads {FORMAT_WITH_ARTICLES})",
                subject=subject,
                hint="install that version, and restore the backup with it",
            )
        manifest = msgspec.json.decode(data, type=BackupManifest)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise no_backup(subject) from error
    if manifest.kind != KIND or manifest.format not in {FORMAT, FORMAT_WITH_ARTICLES}:
        raise no_backup(subject)
    fault = _find_fault(manifest)
    if fault:
        raise BackupError(
            f"the backup's manifest is invalid: {fault}",
            subject=subject,
            hint="nothing was restored; use another backup",
        )
    return manifest


def no_backup(subject: str) -> BackupError:
    """Return the error for a file that is not a backup."""
    return BackupError(
        "the file is not a backup of copydesk",
        subject=subject,
        hint="name a file that `copydesk backup` wrote",
    )


def is_safe_path(path: str) -> bool:
    """Return whether a path in a backup is valid text, in the newsroom and outside git's folder.

    The path must be safe on every system, as a newsroom may be copied: Windows also splits paths at
    backslashes.
    """
    names = path.split("/")
    return (
        "" not in names
        and not any(name in {".", ".."} or _is_git(name) for name in re.split(r"[/\\]", path))
        and "\0" not in path
        and all(len(os.fsencode(name)) <= 255 for name in names)
        and not any("\ud800" <= letter <= "\udfff" for letter in path)
    )


def _is_git(name: str) -> bool:
    """Return whether some operating system takes this name for git's folder."""
    return _OTHER_GIT.fullmatch(name.translate(_IGNORED_BY_HFS).casefold()) is not None


def _find_fault(manifest: BackupManifest) -> str:
    """Return the first fault of a backup manifest as text, "" if there is none."""
    paths = [part.path for part in manifest.parts if part.path]
    checks = (
        "" if dates.parse(manifest.made) else "an invalid time",
        *(_part_fault(part) for part in manifest.parts),
        *(_place_fault(path) for path in manifest.removed),
        _order_fault(manifest),
        "a path occurs twice" if len(set(paths)) < len(paths) else "",
        _repository_fault(manifest.repository),
        _refetchable_fault(manifest.refetchable),
        "texts or pictures in a backup of another format"
        if manifest.has("cache") != (manifest.format == FORMAT_WITH_ARTICLES)
        else "",
    )
    return next((fault for fault in checks if fault), "")


def _order_fault(manifest: BackupManifest) -> str:
    """Return a fault of the order or number of a backup's parts as text, "" for none.

    The bundle lays out files, so it must be first. It and each database may be there only once.
    """
    kinds: list[str] = [part.kind for part in manifest.parts]
    for kind in ("records", *_DATABASES):
        if kinds.count(kind) > 1:
            return f"two parts of the same kind: {kind}"
    if "records" in kinds[1:]:
        return "the story files are not the first part"
    if manifest.has("records") and manifest.repository is None:
        return "story files without a git repository"
    counted = {kind for kind in _DATABASES if kind in kinds}
    return "databases without counts" if counted != set(manifest.databases) else ""


def _part_fault(part: BackupPart) -> str:
    if not _DIGEST.fullmatch(part.sha256) or part.bytes < 0:
        return "an invalid digest or size"
    match part.kind:
        case "records":
            is_right = not part.path
        case "desk" | "mail":
            is_right = part.path == _DATABASES[part.kind]
        case "private" | "cache":
            folders = {"private": PRIVATE_FOLDERS, "cache": CACHE_FOLDERS}[part.kind]
            is_right = is_safe_path(part.path) and _is_private(part.path, folders)
        case "key":
            is_right = is_safe_path(part.path)
        case "file":
            return _place_fault(part.path)
    return "" if is_right else f"an invalid path for this kind of part: {part.path[:200]!r}"


def _is_private(path: str, folders: Iterable[str]) -> bool:
    return PurePosixPath(path).parts[:2] in {(PRIVATE, name) for name in folders}


def _place_fault(path: str) -> str:
    if is_safe_path(path) and path.split("/", maxsplit=1)[0] != PRIVATE:
        return ""
    return f"a path outside the newsroom: {path[:200]!r}"


def _repository_fault(repository: RefsSnapshot | None) -> str:
    if repository is None:
        return ""
    ids: Iterable[str] = (*repository.refs.values(), repository.head, repository.tree)
    if any(oid and not _OID.fullmatch(oid) for oid in ids):
        return "an invalid git object id"
    if repository.prefix and not is_safe_path(repository.prefix.removesuffix("/")):
        return f"a path outside the newsroom: {repository.prefix[:200]!r}"
    return ""


def _refetchable_fault(refetchable: Refetchable | None) -> str:
    if refetchable is None:
        return ""
    marks = (*refetchable.texts, *refetchable.pictures)
    return "" if all(map(_MARK.fullmatch, marks)) else "an invalid digest of an address"


# Staging folders, next to the place of the finished file or folder.

STAGING = ".copydesk-staging-"
_LOCK = "lock"  # created last: a folder without a lock may be another process's new one


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Path]:
    """Yield a new private staging folder inside `folder`; it is deleted after the `with` block.

    First, folders that killed processes left there are deleted; their locks are free. Raises
    BackupError if the folder cannot be written to.
    """
    with contextlib.ExitStack() as stack:
        hint = "choose a place in an existing folder with write permission"
        with files.explain_errors(BackupError, "the folder cannot be written", folder, hint):
            _sweep(folder)
            is_held = False
            while not is_held:  # otherwise another process is deleting it as a leftover
                made = Path(tempfile.mkdtemp(prefix=STAGING, dir=folder))
                stack.callback(_remove, made)
                is_held = stack.enter_context(locks.hold(made / _LOCK))
        yield made


def writing(place: Path) -> contextlib.AbstractContextManager[None]:
    """Raise BackupError if the `with` block fails to write to the disk."""
    hint = "nothing was changed; free some space, or choose a place with more space"
    return files.explain_errors(BackupError, "the backup cannot be written", place, hint)


def _sweep(folder: Path) -> None:
    for name in files.list_names(folder):
        if name.startswith(STAGING) and (folder / name / _LOCK).exists():
            with locks.hold(folder / name / _LOCK) as is_left_over:
                if is_left_over:
                    _remove(folder / name)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


# Counts that a restore must find again.


def count_records(paths: Iterable[str]) -> dict[str, int]:
    """Count record files by collection: a top folder with a name such as `_news`."""
    counts: dict[str, int] = {}
    for path in paths:
        folder, slash, _ = path.partition("/")
        if slash and folder.startswith("_"):
            counts[folder] = counts.get(folder, 0) + 1
    return dict(sorted(counts.items()))


def count_database(file: Path) -> DatabaseCount:
    """Return a database's version and its rows per table; raises BackupError."""
    with complaining(file), contextlib.closing(_open(file)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
            "ESCAPE '\\' ORDER BY name"
        ).fetchall()
        return DatabaseCount(
            version=version, tables={name: _count_rows(database, name) for (name,) in names}
        )


def find_database_fault(file: Path) -> str:
    """Return the first fault that SQLite finds in a database file, "" if there is none."""
    try:
        with contextlib.closing(_open(file)) as database:
            (said,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            astray = database.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        return str(error)
    if said != "ok":
        return str(said).strip().splitlines()[-1]
    return f"a row of {astray[0]} refers to a missing row of {astray[2]}" if astray else ""


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _count_rows(database: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    (rows,) = database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 - quoted
    return int(rows)


@contextlib.contextmanager
def complaining(file: Path) -> Iterator[None]:
    """Raise BackupError if the `with` block fails to read or copy a database."""
    try:
        yield
    except sqlite3.Error as error:
        if databases.is_damage(error):
            raise database_damage(file, str(error)) from error
        raise BackupError(
            f"the database cannot be copied ({error})",
            subject=str(file),
            hint="check whether the disk is full, and the permissions of the file",
        ) from error


def database_damage(file: Path, fault: str) -> BackupError:
    """Return the error for a damaged database."""
    return BackupError(
        f"the database is damaged ({fault[:200]})",
        subject=str(file),
        hint="no backup was written, and earlier backups were not changed; restore an earlier "
        "backup",
    )
