"""Turns: requests that wait for the readers' file get it one at a time, each network in its turn.

Who unsubscribes goes before all others. In each lane the networks take turns (fair queueing), and
where all places are taken, the network with the most waiting requests loses its newest one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from typing import Literal

Lane = Literal["leaving", "others"]
Path = tuple[str, ...]

# Requests that may wait. Mail programs unsubscribe many readers from one address at once, each by
# a link of its own; so of those who leave each reader has a queue, and there is room for many.
_PLACES: dict[Lane, int] = {"leaving": 400, "others": 64}
_PRIORITY_VISITS_A_MINUTE = 60  # by one link: its owner could keep all others waiting
_MINUTE_SECONDS = 60.0


class NoPlaceError(Exception):
    """Raised for a request that cannot wait: others, who have fewer, have all places."""


class FairQueue:
    """A queue of requests, each at a path of groups: a wide network, a narrower one in it.

    The groups take turns, and so do the groups within each.
    """

    def __init__(self) -> None:
        self._count = 0
        self._here: deque[asyncio.Future[None]] = deque()
        self._groups: OrderedDict[str, FairQueue] = OrderedDict()

    def __len__(self) -> int:
        return self._count

    def put(self, path: Path, waiting: asyncio.Future[None]) -> None:
        """Add a request at the end of its group."""
        self._count += 1
        if path:
            self._groups.setdefault(path[0], FairQueue()).put(path[1:], waiting)
        else:
            self._here.append(waiting)

    def take(self) -> asyncio.Future[None]:
        """Remove and return the request whose turn it is; there must be one."""
        self._count -= 1
        if self._here:
            return self._here.popleft()
        name, group = self._groups.popitem(last=False)
        taken = group.take()
        if group:
            self._groups[name] = group
        return taken

    def drop(self, path: Path, waiting: asyncio.Future[None]) -> bool:
        """Remove a request; False where it is not in the queue any more."""
        if path:
            group = self._groups.get(path[0])
            is_found = group is not None and group.drop(path[1:], waiting)
            if is_found and not group:
                del self._groups[path[0]]
        else:
            is_found = waiting in self._here
            if is_found:
                self._here.remove(waiting)
        self._count -= is_found
        return is_found

    def find_to_drop(self, path: Path) -> tuple[Path, asyncio.Future[None]] | None:
        """Return the request that gives its place to a new one at this path, None for none.

        It is the newest of the largest group, if that stays larger than the new one's would become.
        """
        if not path:
            return None
        own = self._groups.get(path[0])
        largest = self._name_largest()
        if largest is not None and len(self._groups[largest]) > (len(own) if own else 0) + 1:
            return self.find_newest()
        found = own.find_to_drop(path[1:]) if own else None
        return ((path[0], *found[0]), found[1]) if found else None

    def find_newest(self) -> tuple[Path, asyncio.Future[None]]:
        """Return the newest request of the largest group; there must be one."""
        largest = self._name_largest()
        if largest is None:
            return (), self._here[-1]
        path, waiting = self._groups[largest].find_newest()
        return (largest, *path), waiting

    def _name_largest(self) -> str | None:
        return max(self._groups, key=lambda name: len(self._groups[name]), default=None)


class Turns:
    """Give each request its turn, one at a time: those of the lane `leaving` before all others."""

    def __init__(self) -> None:
        self._is_taken = False
        self._lanes: dict[Lane, FairQueue] = {lane: FairQueue() for lane in _PLACES}
        self._minute = 0
        self._visits: Counter[str] = Counter()

    def may_go_first(self, link: str) -> bool:
        """Count a visit by a link to leave; decide whether it is among the first of this minute."""
        minute = int(asyncio.get_running_loop().time() // _MINUTE_SECONDS)
        if minute != self._minute:
            self._minute = minute
            self._visits.clear()
        self._visits[link] += 1
        return self._visits[link] <= _PRIORITY_VISITS_A_MINUTE

    @contextlib.asynccontextmanager
    async def take(self, lane: Lane, path: Path) -> AsyncIterator[None]:
        """Wait for the turn of a request and keep it for the block; raises NoPlaceError.

        `path` names who asks: the widest network first, then narrower ones.
        """
        if self._is_taken:
            await self._wait(self._lanes[lane], _PLACES[lane], path)
        self._is_taken = True
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, queue: FairQueue, places: int, path: Path) -> None:
        if len(queue) >= places:
            found = queue.find_to_drop(path)
            if found is None:
                raise NoPlaceError
            queue.drop(*found)
            if not found[1].done():  # else its client left this moment
                found[1].set_exception(NoPlaceError())
        waiting = asyncio.get_running_loop().create_future()
        queue.put(path, waiting)
        try:
            await waiting
        except asyncio.CancelledError:
            queue.drop(path, waiting)
            if not waiting.cancelled() and waiting.exception() is None:  # the turn came meanwhile
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give the turn to the next request, if any waits."""
        self._is_taken = False
        for queue in self._lanes.values():
            while queue:
                waiting = queue.take()
                if not waiting.done():  # else its client left this moment
                    self._is_taken = True
                    waiting.set_result(None)
                    return
