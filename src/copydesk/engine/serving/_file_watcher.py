"""File watcher: the kernel tells which files below a folder change (inotify, on Linux)."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from inotify_simple import INotify, flags

from copydesk.engine.serving._file_changes import FileChanges
from copydesk.kit import text

_STILL_SECONDS = 0.5  # a pull writes thousands of files, a command its record and then its commit
_LONGEST_SECONDS = 10.0  # that is waited for stillness
_ROOT = ""

_CHANGES = flags.CLOSE_WRITE | flags.MOVED_FROM | flags.MOVED_TO | flags.CREATE | flags.DELETE
_HERE_NOW = flags.MOVED_TO | flags.CREATE


class FileWatcher:
    """Tell which files below some folders of `root` change, at no cost while none does.

    `is_watched` decides by its path whether a file or folder is: of a folder that is watched what
    is in it is asked in turn, now or later, but for hidden files. Methods raise OSError where the
    system cannot watch, and where `root` itself is moved or deleted. Used by one task at a time,
    and closed by who made it.
    """

    def __init__(self, root: Path, is_watched: Callable[[str], bool]) -> None:
        self._root = root
        self._is_watched = is_watched
        self._folders: dict[int, str] = {}  # by the number that the kernel has for each
        self._identity = _identify(root)
        self._inotify = INotify()
        try:
            self._watch(_ROOT)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the kernel's watches."""
        self._inotify.close()

    async def wait(self) -> FileChanges:
        """Return what changed, once files have been still for half a second, ten at most."""
        loop = asyncio.get_running_loop()
        changes = FileChanges()
        while not changes:
            await self._wait_for_events()
            end = loop.time() + _LONGEST_SECONDS
            while fresh := await self.read():
                changes |= fresh
                if loop.time() >= end:
                    break
                await asyncio.sleep(_STILL_SECONDS)
        return changes

    async def read(self) -> FileChanges:
        """Return what changed and was not told yet; nothing where nothing did."""
        reading = asyncio.ensure_future(asyncio.to_thread(self._read))
        try:
            return await asyncio.shield(reading)
        except asyncio.CancelledError:
            await asyncio.wait([reading])  # whoever closes the watcher next takes nothing from it
            raise

    async def _wait_for_events(self) -> None:
        loop, event = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._inotify.fileno(), event.set)
        try:
            await event.wait()
        finally:
            loop.remove_reader(self._inotify.fileno())

    def _read(self) -> FileChanges:
        if _identify(self._root) != self._identity:
            raise OSError(errno.ENOENT, "the folder was moved or deleted")
        changes = FileChanges()
        paths: set[str] = set()
        for number, mask, _, name in self._inotify.read(timeout=0):
            if mask & flags.Q_OVERFLOW:
                self._watch(_ROOT)  # new folders may be among what was not told
                changes = FileChanges(everything=True)
            elif mask & flags.IGNORED:
                self._folders.pop(number, None)  # it was deleted
            elif name and number in self._folders:
                path = _join(self._folders[number], name)
                if self._is_wanted(path):
                    changes |= self._hear_of_entry(path, mask, paths)
        return changes | FileChanges(paths=frozenset(paths))

    def _hear_of_entry(self, path: str, mask: int, paths: set[str]) -> FileChanges:
        """Add a file to `paths`, or those of a folder that came; return what more there is."""
        if not mask & flags.ISDIR:
            paths.add(path)
        if mask & _HERE_NOW:
            paths.update(self._watch(path))  # of a file that is no link to a folder, nothing
        elif mask & flags.ISDIR or "/" not in path:
            self._forget(path)
            return FileChanges(everything=True)
        return FileChanges()

    def _watch(self, folder: str) -> list[str]:
        """Watch a folder and those in it; return the files that are there already."""
        mask = _CHANGES | flags.ONLYDIR | (flags.MOVE_SELF if folder == _ROOT else 0)
        if "/" in folder and (self._root / folder).is_symlink():
            return []
        try:
            self._folders[self._inotify.add_watch(self._root / folder, mask)] = folder
        except OSError as error:
            if folder == _ROOT or error.errno in {errno.ENOSPC, errno.ENOMEM}:
                raise
            return []  # no folder, gone again or not ours to read
        return [path for entry in self._list(folder) for path in self._watch_entry(folder, entry)]

    def _list(self, folder: str) -> list[os.DirEntry[str]]:
        with contextlib.suppress(OSError), os.scandir(self._root / folder) as entries:
            return list(entries)
        return []

    def _watch_entry(self, folder: str, entry: os.DirEntry[str]) -> Iterator[str]:
        path = _join(folder, entry.name)
        if not self._is_wanted(path):
            return
        if entry.is_dir(follow_symlinks=folder == _ROOT):
            yield from self._watch(path)
        else:
            yield path

    def _forget(self, folder: str) -> None:
        """Watch a folder and those in it no longer: what happens there happens elsewhere."""
        for number, path in list(self._folders.items()):
            if path == folder or path.startswith(f"{folder}/"):
                del self._folders[number]
                with contextlib.suppress(OSError):  # it was deleted, and its watch with it
                    self._inotify.rm_watch(number)

    def _is_wanted(self, path: str) -> bool:
        """Decide whether to tell of a path.

        Hidden files and editors' copies are nobody's, and what is not UTF-8 is no record's name.
        """
        name = path[path.rfind("/") + 1 :]
        is_ours = not name.startswith(".") and not name.endswith("~") and text.is_encodable(name)
        return is_ours and self._is_watched(path)


def _identify(folder: Path) -> tuple[int, int]:
    """Return what tells a folder from another one of its name; (0, 0) where there is none.

    The kernel tells of a deleted folder only when no file that lay in it is open any more.
    """
    try:
        status = folder.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
