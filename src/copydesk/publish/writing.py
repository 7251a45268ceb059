"""Write a site's files into a folder: only those whose bytes changed. Delete those that are gone.

put, copy: into the staging folder  >  place: move all into the site  >  sweep or drop old files
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from copydesk.errors import PublishError
from copydesk.kit import files, within
from copydesk.news.edition import Manifest
from copydesk.placement import addresses

MARKER = ".copydesk-site"
UNFINISHED = ".copydesk-unfinished"
_MARKER_TEXT = (
    b"This folder holds a site made by copydesk. Files in the folders that it fills are deleted\n"
    b"when they no longer belong to the site. Delete this file and it deletes only what it made.\n"
)
_MAX_BYTES = 4_000_000_000


class Sheet(NamedTuple):
    """One file to publish: its path below the web root, with slashes, and its bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """The number of files and of HTML pages of a site."""

    files: int = 0
    pages: int = 0


@dataclass(slots=True, kw_only=True)
class Writer:
    """Writes a site's files: `open`, `put`, `copy`, `place`, then `sweep` or `drop`, then `close`.

    Until `place` the folder stays as it was. Nothing outside `out` is touched: a path with an empty
    or dotted part is refused, and so is a symbolic link in place of a folder. Raises PublishError.
    """

    out: Path
    manifest: BuiltManifest
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
    _fresh: set[str] = field(default_factory=set)
    _rows: dict[str, str | None] = field(default_factory=dict)
    _last: Mapping[str, str] | None = None
    _is_torn: bool = False
    _stage: Stage = field(init=False)

    def open(self) -> None:
        """Create the site's folder; mark it as made by copydesk if it is new or empty."""
        hint = "choose another folder with --out"
        with files.explain_errors(
            PublishError, "the site's folder cannot be created", self.out, hint
        ):
            self.out.mkdir(parents=True, exist_ok=True)
            self.out = self.out.resolve(strict=True)
            if not any(self.out.iterdir()):
                files.write_atomic(self.out / MARKER, _MARKER_TEXT, durable=False)
            self._is_torn = (self.out / UNFINISHED).exists()
            is_known = not (self.full or self._is_torn)
            self.stands = is_known and (self.out / FRONT).is_file()
            self._stage = Stage(self.out)
            self._stage.clear()
        self._folders.add("")

    @property
    def front(self) -> str | None:
        """Return the stored hash of the published front page, None if no hash is stored."""
        return self.manifest.get(FRONT)

    def doubt(self) -> None:
        """Ignore the stored hashes of published files, since they are not those of the
        last build.
        """
        self._is_torn, self.stands = True, False

    def expect_all(self, *, everything: bool) -> None:
        """Set whether this build makes every file of the site, so that all files are counted."""
        self.counts_all = everything
        self._last = dict(self.manifest.items()) if everything else None

    def place(self) -> None:
        """Move the files of this build one by one from the staging folder into the site.

        A mark file exists until `close`: after an interruption the next build makes everything.
        """
        try:
            files.write_atomic(self.out / UNFINISHED, b"", durable=False)
            self._stage.place()
        except OSError as error:
            raise _unwritable(error, str(error.filename2 or error.filename or self.out)) from error

    def remember(self) -> None:
        """Store the hashes of the published files in the manifest."""
        for path, digest in self._rows.items():
            if digest is None:
                self.manifest.forget(path)
            else:
                self.manifest.put(path, digest)

    def close(self) -> None:
        """Delete the file that marks an unfinished build, as everything is written now."""
        (self.out / UNFINISHED).unlink(missing_ok=True)

    def clear(self) -> None:
        """Delete the staged files that were not moved into the site."""
        self._stage.clear()

    def count_files(self, before: Count) -> Count:
        """Return how many files and pages the site has now, computed from the last
        build's count.
        """
        more, less = self._more, self._less
        if self.counts_all:
            before = Count()
        pages = sum(map(_is_page, more)) - sum(map(_is_page, less))
        return Count(files=before.files + len(more) - len(less), pages=before.pages + pages)

    def put(self, sheet: Sheet) -> None:
        """Write a file to the staging folder, unless the site has it with the same
        bytes already.
        """
        digest = hashlib.blake2b(sheet.data, digest_size=16).hexdigest()
        size = self._claim(sheet.path)
        known = self._last_digest(sheet.path)
        if self._stands(sheet.path, sheet.data, size, sure=known == digest, new=known is None):
            self.unchanged += 1
        else:
            self._write(sheet.path, sheet.data, is_new=size is None)
        if known != digest:
            self._rows[sheet.path] = digest
        self._note(sheet.path, known)

    def keep_old(self, sheet: Sheet) -> Sheet:
        """Return the published file at a sheet's path, or the sheet if there is none."""
        try:
            return Sheet(sheet.path, within.read(self.out, sheet.path, _MAX_BYTES))
        except OSError:
            return sheet

    def copy(self, path: str, origin: Origin) -> None:
        """Copy a file to the staging folder, unless it is unchanged (size, time) since the last
        copy.
        """
        size = self._claim(path)
        try:
            now = origin.look()
            digest = f"copy:{now.st_size}:{now.st_mtime_ns}"
            known = self._last_digest(path)
            is_trusted = known == digest and not (self.full or self._is_torn)
            if is_trusted and size == now.st_size:
                self.unchanged += 1
                self._note(path, known)
                return
            data = origin.read()
        except FileNotFoundError:  # a cache may delete files at any moment
            self._kept.discard(path)
            return
        except OSError as error:
            raise PublishError(
                f"a file of the site cannot be read ({error.strerror})",
                subject=str(origin),
                hint=within.hint(error),
            ) from error
        if self._stands(path, data, size, sure=False, new=True):
            self.unchanged += 1
        else:
            self._write(path, data, is_new=size is None)
        self._rows[path] = digest
        self._note(path, known)

    def _last_digest(self, path: str) -> str | None:
        return self.manifest.get(path) if self._last is None else self._last.get(path)

    def _claim(self, path: str) -> int | None:
        """Return the size of the published file at a path, None if there is none, -1 for a link.

        First it is checked that the path leads through real folders only.
        """
        folder, _, name = path.rpartition("/")
        if not addresses.is_path(name if folder and folder in self._folders else path):
            raise PublishError("invalid path of a file of the site", subject=path)
        if path in self._kept or path in self._folders:
            raise _collision(path)
        self._kept.add(path)
        if folder not in self._folders:
            self._prove(folder)
        if folder in self._fresh:
            return None
        try:
            found = os.lstat(f"{self.out}/{path}")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unwritable(error, path) from error
        if stat.S_ISDIR(found.st_mode):
            raise PublishError(
                "a folder has the name of a file that the build must write",
                subject=f"{self.out}/{path}",
                hint="delete the folder, or build into another folder with --out",
            )
        return found.st_size if stat.S_ISREG(found.st_mode) else -1

    def _prove(self, folder: str) -> None:
        """Check that a folder of the site is a real folder; note it for creation if it
        is missing.
        """
        if folder in self._kept:
            raise _collision(folder)
        above = folder.rpartition("/")[0]
        if above not in self._folders:
            self._prove(above)
        place = f"{self.out}/{folder}"
        try:
            if above in self._fresh or not _is_there(place):
                self._stage.need(folder)
                self._fresh.add(folder)
        except OSError as error:
            raise _unwritable(error, folder) from error
        self._folders.add(folder)

    def _stands(self, path: str, data: bytes, size: int | None, *, sure: bool, new: bool) -> bool:
        """Return whether a published file has these bytes; read it only without a trusted hash."""
        if self.full or size != len(data):
            return False
        if sure and not self._is_torn:
            return True
        if not (new or self._is_torn):
            return False
        try:
            return (self.out / path).read_bytes() == data
        except OSError:
            return False

    def _write(self, path: str, data: bytes, *, is_new: bool) -> None:
        try:
            self._stage.add(path, data, is_new=is_new)
        except OSError as error:
            raise _unwritable(error, path) from error
        self.written += 1

    def _note(self, path: str, known: str | None) -> None:
        """Count a new file, or every file if the whole site is made."""
        if self.counts_all or known is None:
            self._more.append(path)

    def drop(self, gone: Iterable[str]) -> None:
        """Delete published files whose path begins with one in `gone`, unless this
        build made them.
        """
        if not gone:
            return
        places = tuple(gone)
        for path in [path for path in self.manifest.paths() if path.startswith(places)]:
            if path not in self._kept:
                self._delete(path)
                self._rows[path] = None
                self._less.append(path)

    def sweep(self) -> None:
        """Delete published files that this build did not make, and folders that are then empty."""
        for path in [path for path in self.manifest.paths() if path not in self._kept]:
            self._delete(path)
            self._rows[path] = None
        if (self.out / MARKER).is_file():
            for path in list(list_strangers(self.out, self._kept)):
                self._delete(path)

    def _delete(self, path: str) -> None:
        parts = path.split("/")
        if not addresses.is_path(path):
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
        files.drop_empty(target.parent, self.out)


