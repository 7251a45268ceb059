"""Collect the parts of a backup: everything in a newsroom that cannot be made again.

    in git                all references, as a bundle
    not in git            files edited or new, and ignored ones in folders that copydesk reads
    .copydesk             desk.sqlite, mail.sqlite, journal/ (a change under way), uploads/
    only with the key     .copydesk/key, the key that signs mail

Everything else below .copydesk can be made or fetched again. The backup lists the texts and
pictures there, so that a restore knows which to fetch. Symbolic links are not followed.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from copydesk import archive, illustrate
from copydesk.archive import git
from copydesk.errors import BackupError
from copydesk.kit import databases
from copydesk.newsroom._newsroom import PRIVATE
from copydesk.newsroom.backup._manifest import (
    PRIVATE_FOLDERS,
    STAGING,
    BackupPart,
    DatabaseCount,
    LeftOut,
    LeftOutReason,
    PartKind,
    Refetchable,
    is_safe_path,
)

_CHUNK = 1 << 18
_HEAD_BYTES = 4096
_PRIVATE_KEY = b"PRIVATE KEY-----"  # PEM, RFC 7468
_ENVIRONMENT = ".env"
# Of the folders that begin with "_", only Jekyll's output can be made again (jekyllrb.com/docs).
_GENERATED = frozenset({"_site"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The files copied for a backup, each as a part with its copy; files left out or removed."""

    parts: tuple[tuple[BackupPart, Path], ...]
    left_out: tuple[LeftOut, ...]
    removed: tuple[str, ...]


def collect_files(root: Path, staging: Path, keys: tuple[str, ...], *, has_git: bool) -> Collected:
    """Copy the files that git does not have into `staging`; `keys` are paths of keys to include."""
    uncommitted = git.list_user_changes(root)
    if has_git:
        wanted = {*uncommitted.changed, *git.list_ignored_files(root, _read_places(root))}
    else:
        wanted = set(_all_files(root))
    candidates: list[tuple[PartKind, str]] = [
        *(("key", path) for path in keys),
        *(("private", path) for path in sorted(_private_files(root))),
        *(("file", path) for path in sorted(wanted - set(keys)) if _is_ours(path)),
    ]
    copier = _Copier(root, staging)
    for kind, path in candidates:
        copier.take(kind, path)
    return Collected(
        parts=tuple(copier.parts),
        left_out=tuple(copier.left_out),
        removed=tuple(filter(is_safe_path, uncommitted.removed)) if has_git else (),
    )


def list_refetchable(root: Path) -> Refetchable:
    """Return the marks of a newsroom's stored texts and pictures, without reading them."""
    private = root / PRIVATE
    texts = archive.ArticleStore(private / "articles", 0).marks().values()
    album = illustrate.Album(private / "pictures", 0)
    addresses = {*album.thumbnails(), *album.list_waiting()}
    return Refetchable(
        texts=tuple(sorted({mark for marks in texts for mark in marks})),
        pictures=tuple(sorted(map(archive.address_mark, addresses))),
    )


def count_records(paths: Iterable[str]) -> dict[str, int]:
    """Count files by collection: the top folder, if its name begins with "_"."""
    counts: dict[str, int] = {}
    for path in paths:
        folder, slash, _ = path.partition("/")
        if slash and folder.startswith("_"):
            counts[folder] = counts.get(folder, 0) + 1
    return dict(sorted(counts.items()))


class _Copier:
    """Copy single files, and collect the parts and the files left out."""

    def __init__(self, root: Path, staging: Path) -> None:
        self._root = root
        self._staging = staging
        self.parts: list[tuple[BackupPart, Path]] = []
        self.left_out: list[LeftOut] = []

    def take(self, kind: PartKind, path: str) -> None:
        """Copy a file, or note why it is left out; a file that no longer exists is ignored."""
        reason = _find_reason(self._root, path)
        try:
            if not reason:
                reason = self._copy(kind, path)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise BackupError(
                f"a file cannot be copied ({error.strerror})",
                subject=str(self._root / path),
                hint="look at its rights, and whether the disk is full",
            ) from error
        if reason:
            self.left_out.append(LeftOut(path=_readable(path), reason=reason))

    def _copy(self, kind: PartKind, path: str) -> LeftOutReason | None:
        copy = self._staging / f"{len(self.parts)}"
        digest, size = hashlib.sha256(), 0
        with _open_plain(self._root / path) as source:
            head = source.read(_HEAD_BYTES)
            if kind != "key" and _PRIVATE_KEY in head:
                return "private-key"
            mode = os.fstat(source.fileno()).st_mode
            with copy.open("xb") as target:
                chunk = head
                while chunk:
                    digest.update(chunk)
                    size += target.write(chunk)
                    chunk = source.read(_CHUNK)
        part = BackupPart(
            kind=kind,
            path=path,
            bytes=size,
            sha256=digest.hexdigest(),
            is_executable=bool(mode & stat.S_IXUSR),
        )
        self.parts.append((part, copy))
        return None


