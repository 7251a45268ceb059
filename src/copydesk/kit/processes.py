"""Processes beside this one: Ctrl-C does not reach them, and none outlives who started it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

_MOST = 8  # side by side: what is shared among them is not worth more


def at_once() -> int:
    """Count how many processes at work make sense: the cores that we may use, eight at most."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _MOST)
    return min(os.cpu_count() or 1, _MOST)


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """Let processes that are started in the block, by this thread, be deaf to Ctrl-C.

    While Python loads in one of them, it would else print a traceback of its own.
    """
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # else the first process starts it, and that lifts the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_with_parent() -> None:
    """End this process as soon as the one that started it has ended, even if that was killed.

    What waits for work on a pipe that others of its kind hold as well would wait for ever.
    """
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    from multiprocessing import connection

    connection.wait([sentinel])
    os._exit(1)