def _is_there(place: str) -> bool:
    """Return whether a folder exists; refuse a link or a file."""
    try:
        if is_folder(place):
            return True
    except FileNotFoundError:
        return False
    raise refusal(place)


def _collision(path: str) -> PublishError:
    return PublishError("two files of the site have the same path", subject=path)


def _is_page(path: str) -> bool:
    return path.endswith(".html")


def _unwritable(error: OSError, path: str) -> PublishError:
    return PublishError(
        f"a file of the site cannot be written ({error.strerror})",
        subject=path,
        hint="free some space, or correct the folder's permissions; then build again",
    )


class BuiltManifest(Manifest, Protocol):
    """The hashes of all files that the last build published, by path below the web root."""

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield all published paths with their hashes."""
        ...


class Origin(NamedTuple):
    """A file to copy into the site, given by a folder and the file's path inside this folder."""

    folder: Path
    path: str

    def __str__(self) -> str:
        return str(self.folder / self.path)

    def look(self) -> os.stat_result:
        """Return the file's status, without following a symbolic link; raises OSError."""
        return os.lstat(str(self))

    def read(self) -> bytes:
        """Return the file's bytes. Raises OSError, also if a symbolic link is on its path."""
        return within.read(self.folder, self.path, _MAX_BYTES)


