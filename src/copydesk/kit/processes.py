"""Worker processes: they ignore Ctrl-C, and end together with the process that started them.

`do_all` does the numbered pieces of one job in parallel, in forked copies of this process, which
have the job in memory. Any worker may take any piece, so no piece may depend on another. Results
are sent back as soon as they are made.
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
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from copydesk.errors import WorkerError
from copydesk.kit import text

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

_MOST = 8  # more workers gain nothing
# between two SIGTERMs: Python drops the exception of one that arrives in `__del__`
AGAIN_SECONDS = 2.0
_Made = TypeVar("_Made")
_Told = TypeVar("_Told")
_NUMBER = struct.Struct("=I")  # 16,000 of these fit into a pipe
_REPEATING: set[threading.Thread] = set()
_IDLE = "(_run_safe_shutdown_loop)"  # pycares' thread: it waits for a name resolver to close
_FORKING = threading.Lock()  # held also while a repeating thread is at work
_AT_ONCE = 32  # results that are sent together


def at_once() -> int:
    """Return the useful number of worker processes: the available cores, eight at most."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _MOST)
    return min(os.cpu_count() or 1, _MOST)


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """Make processes that are started in the `with` block ignore Ctrl-C (SIGINT).

    Otherwise one that is still loading Python would print a traceback.
    """
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # the first process would start it and reset the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.asynccontextmanager
async def end_at_exit(process: Process) -> AsyncIterator[None]:
    """End a child process by SIGTERM if it still runs at the end of the block; wait for its end."""
    import asyncio

    try:
        yield
    finally:
        while process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), AGAIN_SECONDS)


async def run_apart(*command: str, seconds: float) -> tuple[int | None, bytes, bytes]:
    """Run a copydesk command in a process; return its exit code, its output, and its messages.

    Raises TimeoutError after `seconds`, and ends the process.
    """
    import asyncio
    from asyncio.subprocess import PIPE

    arguments = (sys.executable, "-P", "-m", "copydesk", *command)
    process = await asyncio.create_subprocess_exec(*arguments, stdout=PIPE, stderr=PIPE)
    async with end_at_exit(process):
        out, told = await asyncio.wait_for(process.communicate(), seconds)
    return process.returncode, out, told


def read_problem(told: bytes) -> str:
    """Return the error message that a command wrote, without its prefixes."""
    lines = [line for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    said = [line.removeprefix("error: ").removeprefix("hint: ") for line in lines[-2:]]
    return text.fold("; ".join(said))[:500] or "the page cannot be read"


def end_with_parent() -> None:
    """End this process as soon as its parent has ended, even if the parent was killed.

    Otherwise workers that wait on a pipe that other workers hold open would wait for ever.
    """
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    from multiprocessing import connection

    connection.wait([sentinel])
    os._exit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Generic[_Made, _Told]):
    """A job of numbered pieces of work for several worker processes.

    `make` yields the results of a piece in a worker, `take` receives them in the main process, and
    `tell` returns a worker's summary when no piece is left.
    """

    pieces: int
    make: Callable[[int], Iterable[_Made]]
    take: Callable[[_Made], object]
    tell: Callable[[], _Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class _End(Generic[_Told]):
    """The end of a worker: its summary, or the piece that failed with the error."""

    told: _Told | None = None
    failed: int = 0
    error: Exception | None = None


@contextlib.contextmanager
def repeat(seconds: float, do: Callable[[], None]) -> Iterator[None]:
    """Do something every few seconds during the block, in a thread that rests while others fork."""
    is_over = threading.Event()

    def go_on() -> None:
        while not is_over.wait(seconds):
            with _FORKING:
                do()

    thread = threading.Thread(target=go_on, daemon=True)
    _REPEATING.add(thread)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        _REPEATING.remove(thread)


def can_fork() -> bool:
    """Return whether this process may fork, which is unsafe while it has threads at work."""
    others = set(threading.enumerate()) - _REPEATING
    at_work = [thread for thread in others if not thread.name.endswith(_IDLE)]
    return sys.platform == "linux" and len(at_work) == 1


def do_all(job: Job[_Made, _Told], workers: int) -> list[_Told]:
    """Do all pieces of a job with a number of worker processes; return the workers' summaries.

    Returns the workers' summaries in order. If several pieces fail, the error of the first one is
    raised, as with a single worker; WorkerError if a worker was killed.
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
    """The numbers of the pieces still to do, in a pipe: a killed worker leaves no lock behind."""

    def __init__(self, count: int) -> None:
        self._source, sink = os.pipe()
        os.write(sink, b"".join(map(_NUMBER.pack, range(count))))
        os.close(sink)

    def __iter__(self) -> Iterator[int]:
        while number := os.read(self._source, _NUMBER.size):
            yield _NUMBER.unpack(number)[0]

    def stop(self) -> None:
        """Remove the remaining numbers, so that no further piece is started."""
        while os.read(self._source, 65_536):
            pass

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._source)


@contextlib.contextmanager
def _fork_workers(job: Job[_Made, _Told], turns: _Turns, count: int) -> Iterator[list[Connection]]:
    """Start worker processes and yield their connections; terminate them at the end."""
    import multiprocessing  # it imports sockets, and most builds have one worker

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
            process.terminate()  # a worker that sent everything has ended or is about to
            process.join()
            source.close()


def _start(process: ForkProcess) -> None:
    """Start a process that ignores Ctrl-C: its parent receives that, and ends it.

    SIGTERM is blocked until the new process has removed the handler inherited from this one.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        with warnings.catch_warnings():  # about idle threads of libraries
            warnings.simplefilter("ignore", DeprecationWarning)
            with _FORKING:
                process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(job: Job[_Made, _Told], turns: _Turns, sink: Connection) -> None:
    """Do pieces of the job until none is left or one fails; send all results."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    end_with_parent()
    for piece in turns:
        try:
            for some in _in_batches(job.make(piece)):
                sink.send(some)
        except Exception as error:  # `do_all` raises it in the main process
            turns.stop()
            sink.send(_End(failed=piece, error=_sendable(error)))
            return
    sink.send(_End(told=job.tell()))


def _in_batches(items: Iterable[_Made]) -> Iterator[list[_Made]]:
    remaining = iter(items)
    while some := list(islice(remaining, _AT_ONCE)):
        yield some


def _sendable(error: Exception) -> Exception:
    """Return an error that can be pickled, at least with the same message."""
    try:
        return cast("Exception", pickle.loads(pickle.dumps(error)))  # noqa: S301 - made here
    except Exception:  # an exception's own methods may raise anything
        return WorkerError(f"a worker process failed ({type(error).__name__}: {error})")


def _take_all(
    job: Job[_Made, _Told], turns: _Turns, sources: Sequence[Connection]
) -> list[_End[_Told]]:
    """Receive the results of all workers; return their ends, in the workers' order."""
    from multiprocessing.connection import wait

    ends: dict[Connection, _End[_Told]] = {}
    while at_work := [source for source in sources if source not in ends]:
        for source in cast("list[Connection]", wait(at_work)):
            try:
                message = source.recv()
            except (EOFError, OSError):  # its message is missing or incomplete
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
        "a worker process was killed", hint="the machine may be out of memory; try again"
    )
