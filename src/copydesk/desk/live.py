"""The background work of the editors' web interface, and server-sent events that report it.

action ── wake ──> a process that files all that waits ──> outcomes in the store ──> browsers
a row without its picture ── want ──> a process that makes pictures ──> browsers
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from copydesk.desk_store import DeskStore
from copydesk.desk_store.action_queue import QueuedAction
from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import dates, logs
from copydesk.news import EditorAction

_PING_SECONDS = (
    15.0  # proxies end connections that are silent for a minute; also notices closed browsers
)
_MOST_BEHIND = 100  # events that a browser has not received


class Broadcast:
    """Sends server-sent events to all browsers. A slow browser is cut off, and connects again."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[bytes | None]] = set()

    @property
    def listeners(self) -> int:
        """Return how many browsers are connected."""
        return len(self._listeners)

    def tell(self, event: str, what: Mapping[str, object]) -> None:
        """Send a server-sent event to all browsers; call this in the event loop's thread."""
        message = f"event: {event}\ndata: {json.dumps(what, ensure_ascii=False)}\n\n".encode()
        for listener in list(self._listeners):
            if listener.full():
                self._end(listener)
            else:
                listener.put_nowait(message)

    def close(self) -> None:
        """End every stream of events, when the server stops."""
        for listener in list(self._listeners):
            self._end(listener)

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield server-sent events from now on, and a comment every 15 seconds without an event."""
        listener: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_BEHIND)
        self._listeners.add(listener)
        try:
            yield b"retry: 2000\n\n"
            while True:
                message: bytes | None = b": nothing new\n\n"
                with contextlib.suppress(asyncio.TimeoutError):
                    message = await asyncio.wait_for(listener.get(), _PING_SECONDS)
                if message is None:
                    return
                yield message
        finally:
            self._listeners.discard(listener)

    def _end(self, listener: asyncio.Queue[bytes | None]) -> None:
        self._listeners.discard(listener)
        while not listener.empty():
            listener.get_nowait()
        listener.put_nowait(None)


Say = Callable[[str], None]
FindStandings = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]

_OUTCOME_SECONDS = 5.0  # how long a form's answer waits for the outcome
_LOOK_SECONDS = 0.05  # between two checks for outcomes
_OTHERS_SECONDS = 1.0  # between two checks for actions of other processes (an agent's)
_ACTIONS_AT_ONCE = 500


class Starter(Protocol):
    """Starts the process that carries out editors' waiting actions, one process at a time."""

    async def prepare(self) -> None:
        """Start the process early, so that it is ready when an editor decides."""
        ...

    async def file_actions(self) -> int:
        """Carry out all waiting actions, and return the process's exit code."""
        ...


async def _know_no_standings(_names: Collection[str]) -> Mapping[str, str]:
    return {}


