"""Run the processes that parse untrusted pages, feeds and pictures; open a round's HTTP fetcher."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import datetime
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import RLock
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from copydesk import extract, fetch, illustrate, watch
from copydesk.config import Settings
from copydesk.errors import ConfigError, CopydeskError, FeedError, PageError, WorkerError
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
from copydesk.watch import entry

if TYPE_CHECKING:
    from pebble import ProcessPool

    from copydesk.watch import discovery

Result = TypeVar("Result")

SECONDS_A_PAGE = 30.0
_TRIES = 3
_MEMORY_BYTES = 3 << 30
_BACKLOG_BYTES = 64 << 20  # of waiting pages; above that, none is fetched
_PRELOADED = ["copydesk.rounds._preload"]

_beat: Beat


class ReaderPool:
    """A pool of processes that parse pages, feeds and pictures, each call within a time limit.

    A page that exceeds the limit, or crashes its process, affects nothing else: its reader is
    killed and replaced, and the caller gets PageError. A page whose reader ended is tried three
    times, because the system kills readers when memory is short.
    """

    def __init__(
        self, beat: Beat, *, workers: int | None = None, meanwhile: Callable[[], None] | None = None
    ) -> None:
        """Open a pool of parser processes; `meanwhile` is called in a thread while they load."""
        self.beat = beat
        self._meanwhile = meanwhile or (lambda: None)
        self._backlog = Backlog(_BACKLOG_BYTES)
        self.size = workers or processes.at_once()
        self._pool: SturdyPool | None = None  # a round that finds nothing new needs none
        self._avif = asyncio.Lock()

    @property
    def notes(self) -> tuple[str, ...]:
        """Return sentences for the report of a round."""
        return ()

    async def room(self) -> None:
        """Wait until less than 64 MB of fetched pages are queued for parsing."""
        await self._backlog.room()

    async def article(self, page: Page, lead: Lead) -> Article | Dropped:
        """Extract the article of a page in a parser process; raises PageError."""
        with self._backlog.holds(len(page.body)):
            return await self.call(page.url, _read_article, page, lead)

    async def leads(
        self, page: Page, source: Source, now: datetime, known: str = ""
    ) -> entry.SourceReading:
        """Parse a source (feed, sitemap, page) into its links; `known` is the format found before.

        Raises FeedError or PageError.
        """
        with self._backlog.holds(len(page.body)):
            return await self.call(page.url, _read_leads, page, source, now, known)

    async def prove_picture(self, fetched: FetchedPicture) -> None:
        """Check that a picture can be decoded; raises the same errors as `picture_forms`."""
        await self._call_with_picture(fetched, illustrate.prove_picture)

    async def picture_forms(self, fetched: FetchedPicture) -> PictureForms:
        """Make the sizes and formats of a picture; raises PictureError or PageError."""
        return await self._call_with_picture(fetched, illustrate.make_forms)

    async def _call_with_picture(
        self, fetched: FetchedPicture, work: Callable[[FetchedPicture], Result]
    ) -> Result:
        """Call a function on a picture in a parser process.

        A decoded AVIF may take 600 MB, so only one of them is decoded at a time.
        """
        is_avif = fetched.measure.format == "AVIF"
        with self._backlog.holds(len(fetched.data)):
            async with self._avif if is_avif else contextlib.nullcontext():
                return await self.call(fetched.url, work, fetched)

    async def candidates(self, page: Page) -> tuple[discovery.FeedCandidate, ...]:
        """Return the feeds that an HTML page links to; raises FeedError or PageError."""
        from copydesk.watch import discovery

        return await self.call(page.url, discovery.candidates, page)

    def close(self) -> None:
        """End every parser process at once; a start in progress is waited for."""
        if self._pool is not None:
            self._pool.close()

    async def call(self, url: str, work: Callable[..., Result], *arguments: object) -> Result:
        """Call a function on a page in a parser process; raises PageError, and its own errors."""
        if self._pool is None:
            # pickled once: each reader is replaced after 2,000 pages, and may have 100,000 sources
            beat = pickle.dumps(self.beat)
            self._pool = SturdyPool(self.size, _start_reader, beat, meanwhile=self._meanwhile)
        try:
            return await self._pool.run(url, work, *arguments, seconds=SECONDS_A_PAGE)
        except (TimeoutError, WorkerError) as error:
            late = f"the page took more than {SECONDS_A_PAGE:g} s to parse"
            raise PageError(
                "the page crashed the parser" if isinstance(error, WorkerError) else late,
                subject=url,
                hint="the page is retried in the next run; remove the source if this happens often",
            ) from error
        except CopydeskError:
            raise
        except Exception as error:  # a bug must not cost more than this page
            kind = FeedError if work is _read_leads else PageError
            raise kind(
                f"the page cannot be parsed ({type(error).__name__}: {error})",
                subject=url,
                hint="please report this error together with the page",
            ) from error


class SturdyPool:
    """A pool of processes that begin with a call of `start`: pebble's, made anew when it breaks.

    pebble gives up a pool if a process without a task ends, such as one that the system killed.
    """

    def __init__(
        self,
        size: int,
        start: Callable[..., None],
        *arguments: object,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """Start no process yet; `meanwhile` is called once in a thread while they load."""
        self._size, self._start, self._arguments = size, start, arguments
        self._meanwhile = meanwhile
        self._pool: ProcessPool | None = None
        self._loading: asyncio.Future[bool] | None = None
        self._is_closed = False

    async def run(
        self,
        subject: str,
        work: Callable[..., Result],
        *arguments: object,
        seconds: float | None = None,
    ) -> Result:
        """Run a function in a process, three times in all if the process ends.

        Raises the function's own errors, TimeoutError after `seconds`, and WorkerError if each try
        ended its process.
        """
        from pebble import ProcessExpired

        for _ in range(_TRIES):
            with contextlib.suppress(ProcessExpired, BrokenProcessPool):
                pool = await self._load()
                future = pool.schedule(work, args=arguments, timeout=seconds)
                return await asyncio.wrap_future(future)
        raise WorkerError(f"it ended its process {_TRIES} times", subject=subject)

    def close(self) -> None:
        """End every process at once; a start in progress is waited for."""
        self._is_closed = True
        if self._pool is not None:
            _end(self._pool)

    async def _load(self) -> ProcessPool:
        """Start the processes in a thread if they are not there; it takes a second or two."""
        if self._pool is None or self._is_broken(self._pool):
            broken, self._pool = self._pool, self._make()
            begin = asyncio.to_thread(_begin, self._pool, self._meanwhile, broken)
            self._loading = asyncio.ensure_future(begin)
        assert self._loading is not None
        pool = self._pool
        await asyncio.shield(self._loading)
        return pool

    def _is_broken(self, pool: ProcessPool) -> bool:
        if self._is_closed or self._loading is None or not self._loading.done():
            return False
        return self._loading.exception() is not None or not pool.active

    def _make(self) -> ProcessPool:
        from pebble import ProcessPool

        context = ReaderContext()
        context.set_forkserver_preload(_PRELOADED)
        return ProcessPool(
            max_workers=self._size,
            max_tasks=2000,
            initializer=self._start,
            initargs=self._arguments,
            context=context,
        )


def _begin(pool: ProcessPool, meanwhile: Callable[[], None], broken: ProcessPool | None) -> bool:
    """Start the fork server, which ignores Ctrl-C, and the processes of a pool."""
    if broken is not None:
        _end(broken)
    with processes.deaf():
        forkserver.ensure_running()
    if broken is None:
        meanwhile()
    return bool(pool.active)


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call] # pebble's own hints end here
    pool.join()


class ReaderContext(ForkServerContext):
    """A multiprocessing context that keeps its locks alive until the parser processes have ended.

    pebble drops its locks before it ends its processes. A process that is just starting would not
    find its lock by name, and would print a traceback.
    """

    def __init__(self) -> None:
        super().__init__()
        self._locks: list[RLock] = []

    def RLock(self) -> RLock:  # noqa: N802 # the name is multiprocessing's
        """Return a new lock, which the context keeps."""
        self._locks.append(super().RLock())
        return self._locks[-1]


def _start_reader(beat: bytes) -> None:
    """Set up a parser process: site settings, memory limit, and that it ignores Ctrl-C."""
    import gc
    import resource
    import signal

    global _beat  # noqa: PLW0603 # each reader has one beat for its whole life
    _beat = pickle.loads(beat)  # noqa: S301 # by our own process
    processes.end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    gc.set_threshold(50_000, 20, 20)  # a page makes many small objects and no cycles


def _read_leads(page: Page, source: Source, now: datetime, known: str) -> entry.SourceReading:
    return watch.read(page, source, now, known=known)


def _read_article(page: Page, lead: Lead) -> Article | Dropped:
    return extract.read(page, lead, _beat)


# The limit for fetched bytes that wait for a reader, so that memory stays bounded.


class Backlog:
    """Counts the bytes of pages queued for parsing, and makes fetching wait above a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._room = asyncio.Event()
        self._room.set()

    async def room(self) -> None:
        """Wait until the pages queued for parsing have fewer bytes than the limit."""
        await self._room.wait()

    @contextlib.contextmanager
    def holds(self, size: int) -> Iterator[None]:
        """Count the bytes of a page as queued for parsing during the `with` block."""
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