def _find_reason(root: Path, path: str) -> LeftOutReason | None:
    """Return the reason to leave a file out by its path and type, None to copy it."""
    if path.endswith("/"):
        return "repository"
    if not is_safe_path(path):
        return "outside" if Path(path).is_absolute() or ".." in path.split("/") else "name"
    if path.rsplit("/", 1)[-1] == _ENVIRONMENT:
        return "environment"
    names = path.split("/")
    above = (root.joinpath(*names[:depth]) for depth in range(1, len(names) + 1))
    if any(place.is_symlink() for place in above):
        return "link"
    is_plain = (root / path).is_file() or not (root / path).exists()
    return None if is_plain else "special"


def _open_plain(file: Path) -> IO[bytes]:
    """Open a file that is not a link; does not block if a pipe has replaced it."""
    return os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _readable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")


def _is_ours(path: str) -> bool:
    return not path.startswith((f"{PRIVATE}/", STAGING))


def _read_places(root: Path) -> tuple[str, ...]:
    """Return the names at the top that copydesk reads, whether git ignores them or not."""
    names = ("beat.toml", *sorted(path.name for path in root.glob("_*")))
    return tuple(name for name in names if name not in _GENERATED)


def _private_files(root: Path) -> Iterator[str]:
    for name in PRIVATE_FOLDERS:
        for path in (root / PRIVATE / name).glob("*"):
            if path.suffix != ".lock" and not path.name.startswith("."):
                yield f"{PRIVATE}/{name}/{path.name}"


def _all_files(root: Path) -> Iterator[str]:
    """Yield the files of a newsroom without git; links to folders are not followed."""
    for folder, folders, names in os.walk(root):
        within = Path(folder).relative_to(root)
        if within == Path():
            folders[:] = [name for name in folders if name not in {PRIVATE, ".git", *_GENERATED}]
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        yield from ((within / name).as_posix() for name in (*names, *links))


# Databases: copy them while other processes write, count rows, check integrity.

_PATIENCE_SECONDS = 10.0


def copy_database(source: Path, copy: Path) -> DatabaseCount:
    """Copy a database with SQLite's backup API, as it is at one moment, and count its rows.

    All pages are copied in one step. Other processes can write meanwhile (write-ahead log); their
    changes are not in the copy. The copy is a single file. Raises BackupError if the database is
    damaged or busy, or the copy cannot be written.
    """
    with _complaining(source):
        uri = f"{source.absolute().as_uri()}?mode=ro"
        with (
            contextlib.closing(
                sqlite3.connect(uri, uri=True, timeout=_PATIENCE_SECONDS)
            ) as original,
            contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as target,
        ):
            original.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
    fault = find_database_fault(copy)
    if fault:
        raise _damage(source, fault)
    return count_database(copy)


def count_database(file: Path) -> DatabaseCount:
    """Return a database's version and its rows per table; raises BackupError."""
    with _complaining(file), contextlib.closing(_open(file)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        names = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
            "ESCAPE '\\' ORDER BY name"
        ).fetchall()
        return DatabaseCount(
            version=version, tables={name: _count_rows(database, name) for (name,) in names}
        )


def find_database_fault(file: Path) -> str:
    """Return the first fault that SQLite finds in a database, "" if there is none."""
    try:
        with contextlib.closing(_open(file)) as database:
            (said,) = database.execute("PRAGMA integrity_check(1)").fetchone()
            astray = database.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        return str(error)
    if said != "ok":
        return str(said).strip().splitlines()[-1]
    return f"a row of {astray[0]} belongs to none of {astray[2]}" if astray else ""


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)


def _count_rows(database: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    (rows,) = database.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608 - quoted
    return int(rows)


@contextlib.contextmanager
def _complaining(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if databases.is_damage(error):
            raise _damage(file, str(error)) from error
        raise BackupError(
            f"the database cannot be copied ({error})",
            subject=str(file),
            hint="look whether the disk is full, or the file's rights",
        ) from error


def _damage(file: Path, fault: str) -> BackupError:
    return BackupError(
        f"the database is damaged ({fault[:200]})",
        subject=str(file),
        hint="no backup was written, and an earlier one stays as it is: restore from that",
    )
