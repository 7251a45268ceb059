"""Round starter: each round as a fork of a process that has loaded what rounds need."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator, Sequence
from pathlib import Path

import copydesk
from copydesk.engine.serving._loaded import Work
from copydesk.engine.serving._run_command import run_command

_INSTALLED = {"site-packages", "dist-packages"}
Loaded = frozenset[tuple[str, int, int]]  # what a fork server has loaded: paths, times, sizes


class RoundStarter:
    """Run rounds of the newsroom at `root`, one at a time.

    The fork server is started with the first round, and another one in its place when copydesk's
    code, what is installed beside it, or the settings changed. Where none can be started (an update
    is half done) a round is a new Python, as any command. It loads what its `work` needs.
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
        """The fork server's process, None where there is none."""
        return None if self._server is None else self._server.pid

    async def prepare(self) -> None:
        """Start the fork server before it is needed."""
        await self._is_ready()

    async def run(self, *, deploy: bool = False) -> int:
        """Run a round and return its exit code; cancelled, end it by SIGTERM and wait for it."""
        return await self._start("run", *(("--deploy",) if deploy else ()))

    async def build(self, *, deploy: bool = False) -> int:
        """Build the site in the place of a round, in the same way."""
        return await self._start("build", *(("--deploy",) if deploy else ()))

    async def refresh_catalogue(self) -> int:
        """Bring the catalogue up to date in the place of a round, in the same way."""
        return await self._start("catalogue")

    async def file_actions(self) -> int:
        """File what waits at the desk, in the same way."""
        return await self._start("desk", "file-actions")

    async def file_letters(self) -> int:
        """File the letters that are due, in the same way."""
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
            self._end_round()
            await asyncio.wait([round_over])
            raise

    async def close(self) -> None:
        """End the fork server, which holds nothing that could be lost; no round is at work."""
        server, self._server = self._server, None
        if server is not None and server.stdin is not None:
            server.stdin.close()
            with contextlib.suppress(ProcessLookupError):
                server.kill()
            await server.wait()

    async def _is_ready(self) -> bool:
        """Have a server that has loaded what lies on the disk now; decide whether there is one."""
        loaded = await asyncio.to_thread(_look_at_files, self._root)
        if self._server is not None and self._server.returncode is None and loaded == self._loaded:
            return True
        await self.close()
        self._loaded = loaded
        self._server = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "copydesk.engine.serving._fork_server",
            self._work,
            stdin=PIPE,
            stdout=PIPE,
        )
        if await self._hear(self._server, "ready") is not None:
            return True
        await self.close()
        return False

    async def _fork(self, arguments: Sequence[str]) -> int:
        """Ask the server for a round, and return its exit code; 1 where the server is no more."""
        server = self._server
        assert server is not None
        assert server.stdin is not None
        with contextlib.suppress(ConnectionError):
            server.stdin.write(json.dumps({"arguments": arguments}).encode() + b"\n")
            await server.stdin.drain()
        self._pid = await self._hear(server, "pid")
        if self._is_to_end:
            self._end_round()
        code = await self._hear(server, "code")
        self._pid = None
        return 1 if code is None else code

    @staticmethod
    async def _hear(server: Process, what: str) -> int | None:
        """Return the next thing that the server says, None where that is something else."""
        assert server.stdout is not None
        try:
            said: dict[str, int] = json.loads(await server.stdout.readline())
        except ValueError:  # nothing: it is over
            return None
        return said.get(what)

    def _end_round(self) -> None:
        """Send the round SIGTERM, once it is there."""
        self._is_to_end = True
        if self._pid is not None:  # its number is its own until the server has waited for it
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGTERM)


def _look_at_files(root: Path) -> Loaded:
    """Stat what a server loads: copydesk, the folders of other packages, and the settings.

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