# The fetcher of a round: polite, over the real web or a recorded one.


@contextlib.asynccontextmanager
async def connect(
    settings: Settings,
    memory: Memory,
    now: datetime,
    web: Path | None = None,
    record: Path | None = None,
) -> AsyncIterator[Polite]:
    """Yield a polite HTTP fetcher for the `with` block: over the recorded web in `web`, else the
    live web.

    With `record`, the responses are recorded there. The crawl rules of real hosts are stored for
    the next round; a replay neither reads nor stores them, so its result depends only on the
    recording. Raises ConfigError if a real round has no contact, RecordingError if a recording
    cannot be read or written.
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
            polite = _Proxied(raw, options, clock, memory.hosts)
            polite.proxies = _proxies(settings)
            with _remember_hosts(memory, polite):
                yield polite


def _proxies(settings: Settings) -> Mapping[str, str]:
    """Return the proxy of each site that has a source with one, by registrable domain."""
    return {
        urls.registrable_domain(url): options.proxy
        for url, options in settings.source_options.items()
        if options.proxy
    }


class _Proxied(Polite):
    """A fetcher that uses a source's proxy for the pages and pictures of its site, too."""

    proxies: Mapping[str, str] = {}  # by site

    async def fetch(self, request: Request) -> Page | NotModified | Refused:
        """Send one HTTP request, through the proxy of its site if there is one."""
        if self.proxies and not request.proxy:
            proxy = self.proxies.get(urls.registrable_domain(request.url), "")
            request = replace(request, proxy=proxy)
        return await super().fetch(request)


@contextlib.contextmanager
def _remember_hosts(memory: Memory, polite: Polite) -> Iterator[None]:
    """Store what was learned about hosts (robots.txt, pauses), even if the block is aborted."""
    try:
        yield
    finally:
        with memory.together():
            for key, kept in polite.changes().items():
                memory.hosts.put(key, kept)


def _must_have_contact(settings: Settings) -> None:
    if not settings.fetch.contact:
        raise ConfigError(
            "a run on real websites needs a contact address in the settings",
            subject="fetch.contact",
            hint='set contact = "mailto:you@example.org" in [fetch] of beat.toml',
        )
