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
import logging
import signal
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from dataclasses import replace
from multiprocessing import current_process, util
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from msgspec.msgpack import Decoder, decode, encode

import copydesk
from copydesk import errors
from copydesk.config import Settings
from copydesk.errors import ConfigError, CopydeskError, PageError, PictureError, WorkerError
from copydesk.illustrate import FetchedPicture, PictureForms
from copydesk.kit import files, processes, text
from copydesk.news import Article, Beat, Dropped, Lead, Page
from copydesk.rounds._pool import SECONDS_A_PAGE, ReaderPool, SturdyPool

T = TypeVar("T")
RemoteFunction = Callable[[ReaderPool, bytes, bytes], Coroutine[None, None, bytes]]

_TRIES = 3
_ANSWER_SECONDS = 10.0  # for a scheduler
_GREETING_SECONDS = 60.0  # for a worker, which may have work to do
_WATCH_SECONDS = 0.2
_LOT_SECONDS = 1.0  # of work: sending it costs little compared with that
_MOST_NOTES = 50  # a worker that is started again and again has a new address each time
_PAUSE_SECONDS = 0.05  # without a further page, a smaller lot is sent, too


class LocalWorkers:
    """Processes of this machine that run named functions of copydesk: bytes in, bytes out.

    A name is "copydesk.module:function". The function is `async`, and gets a reader pool of its
    own process, the payload, and the `shared` bytes that the workers were opened with.
    """

    def __init__(self, beat: Beat, shared: bytes = b"", size: int | None = None) -> None:
        """Start no worker yet; `size` is the number of workers, by default that of cores."""
        self.size = size or processes.at_once()
        self._digest, self._data = _pack_settings(beat, shared)
        self._pool = SturdyPool(self.size, _start_worker, self._digest, self._data)

    async def call(self, name: str, payload: bytes) -> bytes:
        """Run a function on a worker and return its bytes.

        A call whose process ends is tried three times in all. Raises WorkerError then, and if the
        function fails.
        """
        order = encode((self._digest, name, payload))
        return _open_answer(await self._pool.run(name, answer_order, order), bytes)

    def close(self) -> None:
        """End the processes at once."""
        self._pool.close()


# What runs in a worker.


class _Place:
    """What functions work with in a worker: an event loop in a thread, and a reader pool."""

    def __init__(self, data: bytes, size: int) -> None:
        beat, self.shared = decode(data, type=tuple[Beat, bytes])
        self.readers = ReaderPool(beat, workers=size)
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        util.Finalize(self, self.readers.close, exitpriority=10)


_places: dict[str, _Place] = {}  # by the digest of their settings
_MOST_PLACES = 4  # newsrooms that share a worker


def _pack_settings(beat: Beat, shared: bytes) -> tuple[str, bytes]:
    """Return what each worker gets once, and its digest: no key and no rulings are sent."""
    beat = replace(beat, index_now_key="", rulings=(), reputations={})
    data = encode((beat, shared))
    return hashlib.blake2b(data, digest_size=16).hexdigest(), data


def _start_worker(digest: str, data: bytes) -> None:
    processes.end_with_parent()
    ignore = signal.SIGTERM, signal.SIG_IGN  # else pebble's may come while locks are given back
    util.Finalize(None, signal.signal, ignore, exitpriority=20)
    _places[digest] = _Place(data, 1)


def answer_order(order: bytes) -> bytes:
    """Run a function of copydesk in this worker; return its bytes, or why there are none."""
    digest, name, payload = decode(order, type=tuple[str, str, bytes])
    module, _, function = name.partition(":")
    if (place := _places.get(digest)) is None:
        return encode(("unknown", b""))
    try:
        work: RemoteFunction = getattr(importlib.import_module(module), function)
        running = work(place.readers, payload, place.shared)
        return encode(("done", asyncio.run_coroutine_threadsafe(running, place.loop).result()))
    except Exception as error:  # it is told in words: an exception would have to be unpickled
        what = error if isinstance(error, CopydeskError) else f"{type(error).__name__}: {error}"
        return encode(("failed", f"{name}: {what}".encode("utf-8", "replace")))


def greet(expected: Mapping[str, str], digest: str, data: bytes) -> bytes:
    """Prepare this Dask worker for a newsroom; return why it cannot be used, b"" if it can."""
    from distributed import get_worker

    own = describe_reader()
    for name, value in expected.items():
        if own.get(name) != value:
            return f"{name} is {own.get(name)} there and {value} here".encode()
    if current_process().daemon:
        return b"it was started without DASK_DISTRIBUTED__WORKER__DAEMON=False"
    if digest not in _places:
        while len(_places) >= _MOST_PLACES:
            _places.pop(next(iter(_places))).readers.close()
        _places[digest] = _Place(data, get_worker().state.nthreads)
    return b""


