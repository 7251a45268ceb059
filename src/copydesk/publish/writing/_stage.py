"""The stage: files wait in a folder of their own until all are there, then take their places.

Whoever reads the site meanwhile reads the old one. A build that fails or is killed before `place`
has changed nothing, and in `place` each file is replaced by one renaming, in an order in which no
page that readers can reach leads to one that is not there.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from copydesk.errors import PublishError

STAGE = ".new-site"
FRONT = "index.html"


class Stage:
    """Files for the site at `out`, in a folder there: renaming works within one file system alone.

    Methods raise OSError as the system gives it, and PublishError.
    """

    def __init__(self, out: Path) -> None:
        self._out = str(out)
        self._here = f"{out}/{STAGE}"
        self._folders: list[str] = []
        self._new: dict[str, str] = {}
        self._other: dict[str, str] = {}
        self._is_open = False

    def clear(self) -> None:
        """Drop what waits here, and what a build that was killed left."""
        here = Path(self._here)
        if here.is_symlink() or here.is_file():
            here.unlink()
        else:
            shutil.rmtree(here, ignore_errors=True)
        self._is_open = False

    def need(self, folder: str) -> None:
        """Let a folder be made before the files take their places; those above it come first."""
        self._folders.append(folder)

    def add(self, path: str, data: bytes, *, is_new: bool) -> None:
        """Let bytes wait for their place at `path`, where nothing lies yet if it `is_new`."""
        if not self._is_open:
            os.mkdir(self._here)  # noqa: PTH102 - as everything here, on plain strings
            self._is_open = True
        waiting = self._new if is_new else self._other
        name = f"{self._here}/{len(self._new) + len(self._other)}"
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            os.fchmod(handle, 0o644)  # whatever the mask: a web server must read it
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
        finally:
            os.close(handle)
        waiting[path] = name

    def place(self) -> None:
        """Bring every file to its place: new ones, to which nothing leads, then those that do.

        The front page is the last of each.
        """
        for folder in self._folders:
            _make(f"{self._out}/{folder}")
        for waiting in (self._new, self._other):
            front = waiting.pop(FRONT, None)
            for path, name in waiting.items():
                os.replace(name, f"{self._out}/{path}")  # noqa: PTH105 - many thousands
            if front is not None:
                os.replace(front, f"{self._out}/{FRONT}")  # noqa: PTH105


def _make(place: str) -> None:
    try:
        os.mkdir(place)  # noqa: PTH102 - a site has many thousands of folders
    except FileExistsError:
        if not is_folder(place):
            raise refusal(place) from None


def is_folder(place: str) -> bool:
    """Decide whether a real folder is at this place; raises FileNotFoundError where nothing is."""
    return stat.S_ISDIR(os.lstat(place).st_mode)


def refusal(place: str) -> PublishError:
    """Return the error that a link or file stands in the way."""
    return PublishError(
        "a link or file stands where the site needs a folder",
        subject=place,
        hint="remove it, or build into another folder with --out",
    )
