"""Check whether sources should be fetched now, and run the fetching in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from copydesk import config
from copydesk.archive import change
from copydesk.archive.ledger import read_ledger
from copydesk.errors import ConfigError, CopydeskError
from copydesk.fetch import Clock
from copydesk.kit import logs
from copydesk.memory import Memory
from copydesk.newsroom import PRIVATE
from copydesk.rounds.sources.states import LEDGER_PATH, unread_hub_pushes
from copydesk.watch.schedule.state import SourceState, is_due

Say = Callable[[str], None]

AT_LEAST_EVERY = timedelta(hours=1)  # for retention, pictures, and edits that are not committed
BETWEEN = timedelta(minutes=1)  # the least time between two rounds that pushes ask for
_GATHER_SECONDS = 10.0  # a publisher's pushes often come several at a time


@dataclass(eq=False)
class Rounds:
    """Checks every `serve.every_minutes` whether sources should be fetched, and then starts a run.

    A run also starts at the beginning, at least once an hour, and whenever somebody has changed
    beat.toml or `_data`, committed or pulled. `run` does one fetching run and returns its exit
    code. `after_round` is called at its end.
    """

    folder: NewsroomFolder
    clock: Clock
    say: Say
    run: Callable[[], Awaitable[int]]
    after_round: Callable[[], None] = field(default_factory=lambda: lambda: None, init=False)
    _began: datetime | None = field(default=None, init=False)
    _mark: Mark = field(default=(), init=False)
    _is_quiet: bool = field(default=False, init=False)
    _wanted: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def soon(self) -> None:
        """Check within a minute whether to start a fetching run, because a WebSub hub pushed
        content.
        """
        self._wanted.set()

    async def go_on(self) -> None:
        """Start fetching runs when they are due. If cancelled, stop a running one and wait for its
        end.
        """
        while True:
            try:
                await self.look()
            except OSError as error:  # no process can be started at the moment, or a folder is gone
                self._began = None  # the round is still due
                self.say(f"cannot start a run at the moment: {error}")
            await self._pause()

    async def look(self) -> None:
        """Start a fetching run if one is due, and report why. If none is due, report that only
        once.
        """
        now = self.clock.now()
        mark = await asyncio.to_thread(self.folder.mark)
        await asyncio.to_thread(self.folder.settings)
        due = await self._due(now, mark)
        if not due.why:
            if not self._is_quiet:
                self.say(_quiet(due))
            self._is_quiet = True
            return
        self._began, self._mark, self._is_quiet = now, mark, False
        logs.begin_request()
        self.say(f"starting a run, because {due.why}")
        code = await self.run()
        self.after_round()
        if code:
            self.say(f"the run failed with exit code {code}; the next run continues")

    async def _due(self, now: datetime, mark: Mark) -> Due:
        if self._began is None or not timedelta(0) <= now - self._began < AT_LEAST_EVERY:
            return Due(why="it is time")  # or the clock was set back
        if mark != self._mark:
            return Due(why="files changed")
        try:
            return await asyncio.to_thread(self.folder.due, now)
        except CopydeskError:
            return Due(why="the database of earlier runs cannot be read")

    async def _pause(self) -> None:
        every_minutes = self.folder.last.serve.every_minutes
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), every_minutes * 60.0)
            await self.clock.sleep(self.wait_after_hub_push(self._began, self.clock.now()))
        self._wanted.clear()

    @staticmethod
    def wait_after_hub_push(began: datetime | None, now: datetime) -> float:
        """Return how many seconds after a WebSub push to start fetching. `began` is the time of the
        last start.

        No wait if the clock was set back since.
        """
        if began is None or now < began:
            return _GATHER_SECONDS
        return max(_GATHER_SECONDS, (began + BETWEEN - now).total_seconds())


def _quiet(due: Due) -> str:
    if due.soonest is None:
        return "no run: no source is due"
    return f"no run: no source is due before {due.soonest:%Y-%m-%d %H:%M} UTC"


# Deciding whether a round is due, without running one.

T = TypeVar("T")
_SURE_WAIT = timedelta(hours=20)  # a shorter wait is certain; `watch` checks longer ones
# Asking the model for texts, in a process of its own, while rounds go on.

_LOOK_SECONDS = 30.0
_ASK_AGAIN = timedelta(minutes=10)  # for a model that rested, and for what an editor wants


class ModelHours:
    """Asks the model for the texts that stories lack, after a commit and every ten minutes.

    `write` does it, and returns its exit code.
    """

    def __init__(
        self, folder: NewsroomFolder, clock: Clock, write: Callable[[], Awaitable[int]]
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._write = write
        self._mark: Mark = ()
        self._asked: datetime | None = None

    async def go_on(self) -> None:
        """Look every half minute whether stories may lack texts, until cancelled."""
        while True:
            await self._clock.sleep(_LOOK_SECONDS)
            model = (await asyncio.to_thread(self._folder.settings)).model
            if model.url and model.name and model.uses:
                await self._look()

    async def _look(self) -> None:
        mark, now = await asyncio.to_thread(self._folder.mark), self._clock.now()
        is_recent = self._asked and timedelta(0) <= now - self._asked < _ASK_AGAIN
        if mark == self._mark and is_recent:
            return
        with contextlib.suppress(OSError):  # no process can be started at the moment
            await self._write()
        self._mark, self._asked = await asyncio.to_thread(self._folder.mark), now


Mark = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Why a fetching run is due, "" if none is. `soonest` is when the next source is due (UTC)."""

    why: str = ""
    soonest: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Glimpse:
    """The due time in a SourceState. Decoding the whole state takes five times as long."""

    ended: bool = False
    next_at: datetime | None = None


