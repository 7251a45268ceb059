"""Readers: processes that parse what strangers wrote; one that stalls or dies is replaced."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
from collections.abc import Callable
from datetime import datetime
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from multiprocessing.synchronize import RLock
from typing import TYPE_CHECKING, TypeVar

from copydesk import extract, illustrate, watch
from copydesk.engine.reading._backlog import Backlog
from copydesk.errors import CopydeskError, FeedError, PageError
from copydesk.illustrate import FetchedPicture, PictureForms
from copydesk.kit import processes
from copydesk.news import Article, Beat, Dropped, Lead, Page, Source
from copydesk.watch import discovery

if TYPE_CHECKING:
    from pebble import ProcessPool

Result = TypeVar("Result")

SECONDS_A_PAGE = 30.0
_MEMORY_BYTES = 3 << 30
_BACKLOG_BYTES = 64 << 20  # of pages that wait; while there are more, none is fetched
_PRELOADED = ["copydesk.engine.reading._preload"]

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
