"""Picture wishes: pages show pictures that wait for their forms; a process beside makes these.

a row with such a picture ── want ──> made, some at a time ──> browsers are told of their stories
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence

from copydesk.desk.live._broadcast import Broadcast

MakePictures = Callable[[Sequence[str]], Awaitable[bool]]

_AT_ONCE = 30  # pictures of one process: a page's
_MOST = 300  # that wait; who looks further has forgotten the first
_REMEMBERED = 10_000


class PictureWishes:
    """Have pictures made that pages show, each once: what cannot be made is not tried again."""

    def __init__(self, make: MakePictures, broadcast: Broadcast) -> None:
        self._make = make
        self._broadcast = broadcast
        self._waiting: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._tried: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._asked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def want(self, pictures: Iterable[tuple[str, str]]) -> None:
        """Have pictures made, by the path of a record and the name of its picture.

        From any thread; nothing is made before `go_on`, nor after it.
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
        """Make what is wanted until cancelled, what was wanted last first."""
        self._loop = asyncio.get_running_loop()
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._waiting:
                await self._make_some()

    async def _make_some(self) -> None:
        count = min(_AT_ONCE, len(self._waiting))
        some = [self._waiting.popitem()[0] for _ in range(count)]
        self._tried.update(dict.fromkeys(some))
        while len(self._tried) > _REMEMBERED:
            self._tried.popitem(last=False)
        paths = [path for path, _ in some]
        with contextlib.suppress(OSError):  # no process can be started
            await self._make(paths)
        names = [path.rsplit("/", 1)[-1].removesuffix(".md") for path in paths]
        self._broadcast.tell("pictures", {"stories": names})
