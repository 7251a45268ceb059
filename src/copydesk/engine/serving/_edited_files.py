"""Edited files: what somebody wrote by hand is in the catalogue and on the site soon after."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.archive import Archive
from copydesk.engine.cataloguing import find_stale_entries
from copydesk.engine.newsroom import Newsroom, hold_lock, read_round_status
from copydesk.engine.publishing import find_stale_pages
from copydesk.engine.serving._file_changes import FileChanges
from copydesk.engine.serving._mounts import find_network_mount
from copydesk.engine.serving._round_starter import RoundStarter
from copydesk.errors import CopydeskError

if TYPE_CHECKING:
    from copydesk.engine.serving._file_watcher import FileWatcher

Say = Callable[[str], None]

_WAITS = "what is edited by hand waits for the next round"
_LOOK_SECONDS = 0.2  # while another process builds or does a round
_NOT_WATCHED = "_site"  # Jekyll writes it
_DATA = "_data"  # at all but the lists in it rounds look
_LISTS = (_DATA, "_data/lists")
_THEME = "assets"
_NEWS = ("_news/", "_archive/")


class EditedFiles:
    """Watch records, theme and assets, and build the site when somebody changed them.

    What copydesk itself wrote is on the site when its command has built it, and known to the
    catalogue: that leads to nothing. `turn` is held by whatever runs in the newsroom for this
    server; a round of another process is waited for. `deploys` says whether a build is sent on; it
    may ask the disk.
    """

    def __init__(
        self, newsroom: Newsroom, starter: RoundStarter, turn: asyncio.Lock, say: Say
    ) -> None:
        self._newsroom = newsroom
        self._starter = starter
        self.turn = turn
        self._say = say
        self._said = ""
        self.deploys: Callable[[], bool] = lambda: False
        self.try_again_seconds = 60.0  # to watch, after that was not possible

    async def go_on(self) -> None:
        """Go on until cancelled; a build under way is then ended and waited for."""
        root = self._newsroom.root
        self._say_once(await asyncio.to_thread(_describe_mount, root))
        changes = FileChanges()
        while True:
            try:
                watcher = await asyncio.to_thread(_open_watcher, root)
                with contextlib.closing(watcher):
                    await self._follow(watcher, changes)
            except OSError as error:
                self._say_once(f"{_WAITS}: files cannot be watched ({error.strerror})")
            except CopydeskError as error:
                self._say_once(f"{_WAITS}: {error}")
            await asyncio.sleep(self.try_again_seconds)
            changes = FileChanges(everything=True)  # nobody looked

    async def _follow(self, watcher: FileWatcher, changes: FileChanges) -> None:
        while True:
            changes = changes or await watcher.wait()
            async with self.turn:
                while not await asyncio.to_thread(self._is_quiet):
                    await asyncio.sleep(_LOOK_SECONDS)
                await self._take_in(changes | await watcher.read())
            changes = FileChanges()

    def _is_quiet(self) -> bool:
        """Decide whether no round and no build is at work, of any process.

        The lock of rounds is asked only where one says that it is at work: holding it for a moment
        would make a round that begins in that moment give up.
        """
        private = self._newsroom.private
        status = read_round_status(private)
        names = ["build.lock"]
        if status is not None and status.is_at_work:
            names.append("round.lock")
        return all(_is_free(private / name) for name in names)

    async def _take_in(self, changes: FileChanges) -> None:
        """Bring catalogue and site up to what changed, each where it is not yet."""
        unlisted, unbuilt = await asyncio.to_thread(self._compare, changes)
        if unlisted:
            await self._starter.refresh_catalogue()
        if unbuilt:
            self._say(f"a build: {_describe(unbuilt)}")
            deploy = await asyncio.to_thread(self.deploys)
            code = await self._starter.build(deploy=deploy)
            if code:
                self._say(f"the build ended with exit code {code}; the next round builds again")

    def _compare(self, changes: FileChanges) -> tuple[FileChanges, FileChanges]:
        """Return of some changes what the catalogue, and what the site does not have yet."""
        if changes.everything:
            return changes, changes
        newsroom = self._newsroom
        records = Archive.story_paths_among(changes.paths)
        signatures = {path: newsroom.archive.signature(path) for path in records}
        others = {path for path in changes.paths if not path.startswith(_NEWS)}
        unlisted = find_stale_entries(newsroom, signatures)
        unbuilt = find_stale_pages(newsroom, signatures) | others
        return FileChanges(paths=frozenset(unlisted)), FileChanges(paths=frozenset(unbuilt))

    def _say_once(self, what: str) -> None:
        if what and what != self._said:
            self._said = what
            self._say(what)


def _is_free(lock: Path) -> bool:
    """Decide whether nobody holds a lock; in a folder that is no more none is made."""
    if not lock.exists():
        return True
    with hold_lock(lock) as is_free:
        return is_free


def _open_watcher(root: Path) -> FileWatcher:
    try:
        from copydesk.engine.serving._file_watcher import FileWatcher
    except ImportError as error:  # inotify is Linux's
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)) from error
    return FileWatcher(root, is_watched)


def is_watched(path: str) -> bool:
    """Decide whether a file or folder of the newsroom is watched: records, lists, theme, assets."""
    first = path.partition("/")[0]
    if first == _DATA:
        return path in _LISTS or path.startswith(f"{_LISTS[-1]}/")
    return (first.startswith("_") and first != _NOT_WATCHED) or first == _THEME


def _describe(changes: FileChanges) -> str:
    if changes.everything:
        return "files changed"
    first, *others = sorted(changes.paths)
    return f"{first} changed" if not others else f"{first} and {len(others):,} more changed"


def _describe_mount(root: Path) -> str:
    kind = find_network_mount(root)
    return kind and (
        f"the newsroom lies on {kind}: what another machine edits there waits for the next round"
    )