# The staging folder: new files wait there until all are written, then are moved into the site.

STAGE = ".new-site"
FRONT = "index.html"
_OUR_FOLDERS = re.compile(
    r"news|topics|sources|archive|search|api|pictures|cards|[0-9]{4}|changes|digest|languages|letters"
    r"|lists|front|edition|matters|learning|samples?|people"
    r"|communities|compan(y|ies)|challenges?|events?|projects?|newsletters?|sponsorships"
)
_OUR_FILES = re.compile(r"sitemap-(news|pages)-[\w-]+\.xml|[a-z]+-sitemap\.xml")
_UNFINISHED = ".new-"  # the prefix of files that kit.files did not rename before it was killed


class Stage:
    """The staging folder for new files of a site: inside its folder `out`, on the same file system.

    A new folder of the site is moved with all that is in it, by one renaming for thousands of
    files. Methods raise OSError and PublishError.
    """

    def __init__(self, out: Path) -> None:
        self._folders: set[str] = set()
        self._new_trees: list[str] = []  # new folders outside other new ones
        self._new: dict[str, str] = {}
        self._other: dict[str, str] = {}
        self._out = str(out)
        self._here = f"{out}/{STAGE}"
        self._trees = f"{self._here}/trees"
        self._is_open = False

    def clear(self) -> None:
        """Delete all files in the staging folder, also those of a build that was killed."""
        here = Path(self._here)
        if here.is_symlink() or here.is_file():
            here.unlink()
        else:
            shutil.rmtree(here, ignore_errors=True)
        self._is_open = False

    def need(self, folder: str) -> None:
        """Prepare a new folder of the site in the staging folder; parent folders must
        come first.
        """
        self._open()
        above = folder.rpartition("/")[0]
        if above in self._folders:
            os.mkdir(f"{self._trees}/{folder}")  # noqa: PTH102 - many thousands
        else:
            self._new_trees.append(folder)
            Path(f"{self._trees}/{folder}").mkdir(parents=True)
        self._folders.add(folder)

    def add(self, path: str, data: bytes, *, is_new: bool) -> None:
        """Write a file to the staging folder, to be moved to `path`; `is_new` if none
        is there yet.
        """
        self._open()
        if path.rpartition("/")[0] in self._folders:
            _write(f"{self._trees}/{path}", data)
            return
        waiting = self._new if is_new else self._other
        number = len(self._new) + len(self._other)
        name = f"{self._here}/{number}"
        _write(name, data)
        waiting[path] = name

    def place(self) -> None:
        """Move all staged files into the site: new ones first, as no page links to them yet.

        In both steps the front page is last.
        """
        for tree in self._new_trees:
            _place_tree(f"{self._trees}/{tree}", f"{self._out}/{tree}")
        for waiting in (self._new, self._other):
            front = waiting.pop(FRONT, None)
            for path, name in waiting.items():
                os.replace(name, f"{self._out}/{path}")  # noqa: PTH105 - many thousands
            if front is not None:
                os.replace(front, f"{self._out}/{FRONT}")  # noqa: PTH105

    def _open(self) -> None:
        if not self._is_open:
            Path(self._trees).mkdir(parents=True)
            self._is_open = True


