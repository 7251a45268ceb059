"""Read pages and run functions in other processes: of this machine, or of a Dask cluster.

Bytes go to a worker and bytes come back, in msgpack. The thread that speaks with a cluster loads no
pickled object, whoever sends it: `_refuse_objects` ends any attempt.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import logging
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from multiprocessing import current_process, util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, cast

import msgspec

import copydesk
from copydesk import errors
from copydesk.config import Settings, WorkerOptions
from copydesk.errors import ConfigError, CopydeskError, PageError, PictureError, WorkerError
from copydesk.illustrate import FetchedPicture, PictureForms
from copydesk.kit import processes, text
from copydesk.news import Article, Beat, Dropped, Lead, Page
from copydesk.news.edition import PictureFile
from copydesk.rounds._pool import SECONDS_A_PAGE, ReaderPool, make_pool

if TYPE_CHECKING:
    from distributed import Client
    from pebble import ProcessPool

T = TypeVar("T")
Answer = tuple[int, bytes | WorkerError]
RemoteFunction = Callable[[ReaderPool, bytes, bytes], Coroutine[None, None, bytes]]

_TRIES = 3
_CONNECT_SECONDS = 10.0
_GREETING_SECONDS = 60.0
_AWAY_SECONDS = 15.0  # before a cluster that did not answer is asked again
_LOT_SECONDS = 1.0  # of work, so that sending it costs little beside it
_PAUSE_SECONDS = 0.05  # without a further page, an unfinished lot is sent
_encode = msgspec.msgpack.encode


class Workers(Protocol):
    """Processes that run named functions of copydesk: bytes in, bytes out.

    A name is "copydesk.module:function". The function is `async`, and gets a ReaderPool of the
    worker's machine, the payload, and the `shared` bytes that the workers were opened with.
    """

    @property
    def size(self) -> int:
        """Return how many calls the workers run at once."""
        ...

    async def call(self, name: str, payload: bytes) -> bytes:
        """Run a function on a worker and return its bytes.

        A call whose worker dies is tried on another one. Raises WorkerError if that goes on, and
        if the function itself fails.
        """
        ...

    def close(self) -> None:
        """End the processes of this machine; leave a cluster as it is."""
        ...


async def call_all(workers: Workers, name: str, payloads: Iterable[bytes]) -> AsyncIterator[Answer]:
    """Call a function for each payload; yield (number of the payload, answer) when ready.

    An answer is the function's bytes, or the WorkerError of this one payload. Payloads are taken
    one by one: at most two for each worker are under way.
    """
    waiting: dict[asyncio.Task[bytes], int] = {}
    coming = enumerate(payloads)
    try:
        while True:
            while len(waiting) < 2 * workers.size and (following := next(coming, None)):
                number, payload = following
                waiting[asyncio.ensure_future(workers.call(name, payload))] = number
            if not waiting:
                return
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=lambda task: waiting[task]):
                number = waiting.pop(task)
                try:
                    yield number, task.result()
                except WorkerError as error:
                    yield number, error
    finally:
        for task in waiting:
            task.cancel()


class LocalWorkers:
    """Workers that are processes of this machine. Each has a reader pool of one process."""

    def __init__(self, beat: Beat, shared: bytes = b"", *, size: int | None = None) -> None:
        """Start no process yet; `size` is the number of workers, by default that of cores."""
        self.size = size or processes.at_once()
        self._kept = _Kept(beat, shared)
        self._pool: ProcessPool | None = None

    async def call(self, name: str, payload: bytes) -> bytes:
        """Run a function on a worker and return its bytes; raises WorkerError."""
        from pebble import ProcessExpired

        if self._pool is None:
            kept = self._kept
            self._pool = make_pool(self.size, _start_worker, kept.digest, kept.data)
        order = _encode((self._kept.digest, name, payload))
        for _ in range(_TRIES):
            with contextlib.suppress(ProcessExpired):
                future = self._pool.schedule(answer_order, args=(order,))
                return _open_answer(await asyncio.wrap_future(future), bytes)
        raise WorkerError(f"{name} ended its process {_TRIES} times")

    def close(self) -> None:
        """End the processes at once."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble's own hints end here
            self._pool.join()