@functools.cache
def describe_reader() -> Mapping[str, str]:
    """Return the versions of all that decides how a page is read, and a digest of our own files."""
    libraries = "copydesk trafilatura courlan htmldate dateparser justext lxml pillow msgspec"
    digest = hashlib.blake2b(digest_size=8)
    root = Path(copydesk.__file__).parent
    for path in sorted(root.rglob("*.*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(encode((str(path.relative_to(root)), files.digest_file(path))))
    versions = {name: importlib.metadata.version(name) for name in libraries.split()}
    python = "{}.{}".format(*sys.version_info)
    return {"Python": python, **versions, "the digest of copydesk's files": digest.hexdigest()}


def _open_answer(answer: bytes, accept: Callable[[bytes], T]) -> T:
    """Return what `accept` makes of a worker's answer; raises WorkerError, ValueError, …"""
    state, data = decode(answer, type=tuple[Literal["done", "failed", "unknown"], bytes])
    if state == "failed":
        raise WorkerError(text.fold(data.decode("utf-8", "replace"))[:500])
    if state == "unknown":
        raise LookupError("the worker was started again")
    return accept(data)


# A Dask cluster.


def _refuse_objects(event: str, arguments: tuple[object, ...]) -> None:
    """End the loading of a pickled object in a thread that speaks with a cluster.

    Dask's client unpickles results of the serializer "dask", exceptions, types of results, and all
    that a message marks as pickled. Python asks this hook before a class or function of a pickle is
    looked up, so none is ever called.
    """
    if event == "pickle.find_class" and threading.current_thread().name.startswith("Dask-"):
        raise WorkerError(f"an object from a Dask cluster was refused: {arguments}")


@functools.cache
def _load_client() -> Any:
    """Return the class of Dask's client, which accepts no pickled object; raises ConfigError."""
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        hint = "pip install 'copydesk[dask]', or delete [workers] dask in beat.toml"
        raise ConfigError("a Dask cluster needs the extra copydesk[dask]", hint=hint) from error
    sys.addaudithook(_refuse_objects)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    for name in ("distributed", "distributed.client"):  # what they would say is in our notes
        logging.getLogger(name).handlers[:] = [logging.NullHandler()]

    class BytesClient(Client):
        async def _handle_report(self) -> None:
            with contextlib.suppress(Exception):
                await super()._handle_report()
            if self.status == "running":  # a message was refused: calls must not wait for ever
                await self._close(fast=True)

        def _drop_error(self, key: Any = None, **_: object) -> None:
            if state := self.futures.get(key):  # Dask would unpickle the error
                error = WorkerError("a Dask task failed, or killed its workers")
                state.set_error(error, None)

        _handle_task_erred: Any = _drop_error

    return BytesClient


class DaskWorkers:
    """The workers of a Dask cluster that read pages just as this machine would.

    They run named functions as LocalWorkers do; the reader pool is one of the worker.
    """

    def __init__(self, settings: Settings, shared: bytes = b"", patience: float = 300.0) -> None:
        """Start the thread that connects with the first call.

        `patience` is how many seconds a call waits for a cluster that is away. Raises ConfigError.
        """
        _load_client()
        self._options = options = settings.workers
        self._tls: dict[str, str] = {}
        if options.dask.startswith("tls:"):
            if not (options.ca_file and options.certificate_file):
                hint = "set ca_file and certificate_file in [workers] of beat.toml"
                raise ConfigError("TLS needs certificates", subject=options.dask, hint=hint)
            own = str(settings.root / options.certificate_file)
            self._tls = {"tls_ca_file": str(settings.root / options.ca_file)}
            self._tls |= {"tls_client_cert": own, "tls_client_key": own}
        self._digest, self._data = _pack_settings(settings.beat, shared)
        self._patience = patience
        self._client: Any = None
        self._away_since: float | None = None
        self._threads: Mapping[str, int] = {}  # of each worker
        self._objections: dict[str, str | None] = {}  # to a worker; None: it is being greeted
        self._greetings: set[asyncio.Task[None]] = set()
        self._under_way = 0
        self.notes: dict[str, None] = {}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="Dask-Client", daemon=True).start()
        self._watching = asyncio.run_coroutine_threadsafe(self._watch(), self._loop)

    @property
    def size(self) -> int:
        """Return how many calls the workers run at once; 0 before any worker is known."""
        return sum(map(self._threads.__getitem__, self._usable()))

    async def call(
        self,
        name: str,
        payload: bytes,
        accept: Callable[[bytes], Any] = bytes,
        seconds: float | None = None,
    ) -> Any:
        """Run a function on a worker, and return what `accept` makes of its bytes.

        Without a proper answer within `seconds` it is tried elsewhere, unless `patience` is 0.
        Raises WorkerError.
        """
        call = self._call(encode((self._digest, name, payload)), accept, seconds)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call, self._loop))

    def close(self) -> None:
        """Leave the cluster."""
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._leave(), self._loop).result(_ANSWER_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _leave(self) -> None:
        self._watching.cancel()
        if self._client is not None:
            await self._client.close(timeout=2)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _call(self, order: bytes, accept: Callable[[bytes], T], seconds: float | None) -> T:
        tries = 0
        while True:
            if self._usable() and self._under_way < 2 * self.size:
                self._under_way += 1
                try:
                    answer = await self._run(self._usable(), seconds, answer_order, order)
                    return _open_answer(answer, accept)
                except WorkerError:
                    raise
                except (Exception, asyncio.CancelledError) as error:  # whatever a cluster may do
                    _check_end()
                    self._objections.clear()  # who is used again must answer a greeting first
                    tries += self._client.status == "running"
                    if tries == _TRIES or not self._patience:
                        what = f"{type(error).__name__}: {text.fold(str(error))[:200]}"
                        raise WorkerError("a Dask worker gave no answer", subject=what) from error
                finally:
                    self._under_way -= 1
            if not self._usable() and self._is_away():
                raise WorkerError("the Dask cluster is away", subject=self._options.dask)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _is_away(self) -> bool:
        """Return whether there was no usable worker for too long; a greeting is waited for once."""
        if (since := self._away_since) is None:
            return False
        is_greeting = None in self._objections.values()
        patience = max(self._patience, _GREETING_SECONDS if is_greeting else 0.0)
        return time.monotonic() - since >= patience

    def _usable(self) -> list[str]:
        return [address for address in self._threads if self._objections.get(address) == ""]

    async def _run(
        self, workers: list[str], seconds: float | None, work: Callable[..., bytes], *given: object
    ) -> bytes:
        key = f"copydesk-{uuid.uuid4().hex}"
        future = self._client.submit(work, *given, key=key, pure=False, workers=workers)
        running = asyncio.ensure_future(future.result())
        try:
            async with asyncio.timeout(seconds):
                while not (await asyncio.wait({running}, timeout=_WATCH_SECONDS))[0]:
                    if not self._threads.keys() & set(workers):  # Dask would wait for them
                        raise ConnectionError("its workers are gone")
            answer = running.result()
        finally:
            running.cancel()
        if not isinstance(answer, bytes):
            raise TypeError(f"not bytes but {type(answer).__name__}")
        return answer

    async def _watch(self) -> None:
        """Keep in touch with the cluster: connect, greet new workers, see if it is away."""
        while True:
            try:
                if self._client is None or self._client.status == "closed":
                    self._client = self._make_client()
                    await self._client
                threads = await asyncio.wait_for(self._client.nthreads(), _ANSWER_SECONDS)
                self._threads = {str(address): int(count) for address, count in threads.items()}
            except (Exception, asyncio.CancelledError):  # whatever a scheduler may do
                _check_end()
                self._threads = {}
            self._greet_new()
            self._away_since = None if self._usable() else self._away_since or time.monotonic()
            await asyncio.sleep(_WATCH_SECONDS)

    def _greet_new(self) -> None:
        for address in self._objections.keys() - self._threads.keys():
            del self._objections[address]
        for address in self._threads.keys() - self._objections.keys():
            self._objections[address] = None
            self._greetings.add(task := asyncio.ensure_future(self._greet(address)))
            task.add_done_callback(self._greetings.discard)

    def _make_client(self) -> Any:
        from distributed import Security

        tls: Any = Security  # it has no hints
        options: dict[str, Any] = {
            "asynchronous": True,
            "direct_to_workers": False,
            "set_as_default": False,
        }
        options |= {"serializers": ["msgpack"], "deserializers": ["msgpack"]}
        options |= {"security": tls(require_encryption=bool(self._tls), **self._tls)}
        client = _load_client()(self._options.dask, timeout=_ANSWER_SECONDS, **options)
        client.connection_args = {**client.connection_args, "deserialize": False}  # of messages
        return client

    async def _greet(self, address: str) -> None:
        """Send a worker the settings, if it reads pages as this machine does; else note why not."""
        order = (describe_reader(), self._digest, self._data)
        try:
            answer = await self._run([address], _GREETING_SECONDS, greet, *order)
            objection = text.fold(answer.decode())[:300]
        except (Exception, asyncio.CancelledError):  # whatever a worker may do
            _check_end()
            objection = "it did not answer, or has no copydesk of this version"
            self._loop.call_later(_GREETING_SECONDS, self._objections.pop, address, None)
        self._objections[address] = objection
        if objection and len(self.notes) < _MOST_NOTES:
            self.notes[f"the Dask worker {address} is not used: {objection}"] = None


def _check_end() -> None:
    """Raise the error in hand if this task was cancelled by us, and not by Dask."""
    if (task := asyncio.current_task()) and task.cancelling():
        raise  # noqa: PLE0704 # called in handlers alone


Workers = LocalWorkers | DaskWorkers


def open_workers(settings: Settings, shared: bytes = b"") -> Workers:
    """Return the workers of a newsroom: of its Dask cluster if it has one, else of this machine.

    `shared` is sent to each worker once. Raises ConfigError.
    """
    if settings.workers.dask:
        return DaskWorkers(settings, shared)
    return LocalWorkers(settings.beat, shared)


class _Caller(Protocol):
    """Workers, or what stands before them, as `call_all` needs them."""

    @property
    def size(self) -> int: ...

    async def call(self, name: str, payload: bytes, /) -> bytes: ...


async def call_all(
    workers: _Caller, name: str, payloads: Iterable[bytes]
) -> AsyncIterator[tuple[int, bytes | WorkerError]]:
    """Call a function for each payload; yield (number of the payload, answer) when ready.

    An answer is the function's bytes, or the WorkerError of this one payload. Payloads are taken
    one by one: at most two for each worker are under way.
    """
    waiting: dict[asyncio.Task[bytes], int] = {}
    coming = enumerate(payloads)
    try:
        while True:
            while len(waiting) < 2 * (workers.size or 1) and (following := next(coming, None)):
                waiting[asyncio.ensure_future(workers.call(name, following[1]))] = following[0]
            if not waiting:
                return
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=waiting.__getitem__):
                number = waiting.pop(task)
                try:
                    yield number, task.result()
                except WorkerError as error:
                    yield number, error
    finally:
        for task in waiting:
            task.cancel()


