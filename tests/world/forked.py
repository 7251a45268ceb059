"""Start copydesk as a fork of a process that has loaded it: a tenth of a second instead of one.

A process that runs tests has one such process beside it, from the first fork on. Tests of how the
command itself starts and ends call it as a shell does, not so.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

# What `copydesk serve` has loaded once it listens: these modules, and all that they import.
_LOADED = (
    *("cli.rounds", "background._service", "serve._serve", "desk._app", "desk.agents"),
    *("newsletters.bounces._taking_in", "newsletters.checks._doctor", "newsletters.issues._issues"),
    *("newsletters.sending._send", "newsletters.exchange._import", "newsletters.reader_pages"),
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


def main() -> None:
    """Load copydesk, then fork for each line on stdin; print the number of each process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for module in _LOADED:
        importlib.import_module(f"copydesk.{module}")
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    orders = os.fdopen(os.dup(0))
    for line in iter(orders.readline, ""):
        pid = os.fork()
        if not pid:
            orders.close()
            _become(json.loads(line))
        print(pid, flush=True)


def _become(order: dict[str, Any]) -> None:
    """Run copydesk in this process, as a new one would."""
    from copydesk.cli import main as command

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    nowhere = os.open(os.devnull, os.O_RDWR)
    log = os.open(order["log"], os.O_WRONLY | os.O_TRUNC)
    for number, place in enumerate((nowhere, nowhere, log)):
        os.dup2(place, number)
    os.closerange(3, log + 1)
    if not order["with_agents"]:
        sys.modules["mcp"] = None  # type: ignore[assignment]
    sys.argv = ["copydesk", *order["arguments"]]
    command()
    sys.exit()
