"""Sheets onto disk: written when their bytes changed, deleted when they no longer belong."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from copydesk.errors import PublishError
from copydesk.kit import files
from copydesk.publish import _links

MARKER = ".copydesk-site"
UNFINISHED = ".copydesk-unfinished"
_MARKER_TEXT = (
    b"This folder holds a site made by copydesk. Files in the folders that it fills are deleted\n"
    b"when they no longer belong to the site. Delete this file and it deletes only what it made.\n"
)
_OUR_FOLDERS = re.compile(
    r"news|topics|sources|archive|search|api|pictures|cards|[0-9]{4}|learning|samples?|people"
    r"|communities|compan(y|ies)|challenges?|events?|projects?|newsletters?|sponsorships"
)
_OUR_FILES = re.compile(r"sitemap-(news|pages)-[\w-]+\.xml|[a-z]+-sitemap\.xml")
_UNFINISHED = ".new-"  # what kit.files leaves when it is killed between writing and renaming


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file to publish: its path below the web root, with slashes, and its bytes."""

    path: str
    data: bytes


class Manifest(Protocol):
    """What was published last time: a hash for each path below the web root."""

    def get(self, path: str) -> str | None:
        """Give the hash that was put for this path, None where there is none."""
        ...

    def put(self, path: str, digest: str) -> None:
        """Remember the hash of what was published at this path."""
        ...

    def forget(self, path: str) -> None:
        """Drop a path that is published no longer."""
        ...

    def paths(self) -> Iterator[str]:
        """Give every path that is remembered."""
        ...