# The reader pool of a round, with a cluster. A task is the name of a method and its arguments.

_Task = tuple[Literal["article", "prove_picture", "picture_forms"], bytes]
_Done = tuple[str, bytes]  # the name of its type, "" if this machine must read it, and a result
_ARGUMENTS: Mapping[str, Decoder[Any]] = {
    "article": Decoder(tuple[Page, Lead]),
    "prove_picture": Decoder(tuple[FetchedPicture]),
    "picture_forms": Decoder(tuple[FetchedPicture]),
}
_RESULTS: Mapping[str, Decoder[Any]] = {
    **{kind.__name__: Decoder(kind) for kind in (Article, Dropped, PictureForms)},
    **{kind.__name__: Decoder(tuple[str, str, str]) for kind in (PageError, PictureError)},
    "NoneType": Decoder(None),
}


async def read_lot(readers: ReaderPool, payload: bytes, _: bytes) -> bytes:
    """Read the pages and pictures of a lot on a worker; return the seconds and the results."""
    began = time.perf_counter()
    tasks = decode(payload, type=list[_Task])
    results = await asyncio.gather(*(_read(readers, *task) for task in tasks))
    return encode((time.perf_counter() - began, results))


async def _read(readers: ReaderPool, method: str, data: bytes) -> _Done:
    try:
        try:
            result = await getattr(readers, method)(*_ARGUMENTS[method].decode(data))
            return type(result).__name__, encode(result)
        except (PageError, PictureError) as error:
            return type(error).__name__, encode((error.what, error.subject, error.hint))
    except Exception:  # such as text that cannot be sent: this page alone is read elsewhere
        return "", b""


