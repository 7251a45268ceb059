"""Processes that open one memory at the same moment, or are killed while they do."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from copydesk.errors import CopydeskError
from copydesk.memory import Memory
from world.machine import PATIENCE_SECONDS


def open_at_once(paths: Sequence[Path], rivals: int = 2) -> list[str]:
    """Open each memory by so many processes at once; return what they ran into."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(rivals, timeout=PATIENCE_SECONDS)
    errors: Queue[list[str]] = context.Queue()
    processes = [context.Process(target=_open, args=(paths, start, errors)) for _ in range(rivals)]
    for process in processes:
        process.start()
    found = [error for _ in processes for error in errors.get(timeout=PATIENCE_SECONDS)]
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return found


def _open(paths: Sequence[Path], start: Barrier, errors: Queue[list[str]]) -> None:
    found = []
    for path in paths:
        start.wait()
        try:
            with closing(Memory(path)) as memory:
                memory.hosts.put(f"{os.getpid()}", b"here")
        except (CopydeskError, sqlite3.Error) as error:
            found.append(str(error))
    errors.put(found)


def open_killed(path: Path, moment: int) -> bool:
    """Open a memory in a process that is killed before its `moment`-th statement; say if it was."""
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_open_until, args=(path, moment))
    process.start()
    process.join(PATIENCE_SECONDS)
    return process.exitcode == -signal.SIGKILL


def _open_until(path: Path, moment: int) -> None:
    class Mortal(sqlite3.Connection):
        left = moment

        def execute(self, *asked: Any) -> sqlite3.Cursor:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().execute(*asked)

    connect = sqlite3.connect
    sqlite3.connect = lambda *given, **more: connect(*given, **more, factory=Mortal)  # type: ignore[assignment]
    Memory(path).close()
