"""Filer: lets a process file what editors did, and tells browsers what became of it.

put ── wake ──> a process that files all that waits ──> outcomes in the store ──> told to browsers
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from copydesk.desk.live._broadcast import Broadcast
from copydesk.desk_store import DeskStore, QueuedAction
from copydesk.errors import CopydeskError
from copydesk.news import EditorAction

Say = Callable[[str], None]
FindStandings = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]

_LOOK_SECONDS = 0.05  # between two looks at what has become of actions
_OTHERS_SECONDS = 1.0  # between two looks for what other processes (an agent's) kept
_AT_ONCE = 500


class Starter(Protocol):
    """Who runs a process that files what waits, until nothing does, one at a time."""

    async def prepare(self) -> None:
        """Be ready to."""
        ...

    async def file_actions(self) -> int:
        """File, and return the exit code."""
        ...


async def _know_no_standings(_names: Collection[str]) -> Mapping[str, str]:
    return {}


class Filer:
    """Let waiting actions be filed, and browsers hear what became of each.

    `find_standings` says where stories stand, by the names of their records; after
    `again_seconds` it is tried again where filing failed.
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
        self._is_prepared = False

    def wake(self, ids: Iterable[str] = ()) -> None:
        """File what waits; browsers are told what becomes of the actions with these ids."""
        self._pending.update(ids)
        self._wakes.set()

    async def prepare(self) -> None:
        """Be ready: an editor came."""
        if not self._is_prepared:
            self._is_prepared = True
            await self._starter.prepare()

    async def go_on(self) -> None:
        """File until cancelled, also what another process kept and did not live to file.

        Where the store or the process cannot be had now (a full disk, a lock), it is tried again.
        """
        while True:
            self._wakes.clear()
            try:
                is_well = await self._file_what_waits()
            except (CopydeskError, OSError) as error:
                self._say(f"what editors did is not filed: {error}; it is tried again")
                is_well = False
            if not is_well:
                await asyncio.sleep(self.again_seconds)
            elif not self._pending:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wakes.wait(), _OTHERS_SECONDS)

    async def _file_what_waits(self) -> bool:
        """File what waits, if anything does; whether nothing was in the way."""
        self._pending.update(action.id for action in await asyncio.to_thread(self._waiting))
        return not self._pending or await self._file_all()

    async def await_outcomes(
        self, ids: Sequence[str], seconds: float
    ) -> Mapping[str, QueuedAction]:
        """Return the kept actions with these ids once all have an outcome, or after this long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    states = await asyncio.to_thread(self.store.actions.state, ids)
                    if all(queued.outcome is not None for queued in states.values()):
                        return states
                    await asyncio.sleep(_LOOK_SECONDS)
        return await asyncio.to_thread(self.store.actions.state, ids)

    async def finish(self, seconds: float) -> None:
        """Wait until all that was put here is filed, or for this long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._pending:
                    await asyncio.sleep(_LOOK_SECONDS)

    async def _file_all(self) -> bool:
        """Run the process to its end, telling of outcomes meanwhile; whether any came of it."""
        told = 0
        filing = asyncio.ensure_future(self._starter.file_actions())
        try:
            while not filing.done():
                await asyncio.wait([filing], timeout=_LOOK_SECONDS)
                told += await self._tell()
        finally:
            if not filing.done():
                filing.cancel()
                await asyncio.wait([filing])
        told += await self._tell()
        code = filing.result()
        if code:
            self._say(f"filing what editors did ended with exit code {code}; it is tried again")
        return not code and (bool(told) or not self._pending)

    async def _tell(self) -> int:
        """Tell browsers of those actions that something has become of; return how many."""
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
        """Return where the stories of filed actions stand now, where anybody listens."""
        names = {name for queued in done for name in queued.action.stories}
        if not names or not self.broadcast.listeners:
            return {}
        with contextlib.suppress(CopydeskError):  # the rows tell it a moment later
            return await self.find_standings(names)
        return {}

    def _waiting(self) -> Iterable[EditorAction]:
        return self.store.actions.waiting(_AT_ONCE)


def describe(queued: QueuedAction) -> dict[str, object]:
    """Return an action and what became of it, as JSON has it."""
    action, outcome = queued.action, queued.outcome
    return {
        "id": action.id,
        "stories": list(action.stories),
        "values": list(action.values),
        "kind": action.kind,
        "said": action.said,
        "by": action.by,
        "state": outcome.state if outcome else "waits",
        "commit": (outcome.commit or "") if outcome else "",
        "what": outcome.what if outcome else "",
        "hint": outcome.hint if outcome else "",
        "conflicts": [
            {"path": one.path, "field": one.field, "left": one.left, "now": one.now}
            for one in (outcome.conflicts if outcome else ())
        ],
    }