def _open_lot(count: int, data: bytes) -> tuple[float, list[Any]]:
    """Return the seconds and the results of a lot; _HERE for what must be read on this machine."""
    seconds, results = decode(data, type=tuple[float, list[_Done]])
    if len(results) != count:
        raise ValueError(f"{len(results)} results of {count}")
    return seconds, [_open_result(*result) for result in results]


def _open_result(kind: str, data: bytes) -> object:
    if not kind:
        return _HERE
    result = _RESULTS[kind].decode(data)
    if not kind.endswith("Error"):
        return result
    what, subject, hint = result
    return getattr(errors, kind)(what, subject=subject, hint=hint)


_HERE = object()


class _Lot:
    """Tasks of one kind that wait for more of it, and the seconds that one takes on average."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.tasks: list[tuple[_Task, asyncio.Future[Any]]] = []
        self.timer: asyncio.TimerHandle | None = None


class DaskReaders(ReaderPool):
    """A reader pool whose articles and pictures are read by a Dask cluster, in lots.

    What the cluster does not read, this machine does: the results are the same.
    """

    def __init__(self, settings: Settings, meanwhile: Callable[[], None]) -> None:
        """Open a pool that starts no parser process before one is needed; raises ConfigError."""
        super().__init__(settings.beat, meanwhile=meanwhile)
        self.workers = DaskWorkers(settings, patience=0.0)
        seconds = {"article": 0.05, "prove_picture": 0.03, "picture_forms": 0.2}
        self._lots = {method: _Lot(guess) for method, guess in seconds.items()}
        self._sent: set[asyncio.Task[None]] = set()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return sentences on a cluster, or workers of it, that could not be used."""
        return tuple(self.workers.notes)

    async def article(self, page: Page, lead: Lead) -> Article | Dropped:
        """Extract the article of a page on a worker; raises PageError."""
        read = await self._read("article", len(page.body), page, lead)
        return await super().article(page, lead) if read is _HERE else read

    async def prove_picture(self, fetched: FetchedPicture) -> None:
        """Check that a picture can be decoded; raises the same errors as `picture_forms`."""
        if await self._read("prove_picture", len(fetched.data), fetched) is _HERE:
            await super().prove_picture(fetched)

    async def picture_forms(self, fetched: FetchedPicture) -> PictureForms:
        """Make the sizes and formats of a picture; raises PictureError or PageError."""
        made = await self._read("picture_forms", len(fetched.data), fetched)
        return await super().picture_forms(fetched) if made is _HERE else made

    def close(self) -> None:
        """End the parser processes of this machine, and leave the cluster."""
        super().close()
        self.workers.close()

    async def _read(self, method: Any, size: int, *given: object) -> Any:
        """Return what a worker read, _HERE if none did; raises PageError, PictureError."""
        lot = self._lots[method]
        loop = asyncio.get_running_loop()
        waiting = loop.create_future()
        try:
            lot.tasks.append(((method, encode(given)), waiting))
        except UnicodeEncodeError:  # half a character: it cannot be sent
            return _HERE
        if lot.timer is not None:
            lot.timer.cancel()
        if len(lot.tasks) * lot.seconds >= _LOT_SECONDS:
            self._send(lot)
        else:
            lot.timer = loop.call_later(_PAUSE_SECONDS, self._send, lot)
        with self._backlog.holds(size):
            result = await waiting
        if isinstance(result, CopydeskError):
            raise result
        return result

    def _send(self, lot: _Lot) -> None:
        tasks, lot.tasks = lot.tasks, []
        self._sent.add(sending := asyncio.ensure_future(self._read_lot(lot, tasks)))
        sending.add_done_callback(self._sent.discard)

    async def _read_lot(self, lot: _Lot, tasks: list[tuple[_Task, asyncio.Future[Any]]]) -> None:
        count = len(tasks)
        results: list[Any] = [_HERE] * count
        payload = encode([task for task, _ in tasks])
        accept = functools.partial(_open_lot, count)
        try:
            seconds, results = await self.workers.call(
                f"{__name__}:read_lot", payload, accept, 2 * SECONDS_A_PAGE
            )
            lot.seconds += (seconds / count - lot.seconds) / 4
        except WorkerError as error:
            self.workers.notes[f"this machine read pages: {error}"] = None
        finally:
            for (_, waiting), result in zip(tasks, results, strict=True):
                if not waiting.done():
                    waiting.set_result(result)


def open_readers(settings: Settings, meanwhile: Callable[[], None]) -> ReaderPool:
    """Return the reader pool of a newsroom, with its Dask cluster if it has one.

    `meanwhile` is called in a thread while parser processes start. Raises ConfigError.
    """
    if settings.workers.dask:
        return DaskReaders(settings, meanwhile)
    return ReaderPool(settings.beat, meanwhile=meanwhile)
