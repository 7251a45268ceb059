"""Readers: processes that parse what strangers wrote; one that stalls or dies is replaced."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import RLock
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from copydesk import extract, fetch, illustrate, watch
from copydesk.config import Settings
from copydesk.errors import ConfigError, CopydeskError, FeedError, PageError
from copydesk.fetch.polite import Polite
from copydesk.fetch.web import Web
from copydesk.illustrate import FetchedPicture, PictureForms
from copydesk.kit import processes, urls
from copydesk.memory import Memory
from copydesk.news import (
    Article,
    Beat,
    Dropped,
    Fetcher,
    Lead,
    NotModified,
    Page,
    Refused,
    Request,
    Source,
)
from copydesk.watch import discovery

if TYPE_CHECKING:
    from pebble import ProcessPool

Result = TypeVar("Result")

SECONDS_A_PAGE = 30.0
_MEMORY_BYTES = 3 << 30
_BACKLOG_BYTES = 64 << 20  # of pages that wait; while there are more, none is fetched
_PRELOADED = ["copydesk.rounds._preload"]

_beat: Beat


class ReaderPool:
    """Read pages and feeds in other processes, each within a time limit.

    A page that outruns the limit, or breaks its process, costs only itself: its reader is killed
    and replaced and the caller gets PageError.
    """

    def __init__(
        self,
        beat: Beat,
        *,
        seconds: float = SECONDS_A_PAGE,
        workers: int | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        """Open a pool; `meanwhile` is called once, in a thread, while the first readers load."""
        self._beat = beat
        self._meanwhile = meanwhile or (lambda: None)
        self._seconds = seconds
        self._backlog = Backlog(_BACKLOG_BYTES)
        self.size = workers or processes.at_once()
        self._pool: ProcessPool | None = None  # a round that finds nothing new needs none
        self._started: asyncio.Future[bool] | None = None
        self._avif = asyncio.Lock()

    async def room(self) -> None:
        """Wait while so much waits to be read that nothing more should be fetched."""
        await self._backlog.room()

    async def article(self, page: Page, lead: Lead) -> Article | Dropped:
        """Read the article on a page; raises PageError."""
        with self._backlog.holds(len(page.body)):
            return await self._call(page.url, _read_article, page, lead)

    async def leads(
        self, page: Page, source: Source, now: datetime, known: str = ""
    ) -> watch.SourceReading:
        """Read the leads in a source's answer, `known` being the kind that it had before.

        Raises FeedError or PageError.
        """
        with self._backlog.holds(len(page.body)):
            return await self._call(page.url, _read_leads, page, source, now, known)

    async def prove_picture(self, fetched: FetchedPicture) -> None:
        """Decode a picture, and keep nothing of it; raises as `picture_forms` does."""
        await self._call_with_picture(fetched, illustrate.prove_picture)

    async def picture_forms(self, fetched: FetchedPicture) -> PictureForms:
        """Make the forms of a picture; raises PictureError, or PageError where that breaks."""
        return await self._call_with_picture(fetched, illustrate.make_forms)

    async def _call_with_picture(
        self, fetched: FetchedPicture, work: Callable[[FetchedPicture], Result]
    ) -> Result:
        """Let a reader work on a picture.

        An AVIF may hold 600 MB when it is decoded, so no two of them are at a time.
        """
        is_avif = fetched.measure.format == "AVIF"
        with self._backlog.holds(len(fetched.data)):
            async with self._avif if is_avif else contextlib.nullcontext():
                return await self._call(fetched.url, work, fetched)

    async def candidates(self, page: Page) -> tuple[discovery.FeedCandidate, ...]:
        """Find the feeds that a page leads to; raises FeedError or PageError."""
        return await self._call(page.url, discovery.candidates, page)

    def close(self) -> None:
        """End every reader, at once; a start under way is waited for."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble's own hints end here
            self._pool.join()

    async def _start(self) -> ProcessPool:
        """Start the processes with the first call, beside the loop: a second or two pass."""
        if self._pool is None:
            self._pool = _make_pool(self._beat, self.size)
            start = asyncio.to_thread(_begin, self._pool, self._meanwhile)
            self._started = asyncio.ensure_future(start)
        assert self._started is not None
        await asyncio.shield(self._started)
        return self._pool

    async def _call(self, url: str, work: Callable[..., Result], *arguments: object) -> Result:
        from pebble import ProcessExpired

        pool = await self._start()
        future = pool.schedule(work, args=arguments, timeout=self._seconds)
        try:
            return await asyncio.wrap_future(future)
        except (TimeoutError, concurrent.futures.TimeoutError) as error:
            raise PageError(
                f"the page takes more than {self._seconds:g} s to read",
                subject=url,
                hint="it is tried again next round; leave the source out if it happens often",
            ) from error
        except ProcessExpired as error:
            raise PageError(
                "the page broke its reader",
                subject=url,
                hint="it is tried again next round; leave the source out if it happens often",
            ) from error
        except CopydeskError:
            raise
        except Exception as error:  # a bug of ours or a library's on one page must cost only it
            kind = FeedError if work is _read_leads else PageError
            raise kind(
                f"the page cannot be read ({type(error).__name__}: {error})",
                subject=url,
                hint="please report it with the page",
            ) from error


