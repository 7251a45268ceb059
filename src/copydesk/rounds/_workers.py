"""Run functions of copydesk in other processes: of this machine, or of a Dask cluster."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Protocol, cast

from copydesk.errors import WorkerError
from copydesk.kit import processes
from copydesk.news import Beat
from copydesk.rounds._pool import ReaderPool, make_pool

if TYPE_CHECKING:
    from pebble import ProcessPool

Answer = tuple[int, bytes | WorkerError]
RemoteFunction = Callable[[ReaderPool, bytes, bytes], Awaitable[bytes]]
TRIES = 3


class Workers(Protocol):
    """Processes that run named functions of copydesk: bytes in, bytes out.

    A name is "copydesk.module:function". The function is `async`, and gets a ReaderPool of the
    worker's machine, the payload, and the `shared` bytes that the workers were opened with.
    """

    size: int

    async def call(self, name: str, payload: bytes) -> bytes:
        """Run a function on a worker and return its bytes.

        A call whose worker dies is tried on another one, three times in all. Raises WorkerError
        then, and if the function itself fails.
        """
        ...

    def call_all(self, name: str, payloads: Iterable[bytes]) -> AsyncIterator[Answer]:
        """Call a function for each payload; yield (number of the payload, answer) when ready.

        An answer is the function's bytes, or the WorkerError of this one payload. Payloads are
        taken one by one: at most two for each worker are under way.
        """
        ...


class LocalWorkers:
    """Workers that are processes of this machine. Each has a reader pool of one process."""

    def __init__(self, beat: Beat, shared: bytes = b"", *, size: int | None = None) -> None:
        """Start no process yet; `size` is the number of workers, by default the cores."""
        self.size = size or processes.at_once()
        self._beat, self._shared = beat, shared
        self._pool: ProcessPool | None = None

    async def call(self, name: str, payload: bytes) -> bytes:
        """Run a function on a worker and return its bytes; raises WorkerError."""
        from pebble import ProcessExpired

        for _ in range(TRIES):
            if self._pool is None:
                self._pool = make_pool(self.size, _start_worker, self._beat, self._shared)
            future = self._pool.schedule(run_function, args=(name, payload))
            try:
                return await asyncio.wrap_future(future)
            except ProcessExpired:
                continue
            except Exception as error:
                raise WorkerError(_say(name, error)) from error
        raise WorkerError(f"{name} ended its process {TRIES} times")

    async def call_all(self, name: str, payloads: Iterable[bytes]) -> AsyncIterator[Answer]:
        """Call a function for each payload; yield (number of the payload, answer) when ready."""
        async for answer in call_all(self, name, payloads):
            yield answer

    def close(self) -> None:
        """End the processes at once."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble's own hints end here
            self._pool.join()


async def call_all(workers: Workers, name: str, payloads: Iterable[bytes]) -> AsyncIterator[Answer]:
    """Call a function for each payload; yield (number of the payload, answer) when ready."""
    waiting: dict[asyncio.Task[bytes], int] = {}
    coming = enumerate(payloads)
    try:
        while True:
            while len(waiting) < 2 * workers.size and (payload := next(coming, None)) is not None:
                task = asyncio.ensure_future(workers.call(name, payload[1]))
                waiting[task] = payload[0]
            if not waiting:
                return
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=lambda task: waiting[task]):
                number = waiting.pop(task)
                error = task.exception()
                if error is not None and not isinstance(error, WorkerError):
                    raise error
                yield number, error or task.result()
    finally:
        for task in waiting:
            task.cancel()


# What runs in a worker.

_worker: tuple[asyncio.AbstractEventLoop, ReaderPool, bytes]


def _start_worker(beat: Beat, shared: bytes) -> None:
    global _worker  # noqa: PLW0603 # a worker has one beat for its whole life
    processes.end_with_parent()
    _worker = asyncio.new_event_loop(), ReaderPool(beat, workers=1), shared


def run_function(name: str, payload: bytes) -> bytes:
    """Run a function of copydesk in this worker; the name is "copydesk.module:function"."""
    loop, readers, shared = _worker
    module, _, function = name.partition(":")
    if not module.startswith("copydesk."):
        raise WorkerError("a worker runs only functions of copydesk", subject=name)
    work = cast("RemoteFunction", getattr(importlib.import_module(module), function))
    return loop.run_until_complete(_run(work, readers, payload, shared))


async def _run(work: RemoteFunction, readers: ReaderPool, payload: bytes, shared: bytes) -> bytes:
    return await work(readers, payload, shared)


def _say(name: str, error: Exception) -> str:
    return f"{name} failed ({type(error).__name__}: {error})"
