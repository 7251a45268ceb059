"""Run copydesk commands, such as fetching or editors' actions, in processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import copydesk
from copydesk.background._fork_server import Work
from copydesk.errors import UsageError
from copydesk.fetch import Clock
from copydesk.kit import logs, processes

_QUIET = {"COPYDESK_PROGRESS": "off"}  # a server's log needs no line every ten seconds
_INSTALLED = {"site-packages", "dist-packages"}
Loaded = frozenset[tuple[str, int, int]]  # files that a fork server has loaded: path, time, size


class RoundStarter:
    """Runs copydesk commands, such as fetching runs, one at a time, in forks of a fork server.

    The fork server starts with the first command. It is replaced when copydesk's code, installed
    packages or the settings change. If none can be started (an update is half done), the command
    starts a new Python, as any command does. The server loads what its `work` needs.
    """

    def __init__(self, root: Path, work: Work = "rounds") -> None:
        self._root = root
        self._work: Work = work
        self._server: Process | None = None
        self._loaded: Loaded = frozenset()
        self._pid: int | None = None
        self._is_to_end = False

    @property
    def server_pid(self) -> int | None:
        """The fork server's process id, None if it is not running."""
        return None if self._server is None else self._server.pid

    async def prepare(self) -> None:
        """Start the fork server before it is needed."""
        await self._is_ready()

    async def run(self, *, deploy: bool = False) -> int:
        """Fetch news in a forked process and return its exit code. If cancelled, end it
        by SIGTERM.

        `ModelHours` asks the model meanwhile: the run does not wait for that.
        """
        return await self._start("run", "--no-texts", *(("--deploy",) if deploy else ()))

    async def build(self, *, deploy: bool = False) -> int:
        """Build the site and return the exit code. Do not call it while fetching runs."""
        return await self._start("build", *(("--deploy",) if deploy else ()))

    async def refresh_catalogue(self) -> int:
        """Update the search index of stories. Return the exit code. Do not call it while fetching
        runs.
        """
        return await self._start("catalogue")

    async def file_actions(self) -> int:
        """Carry out the editors' actions in the queue and commit them. Return the exit code."""
        return await self._start("desk", "file-actions")

    async def file_letters(self) -> int:
        """Create the newsletter issues that are due, and return the exit code."""
        return await self._start("mail", "file-due")

    async def _start(self, *command: str) -> int:
        arguments = ("-C", str(self._root), *command)
        if not await self._is_ready():
            return await run_command(arguments)
        self._is_to_end = False
        round_over = asyncio.ensure_future(self._fork(arguments))
        try:
            return await asyncio.shield(round_over)
        except asyncio.CancelledError:
            while not round_over.done():
                self._end_round()
                await asyncio.wait([round_over], timeout=processes.AGAIN_SECONDS)
            raise

    async def close(self) -> None:
        """End the fork server, which holds no data. No command may be running."""
        server, self._server = self._server, None
        if server is not None and server.stdin is not None:
            server.stdin.close()
            with contextlib.suppress(ProcessLookupError):
                server.kill()
            await server.wait()

    async def _is_ready(self) -> bool:
        """Start a fork server for the present files if none runs. Return whether there is one."""
        loaded = await asyncio.to_thread(_look_at_files, self._root)
        if self._server is not None and self._server.returncode is None and loaded == self._loaded:
            return True
        await self.close()
        self._loaded = loaded
        self._server = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "copydesk.background._fork_server",
            self._work,
            stdin=PIPE,
            stdout=PIPE,
            env={**logs.child_environ(), **_QUIET},
        )
        if await self._hear(self._server, "ready") is not None:
            return True
        await self.close()
        return False

    async def _fork(self, arguments: Sequence[str]) -> int:
        """Run a command in a fork and return its exit code, 1 if the fork server has died."""
        server = self._server
        assert server is not None
        assert server.stdin is not None
        asked = {"arguments": arguments, "request": logs.request_id()}
        with contextlib.suppress(ConnectionError):
            server.stdin.write(json.dumps(asked).encode() + b"\n")
            await server.stdin.drain()
        self._pid = await self._hear(server, "pid")
        if self._is_to_end:
            self._end_round()
        code = await self._hear(server, "code")
        self._pid = None
        return 1 if code is None else code

    @staticmethod
    async def _hear(server: Process, what: str) -> int | None:
        """Return the fork server's next answer of one kind, None for any other answer."""
        assert server.stdout is not None
        try:
            said: dict[str, int] = json.loads(await server.stdout.readline())
        except ValueError:  # no answer: the server has ended
            return None
        return said.get(what)

    def _end_round(self) -> None:
        """Send the running command SIGTERM, as soon as its process exists."""
        self._is_to_end = True
        if self._pid is not None:  # not reused before the server has waited for it
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM)


def _look_at_files(root: Path) -> Loaded:
    """Return the stat of the files that a fork server loads: copydesk, packages, and settings.

    An installed or removed package changes its folder's time. 2 ms for 500 files.
    """
    return frozenset(_stamps(root))


