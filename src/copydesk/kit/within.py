"""Files of a folder that other people may commit to: read without leaving it.

Whoever commits to a folder may commit a symbolic link, to a file that only this machine can read.
So each step below the folder is opened from the one before and never through a link, as by openat2
with RESOLVE_NO_SYMLINKS: what was looked at is what is read, whatever is renamed meanwhile. The
folder itself and what lies above it are the user's own to arrange, and may be links.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePath

_CHUNK = 1 << 16
# Without O_NONBLOCK a pipe would be waited for until somebody writes into it.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_DIRECTORY | os.O_CLOEXEC
_PLACE = getattr(os, "O_PATH", os.O_RDONLY)  # where it exists, as a path is walked: unread
_NO_NAMES = frozenset({"", ".", ".."})
_LINKED = "put the file itself there"


class UnfitFileError(OSError):
    """Report a file that is there and is not read: a link, no plain file, one too large.

    `what` says what is wrong (as does `strerror`, where the system's own errors have it), `hint`
    what to do, "" where that says enough.
    """

    def __init__(self, number: int, what: str, path: str, hint: str = "") -> None:
        super().__init__(number, what, path)
        self.what = what
        self.hint = hint


def hint(error: OSError) -> str:
    """Return what to do about an error, "" where it says enough."""
    return error.hint if isinstance(error, UnfitFileError) else ""


def read(root: Path, path: str, at_most: int) -> bytes:
    """Return the bytes of a plain file below `root`; `path` has slashes and no dots.

    Raises UnfitFileError for a file of more than `at_most` bytes, for what is no plain file and for
    a link anywhere below `root`, and OSError as the system gives it. Waits for no pipe or device.
    """
    return _whole(read_beginning(root, path, at_most + 1), path, at_most)


def read_beginning(root: Path, path: str, length: int) -> bytes:
    """Return the first `length` bytes of a file, all where it has fewer; raise as `read` does."""
    *folders, name = _steps(path)
    above = _open(root, folders, path)
    try:
        handle = os.open(name, _FILE, dir_fd=above)
    except OSError as error:
        raise _error_for(error, name, above, path) from error
    finally:
        os.close(above)
    return _plain_bytes(handle, path, length)


def read_sibling(file: str, path: str, length: int) -> bytes:
    """Return what `read_beginning` does of a file in whose folder it has just read another one.

    Only the last step is looked at: to walk the whole way for each of 20,000 records would cost as
    much as to read them. `path` is what errors call it.
    """
    try:
        handle = os.open(file, _FILE)
    except OSError as error:
        raise _error_for(error, file, None, path) from error
    return _plain_bytes(handle, path, length)


def read_user_file(path: Path, at_most: int) -> bytes:
    """Return the bytes of a plain file that the user names; its path may go through links.

    Raises as `read` does, but for links.
    """
    handle = os.open(path, _FILE & ~os.O_NOFOLLOW)
    return _whole(_plain_bytes(handle, str(path), at_most + 1), str(path), at_most)


def names(root: Path, folder: str) -> list[str]:
    """Return the names of what a folder below `root` holds, sorted, without folders and dot files.

    Links are named as well: whoever reads one is told. Nothing where there is no such folder;
    raises UnfitFileError where it or one above it is a link, and OSError as the system gives it.
    """
    try:
        above = _open(root, _steps(folder), folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    try:
        handle = os.open(".", os.O_RDONLY | _FOLDER, dir_fd=above)
    finally:
        os.close(above)
    try:
        with os.scandir(handle) as entries:
            found = [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)]
    finally:
        os.close(handle)
    return sorted(name for name in found if not name.startswith("."))


def list_with_stats(folder: str) -> list[tuple[str, os.stat_result]]:
    """Return the names in a folder, in no order, each with what its entry says, a link's own.

    A name is looked up from the open folder: to walk the whole path for each costs half as much
    again. Raises OSError.
    """
    handle = os.open(folder, os.O_RDONLY | _FOLDER)
    try:
        found = []
        for name in os.listdir(handle):  # noqa: PTH208 - it is open
            try:
                found.append((name, os.lstat(name, dir_fd=handle)))
            except FileNotFoundError:  # it went meanwhile
                continue
        return found
    finally:
        os.close(handle)


def _steps(path: str) -> list[str]:
    steps = path.split("/")
    if not _NO_NAMES.isdisjoint(steps) or "\0" in path:
        raise UnfitFileError(errno.EINVAL, "no path within the folder", path)
    return steps


def _open(root: Path, folders: Sequence[str], path: str) -> int:
    """Open the last of these folders, each from the one before and the first from `root`."""
    handle = os.open(root, _FOLDER | _PLACE)
    for name in folders:
        above = handle
        try:
            handle = os.open(name, _FOLDER | _PLACE | os.O_NOFOLLOW, dir_fd=above)
        except OSError as error:
            raise _error_for(error, name, above, path) from error
        finally:
            os.close(above)
    return handle


def _error_for(error: OSError, name: str, above: int | None, path: str) -> OSError:
    """Return the error to raise for what could not be opened: systems name a link differently."""
    with contextlib.suppress(OSError):
        if stat.S_ISLNK(os.lstat(name, dir_fd=above).st_mode):
            what = f"a symbolic link: {PurePath(name).name}"
            return UnfitFileError(errno.ELOOP, what, path, _LINKED)
    return type(error)(error.errno, error.strerror, path)


def _plain_bytes(handle: int, path: str, length: int) -> bytes:
    """Return the beginning of an open file, and close it."""
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UnfitFileError(errno.EINVAL, "no plain file", path)
        data = os.read(handle, min(status.st_size + 1, length))
        parts = [data]
        left = length - len(data)
        while left > 0 and (data := os.read(handle, min(left, _CHUNK))):
            parts.append(data)
            left -= len(data)
        return b"".join(parts)
    finally:
        os.close(handle)


def _whole(data: bytes, path: str, at_most: int) -> bytes:
    if len(data) > at_most:
        raise UnfitFileError(errno.EFBIG, f"larger than {at_most:,} bytes", path)
    return data