class Filer:
    """Has waiting editors' actions carried out, and tells browsers the outcome of each.

    `find_standings` returns the status of stories by record name. After a failure it is tried again
    in `again_seconds`.
    """

    def __init__(self, store: DeskStore, starter: Starter, broadcast: Broadcast, say: Say) -> None:
        self.again_seconds = 5.0
        self.broadcast = broadcast
        self.store = store
        self.find_standings: FindStandings = _know_no_standings
        self._starter = starter
        self._say = say
        self._pending: set[str] = set()
        self._wakes = asyncio.Event()
        self._request = ""  # of who decided last
        self._is_prepared = False
        self._is_filing = False

    def wake(self, ids: Iterable[str] = ()) -> None:
        """Start carrying out the waiting actions; browsers get the outcomes of these `ids`."""
        self._pending.update(ids)
        self._request = logs.request_id()
        self._wakes.set()

    async def prepare(self) -> None:
        """Start the process for actions early, when an editor opens the web interface."""
        if not self._is_prepared:
            self._is_prepared = True
            await self._starter.prepare()

    async def go_on(self) -> None:
        """Carry out waiting actions until cancelled, also those that an earlier process left.

        If the store or the process cannot be used now (full disk, a lock), it is tried again.
        """
        while True:
            self._wakes.clear()
            try:
                is_well = await self._file_what_waits()
            except (CopydeskError, OSError) as error:
                self._say(f"could not save the editors' changes, trying again: {error}")
                is_well = False
            if not is_well:
                await asyncio.sleep(self.again_seconds)
            elif not self._pending:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wakes.wait(), _OTHERS_SECONDS)

    async def _file_what_waits(self) -> bool:
        """Carry out the waiting actions, if there are any; return whether that succeeded."""
        self._pending.update(action.id for action in await asyncio.to_thread(self._waiting))
        await self._tell()  # some need no process: they were done when they were stored
        return not self._pending or await self._file_all()

    async def await_outcomes(self, ids: Sequence[str]) -> Mapping[str, QueuedAction]:
        """Return the actions with these ids, once all have an outcome or five seconds are over.

        Pages show the outcomes by then: the process that carries actions out updates the index.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_OUTCOME_SECONDS):
                while True:
                    states = await asyncio.to_thread(self.store.actions.state, ids)
                    is_over = all(queued.outcome is not None for queued in states.values())
                    if is_over and not self._is_filing:
                        return states
                    await asyncio.sleep(_LOOK_SECONDS)
        return await asyncio.to_thread(self.store.actions.state, ids)

    async def finish(self, seconds: float) -> None:
        """Wait until every action stored here is carried out, or until the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._pending:
                    await asyncio.sleep(_LOOK_SECONDS)

    async def _file_all(self) -> bool:
        """Run the process for actions, send outcomes to browsers; return whether it went well."""
        told, self._is_filing = 0, True
        logs.begin_request(self._request)
        filing = asyncio.ensure_future(self._starter.file_actions())
        try:
            while not filing.done():
                await asyncio.wait([filing], timeout=_LOOK_SECONDS)
                told += await self._tell()
        finally:
            self._is_filing = False
            if not filing.done():
                filing.cancel()
                await asyncio.wait([filing])
        told += await self._tell()
        code = filing.result()
        if code:
            self._say(f"could not save the editors' changes, trying again: exit code {code}")
        return not code and (bool(told) or not self._pending)

    async def _tell(self) -> int:
        """Send browsers the actions that have an outcome now; return how many."""
        if not self._pending:
            return 0
        states = await asyncio.to_thread(self.store.actions.state, sorted(self._pending))
        done = [queued for queued in states.values() if queued.outcome is not None]
        standings = await self._find_standings(done)
        for queued in done:
            self._pending.discard(queued.action.id)
            stories = queued.action.stories
            stand = {name: standings[name] for name in stories if name in standings}
            self.broadcast.tell("action", {**describe(queued), "standings": stand})
        return len(done)

    async def _find_standings(self, done: Sequence[QueuedAction]) -> Mapping[str, str]:
        """Return the new status of the stories that actions changed, if a browser listens."""
        names = {name for queued in done for name in queued.action.stories}
        if not names or not self.broadcast.listeners:
            return {}
        with contextlib.suppress(CopydeskError):  # the rows show it a moment later
            return await self.find_standings(names)
        return {}

    def _waiting(self) -> Iterable[EditorAction]:
        return self.store.actions.waiting(_ACTIONS_AT_ONCE)


def describe(queued: QueuedAction) -> dict[str, object]:
    """Return an editor's action and its outcome as a dictionary for JSON."""
    action, outcome = queued.action, queued.outcome
    return {
        "id": action.id,
        "stories": list(action.stories),
        "values": list(action.values),
        "kind": action.kind,
        "said": action.said,
        "until": dates.rfc3339(action.until) if action.until else "",
        "by": action.by,
        "state": queued.state,
        "commit": (outcome.commit or "") if outcome else "",
        "what": outcome.what if outcome else "",
        "hint": outcome.hint if outcome else "",
        "conflicts": [
            {"path": one.path, "field": one.field, "left": one.left, "now": one.now}
            for one in (outcome.conflicts if outcome else ())
        ],
    }


_LASTS = timedelta(minutes=10)  # a tab that is silent for so long counts as closed
_MOST_TABS = 500
_CHARACTERS = 300


