"""Start and stop the background work for one site in `copydesk serve`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from copydesk import fetch
from copydesk.background._edited_files import EditedFiles
from copydesk.background._hubs import Subscriber
from copydesk.background._letters import LetterHours, MailHours, is_resting
from copydesk.background._rounds import Mark, ModelHours, NewsroomFolder, Rounds
from copydesk.background._starters import REJUDGING, CommandOnDemand, RoundStarter, run_command
from copydesk.building import is_gone, posts
from copydesk.building.channels import send_calls
from copydesk.config import Settings
from copydesk.errors import CopydeskError, MailStoreError, MemoryStoreError
from copydesk.fetch import Clock, web
from copydesk.kit import logs, text, urls
from copydesk.mail_store import has_mail, open_mail
from copydesk.memory import Memory
from copydesk.newsletters.delivery_log import list_sendings
from copydesk.newsroom import PRIVATE, Newsroom, with_stores
from copydesk.newsroom.backup import read_backup_status
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.reports import RoundStatus, read_round_status
from copydesk.newsroom.standings import count_standings
from copydesk.rounds.sources import check_sources

Say = Callable[[str], None]

_HUB_BYTES = 65_536  # of a hub's answer to a request
_AGAIN_SECONDS = 60.0  # before work that a bug has ended is started again


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Numbers of a newsroom: its sources by health, its stories by status, and the messages of the
    last 100 newsletter issues by state; when the last run began, and the newest verified backup.
    """

    sources: Mapping[str, int]
    stories: Mapping[str, int]
    deliveries: Mapping[str, int]
    round: datetime | None = None
    backup: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsroomService:
    """A site that is being served: the folder of its built pages, and its background work.

    `prefix` is the site's URL path without slashes at its ends. `audience` is None if page views
    are not counted, `issue_views` if views of newsletter issues are not. `rounds`, `subscriber` and
    `on_demand` are None if nothing may be fetched. `backup_hours` makes backups, `model_hours` asks
    a model for texts. `edited_files`
    builds the site after somebody edited files and after new newsletter issues, `channel_calls`
    calls webhooks, `post_hours` posts stories, `letter_hours` creates newsletter issues,
    `mail_hours` sends them, `rejudging` scores stored stories again when an owner requests it.
    `say` shows messages to the operator.
    """

    site: Path
    prefix: str
    private: Path
    folder: NewsroomFolder
    edited_files: EditedFiles
    channel_calls: ChannelCalls
    post_hours: PostHours
    letter_hours: LetterHours
    mail_hours: MailHours
    backup_hours: BackupHours
    model_hours: ModelHours
    rejudging: CommandOnDemand
    say: Say
    audience: AudienceCounts | None = None
    issue_views: AudienceCounts | None = None
    subscriber: Subscriber | None = None
    rounds: Rounds | None = None
    on_demand: CommandOnDemand | None = None

    @property
    def settings(self) -> Settings:
        """Return the site's settings that were read last."""
        return self.folder.last

    def round_status(self) -> RoundStatus | None:
        """Return the status of the last fetching run. It reads the disk."""
        return read_round_status(self.private)

    def count(self) -> Figures:
        """Count the newsroom's sources, stories and messages. It reads the disk.

        Raises CopydeskError.
        """
        deliveries: Counter[str] = Counter()
        with self.open() as newsroom:
            sources = Counter(row.state for row in check_sources(newsroom))
            stories = ask_catalogue(newsroom, count_standings)
        if has_mail(self.private):
            with closing(open_mail(self.private)) as store:
                for row in list_sendings(store):
                    deliveries.update(row.counts)
        status, backup = self.round_status(), read_backup_status(self.private)
        return Figures(
            sources=sources,
            stories={standing.value: count for standing, count in stories.items()},
            deliveries=deliveries,
            round=status.began if status else None,
            backup=backup.made if backup else None,
        )

    @contextlib.contextmanager
    def open(self) -> Iterator[Newsroom]:
        """Open the newsroom for the block, with the settings on disk; raises MemoryStoreError."""
        with closing(self.folder.memory()) as memory:
            yield with_stores(self.folder.settings(), datetime.now(UTC), memory, self.private)

    def is_gone(self, path: str) -> bool:
        """Return whether an editor removed the page at a path of the site. It reads the disk."""
        return is_gone(self.private, path)

    async def go_on(self) -> None:
        """Fetch news, watch files, answer hubs, send mail, store view counts and make backups until
        cancelled.

        On cancellation each of them ends cleanly.
        """
        workers = (
            self.edited_files,
            self.channel_calls,
            self.post_hours,
            self.letter_hours,
            self.mail_hours,
            self.backup_hours,
            self.model_hours,
            self.rounds,
            self.subscriber,
            self.audience,
            self.issue_views,
        )
        work = [
            asyncio.create_task(self.keep_going(worker.go_on))
            for worker in workers
            if worker is not None
        ]
        try:
            await asyncio.Event().wait()
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    async def keep_going(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run an endless coroutine until cancelled. If a bug ends it, restart it (see
        `keep_going`).
        """
        await keep_going(work, self.say)


@contextlib.asynccontextmanager
async def open_service(
    newsroom: Newsroom, say: Say, *, runs_rounds: bool = True
) -> AsyncIterator[NewsroomService]:
    """Prepare a site's background work for a `with` block. `say` shows messages to the operator.

    Without `runs_rounds` no source is fetched: the demo replays recorded pages.
    """
    async with contextlib.AsyncExitStack() as stack:
        starter = RoundStarter(newsroom.root)
        stack.push_async_callback(starter.close)
        turn = asyncio.Lock()
        service = _prepare_service(newsroom, starter, turn, say)
        stack.push_async_callback(service.rejudging.close)
        if not runs_rounds:
            pass
        elif service.settings.fetch.contact:
            service = await stack.enter_async_context(_add_rounds(service, starter, turn, say))
        else:
            say("not fetching sources, because [fetch] contact is not set in beat.toml")
        yield service


def _prepare_service(
    newsroom: Newsroom, starter: RoundStarter, turn: asyncio.Lock, say: Say
) -> NewsroomService:
    """Prepare the background work that needs no fetching."""
    settings, clock = newsroom.settings, fetch.WallClock()
    parsed = urls.parse(newsroom.beat.url)
    folder = NewsroomFolder(settings, os.environ)
    edited_files = EditedFiles(newsroom, starter, turn, logs.with_time(say, clock.now))
    rejudging = CommandOnDemand(newsroom.root, turn, clock, REJUDGING)
    edited_files.deploys = rejudging.deploys = lambda: bool(folder.settings().deploy.to)

    async def send() -> int:
        return await run_command(("-C", str(newsroom.root), "mail", "send", "--due"))

    async def back_up() -> int:
        return await run_command(("-C", str(newsroom.root), "backup"))

    async def write() -> int:
        return await run_command(("-C", str(newsroom.root), "summaries"))

    channel_calls = ChannelCalls(folder, clock, logs.with_time(say, clock.now))
    post_hours = PostHours(folder, clock, logs.with_time(say, clock.now))
    channel_calls.is_behind = post_hours.is_behind = lambda: edited_files.is_behind
    return NewsroomService(
        site=newsroom.site,
        prefix="" if parsed is None else str(parsed.pathname).strip("/"),
        private=newsroom.private,
        folder=folder,
        edited_files=edited_files,
        channel_calls=channel_calls,
        post_hours=post_hours,
        letter_hours=LetterHours(
            folder, clock, turn, starter.file_letters, logs.with_time(say, clock.now)
        ),
        mail_hours=MailHours(folder, clock, send, logs.with_time(say, clock.now)),
        backup_hours=BackupHours(folder, clock, back_up, logs.with_time(say, clock.now)),
        model_hours=ModelHours(folder, clock, write),
        rejudging=rejudging,
        say=logs.with_time(say, clock.now),
        # the memory is opened again each time: a round may replace its file
        audience=(
            AudienceCounts(keep_reads(folder.memory), clock) if settings.serve.count_reads else None
        ),
        issue_views=(
            AudienceCounts(keep_issue_views(newsroom.private), clock)
            if settings.mail.count_views
            else None
        ),
    )


@contextlib.asynccontextmanager
async def _add_rounds(
    service: NewsroomService, starter: RoundStarter, turn: asyncio.Lock, say: Say
) -> AsyncIterator[NewsroomService]:
    """Add fetching and WebSub subscriptions to the background work, for a `with` block."""
    folder, clock = service.folder, fetch.WallClock()

    async def run() -> int:
        async with turn:
            return await starter.run(deploy=bool(folder.last.deploy.to))

    rounds = Rounds(folder, clock, logs.with_time(say, clock.now), run)
    on_demand = CommandOnDemand(folder.last.root, turn, clock)
    on_demand.deploys = lambda: bool(folder.settings().deploy.to)
    limits = replace(folder.last.fetch, max_bytes=_HUB_BYTES)
    async with web.Web(limits, clock) as wire:
        subscriber = Subscriber(folder, wire.post, clock, logs.with_time(say, clock.now))
        subscriber.soon = rounds.soon
        await subscriber.load()
        try:
            yield replace(service, subscriber=subscriber, rounds=rounds, on_demand=on_demand)
        finally:
            await on_demand.close()


async def keep_going(
    work: Callable[[], Awaitable[None]], say: Say, again_seconds: float = _AGAIN_SECONDS
) -> None:
    """Run an endless coroutine until cancelled. If a bug ends it, restart it a minute later.

    Otherwise a server would keep answering while it publishes nothing new, unnoticed by anybody.
    """
    while True:
        try:
            await work()
        except Exception as error:  # any bug
            what = text.fold(f"{type(error).__name__}: {error}")[:300]
            say(f"a background task failed ({what}) and is restarted")
        await asyncio.sleep(again_seconds)


# Calling the webhooks of channels.

_EVERY_SECONDS = 5.0


class ChannelCalls:
    """Calls the webhooks that are due. `say` tells the operator which calls were given up.

    While the site `is_behind` its records, no call is sent: its page may not be built yet.
    """

    def __init__(self, folder: NewsroomFolder, clock: Clock, say: Callable[[str], None]) -> None:
        self.is_behind: Callable[[], bool] = lambda: False
        self._folder = folder
        self._clock = clock
        self._say = say
        self._said = ""

    async def go_on(self) -> None:
        """Call due webhooks every few seconds until cancelled."""
        while True:
            await self._clock.sleep(_EVERY_SECONDS)
            if self._folder.last.channels and not self.is_behind():
                await self.call()

    async def call(self) -> None:
        """Call the webhooks that are due. If the database is busy or broken, try again
        next time.
        """
        try:
            with closing(await asyncio.to_thread(self._folder.memory)) as memory:
                notes = await send_calls(self._folder.last, memory, self._clock.now())
        except CopydeskError as error:
            notes = (f"could not call webhooks: {error}",)
        for note in notes:
            if note != self._said:
                self._said = note
                self._say(note)


# Posting stories to networks and chats.


_PLAN_AGAIN = timedelta(minutes=2)


class PostHours:
    """Posts what is due, edits and deletes what is owed. `say` tells the operator what is wrong.

    While the site `is_behind` its records, nothing is posted: a post's page must be there first.
    """

    def __init__(self, folder: NewsroomFolder, clock: Clock, say: Callable[[str], None]) -> None:
        self.is_behind: Callable[[], bool] = lambda: False
        self._folder = folder
        self._clock = clock
        self._say = say
        self._said: set[str] = set()
        self._mark: Mark = ()
        self._planned: datetime | None = None
        self._is_over = threading.Event()

    async def go_on(self) -> None:
        """Post what is due every few seconds until cancelled, then end after the present post."""
        self._is_over.clear()
        try:
            while True:
                await self._clock.sleep(_EVERY_SECONDS)
                if self._folder.last.posts and not self.is_behind():
                    await asyncio.to_thread(self.look)
        finally:
            self._is_over.set()  # a thread cannot be cancelled

    def look(self) -> None:
        """Post what is due. If a database is busy or broken, try again next time."""
        try:
            with closing(self._folder.memory()) as memory:
                settings, now = self._folder.settings(), self._clock.now()
                newsroom = with_stores(settings, now, memory, settings.root / PRIVATE)
                is_over, is_changed = self._is_over.is_set, self._is_changed(now)
                notes = posts.send_posts(newsroom, self._clock.now, is_over, is_changed=is_changed)
        except (CopydeskError, OSError) as error:
            notes = (f"could not post: {error}",)
        for note in notes:
            if note not in self._said:
                self._say(note)
        self._said.update(notes)

    def _is_changed(self, now: datetime) -> bool:
        """Return whether stories may have changed: after a commit, and every few minutes.

        A deploy, and the time of day at which an edition is due, are in no commit.
        """
        mark = self._folder.mark()
        is_recent = is_resting(now, self._planned and self._planned + _PLAN_AGAIN, _PLAN_AGAIN)
        if mark == self._mark and is_recent:
            return False
        self._mark, self._planned = mark, now
        return True


# Making backups, in a process of its own, while rounds go on.

_LOOK_SECONDS = 60.0
_FIRST_REST = timedelta(minutes=5)  # after a failed backup; then twice as long each time
_LONGEST_REST = timedelta(hours=6)


class BackupHours:
    """Makes a backup every `backup.every_hours`. After a failure it tries again, later each time.

    `back_up` makes one and returns its exit code.
    """

    def __init__(
        self, folder: NewsroomFolder, clock: Clock, back_up: Callable[[], Awaitable[int]], say: Say
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._back_up = back_up
        self._say = say
        self._rest = timedelta(0)
        self._rests_until: datetime | None = None

    async def go_on(self) -> None:
        """Make backups when they are due, until cancelled."""
        while True:
            await self.look()
            await self._clock.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Make a backup if one is due. A clock that was set back delays none."""
        settings, now = await asyncio.to_thread(self._folder.settings), self._clock.now()
        status = await asyncio.to_thread(read_backup_status, settings.root / PRIVATE)
        plan, made = settings.backup, status and status.made
        is_fresh = made and timedelta(0) <= now - made < timedelta(hours=plan.every_hours)
        if not plan.to or is_fresh or is_resting(now, self._rests_until, _LONGEST_REST):
            return
        try:
            code = await self._back_up()
        except OSError:  # no process can be started at the moment
            code = 1
        self._rest = min(max(2 * self._rest, _FIRST_REST), _LONGEST_REST) if code else timedelta(0)
        self._rests_until = now + self._rest
        if code:
            self._say(f"no backup was made (exit code {code}); the next try is in {self._rest}")


# Count how often the page of each story or newsletter issue is read.
#
# Stored is one number per page and day. No cookie is set and no address is written down. A keyed
# hash limits how often one client counts; it never leaves the process, and its key is thrown away
# at midnight (UTC).

A_CLIENT = 3  # reads of one story by one client that count on one day
AN_ADDRESS = 30  # reads of one story from one address that count on one day, over all its browsers
EVERY_SECONDS = 60.0
KEPT_DAYS = 90
CLIENTS_AT_MOST = 200_000  # pairs of client and story per day, about 40 MB; then no more

Counts = Mapping[tuple[date, str], int]
"""How often the page of each name was read on each day."""
KeepCounts = Callable[[Counts], None]
"""Write counts; raises MemoryStoreError or MailStoreError where that cannot be done now."""


def keep_reads(open_memory: Callable[[], Memory]) -> KeepCounts:
    """Return a function that stores page views of stories in the site's database and deletes old
    counts.

    `open_memory` opens that database for one thread and a short time.
    """

    def keep(counts: Counts) -> None:
        with closing(open_memory()) as memory, memory.together():
            for (day, name), count in counts.items():
                memory.reads.add(day, {name: count})
            memory.reads.forget(before=max(day for day, _ in counts) - timedelta(days=KEPT_DAYS))

    return keep


def keep_issue_views(private: Path) -> KeepCounts:
    """Return a function that stores page views of newsletter issues in the subscribers'
    database.
    """

    def keep(counts: Counts) -> None:
        with closing(open_mail(private)) as store, store.at_once():
            for (day, name), count in counts.items():
                store.views.add({name: count}, day)

    return keep


class AudienceCounts:
    """Counts page views of stories or newsletter issues, and stores the counts every minute.

    `keep` writes the counts, in a thread. Counts that cannot be written now are written later.
    """

    def __init__(
        self,
        keep: KeepCounts,
        clock: Clock,
        make_key: Callable[[], bytes] = lambda: secrets.token_bytes(32),
        clients_at_most: int = CLIENTS_AT_MOST,
    ) -> None:
        self._clients_at_most = clients_at_most
        self._keep = keep
        self._clock = clock
        self._make_key = make_key
        self._day = date.min
        self._key = b""
        self._clients: Counter[bytes] = Counter()
        self._addresses: Counter[bytes] = Counter()
        self._counts: Counter[tuple[date, str]] = Counter()

    def note(self, address: str, browser: str, name: str) -> None:
        """Count a view of the page `name` by a client. `browser` is the client's user agent."""
        day = self._clock.now().date()
        if day != self._day:
            self._day, self._key = day, self._make_key()
            self._clients.clear()
            self._addresses.clear()
        client, place = self._hash(address, browser, name), self._hash(address, name)
        if client not in self._clients and len(self._clients) >= self._clients_at_most:
            return
        if self._clients[client] >= A_CLIENT or self._addresses[place] >= AN_ADDRESS:
            return
        self._clients[client] += 1
        self._addresses[place] += 1
        self._counts[day, name] += 1

    def _hash(self, *said: str) -> bytes:
        words = "\n".join(said).encode("utf-8", "replace")
        return blake2b(words, key=self._key, digest_size=8).digest()

    async def go_on(self) -> None:
        """Store the page view counts every minute until cancelled, then once more."""
        try:
            while True:
                await self._clock.sleep(EVERY_SECONDS)
                await self.write()
        finally:
            await self.write()

    async def write(self) -> None:
        """Store the page view counts. If the database is busy or broken, try again next time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            await asyncio.to_thread(self._keep, counts)
        except (MemoryStoreError, MailStoreError):
            self._counts.update(counts)
