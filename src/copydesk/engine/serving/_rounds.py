"""Rounds: one whenever something is due, each a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from copydesk.engine.serving._due import Due, Mark, NewsroomFolder
from copydesk.errors import CopydeskError
from copydesk.fetch import Clock

Say = Callable[[str], None]

AT_LEAST_EVERY = timedelta(hours=1)  # retention, pictures, edits that no commit holds
BETWEEN = timedelta(minutes=1)  # two rounds that pushes ask for
_GATHER_SECONDS = 10.0  # a publisher's pushes rarely come alone


class Rounds:
    """Look every `serve.every_minutes` whether a round is due, and run it.

    A round runs at the start, at least once an hour, and whenever somebody changed beat.toml or
    `_data`, committed or pulled. `run` runs one and gives its exit code; `after_round` is called
    when it is over.
    """

    def __init__(
        self,
        folder: NewsroomFolder,
        clock: Clock,
        say: Say,
        run: Callable[[], Awaitable[int]],
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._say = say
        self._run = run
        self.after_round: Callable[[], None] = lambda: None
        self._began: datetime | None = None
        self._mark: Mark = ()
        self._is_quiet = False
        self._wanted = asyncio.Event()

    def soon(self) -> None:
        """Let the next look be within a minute: a hub pushed."""
        self._wanted.set()

    async def go_on(self) -> None:
        """Go on until cancelled; a round under way is then ended and waited for."""
        while True:
            try:
                await self.look()
            except OSError as error:  # the machine starts no process for now, a folder went
                self._began = None  # the round is owed
                self._say(f"no round for now: {error}")
            await self._pause()

    async def look(self) -> None:
        """Run a round if one is due, and say why; say once that none is."""
        now = self._clock.now()
        mark = await asyncio.to_thread(self._folder.mark)
        await asyncio.to_thread(self._folder.settings)
        due = await self._due(now, mark)
        if not due.why:
            if not self._is_quiet:
                self._say(_quiet(due))
            self._is_quiet = True
            return
        self._began, self._mark, self._is_quiet = now, mark, False
        self._say(f"a round: {due.why}")
        code = await self._run()
        self.after_round()
        if code:
            self._say(f"the round ended with exit code {code}; the next one goes on")

    async def _due(self, now: datetime, mark: Mark) -> Due:
        if self._began is None or not timedelta(0) <= now - self._began < AT_LEAST_EVERY:
            return Due(why="it is time")  # or the clock was set back
        if mark != self._mark:
            return Due(why="files changed")
        try:
            return await asyncio.to_thread(self._folder.due, now)
        except CopydeskError:
            return Due(why="the memory cannot be read")  # the round says more

    async def _pause(self) -> None:
        every_minutes = self._folder.last.serve.every_minutes
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), every_minutes * 60.0)
            await self._clock.sleep(wait_after_hub_push(self._began, self._clock.now()))
        self._wanted.clear()


def wait_after_hub_push(began: datetime | None, now: datetime) -> float:
    """Compute the seconds from a push to the round that reads it; `began` is the last round's.

    A clock that was set back since makes nobody wait.
    """
    if began is None or now < began:
        return _GATHER_SECONDS
    return max(_GATHER_SECONDS, (began + BETWEEN - now).total_seconds())


def _quiet(due: Due) -> str:
    if due.soonest is None:
        return "no round: nothing is due"
    return f"no round: nothing is due before {due.soonest:%Y-%m-%d %H:%M} UTC"