def _write(place: str, data: bytes) -> None:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        os.fchmod(handle, 0o644)  # whatever the umask: a web server must read it
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
    finally:
        os.close(handle)


def _place_tree(waits: str, place: str) -> None:
    """Move a folder from the staging folder into the site, file by file if it exists there."""
    try:
        os.rename(waits, place)  # noqa: PTH104
    except OSError:
        if not os.path.lexists(place):
            raise
        if not is_folder(place):
            raise refusal(place) from None
        for name in os.listdir(waits):  # noqa: PTH208
            inner = f"{waits}/{name}"
            bring = _place_tree if is_folder(inner) else os.replace
            bring(inner, f"{place}/{name}")


def is_folder(place: str) -> bool:
    """Return whether a path is a real folder, no link; raises FileNotFoundError if nothing is
    there.
    """
    return stat.S_ISDIR(os.lstat(place).st_mode)


def refusal(place: str) -> PublishError:
    """Return the error to raise for a link or a file at a path where the site needs a folder."""
    return PublishError(
        "a link or file has the name of a folder that the build must write",
        subject=place,
        hint="delete the link or file, or build into another folder with --out",
    )


def list_strangers(out: Path, kept: set[str]) -> Iterator[str]:
    """Yield the files in a site's own folders that do not belong to the site (are not
    in `kept`).
    """
    for entry in out.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            if _OUR_FOLDERS.fullmatch(entry.name):
                yield from (path for path in _below(out, entry) if path not in kept)
        elif _OUR_FILES.fullmatch(entry.name) or entry.name.startswith(_UNFINISHED):
            yield from {entry.name} - kept


def _below(out: Path, folder: Path) -> Iterator[str]:
    start = len(f"{out}/")
    for where, _, names in os.walk(folder):
        yield from (f"{where[start:]}/{name}" for name in names)


def fingerprint(*parts: object) -> str:
    """Return a hash of the `repr` of the given values."""
    form = repr(parts).encode("utf-8", "replace")
    return hashlib.blake2b(form, digest_size=16).hexdigest()


def files_of(folder: Path | None) -> list[tuple[str, int, int]]:
    """Return (path, size, modification time in ns) of all files below a folder, [] for a symbolic
    link.
    """
    if folder is None or folder.is_symlink() or not folder.is_dir():
        return []
    found = ((path, path.lstat()) for path in sorted(folder.rglob("*")))
    return [
        (str(path), seen.st_size, seen.st_mtime_ns)
        for path, seen in found
        if not stat.S_ISDIR(seen.st_mode)
    ]
