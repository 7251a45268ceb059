"""What a backup takes of a newsroom: what nothing can make again.

    git has it            all references, as a bundle
    git has not           files that were edited or are new, and ignored ones below what we read
    .copydesk             desk.sqlite, mail.sqlite, journal/ (a change under way), uploads/
    only with the key     .copydesk/key, the key that signs letters

All else below .copydesk is made again, or fetched: of texts and pictures the backup has a list, so
that a restore knows what was there. A link is nobody's to follow.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from copydesk import archive, illustrate
from copydesk.archive import git
from copydesk.engine.backup._manifest import (
    PRIVATE_FOLDERS,
    BackupPart,
    LeftOut,
    LeftOutReason,
    PartKind,
    Refetchable,
    is_safe_path,
)
from copydesk.engine.backup._staging import STAGING
from copydesk.engine.newsroom import PRIVATE
from copydesk.errors import BackupError

_CHUNK = 1 << 18
_HEAD_BYTES = 4096
_PRIVATE_KEY = b"PRIVATE KEY-----"  # PEM, RFC 7468
_ENVIRONMENT = ".env"
# Of the folders that begin with "_" Jekyll's own output alone is made again (jekyllrb.com/docs).
_GENERATED = frozenset({"_site"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """Files that were copied as they lay, each a part with its copy, and what was left out."""

    parts: tuple[tuple[BackupPart, Path], ...]
    left_out: tuple[LeftOut, ...]
    removed: tuple[str, ...]


def collect_files(root: Path, staging: Path, keys: tuple[str, ...], *, has_git: bool) -> Collected:
    """Copy into `staging` what git has not; `keys` are the paths of keys that are wanted."""
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
    """Return the texts and pictures of a newsroom, by the marks of their addresses; reads none."""
    private = root / PRIVATE
    texts = archive.ArticleStore(private / "articles", 0).marks().values()
    album = illustrate.Album(private / "pictures", 0)
    addresses = {*album.thumbnails(), *album.list_waiting()}
    return Refetchable(
        texts=tuple(sorted({mark for marks in texts for mark in marks})),
        pictures=tuple(sorted(map(archive.address_mark, addresses))),
    )


def count_records(paths: Iterable[str]) -> dict[str, int]:
    """Count files by collection: the first folder of their path, where it begins with "_"."""
    counts: dict[str, int] = {}
    for path in paths:
        folder, slash, _ = path.partition("/")
        if slash and folder.startswith("_"):
            counts[folder] = counts.get(folder, 0) + 1
    return dict(sorted(counts.items()))


class _Copier:
    """Copy files one by one, and keep the parts that they make."""

    def __init__(self, root: Path, staging: Path) -> None:
        self._root = root
        self._staging = staging
        self.parts: list[tuple[BackupPart, Path]] = []
        self.left_out: list[LeftOut] = []

    def take(self, kind: PartKind, path: str) -> None:
        """Copy a file, or note why not; one that is gone by now is passed over."""
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
    """Return why a file is not taken, by its name and kind."""
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
    """Open a file that is no link, without waiting for a pipe that took its place."""
    return os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _readable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")


def _is_ours(path: str) -> bool:
    return not path.startswith((f"{PRIVATE}/", STAGING))


def _read_places(root: Path) -> tuple[str, ...]:
    """Return the names in a newsroom of which something is read, whether git ignores it or not."""
    names = ("beat.toml", *sorted(path.name for path in root.glob("_*")))
    return tuple(name for name in names if name not in _GENERATED)


def _private_files(root: Path) -> Iterator[str]:
    for name in PRIVATE_FOLDERS:
        for path in (root / PRIVATE / name).glob("*"):
            if path.suffix != ".lock" and not path.name.startswith("."):
                yield f"{PRIVATE}/{name}/{path.name}"


def _all_files(root: Path) -> Iterator[str]:
    """Walk the files of a newsroom that has no git; a link to a folder is not followed."""
    for folder, folders, names in os.walk(root):
        within = Path(folder).relative_to(root)
        if within == Path():
            folders[:] = [name for name in folders if name not in {PRIVATE, ".git", *_GENERATED}]
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        yield from ((within / name).as_posix() for name in (*names, *links))