class _Kept:
    """What workers get once and know by its digest: the settings, without keys and rulings."""

    def __init__(self, beat: Beat, shared: bytes) -> None:
        beat = replace(beat, index_now_key="", rulings=(), reputations={})
        self.data = _encode((beat, shared))
        self.digest = hashlib.blake2b(self.data, digest_size=16).hexdigest()


# What runs in a worker.


class _Place:
    """What functions work with in a worker: an event loop in a thread, and a reader pool."""

    def __init__(self, data: bytes, size: int) -> None:
        beat, self.shared = msgspec.msgpack.decode(data, type=tuple[Beat, bytes])
        self.readers = ReaderPool(beat, workers=size)
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        util.Finalize(self, self.readers.close, exitpriority=10)

    def run(self, work: RemoteFunction, payload: bytes) -> bytes:
        """Run an async function in the event loop, and wait for its result."""
        running = work(self.readers, payload, self.shared)
        return asyncio.run_coroutine_threadsafe(running, self.loop).result()


_places: dict[str, _Place] = {}
_MOST_PLACES = 4  # newsrooms that share a cluster


def _start_worker(digest: str, data: bytes) -> None:
    processes.end_with_parent()
    _places[digest] = _Place(data, 1)


def answer_order(order: bytes) -> bytes:
    """Run a function of copydesk in this worker; return its bytes, or why there are none."""
    digest, name, payload = msgspec.msgpack.decode(order, type=tuple[str, str, bytes])
    if digest not in _places:
        return _encode(("unknown", b""))
    module, _, function = name.partition(":")
    try:
        work: RemoteFunction = getattr(importlib.import_module(module), function)
        return _encode(("done", _places[digest].run(work, payload)))
    except Exception as error:  # no exception is sent: it would have to be unpickled
        what = (
            str(error) if isinstance(error, CopydeskError) else f"{type(error).__name__}: {error}"
        )
        return _encode(("failed", f"{name}: {what}".encode("utf-8", "replace")))


def _open_answer(answer: bytes, accept: Callable[[bytes], T]) -> T:
    """Return what `accept` makes of a worker's answer; raises WorkerError, _UnknownError."""
    kind = tuple[Literal["done", "failed", "unknown"], bytes]
    state, data = msgspec.msgpack.decode(answer, type=kind)
    if state == "unknown":
        raise _UnknownError
    if state == "failed":
        raise WorkerError(text.fold(data.decode("utf-8", "replace"))[:500])
    return accept(data)


class _UnknownError(Exception):
    """Raised when a worker does not have the settings: it was started again."""


class _AwayError(WorkerError):
    """Report a cluster, or all of its workers, away."""


class _LostError(WorkerError):
    """Report a call that its worker did not answer properly; another one may."""


def greet(expected: Mapping[str, str], digest: str, data: bytes) -> bytes:
    """Prepare this Dask worker for a newsroom; return why it cannot be used, b"" if it can."""
    from distributed import get_worker

    own = describe_reader()
    for name, value in expected.items():
        if own.get(name) != value:
            return f"it has {own.get(name)} of {name}, this machine {value}".encode()
    if current_process().daemon:
        return b"it was started without DASK_DISTRIBUTED__WORKER__DAEMON=False"
    if digest not in _places:
        while len(_places) >= _MOST_PLACES:
            _places.pop(next(iter(_places)))
        _places[digest] = _Place(data, get_worker().state.nthreads)
    return b""


