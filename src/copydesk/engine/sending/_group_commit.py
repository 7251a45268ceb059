"""Group commit: outcomes of several connections written to the disk together, each waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from copydesk.mail_store import DeliveryOutcome

Write = Callable[[Sequence[DeliveryOutcome]], None]


class GroupCommit:
    """Write outcomes in a thread; whoever puts one goes on when it is on the disk.

    While one group is written the next one gathers: so many connections cost hardly more writes
    than one. After a failure all who wait get it, and nothing more is written.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[tuple[DeliveryOutcome, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None

    async def put(self, outcome: DeliveryOutcome) -> None:
        """Return when an outcome is on the disk; raises what writing raised."""
        if self._failure is not None:
            raise self._failure
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((outcome, done))
        if self._task is None:
            self._task = asyncio.create_task(self._work_off())
        await asyncio.shield(done)  # what is handed in is written, even if who waits is ended

    async def close(self) -> None:
        """Write what was put."""
        if self._task is not None:
            await self._task

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                await self._write_group(group)
        finally:
            self._task = None

    async def _write_group(self, group: list[tuple[DeliveryOutcome, asyncio.Future[None]]]) -> None:
        try:
            await asyncio.to_thread(self._write, [outcome for outcome, _ in group])
        except Exception as error:
            self._failure = error
            for _, done in [*group, *self._waiting]:
                done.set_exception(error)
            self._waiting = []
            return
        for _, done in group:
            done.set_result(None)