def _make_pool(beat: Beat, size: int) -> ProcessPool:
    """Return a pool of so many readers, none of them started."""
    from pebble import ProcessPool

    context = ReaderContext()
    context.set_forkserver_preload(_PRELOADED)
    return ProcessPool(
        max_workers=size,
        max_tasks=2000,
        initializer=_start_reader,
        initargs=(beat,),
        context=context,
    )


def _begin(pool: ProcessPool, meanwhile: Callable[[], None]) -> bool:
    """Start the fork server, which loads for a second and is deaf to Ctrl-C, then readers."""
    with processes.deaf():
        forkserver.ensure_running()
    meanwhile()
    return bool(pool.active)


class ReaderContext(ForkServerContext):
    """Keep every lock until the readers have ended.

    pebble drops its locks before it ends its processes, and one that is just starting would find
    none under the name that it was given, and print a traceback.
    """

    def __init__(self) -> None:
        super().__init__()
        self._locks: list[RLock] = []

    def RLock(self) -> RLock:  # noqa: N802 # the name is multiprocessing's
        """Make a lock."""
        self._locks.append(super().RLock())
        return self._locks[-1]


def _start_reader(beat: Beat) -> None:
    """Prepare a reader process: its beat, a bound on its memory, no share in Ctrl-C."""
    import gc
    import resource
    import signal

    global _beat  # noqa: PLW0603 # each reader has one beat for its whole life
    _beat = beat
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    gc.set_threshold(50_000, 20, 20)  # a page makes a heap of small things and no circles


def _read_leads(page: Page, source: Source, now: datetime, known: str) -> watch.SourceReading:
    return watch.read(page, source, now, known=known)


def _read_article(page: Page, lead: Lead) -> Article | Dropped:
    return extract.read(page, lead, _beat)


# Backlog: what was fetched and waits for a reader is bounded, so that memory is.


class Backlog:
    """Count the bytes that wait for a reader, and let no more come in while they are many."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._room = asyncio.Event()
        self._room.set()

    async def room(self) -> None:
        """Wait until less than the limit is held."""
        await self._room.wait()

    @contextlib.contextmanager
    def holds(self, size: int) -> Iterator[None]:
        """Count these bytes for the block."""
        self._count(size)
        try:
            yield
        finally:
            self._count(-size)

    def _count(self, size: int) -> None:
        self._held += size
        if self._held < self._limit:
            self._room.set()
        else:
            self._room.clear()


# The wire: who answers requests in this round, the web or a recorded one, politely.


@contextlib.asynccontextmanager
async def connect(
    settings: Settings,
    memory: Memory,
    now: datetime,
    web: Path | None = None,
    record: Path | None = None,
) -> AsyncIterator[Fetcher]:
    """Yield a polite fetcher for the block: over the recorded web in `web`, else the real one.

    What comes in is recorded into `record` where one is named. What the real web's hosts said about
    how they want to be asked is remembered for the next round; a replay knows nothing of it and
    leaves nothing, so that its bytes depend on the recording alone. Raises ConfigError where a
    real round has no contact, RecordingError where a recording cannot be read or written.
    """
    options = settings.fetch
    async with contextlib.AsyncExitStack() as stack:
        if web is not None:
            clock: fetch.Clock = fetch.VirtualClock(now)
            raw: Fetcher = fetch.Replay(web, now)
        else:
            _must_have_contact(settings)
            clock = fetch.WallClock()
            raw = await stack.enter_async_context(Web(options, clock))
        if record is not None:
            raw = stack.enter_context(fetch.Recorder(raw, record))
        if web is not None:
            yield Polite(raw, options, clock)
        else:
            polite = Polite(raw, options, clock, memory.hosts)
            proxies = _proxies(settings)
            with _remember_hosts(memory, polite):
                yield _Proxied(polite, proxies) if proxies else polite


def _proxies(settings: Settings) -> Mapping[str, str]:
    """Return the proxy of each site, by registrable domain, that has a source with one."""
    return {
        urls.registrable_domain(url): options.proxy
        for url, options in settings.source_options.items()
        if options.proxy
    }


class _Proxied:
    """Ask the pages and pictures of a site through the proxy that its source is asked through."""

    def __init__(self, inner: Fetcher, proxies: Mapping[str, str]) -> None:
        self._inner = inner
        self._proxies = proxies

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Fetch what one request asks for."""
        if not request.proxy:
            proxy = self._proxies.get(urls.registrable_domain(request.url), "")
            request = replace(request, proxy=proxy)
        return await self._inner.fetch(request)


@contextlib.contextmanager
def _remember_hosts(memory: Memory, polite: Polite) -> Iterator[None]:
    """Keep what was learnt of hosts, also from a block that was cut short."""
    try:
        yield
    finally:
        with memory.together():
            for key, kept in polite.changes().items():
                memory.hosts.put(key, kept)


def _must_have_contact(settings: Settings) -> None:
    if not settings.fetch.contact:
        raise ConfigError(
            "a round on the real web needs a contact that site owners can reach",
            subject="fetch.contact",
            hint='write [fetch] contact = "mailto:you@example.org" into beat.toml',
        )