def _stamps(root: Path) -> Iterator[tuple[str, int, int]]:
    code = Path(copydesk.__file__).parent.rglob("*.py")
    folders = (Path(folder) for folder in sys.path)
    installed = (folder for folder in folders if folder.name in _INSTALLED)
    for path in (root / "beat.toml", *code, *installed):
        with contextlib.suppress(OSError):
            stat = path.stat()
            yield str(path), stat.st_mtime_ns, stat.st_size


# Carrying out editors' actions in a process of their own, also while fetching runs.


class ActionStarter:
    """Carries out editors' actions on the site at `root` in forked processes, also while fetching
    runs.

    It has a fork server of its own, half the size: the one for fetching is busy during a run.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._starter = RoundStarter(root, "actions")
        self._turn = asyncio.Lock()

    async def prepare(self) -> None:
        """Start the fork server, so that an editor's action can begin within a tenth of
        a second.
        """
        async with self._turn:
            await self._starter.prepare()

    async def file_actions(self) -> int:
        """Carry out the queued editors' actions. Return the exit code. Cancelling ends
        the process.
        """
        async with self._turn:
            return await self._starter.file_actions()

    async def refresh_catalogue(self) -> int:
        """Update the search index of stories in a new process, while actions can be carried out."""
        return await run_command(("-C", str(self._root), "catalogue"))

    async def close(self) -> None:
        """End the fork server for editors' actions."""
        await self._starter.close()


async def run_command(arguments: Sequence[str]) -> int:
    """Run a copydesk command and return its exit code. If cancelled, end it by SIGTERM and wait."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "copydesk", *arguments),
        stdout=sys.stderr,
        env={**logs.child_environ(), **_QUIET},
    )
    async with processes.end_at_exit(process):
        return await process.wait()


# Rounds and rejudging that an editor starts from the desk.

_MOST_LINES = 200  # lines kept of a log
_MOST_BYTES = 4_000  # kept of each line


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandedCommand:
    """A command that an editor started in the web interface: fetching of one or all sources, or new
    scoring of stories.

    It `waits` until no fetching runs. `code` is None until it ends. `log` is its output. `source`
    is the source to fetch, "" for all that are due, or with `all_due` also those that are not.
    """

    by: str
    began: datetime
    source: str = ""
    all_due: bool = False
    waits: bool = True
    code: int | None = None
    log: tuple[str, ...] = ()


Commands = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandKind:
    """A kind of command that editors can start in their web interface: its name and
    command lines.
    """

    name: str
    list_commands: Callable[[DemandedCommand, bool], Commands]


def _list_round(demanded: DemandedCommand, is_sent: bool) -> Commands:
    options = ("--deploy",) if is_sent else ()
    if demanded.source:
        return [("sources", "ask", *options, "--", demanded.source)]
    return [("run", *(("--all-due",) if demanded.all_due else ()), *options)]


def _list_rejudging(_demanded: DemandedCommand, is_sent: bool) -> Commands:
    return [("rejudge", "--apply"), ("build", "--deploy") if is_sent else ("build",)]


ROUND = DemandKind(name="a run", list_commands=_list_round)
REJUDGING = DemandKind(name="rejudging", list_commands=_list_rejudging)


class CommandOnDemand:
    """Runs commands that editors start in their web interface, one at a time.

    Commands wait for the lock `turn`, which fetching runs hold, too. `deploys` decides whether to
    deploy the site. It may read the disk. `after_round` is called when a command ends.
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
        """The last command that an editor started, with its output so far."""
        return None if self._last is None else replace(self._last, log=tuple(self._log))

    def begin(self, by: str, source: str = "", *, all_due: bool = False) -> None:
        """Start the command for the editor `by`. With `source`, only that source is fetched.

        With `all_due` sources that are not due are fetched, too. Raises UsageError while the
        previous command runs.
        """
        if self._last is not None and self._last.code is None:
            hint = "see its log for the progress"
            raise UsageError(
                f"{self._kind.name} is already in progress",
                subject=f"started by {self._last.by}",
                hint=hint,
            )
        self._last = DemandedCommand(by=by, began=self._clock.now(), source=source, all_due=all_due)
        self._log.clear()
        self._task = asyncio.create_task(self._run(self._last))

    async def close(self) -> None:
        """End a running command by SIGTERM and wait for its end."""
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
                for command in self._kind.list_commands(demanded, is_sent):
                    if code := await self._start(command):
                        break
                self.after_round()
        except OSError as error:
            self._log.append(f"cannot start the command ({error.strerror})")
        finally:
            self._last = replace(demanded, waits=False, code=code)

    async def _start(self, command: Sequence[str]) -> int:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "copydesk", "-C", str(self._root)),
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**logs.child_environ(), logs.FORMAT: "lines"},  # people read it
        )
        assert process.stdout is not None
        async with processes.end_at_exit(process):
            while line := await _read_line(process.stdout):
                self._log.append(line.decode("utf-8", "replace").strip())
            return await process.wait()


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    """Return the next line of a command's output, cut off if too long, b"" at the end."""
    try:
        return await stream.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        return error.partial
    except asyncio.LimitOverrunError:
        return await stream.read(_MOST_BYTES)
