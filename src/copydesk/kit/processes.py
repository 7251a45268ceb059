"""Processes beside this one: Ctrl-C does not reach them, and none outlives who started it.

`do_all` does the numbered pieces of one job side by side, by copies of this process: what is
planned is not sent to them, they are forked with it in memory. Which piece a worker takes is not
known beforehand, so none may depend on another. What they make comes back as it is made.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import struct
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from copydesk.errors import WorkerError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

_MOST = 8  # side by side: what is shared among them is not worth more
_Made = TypeVar("_Made")
_Told = TypeVar("_Told")
_NUMBER = struct.Struct("=I")  # of which 16,000 fit into a pipe: a leg of a walk each
_AT_ONCE = 32  # that are sent together


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Generic[_Made, _Told]):
    """Pieces of work by their numbers.

    `make` yields what is made of a piece, `take` is given all of it in the process that asks, and
    `tell` returns what else a worker has to say when no piece is left.
    """

    pieces: int
    make: Callable[[int], Iterable[_Made]]
    take: Callable[[_Made], object]
    tell: Callable[[], _Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class _End(Generic[_Told]):
    """How a worker ended: what it tells, or the piece that failed and why."""

    told: _Told | None = None
    failed: int = 0
    error: Exception | None = None


def can_fork() -> bool:
    """Decide whether this process can be copied: another thread's locks would never be let go."""
    return sys.platform == "linux" and threading.active_count() == 1


def do_all(job: Job[_Made, _Told], workers: int) -> list[_Told]:
    """Do all pieces of a job with so many workers, with one in this process.

    Returns what workers tell, in their order. Of several errors that of the first piece is raised,
    as it would be by one worker; WorkerError where a worker is killed.
    """
    if workers < 2:
        for piece in range(job.pieces):
            for made in job.make(piece):
                job.take(made)
        return []
    turns = _Turns(job.pieces)
    try:
        with _fork_workers(job, turns, workers) as sources:
            ends = _take_all(job, turns, sources)
    finally:
        turns.close()
    failed = sorted((end for end in ends if end.error), key=lambda end: end.failed)
    for end in failed[:1]:
        assert end.error
        raise end.error
    return [end.told for end in ends if end.told is not None]


class _Turns:
    """The numbers that nobody has taken yet, in a pipe: a killed worker leaves no lock locked."""

    def __init__(self, count: int) -> None:
        self._source, sink = os.pipe()
        os.write(sink, b"".join(map(_NUMBER.pack, range(count))))
        os.close(sink)

    def __iter__(self) -> Iterator[int]:
        while number := os.read(self._source, _NUMBER.size):
            yield _NUMBER.unpack(number)[0]

    def stop(self) -> None:
        """Let nobody take another."""
        while os.read(self._source, 65_536):
            pass

    def close(self) -> None:
        """Let go of the pipe."""
        os.close(self._source)


@contextlib.contextmanager
def _fork_workers(job: Job[_Made, _Told], turns: _Turns, count: int) -> Iterator[list[Connection]]:
    """Yield what so many workers answer through; those that are still at work then are ended."""
    import multiprocessing  # which loads sockets: most builds have one worker

    fork = multiprocessing.get_context("fork")
    started: list[tuple[ForkProcess, Connection]] = []
    try:
        for _ in range(count):
            source, sink = fork.Pipe(duplex=False)
            process = fork.Process(target=_answer, args=(job, turns, sink), daemon=True)
            _start(process)
            sink.close()
            started.append((process, source))
        yield [source for _, source in started]
    finally:
        for process, source in started:
            process.terminate()  # who has told all has ended, or is about to
            process.join()
            source.close()


def _start(process: ForkProcess) -> None:
    """Start a process that is deaf to Ctrl-C: who forked it hears that, and ends it.

    SIGTERM, for which this process may have a handler, waits until the new one has none.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        with warnings.catch_warnings():  # of threads that libraries keep asleep for later
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(job: Job[_Made, _Told], turns: _Turns, sink: Connection) -> None:
    """Do one piece after the other until there is none, or one fails; send all that is made."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    end_with_parent()
    for piece in turns:
        try:
            for some in _in_batches(job.make(piece)):
                sink.send(some)
        except Exception as error:  # raised by `do_all`, whoever met it
            turns.stop()
            sink.send(_End(failed=piece, error=_sendable(error)))
            return
    sink.send(_End(told=job.tell()))


def _in_batches(items: Iterable[_Made]) -> Iterator[list[_Made]]:
    remaining = iter(items)
    while some := list(islice(remaining, _AT_ONCE)):
        yield some


def _sendable(error: Exception) -> Exception:
    """Return an error as another process can have it, at the least its words."""
    try:
        return cast("Exception", pickle.loads(pickle.dumps(error)))  # noqa: S301 - made here
    except Exception:  # whatever an exception's own methods do
        return WorkerError(f"a piece of work failed ({type(error).__name__}: {error})")


def _take_all(
    job: Job[_Made, _Told], turns: _Turns, sources: Sequence[Connection]
) -> list[_End[_Told]]:
    """Take what workers make until all have ended; return how, in their order."""
    from multiprocessing.connection import wait

    ends: dict[Connection, _End[_Told]] = {}
    while at_work := [source for source in sources if source not in ends]:
        for source in cast("list[Connection]", wait(at_work)):
            try:
                message = source.recv()
            except (EOFError, OSError):  # of its message nothing came, or a part
                turns.stop()
                message = _End(failed=job.pieces, error=_explain_kill())
            if isinstance(message, _End):
                ends[source] = message
            else:
                for made in message:
                    job.take(made)
    return [ends[source] for source in sources]


def _explain_kill() -> WorkerError:
    return WorkerError(
        "a process at work for this one was ended",
        hint="the machine may be out of memory; try again",
    )