class MemoryManifest:
    """A manifest that lives as long as the process."""

    def __init__(self) -> None:
        self._hashes: dict[str, str] = {}

    def get(self, path: str) -> str | None:
        """Give the hash that was put for this path, None where there is none."""
        return self._hashes.get(path)

    def put(self, path: str, digest: str) -> None:
        """Remember the hash of what was published at this path."""
        self._hashes[path] = digest

    def forget(self, path: str) -> None:
        """Drop a path that is published no longer."""
        self._hashes.pop(path, None)

    def paths(self) -> Iterator[str]:
        """Give every path that is remembered, as of now."""
        return iter(list(self._hashes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many files and HTML pages a site has."""

    files: int = 0
    pages: int = 0


@dataclass(slots=True, kw_only=True)
class Writer:
    """Bring a folder to what is put into it, one sheet at a time, then `sweep`.

    Never touches anything outside `out`: a path with an empty or dotted part is refused, and so is
    a symbolic link where a folder should be. Raises PublishError.
    """

    out: Path
    manifest: Manifest
    full: bool = False
    written: int = 0
    unchanged: int = 0
    deleted: int = 0
    stands: bool = False
    counts_all: bool = True
    _more: list[str] = field(default_factory=list)
    _less: list[str] = field(default_factory=list)
    _kept: set[str] = field(default_factory=set)
    _folders: set[str] = field(default_factory=set)

    def open(self) -> None:
        """Make the folder ready; mark it as ours when it is new or empty."""
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            self.out = self.out.resolve(strict=True)
            if not any(self.out.iterdir()):
                files.write_atomic(self.out / MARKER, _MARKER_TEXT, durable=False)
            mark = self.out / UNFINISHED
            self.stands = (self.out / "index.html").is_file() and not (self.full or mark.exists())
            files.write_atomic(mark, b"", durable=False)
        except OSError as error:
            raise PublishError(
                f"the site's folder cannot be made ({error.strerror})",
                subject=str(self.out),
                hint="give another folder with --out",
            ) from error
        self._folders.add("")

    def close(self) -> None:
        """Say that all is written: what a build that was killed left, the next one makes anew."""
        (self.out / UNFINISHED).unlink(missing_ok=True)

    def counted(self, before: Count) -> Count:
        """Give how many files and pages there are now, from how many there were."""
        more, less = self._more, self._less
        if self.counts_all:
            before = Count()
        pages = sum(map(_is_page, more)) - sum(map(_is_page, less))
        return Count(files=before.files + len(more) - len(less), pages=before.pages + pages)

    def put(self, sheet: Sheet) -> None:
        """Write a sheet unless the very same bytes lie there already."""
        digest = hashlib.blake2b(sheet.data, digest_size=16).hexdigest()
        target = self._claim(sheet.path)
        known = self.manifest.get(sheet.path)
        if not self.full and _stands(target, sheet.data, sure=known == digest, new=known is None):
            self.unchanged += 1
        else:
            self._write(target, sheet.path, sheet.data)
        if known != digest:
            self.manifest.put(sheet.path, digest)
        self._note(sheet.path, known)

    def copy(self, path: str, origin: Path) -> None:
        """Bring a file along unless one of the same size and time was copied before."""
        target = self._claim(path)
        try:
            now = origin.stat()
            digest = f"copy:{now.st_size}:{now.st_mtime_ns}"
            before = self.manifest.get(path)
            known = before == digest
            if known and not self.full and _size(target) == now.st_size:
                self.unchanged += 1
                self._note(path, before)
                return
            data = origin.read_bytes()
        except FileNotFoundError:  # a cache drops what it likes, at any moment
            self._kept.discard(path)
            return
        except OSError as error:
            raise PublishError(
                f"a file of the site cannot be read ({error.strerror})", subject=str(origin)
            ) from error
        if not self.full and _stands(target, data, sure=False, new=True):
            self.unchanged += 1
        else:
            self._write(target, path, data)
        self.manifest.put(path, digest)
        self._note(path, before)

    def _claim(self, path: str) -> Path:
        """Give the place of a path after proving that it lies inside, through real folders."""
        if not _links.is_path(path):
            raise PublishError("not a path of the site", subject=path)
        if path in self._kept:
            raise PublishError("two things want to be published at one path", subject=path)
        self._kept.add(path)
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self._prove(folder)
        return self.out / path

    def _prove(self, folder: str) -> None:
        """Make a folder; refuse one that is reached through a symbolic link or where a file is."""
        above = folder.rpartition("/")[0]
        if above not in self._folders:
            self._prove(above)
        place = f"{self.out}/{folder}"
        try:
            os.mkdir(place)  # noqa: PTH102 - a site has many thousands of folders
        except FileExistsError:
            if not stat.S_ISDIR(os.lstat(place).st_mode):
                raise PublishError(
                    "a link or file stands where the site needs a folder",
                    subject=place,
                    hint="remove it, or build into another folder with --out",
                ) from None
        self._folders.add(folder)

    def _write(self, target: Path, path: str, data: bytes) -> None:
        try:
            files.write_atomic(target, data, durable=False)
        except OSError as error:
            raise PublishError(
                f"a file of the site cannot be written ({error.strerror})",
                subject=path,
                hint="free some space, or mend the folder's permissions; then build again",
            ) from error
        self.written += 1

    def _note(self, path: str, known: str | None) -> None:
        """Count a file that was not there, or every one where everything is made."""
        if self.counts_all or known is None:
            self._more.append(path)

    def drop(self, gone: Iterable[str]) -> None:
        """Delete these files, and all that was published in these folders."""
        if not gone:
            return
        places = tuple(gone)
        for path in [path for path in self.manifest.paths() if path.startswith(places)]:
            if path not in self._kept:
                self._delete(path)
                self.manifest.forget(path)
                self._less.append(path)

    def sweep(self) -> None:
        """Delete what was published before and was not put this time, and folders left empty."""
        for path in [path for path in self.manifest.paths() if path not in self._kept]:
            self._delete(path)
            self.manifest.forget(path)
        if (self.out / MARKER).is_file():
            for path in list(_strangers(self.out, self._kept)):
                self._delete(path)

    def _delete(self, path: str) -> None:
        parts = path.split("/")
        if not _links.is_path(path):
            return
        target = self.out.joinpath(*parts)
        if any(parent.is_symlink() for parent in target.parents if parent.is_relative_to(self.out)):
            return
        try:
            target.unlink()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise PublishError(
                f"a file of the site cannot be deleted ({error.strerror})", subject=path
            ) from error
        else:
            self.deleted += 1
        self._drop_empty(target.parent)

    def _drop_empty(self, folder: Path) -> None:
        while folder != self.out and folder.is_relative_to(self.out):
            try:
                folder.rmdir()
            except OSError:  # not empty, or gone already
                return
            self._folders.discard(folder.relative_to(self.out).as_posix())
            folder = folder.parent


def _is_page(path: str) -> bool:
    return path.endswith(".html")


def _size(path: Path) -> int:
    """Give the size of a plain file, -1 where there is none (a link is none)."""
    try:
        found = path.lstat()
    except OSError:
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def _stands(path: Path, data: bytes, *, sure: bool, new: bool) -> bool:
    """Say whether these bytes lie at `path`; they are read only when the manifest is silent."""
    if _size(path) != len(data):
        return False
    return sure or (new and path.read_bytes() == data)


def _strangers(out: Path, kept: set[str]) -> Iterator[str]:
    """Give the files in the folders that we fill which are not of this edition."""
    for entry in out.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            if _OUR_FOLDERS.fullmatch(entry.name):
                yield from (path for path in _below(out, entry) if path not in kept)
        elif _OUR_FILES.fullmatch(entry.name) or entry.name.startswith(_UNFINISHED):
            yield from {entry.name} - kept


def _below(out: Path, folder: Path) -> Iterator[str]:
    for where, _, names in os.walk(folder):
        below = Path(where).relative_to(out).as_posix()
        yield from (f"{below}/{name}" for name in names)
