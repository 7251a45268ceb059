"""Start copydesk as a fork of a process that has loaded it: a tenth of a second instead of one.

A process that runs tests has one such process beside it, from the first fork on. What the forked
copydesk starts as `python -m copydesk…` (its fork servers, an editor's round) is such a fork, too.
Tests of how the command itself starts and ends call it as a shell does, not so.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

# What `copydesk serve` has loaded once it listens: these modules, and all that they import.
_LOADED = (
    *("cli.rounds", "background._service", "serve._serve", "desk._app", "desk.agents"),
    *("newsletters.bounces", "newsletters.checks", "newsletters.issues"),
    *("newsletters.sending._send", "newsletters.exchange", "newsletters.reader_pages"),
    *("rounds.rejudging._rejudge", "rounds.sources._ask", "rounds.recall", "building._build"),
    *("building._explain_front", "newsroom.uploads", "publish._story_reader", "editing.what_if"),
)


class Forked:
    """A process that was forked, with the words of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing happens if it has ended."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def wait(self, timeout: float) -> None:
        """Wait until it has ended, at most so many seconds."""
        ended = select.poll()
        ended.register(self._descriptor, select.POLLIN)
        if not ended.poll(timeout * 1000):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)


def fork_copydesk(arguments: list[str], log: Path, *, with_agents: bool = False) -> Forked:
    """Start copydesk with these arguments; what it says on stderr goes into the log.

    Without agents it runs as where the extra copydesk[mcp] is not installed: to load that takes
    as long as the rest.
    """
    log.touch()
    server = _server()
    assert server.stdin
    assert server.stdout
    order = {
        "arguments": arguments,
        "log": str(log),
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "with_agents": with_agents,
    }
    server.stdin.write(json.dumps(order) + "\n")
    server.stdin.flush()
    return Forked(int(server.stdout.readline()))


@functools.cache
def _server() -> subprocess.Popen[str]:
    """Start the process that forks; it ends with this one, when its stdin does."""
    program = f"import sys; sys.path[:] = {sys.path!r}; import {__name__} as forked; forked.main()"
    return subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


# What a forked copydesk takes for Python. It hands its arguments and its stdin, stdout and stderr
# to the process that forks, waits for the fork's exit code, and is Python itself for all else.
_PYTHON = """\
#!{python} -ISE
import os, sys
words = sys.argv[2:] if sys.argv[1:2] == ["-P"] else sys.argv[1:]
if words[:1] != ["-m"] or not words[1].startswith("copydesk"):
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
import signal, _socket
line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
line.connect({address!r})
descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in range(3))
rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)]
line.sendmsg([repr((words[1:], os.getcwd(), dict(os.environ))).encode()], rights)
line.shutdown(_socket.SHUT_WR)
pid = int(line.recv(16))
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, frame: os.kill(pid, number))
code = int(line.recv(16) or 1)
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


def main() -> None:
    """Load copydesk, then fork for each line on stdin; print the number of each process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for module in _LOADED:
        importlib.import_module(f"copydesk.{module}")
    for work in ("rounds", "actions"):
        importlib.import_module("copydesk.background._fork_server").load(work)
    folder = tempfile.mkdtemp()
    forker = Forker(Path(folder) / "python")
    gc.collect()
    gc.freeze()
    forker.work()
    shutil.rmtree(folder)


class Forker:
    """Forks for each line on stdin, and for whoever asks as `_PYTHON` does, until stdin ends."""

    def __init__(self, python: Path) -> None:
        self._python = str(python)
        self._asked = socket.socket(socket.AF_UNIX)
        self._asked.bind("")  # at an address that has no file
        self._asked.listen()
        self._lines: dict[int, socket.socket] = {}  # of those who wait for their fork's end
        self._forks: dict[int, tuple[int, int | None]] = {}  # by the descriptor of each process
        self._waiting = select.poll()
        for place in (0, self._asked):
            self._waiting.register(place, select.POLLIN)
        address = self._asked.getsockname()
        python.write_text(_PYTHON.format(python=sys.executable, address=address))
        python.chmod(0o700)

    def work(self) -> None:
        """Fork until stdin ends."""
        while True:
            number, _ = self._waiting.poll()[0]  # one at a time: an answer may close another
            if number in self._forks:
                self._end(number)
            elif number in self._lines:
                self._hang_up(number)
            elif number:
                self._answer(self._asked.accept()[0])
            elif order := os.read(0, 1 << 20):
                print(self._fork(functools.partial(self._start, json.loads(order))), flush=True)
            else:
                return

    def _fork(self, become: Callable[[], None], line: int | None = None) -> int:
        pid = os.fork()
        if not pid:
            become()
        ending = os.pidfd_open(pid)
        self._forks[ending] = pid, line
        self._waiting.register(ending, select.POLLIN)
        return pid

    def _end(self, number: int) -> None:
        """Say how a fork has ended to who waits for it."""
        pid, waits = self._forks.pop(number)
        self._waiting.unregister(number)
        os.close(number)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if line := self._lines.pop(waits or 0, None):
            self._waiting.unregister(line)
            with line, contextlib.suppress(OSError):
                line.send(str(code).encode())

    def _hang_up(self, number: int) -> None:
        """Kill the fork of somebody who was killed."""
        self._waiting.unregister(number)
        self._lines.pop(number).close()
        for pid, line in self._forks.values():
            if line == number:
                os.kill(pid, signal.SIGKILL)

    def _answer(self, line: socket.socket) -> None:
        number = line.fileno()
        self._lines[number] = line
        pid = self._fork(lambda: self._start_module(line), number)
        with contextlib.suppress(OSError):  # killed meanwhile: the poll tells it
            line.send(str(pid).encode().ljust(16))
        self._waiting.register(line, 0)  # it hangs up where it is killed

    def _start(self, order: dict[str, Any]) -> NoReturn:
        """Run copydesk in this process, as a new one would."""
        if not order["with_agents"]:
            sys.modules["mcp"] = None  # type: ignore[assignment]
        sys.executable = self._python
        nowhere = os.open(os.devnull, os.O_RDWR)
        log = os.open(order["log"], os.O_WRONLY | os.O_TRUNC)
        words = ["copydesk", *order["arguments"]]
        self._run(words, order["folder"], order["environment"], [nowhere, nowhere, log])

    def _start_module(self, line: socket.socket) -> NoReturn:
        """Run a module of copydesk in this process, as `python -m` would."""
        data, descriptors, *_ = socket.recv_fds(line, 1 << 20, 3)
        while more := line.recv(1 << 20):
            data += more
        words, folder, environment = ast.literal_eval(data.decode())
        self._run(words, folder, environment, descriptors)

    def _run(
        self, words: list[str], folder: str, environment: dict[str, str], places: list[int]
    ) -> NoReturn:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        for number, place in enumerate(places):
            os.dup2(place, number)
        for line in (self._asked, *self._lines.values()):
            line.detach()  # its number will be another file's
        os.closerange(3, 1 << 16)
        sys.argv = words
        importlib.import_module("copydesk.cli" if words[0] == "copydesk" else words[0]).main()
        sys.exit()