class NewsroomFolder:
    """A site's current settings and files on disk. Settings are read when they have changed.

    `last` holds the settings read last. All methods read the disk, so call them in a thread.
    """

    def __init__(self, settings: config.Settings, environ: Mapping[str, str]) -> None:
        self.root = settings.root
        self._environ = environ
        self.last = settings
        self._mark = self._mark_settings()

    def memory(self) -> Memory:
        """Open the site's working database (memory.sqlite), for one thread and a short time."""
        return Memory(self.root / PRIVATE / "memory.sqlite")

    def settings(self) -> config.Settings:
        """Return the site's settings. If beat.toml is invalid, return the previous ones."""
        mark = self._mark_settings()
        if mark != self._mark:
            self._mark = mark
            try:
                self.last = config.load(self.root, self._environ)
            except ConfigError:
                return self.last
        return self.last

    def _mark_settings(self) -> Mark:
        return _marks([self.root / "beat.toml", *self.last.secret_files])

    def mark(self) -> Mark:
        """Return a value that changes when beat.toml, `_data` or a git branch changes."""
        git, data = self.root / ".git", self.root / "_data"
        return _marks(
            [
                self.root / "beat.toml",
                *([] if data.is_symlink() else sorted(data.rglob("*"))),
                git / "HEAD",
                git / "packed-refs",
                *sorted((git / "refs" / "heads").rglob("*")),
            ]
        )

    def due(self, now: datetime) -> Due:
        """Return whether and why a fetching run is due now."""
        with closing(self.memory()) as memory:
            return what_is_due(self.settings(), memory, now)


def what_is_due(settings: config.Settings, memory: Memory, now: datetime) -> Due:
    """Return why a fetching run is due: a WebSub push, a source or page to fetch, or interrupted
    work.
    """
    urls = {source.url for source in settings.beat.sources}
    if unread_hub_pushes(memory, urls, now):
        return Due(why="a WebSub hub sent new content")
    if change.is_cut_short(settings.root):
        return Due(why="an earlier change was interrupted")
    if settings.records.look_again and any(memory.revisits.due(now, at_most=1)):
        return Due(why="a saved page is due for another check")
    return _sources_due(urls, memory.sources(), _find_ended_sources(settings.root), now)


def _sources_due(
    urls: set[str], states: Mapping[str, bytes], ended: frozenset[str], now: datetime
) -> Due:
    soonest: list[datetime] = []
    for url in urls:
        glimpse = _read(_GLIMPSE, states.get(url)) or _Glimpse()
        if glimpse.ended or (glimpse.next_at is None and url in ended):
            continue
        if glimpse.next_at is None:
            return Due(why="a source is new")
        waits = now < glimpse.next_at < now + _SURE_WAIT
        if not waits and _is_due(states[url], now):
            return Due(why="a source is due")
        soonest.append(glimpse.next_at)
    return Due(soonest=min(soonest, default=None))


def _find_ended_sources(root: Path) -> frozenset[str]:
    """Return the URLs of sources that `_data/sources.yaml` marks as ended, which are never due."""
    return _find_ended_sources_at(root, _marks([root / LEDGER_PATH]))


@functools.lru_cache(maxsize=4)
def _find_ended_sources_at(root: Path, _mark: Mark) -> frozenset[str]:
    try:
        ledger = read_ledger(root)
    except CopydeskError:  # the round reports the error, and fetches all sources
        return frozenset()
    return frozenset(ledger.ended.keys() - ledger.kept.keys())


_GLIMPSE = msgspec.json.Decoder(_Glimpse)
_STATE = msgspec.json.Decoder(SourceState)


def _read(decoder: msgspec.json.Decoder[T], kept: bytes | None) -> T | None:
    try:
        return None if kept is None else decoder.decode(kept)
    except msgspec.DecodeError:  # written by another version: the round rewrites it
        return None


def _is_due(kept: bytes, now: datetime) -> bool:
    state = _read(_STATE, kept)
    return state is None or is_due(state, now)


def _marks(paths: list[Path]) -> Mark:
    return tuple(_each(paths))


def _each(paths: list[Path]) -> Iterator[tuple[str, int, int]]:
    for path in paths:
        try:
            found = path.stat()
        except OSError:
            continue
        yield str(path), found.st_mtime_ns, found.st_size
