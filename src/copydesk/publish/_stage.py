"""The staging folder: new files wait there until all are written, then are moved into the site."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from copydesk.errors import PublishError

STAGE = ".new-site"
FRONT = "index.html"
_OUR_FOLDERS = re.compile(
    r"news|topics|sources|archive|search|api|pictures|cards|[0-9]{4}|learning|samples?|people"
    r"|communities|compan(y|ies)|challenges?|events?|projects?|newsletters?|sponsorships"
)
_OUR_FILES = re.compile(r"sitemap-(news|pages)-[\w-]+\.xml|[a-z]+-sitemap\.xml")
_UNFINISHED = ".new-"  # the prefix of files that kit.files did not rename before it was killed


class Stage:
    """The staging folder for new files of a site, inside its folder `out`, on the same file system.

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
        """Prepare a new folder of the site; folders above it must be prepared first."""
        self._open()
        above = folder.rpartition("/")[0]
        if above in self._folders:
            os.mkdir(f"{self._trees}/{folder}")  # noqa: PTH102 - many thousands
        else:
            self._new_trees.append(folder)
            Path(f"{self._trees}/{folder}").mkdir(parents=True)
        self._folders.add(folder)

    def add(self, path: str, data: bytes, *, is_new: bool) -> None:
        """Write a file that waits to be moved to `path`; `is_new` says that none is there yet."""
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
    """Move a staged folder to its place in the site; if one exists by now, move its files."""
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
    """Return whether a real folder is at a path; raises FileNotFoundError if nothing is there."""
    return stat.S_ISDIR(os.lstat(place).st_mode)


def refusal(place: str) -> PublishError:
    """Return the error for a link or file where the site needs a folder."""
    return PublishError(
        "a link or file stands where the site needs a folder",
        subject=place,
        hint="remove it, or build into another folder with --out",
    )


def list_strangers(out: Path, kept: set[str]) -> Iterator[str]:
    """Yield the files in the site's own folders that do not belong to the edition."""
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