@functools.cache
def describe_reader() -> Mapping[str, str]:
    """Return the versions of all that decides how a page is read, and a digest of our own files."""
    libraries = "copydesk trafilatura courlan htmldate dateparser justext lxml pillow msgspec"
    digest = hashlib.blake2b(digest_size=8)
    root = Path(copydesk.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(b"%s\0%d\0" % (bytes(path.relative_to(root)), path.stat().st_size))
            digest.update(path.read_bytes())
    own = {"Python": "{}.{}".format(*sys.version_info)}
    own |= {name: importlib.metadata.version(name) for name in libraries.split()}
    return own | {"the files of copydesk": digest.hexdigest()}


# A Dask cluster.


def _refuse_objects(event: str, arguments: tuple[object, ...]) -> None:
    """End the loading of a pickled object in a thread that speaks with a cluster.

    Dask's client unpickles what it likes: results of the serializer "dask", exceptions, types of
    results, and whatever a message marks as pickled. Python asks this hook before each class or
    function of a pickle is looked up, so none is ever called.
    """
    if event == "pickle.find_class" and threading.current_thread().name.startswith("Dask-"):
        raise WorkerError(
            "a pickled object from a Dask cluster was refused", subject=str(arguments)
        )


@functools.cache
def _load_distributed() -> type[Client]:
    """Import Dask's client, which then accepts no pickled object."""
    import dask

    quiet = {"distributed": "critical", "distributed.client": "critical"}
    dask.config.set({"logging": quiet, "distributed.comm.offload": False})
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    sys.addaudithook(_refuse_objects)
    logging.getLogger("distributed.core").setLevel(logging.CRITICAL)
    from distributed import Client

    class BytesClient(Client):
        def _handle_task_erred(
            self, key: Any = None, exception: Any = None, traceback: Any = None
        ) -> None:
            if state := self.futures.get(key):  # Dask would unpickle the error
                error = WorkerError("a Dask task failed, or killed its workers")
                state.set_error(error, None)

    return BytesClient


def check_cluster(options: WorkerOptions) -> WorkerOptions:
    """Return the settings of a cluster unchanged; raises ConfigError if it cannot be used."""
    if importlib.util.find_spec("distributed") is None:
        raise ConfigError(
            "a Dask cluster needs the extra copydesk[dask]",
            subject=options.dask,
            hint="pip install 'copydesk[dask]'",
        )
    if options.dask.startswith("tls:") and not (options.ca_file and options.certificate_file):
        raise ConfigError(
            "a Dask cluster with TLS needs its certificates",
            subject=options.dask,
            hint="set ca_file and certificate_file in [workers] of beat.toml",
        )
    return options


async def _make_client(options: WorkerOptions) -> Any:
    from distributed import Security

    own = options.certificate_file or None
    security = cast("Any", Security)(
        tls_ca_file=options.ca_file or None,
        tls_client_cert=own,
        tls_client_key=own,
        require_encryption=options.dask.startswith("tls:"),
    )
    return await cast("Any", _load_distributed())(
        options.dask,
        asynchronous=True,
        direct_to_workers=False,
        set_as_default=False,
        security=security,
        timeout=_CONNECT_SECONDS,
        serializers=["msgpack"],
        deserializers=["msgpack"],
    )


async def _run(
    client: Any,
    workers: list[str],
    seconds: float | None,
    work: Callable[..., bytes],
    *arguments: object,
    key: str = "",
) -> bytes:
    """Run a function on one of these workers, and return its bytes; raises TimeoutError, …"""
    future = client.submit(
        work, *arguments, key=key or f"copydesk-{uuid.uuid4().hex}", pure=False, workers=workers
    )
    answer = await asyncio.wait_for(future.result(), seconds)
    if not isinstance(answer, bytes):
        raise TypeError(f"bytes were expected: {type(answer).__name__}")
    return answer


class DaskWorkers:
    """The workers of a Dask cluster that read pages just as this machine would."""

    def __init__(
        self, options: WorkerOptions, beat: Beat, shared: bytes = b"", *, patience: float = 300.0
    ) -> None:
        """Start the thread that connects with the first call.

        `patience` is how many seconds a call waits for a cluster that is away. Raises ConfigError.
        """
        self._options = check_cluster(options)
        self._kept = _Kept(beat, shared)
        self._patience = patience
        self._client: Any = None
        self._away_until = 0.0
        self._threads: Mapping[str, int] = {}  # of each worker
        self._objections: dict[str, str | None] = {}  # to a worker; None: it is being greeted
        self._greetings: set[asyncio.Task[None]] = set()
        self.notes: dict[str, None] = {}
        self._under_way = 0
        self._loop = asyncio.new_event_loop()
        self._lock, self._room = asyncio.Lock(), asyncio.Condition()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="Dask-Client", daemon=True
        )
        self._thread.start()

    @property
    def size(self) -> int:
        """Return how many calls the workers run at once; 1 before any worker is known."""
        return sum(map(self._threads.__getitem__, self._usable())) or 1

    async def call(
        self,
        name: str,
        payload: bytes,
        accept: Callable[[bytes], T] = bytes,  # type: ignore[assignment] # bytes by default
        seconds: float | None = None,
    ) -> T:
        """Run a function on a worker, and return what `accept` makes of its bytes.

        A worker whose bytes `accept` refuses by ValueError is not used again; one that needs more
        than `seconds` must answer a greeting first. Raises WorkerError.
        """
        call = self._call(_encode((self._kept.digest, name, payload)), accept, seconds)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call, self._loop))

    def close(self) -> None:
        """Leave the cluster."""

        async def leave() -> None:
            if self._client is not None:
                await self._client.close(timeout=2)
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(leave(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _call(self, order: bytes, accept: Callable[[bytes], T], seconds: float | None) -> T:
        deadline = time.monotonic() + self._patience
        tries = 0
        while True:
            try:
                client = await self._connect()
                workers = await self._find_workers(client)
                async with self._slot():
                    return await self._try(client, workers, order, accept, seconds)
            except _AwayError:
                if time.monotonic() >= deadline:
                    raise
                await asyncio.sleep(1)
            except _LostError:
                tries += 1
                if tries == _TRIES or not self._patience:
                    raise

    @contextlib.asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """Wait until fewer than two calls a worker are under way, so that they do not pile up."""
        async with self._room:
            await self._room.wait_for(lambda: self._under_way < 2 * self.size)
            self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            async with self._room:
                self._room.notify_all()

    async def _connect(self) -> Any:
        """Return the client, connected; raises _AwayError."""
        async with self._lock:
            if self._client is None or self._client.status == "closed":
                if time.monotonic() < self._away_until:
                    raise _AwayError("the Dask cluster does not answer", subject=self._options.dask)
                try:
                    self._client = await _make_client(self._options)
                except (OSError, ValueError, RuntimeError) as error:
                    raise self._set_away(error) from error
            if self._client.status != "running":
                raise _AwayError("the Dask cluster is away", subject=self._options.dask)
            return self._client

    def _set_away(self, error: BaseException) -> _AwayError:
        self._away_until = time.monotonic() + _AWAY_SECONDS
        why = f"{type(error).__name__}: {text.fold(str(error))[:200]}"
        return _AwayError(f"the Dask cluster does not answer ({why})", subject=self._options.dask)

    def _usable(self) -> list[str]:
        return [address for address in self._threads if self._objections.get(address) == ""]

    async def _find_workers(self, client: Client) -> list[str]:
        """Return the addresses of the workers that can be used, and greet new ones."""
        async with self._lock:
            try:
                asked = client.nthreads()
                threads = msgspec.convert(
                    await asyncio.wait_for(asked, _CONNECT_SECONDS), dict[str, int]
                )
            except Exception as error:
                raise self._set_away(error) from error
            self._threads = threads
            for address in threads.keys() - self._objections.keys():
                self._objections[address] = None
                self._greetings.add(task := asyncio.ensure_future(self._greet(client, address)))
                task.add_done_callback(self._greetings.discard)
            for address in self._objections.keys() - threads.keys():
                del self._objections[address]
        while not self._usable() and None in self._objections.values():
            await asyncio.sleep(0.02)
        if not (usable := self._usable()):
            raise _AwayError(
                "no worker of the Dask cluster can be used", subject=self._options.dask
            )
        return usable

    async def _greet(self, client: Any, address: str) -> None:
        """Send a worker the settings, if it reads pages as this machine does; else note why not."""
        order = (describe_reader(), self._kept.digest, self._kept.data)
        try:
            answer = await _run(client, [address], _GREETING_SECONDS, greet, *order)
            objection = text.fold(answer.decode("utf-8", "replace"))[:300]
        except (Exception, asyncio.CancelledError):
            objection = "it did not answer, or has no copydesk of this version"
            self._loop.call_later(_GREETING_SECONDS, self._objections.pop, address, None)
        self._object(address, objection)

    def _object(self, address: str, objection: str) -> None:
        self._objections[address] = objection
        if objection:
            self.notes[f"the Dask worker {address} is not used: {objection}"] = None

    async def _try(
        self,
        client: Any,
        workers: list[str],
        order: bytes,
        accept: Callable[[bytes], T],
        seconds: float | None,
    ) -> T:
        key = f"copydesk-{uuid.uuid4().hex}"
        try:
            answer = await _run(client, workers, seconds, answer_order, order, key=key)
            return _open_answer(answer, accept)
        except WorkerError:
            raise
        except TimeoutError as error:
            raise await self._doubt(client, key, "", "a Dask worker is too slow") from error
        except _UnknownError as error:
            raise await self._doubt(client, key, "", "a Dask worker started again") from error
        except (msgspec.MsgspecError, ValueError, TypeError) as error:
            what = f"a Dask worker sent a wrong answer ({text.fold(str(error))[:100]})"
            raise await self._doubt(client, key, "it sent a wrong answer", what) from error
        except (Exception, asyncio.CancelledError) as error:
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            raise self._set_away(error) from error

    async def _doubt(self, client: Any, key: str, objection: str, what: str) -> _LostError:
        """Use the worker that had a task no more, or without an objection after a new greeting."""
        with contextlib.suppress(Exception):
            held = asyncio.gather(
                client.scheduler.who_has(keys=[key]), client.scheduler.processing()
            )
            holders, tasks = await asyncio.wait_for(held, _CONNECT_SECONDS)
            for address in {*holders[key], *(one for one in tasks if key in tasks[one])}:
                if objection:
                    self._object(address, objection)
                else:
                    self._objections.pop(address, None)
        return _LostError(what)


def open_workers(settings: Settings, shared: bytes = b"") -> Workers:
    """Return the workers of a newsroom: of its Dask cluster if it has one, else of this machine.

    `shared` is sent to each worker once. Raises ConfigError.
    """
    if settings.workers.dask:
        return DaskWorkers(settings.workers, settings.beat, shared)
    return LocalWorkers(settings.beat, shared)


# The reader pool of a round, with a cluster.


class _Task(msgspec.Struct, array_like=True, frozen=True):
    """A page or picture to read; `kind` says what to do with it."""

    kind: Literal["page", "proof", "forms"]
    page: Page | None = None
    lead: Lead | None = None
    picture: FetchedPicture | None = None


class _Done(msgspec.Struct, array_like=True, frozen=True):
    """What a worker read: an article, the reason why there is none, a picture's forms, an error."""

    article: Article | None = None
    dropped: Dropped | None = None
    forms: tuple[tuple[PictureFile, bytes], ...] = ()
    thumb_hash: bytes = b""
    error: tuple[Literal["PageError", "PictureError"], str, str, str] | None = None


async def read_lot(readers: ReaderPool, payload: bytes, _: bytes) -> bytes:
    """Read the pages and pictures of a lot on a worker; return the seconds and the results."""
    began = time.perf_counter()
    tasks = msgspec.msgpack.decode(payload, type=list[_Task])
    results = await asyncio.gather(*(_read_task(readers, task) for task in tasks))
    return _encode((time.perf_counter() - began, results))


async def _read_task(readers: ReaderPool, task: _Task) -> bytes:
    try:
        return _encode(await _do_task(readers, task))
    except (PageError, PictureError) as error:
        failed = (type(error).__name__, error.what, error.subject, error.hint)
        return _encode(_Done(error=cast("Any", failed)))
    except Exception:  # such as text that cannot be sent: the machine that sent it reads it
        return b""


async def _do_task(readers: ReaderPool, task: _Task) -> _Done:
    if task.page and task.lead:
        outcome = await readers.article(task.page, task.lead)
        return _Done(dropped=outcome) if isinstance(outcome, Dropped) else _Done(article=outcome)
    assert task.picture
    if task.kind == "proof":
        await readers.prove_picture(task.picture)
        return _Done()
    made = await readers.picture_forms(task.picture)
    return _Done(forms=tuple(made.forms.items()), thumb_hash=made.thumb_hash)


def _open_lot(count: int, data: bytes) -> tuple[float, list[_Done | None]]:
    """Return the seconds and results of a lot, None for what must be read here."""
    seconds, results = msgspec.msgpack.decode(data, type=tuple[float, list[bytes]])
    if len(results) != count:
        raise ValueError(f"{len(results)} results for {count} pages")
    decoder = msgspec.msgpack.Decoder(_Done)
    return seconds, [decoder.decode(result) if result else None for result in results]


class _Lot:
    """The tasks of one kind that wait for more of it, and the seconds that one takes on average."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.tasks: list[tuple[_Task, asyncio.Future[_Done | None]]] = []
        self.timer: asyncio.TimerHandle | None = None


class DaskReaders(ReaderPool):
    """A reader pool whose articles and pictures are read by a Dask cluster, in lots.

    What the cluster does not read, this machine does: the results are the same.
    """

    def __init__(
        self, beat: Beat, workers: DaskWorkers, *, meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Read by these workers, which `close` leaves."""
        super().__init__(beat, meanwhile=meanwhile)
        self._workers = workers
        self._lots = {"page": _Lot(0.05), "proof": _Lot(0.03), "forms": _Lot(0.2)}
        self._running: set[asyncio.Task[None]] = set()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return sentences on a cluster, or workers of it, that could not be used."""
        return tuple(self._workers.notes)

    async def article(self, page: Page, lead: Lead) -> Article | Dropped:
        """Extract the article of a page on a worker; raises PageError."""
        done = await self._read(_Task("page", page=page, lead=lead), len(page.body))
        read = done and (done.article or done.dropped)
        return read or await super().article(page, lead)

    async def prove_picture(self, fetched: FetchedPicture) -> None:
        """Check that a picture can be decoded; raises the same errors as `picture_forms`."""
        if not await self._read(_Task("proof", picture=fetched), len(fetched.data)):
            await super().prove_picture(fetched)

    async def picture_forms(self, fetched: FetchedPicture) -> PictureForms:
        """Make the sizes and formats of a picture; raises PictureError or PageError."""
        done = await self._read(_Task("forms", picture=fetched), len(fetched.data))
        if not done or not done.forms:
            return await super().picture_forms(fetched)
        return PictureForms(forms=dict(done.forms), thumb_hash=done.thumb_hash)

    def close(self) -> None:
        """End the parser processes of this machine, and leave the cluster."""
        super().close()
        self._workers.close()

    async def _read(self, task: _Task, size: int) -> _Done | None:
        """Return what a worker read; None if none did. Raises PageError, PictureError."""
        lot = self._lots[task.kind]
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[_Done | None] = loop.create_future()
        lot.tasks.append((task, waiting))
        if lot.timer is not None:
            lot.timer.cancel()
        if len(lot.tasks) * lot.seconds >= _LOT_SECONDS:
            self._send(lot)
        else:
            lot.timer = loop.call_later(_PAUSE_SECONDS, self._send, lot)
        with self._backlog.holds(size):
            done = await waiting
        if done and done.error:
            kind, what, subject, hint = done.error
            raise getattr(errors, kind)(what, subject=subject, hint=hint)
        return done

    def _send(self, lot: _Lot) -> None:
        if lot.tasks:
            sending = asyncio.ensure_future(self._read_lot(lot, lot.tasks))
            lot.tasks = []
            self._running.add(sending)
            sending.add_done_callback(self._running.discard)

    async def _read_lot(
        self, lot: _Lot, tasks: list[tuple[_Task, asyncio.Future[_Done | None]]]
    ) -> None:
        results: list[_Done | None] = [None] * len(tasks)
        try:
            payload = _encode([task for task, _ in tasks])
            seconds, results = await self._workers.call(
                f"{__name__}:read_lot",
                payload,
                functools.partial(_open_lot, len(tasks)),
                2 * SECONDS_A_PAGE,
            )
            lot.seconds += (seconds / len(tasks) - lot.seconds) / 4
        except WorkerError as error:
            self._workers.notes.setdefault(f"this machine read pages itself: {error}", None)
        except UnicodeEncodeError:  # text that cannot be sent
            pass
        finally:
            for (_, waiting), done in zip(tasks, results, strict=True):
                if not waiting.done():
                    waiting.set_result(done)


def open_readers(settings: Settings, meanwhile: Callable[[], None]) -> ReaderPool:
    """Return the reader pool of a newsroom, with its Dask cluster if it has one.

    `meanwhile` is called in a thread while parser processes start. Raises ConfigError.
    """
    if not settings.workers.dask:
        return ReaderPool(settings.beat, meanwhile=meanwhile)
    workers = DaskWorkers(settings.workers, settings.beat, patience=0.0)
    return DaskReaders(settings.beat, workers, meanwhile=meanwhile)
