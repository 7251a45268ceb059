"""Run a backfill: read archives with all workers, judge what they found, file it month by month."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from copydesk.archive.record import emit_story
from copydesk.errors import BusyError, UsageError, WorkerError
from copydesk.fetch.polite import Polite
from copydesk.fetch.web.downloads import find_archives
from copydesk.judge.words import base_language
from copydesk.kit import dates, processes, urls
from copydesk.news.options import FetchOptions
from copydesk.newsroom import Failure, Newsroom, Progress, Troubles, hold_or_refuse
from copydesk.newsroom.cataloguing import open_swept_catalogue
from copydesk.rounds._pool import ReaderPool, connect
from copydesk.rounds.backfill._file import FiledMonth, PageAsking, file_months
from copydesk.rounds.backfill._judge import MonthJudge
from copydesk.rounds.backfill._read import FUNCTION, ArchiveTask, Wanted
from copydesk.rounds.backfill._store import ArchiveRead, BackfillStore
from copydesk.rounds.workers import Workers, call_all, open_readers, open_workers

_FILE = "backfill.sqlite"
_SAMPLE = 5  # archives that a dry run reads
_ENCODE = msgspec.msgpack.Encoder().encode
_PACKED = 0.4  # of a record's bytes, as git keeps it


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillOptions:
    """Options of a backfill: its archives (files, folders, addresses, lists), and what is wanted.

    Pages published from `since` on and before `until` are wanted; None: at any time. With
    `any_host` pages of unknown hosts wait for an editor. `restart` forgets what was read under
    other settings. A `dry_run` reads some archives and files nothing. `web` is a recording that
    answers instead of the live web.
    """

    archives: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None
    any_host: bool = False
    restart: bool = False
    dry_run: bool = False
    web: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillReport:
    """What a backfill did: archives read, pages by what became of them, stories filed by month.

    `cut` are the archives that are not whole: they are read again the next time. `changes` are
    filed stories that `copydesk rejudge` would now group otherwise. A dry run has estimates for all
    archives: `stories` by topic and by year, and the `bytes` of git.
    """

    archives: int
    read: int
    pages: int
    counts: Mapping[str, int]
    filed: Mapping[str, int]
    published: int
    seconds: float
    by_topic: Mapping[str, int]
    by_year: Mapping[str, int]
    cut: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()
    estimated_stories: int | None = None
    estimated_bytes: int | None = None
    complete: bool = True


Tell = Callable[[str], None]


def fill_from_archives(
    newsroom: Newsroom, options: BackfillOptions, progress: Progress, tell: Tell
) -> BackfillReport:
    """File the stories of archives of the web that are on the site's subject.

    What was read or filed before is not read or filed again. `tell` gets a sentence for each
    archive. Raises BusyError while another backfill runs, ConfigError, UsageError,
    MemoryStoreError, RecordError, CatalogueError.
    """
    busy = BusyError(
        "another backfill is active in this newsroom",
        subject=str(newsroom.root),
        hint="wait until it ends, or stop it: the next one goes on where it was",
    )
    with (
        hold_or_refuse(newsroom.private / "backfill.lock", busy),
        contextlib.closing(_open_store(newsroom, options)) as store,
    ):
        return asyncio.run(_Backfill(newsroom, options, store, progress, tell).run())


def _open_store(newsroom: Newsroom, options: BackfillOptions) -> BackfillStore:
    store = BackfillStore(None if options.dry_run else newsroom.private / _FILE)
    wanted = _choose_pages(newsroom, options)
    wanted = msgspec.structs.replace(wanted, hosts=frozenset(), fetch=FetchOptions())
    beat = replace(newsroom.beat, rulings=(), reputations={})
    data = msgspec.json.encode((beat, wanted), order="deterministic")
    store.begin(hashlib.sha256(data).hexdigest(), restart=options.restart)
    return store


class _InTurn:
    """Workers that begin a download when its host may get another request from this newsroom."""

    def __init__(self, workers: Workers, manners: Polite) -> None:
        self._workers = workers
        self._manners = manners

    @property
    def size(self) -> int:
        """Return how many calls the workers run at once."""
        return self._workers.size

    async def call(self, name: str, payload: bytes) -> bytes:
        """Run a function for a task on a worker; raises WorkerError."""
        address = msgspec.msgpack.decode(payload, type=ArchiveTask).address
        if address and (refused := await self._manners.turn(address)):
            why = refused.detail or refused.reason
            raise WorkerError(f"the archive cannot be fetched ({why})", subject=address)
        return bytes(await self._workers.call(name, payload))


class _Backfill:
    def __init__(
        self,
        newsroom: Newsroom,
        options: BackfillOptions,
        store: BackfillStore,
        progress: Progress,
        tell: Tell,
    ) -> None:
        self._newsroom = newsroom
        self._options = options
        self._store = store
        self._progress = progress
        self._tell = tell
        self._began = time.monotonic()
        self._failed: list[Failure] = []
        self._notes: dict[str, None] = {}
        self._counts: Counter[str] = Counter()
        self._changes: set[str] = set()

    async def run(self) -> BackfillReport:
        """Do all that is left to do, and report it."""
        left = await self._find()
        chosen = left[:: max(1, len(left) // _SAMPLE)][:_SAMPLE] if self._options.dry_run else left
        filed: list[FiledMonth] = []
        if self._store.is_judged:  # an interrupted filing ends first
            filed += self._file()
        if not any(month.is_blocked for month in filed):
            await self._read(chosen)
            await self._judge()
            if self._options.dry_run:
                return self._report(len(left), len(chosen), [])
            filed += self._file()
        return self._report(len(left), len(chosen), filed)

    # ---- reading ---------------------------------------------------------------------------------

    async def _find(self) -> list[ArchiveTask]:
        """Return the archives that are to be read, without those that were."""
        async with self._connect() as polite:
            archives = await find_archives(self._options.archives, polite)
        names = Counter(archive.name for archive in archives)
        tasks = []
        for archive in archives:
            size = archive.path.stat().st_size if archive.path and archive.path.exists() else None
            place = archive.address or str(archive.path)
            name = archive.name if names[archive.name] == 1 else place
            if archive.address and self._options.web:
                hint = "download it first, or leave out --web"
                raise UsageError("a recording has no archives", subject=place, hint=hint)
            if not self._store.is_done(name, size):
                path = self._place_of(archive.address)
                path = str(archive.path.resolve()) if archive.path else path
                tasks.append(ArchiveTask(name=name, file=path, address=archive.address))
        return tasks

    def _connect(self) -> contextlib.AbstractAsyncContextManager[Polite]:
        newsroom, options = self._newsroom, self._options
        return connect(newsroom.settings, newsroom.memory, newsroom.now, options.web)

    def _place_of(self, address: str) -> str:
        """Return where workers of this machine download an archive to, "" for those of others."""
        if self._newsroom.settings.workers.dask:
            return ""
        mark = hashlib.sha256(address.encode()).hexdigest()[:16]
        return str(self._newsroom.private / "archives" / f"{mark}.warc")

    async def _read(self, tasks: Sequence[ArchiveTask]) -> None:
        """Read archives with all workers, and store what each gave as soon as it is there."""
        self._progress.stage("archives", len(tasks))
        if not tasks:
            return
        wanted = _choose_pages(self._newsroom, self._options)
        workers = open_workers(self._newsroom.settings, msgspec.msgpack.encode(wanted))
        done, pages, began = 0, 0, time.monotonic()
        async with self._connect() as polite:
            with contextlib.closing(workers):
                calls = call_all(_InTurn(workers, polite), FUNCTION, map(_ENCODE, tasks))
                async for number, answer in calls:
                    self._progress.step()
                    read = self._decode(tasks[number], answer)
                    if read is not None:
                        self._store.keep(read)
                        done, pages = done + 1, pages + read.pages
                        spent = time.monotonic() - began
                        self._tell(_describe(read, done, len(tasks), pages, spent))
        self._notes.update(dict.fromkeys(getattr(workers, "notes", ())))

    def _decode(self, task: ArchiveTask, answer: bytes | WorkerError) -> ArchiveRead | None:
        """Return what a worker read in an archive, None if it failed."""
        try:
            if isinstance(answer, WorkerError):
                raise answer
            return msgspec.msgpack.decode(answer, type=ArchiveRead)
        except (WorkerError, msgspec.MsgspecError) as error:
            hint = "it is read again when the command is run again"
            self._failed.append(Failure(url=task.name, what=str(error), hint=hint))
            return None

    # ---- judging and filing ----------------------------------------------------------------------

    async def _judge(self) -> None:
        """Judge all pages that were read, month by month."""
        months = self._store.months()
        newsroom, troubles = self._newsroom, Troubles()
        with open_swept_catalogue(newsroom, self._progress, troubles) as (catalogue, _):
            readers = open_readers(newsroom.settings, lambda: None)
            with contextlib.closing(readers):
                await self._judge_months(
                    MonthJudge(newsroom, catalogue, self._store), readers, months
                )
        self._store.end_judging()

    async def _judge_months(
        self, judge: MonthJudge, readers: ReaderPool, months: Sequence[str]
    ) -> None:
        async with contextlib.AsyncExitStack() as stack:
            asking: PageAsking | None = None
            for month in months:
                self._progress.stage(f"judging {month}")
                candidates = judge.appraise(month)
                good = [one.article for one in candidates if judge.must_ask(one)]
                if good and not self._options.dry_run:
                    if asking is None:
                        polite = await stack.enter_async_context(self._connect())
                        asking = PageAsking(self._store, polite, readers, self._progress)
                    await asking.ask(good)
                judge.place(month, candidates)
            judge.end()
        self._counts += judge.counts
        self._failed += judge.failed
        self._changes |= judge.changes

    def _file(self) -> list[FiledMonth]:
        """File the judged stories; return the months."""
        months = list(file_months(self._newsroom, self._store, self._progress))
        for month in months:
            self._failed += month.failed
            self._notes.update(dict.fromkeys(month.notes))
        if not any(month.is_blocked for month in months):
            self._store.end()
        return months

    def _report(self, left: int, read: int, filed: Sequence[FiledMonth]) -> BackfillReport:
        totals, by_topic, by_year = self._store.count(), Counter[str](), Counter[str]()
        stories = size = 0
        for month in self._store.months_to_file() if self._options.dry_run else ():
            for story, _ in self._store.stories_of(month):
                stories, size = stories + 1, size + len(emit_story(story))
                by_topic.update(story.topics)
                by_year[month[:4]] += 1
        scale = left / read if read else 1
        is_dry = self._options.dry_run
        return BackfillReport(
            archives=left,
            read=read,
            pages=totals.pages,
            counts={**totals.counts, **dict(sorted(self._counts.items()))},
            filed={month.month: month.stories for month in filed},
            published=self._counts["published"],
            seconds=round(time.monotonic() - self._began, 3),
            by_topic=dict(by_topic.most_common()),
            by_year=dict(sorted(by_year.items())),
            cut=tuple(f"{name}: {trouble}" for name, trouble in self._store.list_cut()),
            changes=tuple(sorted(self._changes)),
            failed=tuple(self._failed),
            notes=tuple(self._notes),
            commits=tuple(month.commit for month in filed if month.commit),
            estimated_stories=round(stories * scale) if is_dry else None,
            estimated_bytes=round(size * scale * _PACKED) if is_dry else None,
            complete=not self._failed,
        )


def _choose_pages(newsroom: Newsroom, options: BackfillOptions) -> Wanted:
    """Return which pages are wanted: in the languages of the site, its sources and its topics."""
    beat = newsroom.beat
    translations = (language for topic in beat.topics for language, _ in topic.translations)
    tags = (beat.locale, *(source.language for source in beat.sources), *translations)
    hosts = {urls.registrable_domain(source.url) for source in beat.sources}
    return Wanted(
        languages=tuple(sorted(filter(None, {base_language(tag) for tag in tags}))),
        hosts=frozenset({*hosts, *beat.organizations} - {""}),
        any_host=options.any_host,
        since=options.since,
        until=options.until,
        fetch=newsroom.settings.fetch,
    )


def _describe(read: ArchiveRead, done: int, of: int, pages: int, seconds: float) -> str:
    """Return a sentence on an archive that was read: what was kept, how fast, how long it takes."""
    left = (of - done) * seconds / done
    pace = pages / seconds / processes.at_once()
    cut = f"; not whole: {read.trouble}" if read.trouble else ""
    return (
        f"{read.name}: {len(read.kept)} of {read.pages} pages kept{cut} "
        f"({done} of {of} archives, {pace:.0f} pages a second a core, "
        f"{dates.say_length(round(left)) or 'no time'} left)"
    )
