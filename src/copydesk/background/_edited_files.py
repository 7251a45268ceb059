"""Watch records, theme, assets and beat.toml with inotify; on a change, update catalogue and site.

The editors' web interface (the desk) builds nothing after a decision is filed: this does.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from copydesk.archive import Archive
from copydesk.background._starters import RoundStarter
from copydesk.errors import CopydeskError
from copydesk.kit import logs, text
from copydesk.newsroom import Newsroom, hold_lock
from copydesk.newsroom.records import find_stale_entries, find_stale_pages
from copydesk.newsroom.reports import read_round_status

Say = Callable[[str], None]
Done = TypeVar("Done")

_WAITS = "edits by hand wait for the next run"
_LOOK_SECONDS = 0.2  # while another process builds or runs a round
_NOT_WATCHED = "_site"  # Jekyll writes it
_DATA = "_data"  # rounds watch it, except for the lists in it
_LISTS = (_DATA, "_data/lists")
_THEME = "assets"
_NEWS = ("_news/", "_archive/")


class EditedFiles:
    """Watches records, theme, assets and settings; builds the site if it is older than they are.

    A person's edits and the desk's decisions are built so. A command that built the site itself
    leaves nothing to do. This server's rounds and builds take turns with the lock `turn`; a round
    of another process is waited for. `deploys` decides whether a build is deployed; it may read the
    disk.
    """

    def __init__(
        self, newsroom: Newsroom, starter: RoundStarter, turn: asyncio.Lock, say: Say
    ) -> None:
        self._newsroom = newsroom
        self._starter = starter
        self.turn = turn
        self._say = say
        self._said = ""
        self._watcher: FileWatcher | None = None
        self.deploys: Callable[[], bool] = lambda: False
        self.try_again_seconds = 60.0  # seconds before the next attempt, after watching failed

    @property
    def is_behind(self) -> bool:
        """Whether files have changed whose pages may not be built yet."""
        return self._watcher is not None and self._watcher.has_news

    async def go_on(self) -> None:
        """Watch for edited files until cancelled, then stop a running build and wait
        for its end.
        """
        root = self._newsroom.root
        self._say_once(await asyncio.to_thread(_describe_mount, root))
        changes = FileChanges()
        while True:
            try:
                self._watcher = FileWatcher(root, is_watched)
                with contextlib.closing(self._watcher):
                    await self._watcher.begin()
                    await self._follow(self._watcher, changes)
            except OSError as error:
                self._say_once(f"{_WAITS}: cannot watch the files ({error.strerror})")
            except CopydeskError as error:
                self._say_once(f"{_WAITS}: {error}")
            self._watcher = None
            await asyncio.sleep(self.try_again_seconds)
            changes = FileChanges(everything=True)  # changes may have been missed meanwhile

    async def _follow(self, watcher: FileWatcher, changes: FileChanges) -> None:
        while True:
            changes = changes or await watcher.wait()
            async with self.turn:
                while not await asyncio.to_thread(self._is_quiet):
                    await asyncio.sleep(_LOOK_SECONDS)
                await self._take_in(changes | await watcher.read())
            changes = FileChanges()

    def _is_quiet(self) -> bool:
        """Return whether no process is fetching news or building the site.

        The lock of fetching runs is tried only if a process reports that it is fetching: holding
        the lock even briefly would make a run that starts in that moment give up.
        """
        private = self._newsroom.private
        status = read_round_status(private)
        names = ["build.lock"]
        if status is not None and status.is_at_work:
            names.append("round.lock")
        return all(_is_free(private / name) for name in names)

    async def _take_in(self, changes: FileChanges) -> None:
        """Update the search index and the site for edited files, if they are not up to date yet."""
        unlisted, unbuilt = await asyncio.to_thread(self._compare, changes)
        logs.begin_request()
        if unlisted:
            await self._starter.refresh_catalogue()
        if unbuilt:
            self._say(f"building the site, because {_describe(unbuilt)}")
            code = await self._starter.build(deploy=await asyncio.to_thread(self.deploys))
            if code:
                self._say(f"the build failed with exit code {code}; the next run tries again")

    def _compare(self, changes: FileChanges) -> tuple[FileChanges, FileChanges]:
        """Return the edited files that the search index lacks, and those that the site lacks."""
        if changes.everything:
            return changes, changes
        newsroom = self._newsroom
        records = Archive.story_paths_among(changes.paths)
        signatures = {path: newsroom.archive.signature(path) for path in records}
        others = {path for path in changes.paths if not path.startswith(_NEWS)}
        unlisted = find_stale_entries(newsroom, signatures)
        unbuilt = find_stale_pages(newsroom, signatures) | others
        for path in unlisted | unbuilt:  # a build looks into folders of the archive that changed
            if path.startswith(_NEWS[1]):
                with contextlib.suppress(OSError):
                    os.utime((newsroom.root / path).parent)
        return FileChanges(paths=frozenset(unlisted)), FileChanges(paths=frozenset(unbuilt))

    def _say_once(self, what: str) -> None:
        if what and what != self._said:
            self._said = what
            self._say(what)


def _is_free(lock: Path) -> bool:
    """Return whether nobody holds a lock file. No lock file is created in a missing folder."""
    if not lock.exists():
        return True
    with hold_lock(lock) as is_free:
        return is_free


def is_watched(path: str) -> bool:
    """Return whether a path in the site's folder is watched for edits: stories, lists, theme,
    assets, settings.
    """
    first = path.partition("/")[0]
    if first == _DATA:
        return path in _LISTS or path.startswith(f"{_LISTS[-1]}/")
    is_ours = first.startswith("_") and first != _NOT_WATCHED
    return is_ours or first == _THEME or path == "beat.toml"


def _describe(changes: FileChanges) -> str:
    if changes.everything:
        return "files changed"
    first, *others = sorted(changes.paths)
    return f"{first} changed" if not others else f"{first} and {len(others):,} more files changed"


def _describe_mount(root: Path) -> str:
    kind = find_network_mount(root)
    return kind and (f"the newsroom is on {kind}: edits by other machines wait for the next run")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanges:
    """The paths of changed, moved or deleted files. `everything` means that they are unknown."""

    paths: frozenset[str] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.paths)

    def __or__(self, later: FileChanges) -> FileChanges:
        return FileChanges(
            paths=self.paths | later.paths, everything=self.everything or later.everything
        )


# Watching files with inotify (Linux).

_STILL_SECONDS = 0.5  # a pull writes thousands of files; a command writes, then commits
_LONGEST_SECONDS = 10.0  # the longest wait for files to stop changing
_ROOT = ""


class FileWatcher:
    """Reports which files below some folders of `root` change, by inotify (without polling).

    `is_watched` decides by its path whether a file or folder is watched; in a watched folder it is
    asked for each entry that is not hidden. Methods raise OSError if the system cannot watch, or if
    `root` itself is moved or deleted. Used by one task at a time, and closed by its creator.
    `has_news` is true from the first of some changes until the next ones are waited for.
    """

    def __init__(self, root: Path, is_watched: Callable[[str], bool]) -> None:
        try:
            from inotify_simple import INotify, flags
        except ImportError as error:  # inotify exists on Linux only
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from error
        self.has_news = False
        self._flags = flags
        self._here_now = flags.MOVED_TO | flags.CREATE
        self._changes = self._here_now | flags.CLOSE_WRITE | flags.MOVED_FROM | flags.DELETE
        self._root = root
        self._is_watched = is_watched
        self._folders: dict[int, str] = {}  # by inotify's watch number
        self._identity = _identify(root)
        self._inotify = INotify()

    def close(self) -> None:
        """Stop watching files."""
        self._inotify.close()

    async def begin(self) -> None:
        """Watch the folders that are there now. It is called once, before the other methods."""
        await _finish(lambda: self._watch(_ROOT))

    async def wait(self) -> FileChanges:
        """Wait for file changes and return them, after half a second without further ones (or ten
        seconds).
        """
        loop = asyncio.get_running_loop()
        changes = FileChanges()
        while not changes:
            self.has_news = False
            await self._wait_for_events()
            self.has_news = True
            end = loop.time() + _LONGEST_SECONDS
            while fresh := await self.read():
                changes |= fresh
                if loop.time() >= end:
                    break
                await asyncio.sleep(_STILL_SECONDS)
        return changes

    async def read(self) -> FileChanges:
        """Return the files that changed since the last call, without waiting for changes."""
        return await _finish(self._read)

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
            if mask & self._flags.Q_OVERFLOW:
                self._watch(_ROOT)  # new folders may be among the lost events
                changes = FileChanges(everything=True)
            elif mask & self._flags.IGNORED:
                self._folders.pop(number, None)  # the folder was deleted
            elif name and number in self._folders:
                path = _join(self._folders[number], name)
                if self._is_wanted(path):
                    changes |= self._hear_of_entry(path, mask, paths)
        return changes | FileChanges(paths=frozenset(paths))

    def _hear_of_entry(self, path: str, mask: int, paths: set[str]) -> FileChanges:
        """Add a file to `paths`, or all files of a new folder. Return further changes."""
        if not mask & self._flags.ISDIR:
            paths.add(path)
        if mask & self._here_now:
            paths.update(self._watch(path))  # adds nothing for a file, unless it links to a folder
        elif mask & self._flags.ISDIR or ("/" not in path and not mask & self._flags.CLOSE_WRITE):
            self._forget(path)
            return FileChanges(everything=True)
        return FileChanges()

    def _watch(self, folder: str) -> list[str]:
        """Watch a folder and the folders in it. Return the paths of the files in them."""
        mask = (
            self._changes | self._flags.ONLYDIR | (self._flags.MOVE_SELF if folder == _ROOT else 0)
        )
        if "/" in folder and (self._root / folder).is_symlink():
            return []
        try:
            self._folders[self._inotify.add_watch(self._root / folder, mask)] = folder
        except OSError as error:
            if folder == _ROOT or error.errno in {errno.ENOSPC, errno.ENOMEM}:
                raise
            return []  # not a folder, already gone, or not readable
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
        """Stop watching a folder and the folders in it, since it was moved away or deleted."""
        for number, path in list(self._folders.items()):
            if path == folder or path.startswith(f"{folder}/"):
                del self._folders[number]
                with contextlib.suppress(OSError):  # it was deleted, and its watch with it
                    self._inotify.rm_watch(number)

    def _is_wanted(self, path: str) -> bool:
        """Return whether a changed path is reported.

        Hidden files and editors' backup copies are ignored, and so are names that are not UTF-8.
        """
        name = path[path.rfind("/") + 1 :]
        is_ours = not name.startswith(".") and not name.endswith("~") and text.is_encodable(name)
        return is_ours and self._is_watched(path)


async def _finish(work: Callable[[], Done]) -> Done:
    """Call `work` in a thread and wait for its end, even if cancelled: it uses the descriptor."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _identify(folder: Path) -> tuple[int, int]:
    """Return what identifies a folder, (0, 0) if it is missing. A new folder of the same name
    differs.

    The kernel reports a deleted folder only once no file in it is open any more.
    """
    try:
        status = folder.stat()
    except OSError:
        return 0, 0
    return status.st_dev, status.st_ino


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


# Network file systems, to which other machines write as well.

_NETWORK = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre"),
        *("ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs", "vboxsf", "virtiofs"),
    }
)
_TABLE = Path("/proc/self/mountinfo")


def find_network_mount(folder: Path, table: Path = _TABLE) -> str:
    """Return the type of the network file system that a folder is on, "" if it is on none.

    On such a file system the kernel reports only what this machine writes.
    """
    try:
        lines = table.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    place, kinds = folder.resolve(), {}
    for line in lines:
        mount, _, of_kind = line.partition(" - ")
        point = mount.split(" ")[4].replace("\\040", " ")
        kinds[Path(point)] = of_kind.split(" ")[0]
    kind = next((kinds[above] for above in (place, *place.parents) if above in kinds), "")
    return kind if kind in _NETWORK or kind.startswith("fuse.") else ""
