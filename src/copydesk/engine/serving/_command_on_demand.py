"""A command on demand: a round or judging again that an editor wants now, with its log."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from copydesk.errors import UsageError
from copydesk.fetch import Clock

_MOST_LINES = 200  # of a log
_MOST_BYTES = 4_000  # of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandedCommand:
    """What somebody asked for; a round of one source, or of all that are due where it is "".

    It `waits` until no round is at work; `code` is None until it is over. `log` is what it said.
    """

    by: str
    began: datetime
    source: str = ""
    waits: bool = True
    code: int | None = None
    log: tuple[str, ...] = ()


Commands = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandKind:
    """What can be asked for, by its name, and its commands: of which source, and is it sent on."""

    name: str
    list_commands: Callable[[str, bool], Commands]


def _list_round(source: str, is_sent: bool) -> Commands:
    options = ("--deploy",) if is_sent else ()
    return [("sources", "ask", *options, "--", source) if source else ("run", *options)]


def _list_rejudging(_source: str, is_sent: bool) -> Commands:
    return [("rejudge", "--apply"), ("build", "--deploy") if is_sent else ("build",)]


ROUND = DemandKind(name="a round", list_commands=_list_round)
REJUDGING = DemandKind(name="judging again", list_commands=_list_rejudging)


class CommandOnDemand:
    """Run commands in the newsroom at `root` when somebody asks for them, one at a time.

    `turn` is held by whatever round is at work. `deploys` says whether the site is sent on, and may
    ask the disk; `after_round` is called when it is over.
    """

    def __init__(
        self, root: Path, turn: asyncio.Lock, clock: Clock, kind: DemandKind = ROUND
    ) -> None:
        self._kind = kind
        self._root = root
        self._turn = turn
        self._clock = clock
        self._last: DemandedCommand | None = None
        self._log: deque[str] = deque(maxlen=_MOST_LINES)
        self._task: asyncio.Task[None] | None = None
        self.deploys: Callable[[], bool] = lambda: False
        self.after_round: Callable[[], None] = lambda: None

    @property
    def last(self) -> DemandedCommand | None:
        """What was asked for last, with what it has said so far."""
        return None if self._last is None else replace(self._last, log=tuple(self._log))

    def begin(self, by: str, source: str = "") -> None:
        """Begin what this runs, for an editor; of a source, where it is about one.

        Raises UsageError where what was asked for is not over.
        """
        if self._last is not None and self._last.code is None:
            hint = "its log says how far it is"
            raise UsageError(
                f"{self._kind.name} is under way", subject=f"by {self._last.by}", hint=hint
            )
        self._last = DemandedCommand(by=by, began=self._clock.now(), source=source)
        self._log.clear()
        self._task = asyncio.create_task(self._run(self._last))

    async def close(self) -> None:
        """End what is under way, by SIGTERM, and wait for it."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self, demanded: DemandedCommand) -> None:
        code = 1
        try:
            async with self._turn:
                self._last = replace(demanded, waits=False)
                is_sent = await asyncio.to_thread(self.deploys)
                for command in self._kind.list_commands(demanded.source, is_sent):
                    if code := await self._start(command):
                        break
                self.after_round()
        except OSError as error:
            self._log.append(f"it cannot be started ({error.strerror})")
        finally:
            self._last = replace(demanded, waits=False, code=code)

    async def _start(self, command: Sequence[str]) -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "copydesk", "-C", str(self._root)),
            *command,
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
