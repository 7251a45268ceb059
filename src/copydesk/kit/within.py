"""Read files of a folder that others may write to, without following links out of the folder.

A contributor may commit a symbolic link to a private file of this machine. So each folder below the
root is opened from its parent and never through a link, as by openat2 with RESOLVE_NO_SYMLINKS: the
checked file is the one that is read, even if something is renamed meanwhile. The root itself and
the folders above it belong to the user, and may be links.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePath

_CHUNK = 1 << 16
# Without O_NONBLOCK, opening a pipe would wait for a writer.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_DIRECTORY | os.O_CLOEXEC
_PLACE = getattr(os, "O_PATH", os.O_RDONLY)  # opens folders on the way without reading
_NO_NAMES = frozenset({"", ".", ".."})
_LINKED = "replace the link with the file itself"


class UnfitFileError(OSError):
    """Raised for a file that must not be read: a symbolic link, no regular file, or too large.

    `what` (also `strerror`, as in the system's errors) is the problem, `hint` is what to do, "" if
    the problem says enough.
    """

    def __init__(self, number: int, what: str, path: str, hint: str = "") -> None:
        super().__init__(number, what, path)
        self.what = what
        self.hint = hint


def hint(error: OSError) -> str:
    """Return the hint of an UnfitFileError for the user, "" for any other error."""
    return error.hint if isinstance(error, UnfitFileError) else ""


def read(root: Path, path: str, at_most: int) -> bytes:
    """Return the bytes of a regular file below `root`; `path` has slashes, and no part "..".

    Raises UnfitFileError for a file of more than `at_most` bytes, anything but a regular file, and
    a link anywhere below `root`; else the system's OSError. Never waits for a pipe or device.
    """
    return _whole(read_beginning(root, path, at_most + 1), path, at_most)


def read_beginning(root: Path, path: str, length: int) -> bytes:
    """Return the first `length` bytes of a file, or all if it has fewer; raises as `read` does."""
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
    """Read the beginning of a file in a folder that `read_beginning` has just read from.

    Only the file itself is checked for links: checking the whole path for each of 20,000 records
    would cost as much as reading them. `path` is the name for errors.
    """
    try:
        handle = os.open(file, _FILE)
    except OSError as error:
        raise _error_for(error, file, None, path) from error
    return _plain_bytes(handle, path, length)


def read_user_file(path: Path, at_most: int) -> bytes:
    """Return the bytes of a regular file that the user named; its path may have links.

    Raises as `read` does, except for links.
    """
    handle = os.open(path, _FILE & ~os.O_NOFOLLOW)
    return _whole(_plain_bytes(handle, str(path), at_most + 1), str(path), at_most)


def names(root: Path, folder: str) -> list[str]:
    """Return the file names in a folder below `root`, sorted, without folders and dot files.

    Links are included: reading one raises an error. Empty if there is no such folder; raises
    UnfitFileError if the folder or a parent below `root` is a link, else the system's OSError.
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
    """Return the names in a folder, unsorted, each with its lstat result.

    Names are looked up from the open folder: by whole paths it would take half as long again.
    Raises OSError.
    """
    handle = os.open(folder, os.O_RDONLY | _FOLDER)
    try:
        found = []
        for name in os.listdir(handle):  # noqa: PTH208 - it is open
            try:
                found.append((name, os.lstat(name, dir_fd=handle)))
            except FileNotFoundError:  # deleted meanwhile
                continue
        return found
    finally:
        os.close(handle)


def _steps(path: str) -> list[str]:
    steps = path.split("/")
    if not _NO_NAMES.isdisjoint(steps) or "\0" in path:
        raise UnfitFileError(errno.EINVAL, "a path that leaves its folder", path)
    return steps


def _open(root: Path, folders: Sequence[str], path: str) -> int:
    """Open the last of some nested folders, each from its parent, beginning at `root`."""
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
    """Return the error for a failed open; systems report symbolic links by different codes."""
    with contextlib.suppress(OSError):
        if stat.S_ISLNK(os.lstat(name, dir_fd=above).st_mode):
            what = f"must not be a symbolic link: {PurePath(name).name}"
            return UnfitFileError(errno.ELOOP, what, path, _LINKED)
    return type(error)(error.errno, error.strerror, path)


def _plain_bytes(handle: int, path: str, length: int) -> bytes:
    """Return the beginning of an open file, and close the file."""
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UnfitFileError(errno.EINVAL, "not a regular file", path)
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
        raise UnfitFileError(errno.EFBIG, f"a file larger than {at_most:,} bytes", path)
    return data
