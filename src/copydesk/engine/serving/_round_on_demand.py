"""A round on demand: what an editor wants asked now, as a process of its own, with its log."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from copydesk.errors import UsageError
from copydesk.fetch import Clock

_MOST_LINES = 200  # of a log
_MOST_BYTES = 4_000  # of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandedRound:
    """A round that somebody asked for: of one source, "" for all that are due.

    It `waits` until no other round is at work; `code` is None until it is over. `log` is what it
    said.
    """

    by: str
    began: datetime
    source: str = ""
    waits: bool = True
    code: int | None = None
    log: tuple[str, ...] = ()


class RoundOnDemand:
    """Run a round of the newsroom at `root` when somebody asks for one, one at a time.

    `turn` is held by whatever round is at work. `deploys` says whether its site is sent on, and may
    ask the disk; `after_round` is called when it is over.
    """

    def __init__(self, root: Path, turn: asyncio.Lock, clock: Clock) -> None:
        self._root = root
        self._turn = turn
        self._clock = clock
        self._last: DemandedRound | None = None
        self._log: deque[str] = deque(maxlen=_MOST_LINES)
        self._task: asyncio.Task[None] | None = None
        self.deploys: Callable[[], bool] = lambda: False
        self.after_round: Callable[[], None] = lambda: None

    @property
    def last(self) -> DemandedRound | None:
        """The round that was asked for last, with what it has said so far."""
        return None if self._last is None else replace(self._last, log=tuple(self._log))

    def begin(self, by: str, source: str = "") -> None:
        """Begin a round of a source, or of all that are due.

        Raises UsageError where one that was asked for is not over.
        """
        if self._last is not None and self._last.code is None:
            hint = "its log says how far it is"
            raise UsageError("a round is under way", subject=f"by {self._last.by}", hint=hint)
        self._last = DemandedRound(by=by, began=self._clock.now(), source=source)
        self._log.clear()
        self._task = asyncio.create_task(self._run(self._last))

    async def close(self) -> None:
        """End a round that is under way, by SIGTERM, and wait for it."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self, demanded: DemandedRound) -> None:
        code = 1
        try:
            async with self._turn:
                self._last = replace(demanded, waits=False)
                deploy = await asyncio.to_thread(self.deploys)
                code = await self._start(demanded.source, deploy=deploy)
                self.after_round()
        except OSError as error:
            self._log.append(f"it cannot be started ({error.strerror})")
        finally:
            self._last = replace(demanded, waits=False, code=code)

    async def _start(self, source: str, *, deploy: bool) -> int:
        command = ("sources", "ask") if source else ("run",)
        options = ("--deploy",) if deploy else ()
        sources = ("--", source) if source else ()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "copydesk", "-C", str(self._root)),
            *(*command, *options, *sources),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert process.stdout is not None
        try:
            while line := await _read_line(process.stdout):
                self._log.append(line.decode("utf-8", "replace").strip())
            return await process.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    """Return the next line as far as it is not too long, b"" at the end."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError:
        return await stream.read(_MOST_BYTES)