class Looking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message of a browser tab: which event's queue row is open in it, "" for none."""

    tab: str
    event: str


@dataclass(frozen=True, slots=True)
class _Seen:
    name: str
    event: str
    at: datetime


class Presence:
    """Keeps in memory which queue row each editor has open, to show it to other editors."""

    def __init__(self) -> None:
        self._tabs: dict[str, _Seen] = {}

    def note(self, body: bytes, name: str, at: datetime) -> None:
        """Store which queue row a tab has open; raises UsageError for an invalid message."""
        try:
            looking = msgspec.json.decode(body, type=Looking)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UsageError(f"could not read which story is open: {error}") from error
        if max(len(looking.tab), len(looking.event)) > _CHARACTERS:
            raise UsageError("the id of the browser tab or story is too long")
        self._tabs.pop(looking.tab, None)
        if looking.event:
            self._tabs[looking.tab] = _Seen(name, looking.event, at)
        self._forget(at)

    def list_all(self) -> list[Mapping[str, str]]:
        """Return for each tab its id, its editor's name, and the event of its open queue row."""
        return [
            {"tab": tab, "name": seen.name, "event": seen.event} for tab, seen in self._tabs.items()
        ]

    def _forget(self, now: datetime) -> None:
        """Delete tabs that were silent for ten minutes, and the oldest of more than 500."""
        late = [tab for tab, seen in self._tabs.items() if now - seen.at > _LASTS]
        for tab in (*late, *list(self._tabs)[:-_MOST_TABS]):
            self._tabs.pop(tab, None)


MakePictures = Callable[[Sequence[str]], Awaitable[bool]]

_PICTURES_AT_ONCE = 30  # pictures for one process: those of a page
_MOST = 300  # waiting pictures; the oldest are dropped
_REMEMBERED = 10_000


class PictureWishes:
    """Makes missing thumbnails of stories in another process; a failed one is not retried."""

    def __init__(self, make: MakePictures, broadcast: Broadcast) -> None:
        self._make = make
        self._broadcast = broadcast
        self._waiting: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._tried: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._asked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def want(self, pictures: Iterable[tuple[str, str]]) -> None:
        """Request thumbnails, each by its story record's path and the picture's name.

        Call this from any thread. Pictures are made only while `go_on` runs.
        """
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._take, tuple(pictures))

    def _take(self, pictures: Iterable[tuple[str, str]]) -> None:
        self._waiting.update((picture, None) for picture in pictures if picture not in self._tried)
        while len(self._waiting) > _MOST:
            self._waiting.popitem(last=False)
        if self._waiting:
            self._asked.set()

    async def go_on(self) -> None:
        """Make the requested thumbnails until cancelled, the latest ones first."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._waiting:
                await self._make_some()

    async def _make_some(self) -> None:
        count = min(_PICTURES_AT_ONCE, len(self._waiting))
        some = [self._waiting.popitem()[0] for _ in range(count)]
        self._tried.update(dict.fromkeys(some))
        while len(self._tried) > _REMEMBERED:
            self._tried.popitem(last=False)
        paths = [path for path, _ in some]
        with contextlib.suppress(OSError):  # no process can be started
            await self._make(paths)
        names = [path.rsplit("/", 1)[-1].removesuffix(".md") for path in paths]
        self._broadcast.tell("pictures", {"stories": names})


_AGAIN_SECONDS = 60.0  # until another try after a failure

Refresh = Callable[[], Awaitable[int]]


class Refresher:
    """Updates the search index of stories on request, by calling `refresh`, once at a time."""

    def __init__(self, refresh: Refresh) -> None:
        self._refresh = refresh
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Request an update of the search index, because a page showed outdated statuses."""
        self._asked.set()

    async def go_on(self) -> None:
        """Update the search index of stories on each request, until cancelled."""
        while True:
            await self._asked.wait()
            code = 1
            with contextlib.suppress(OSError):  # no process can be started
                code = await self._refresh()
            self._asked.clear()
            if code:
                await asyncio.sleep(_AGAIN_SECONDS)
