"""Create newsletter issues when they are due, send them, and read bounces while the server runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from copydesk.background._rounds import Mark, NewsroomFolder
from copydesk.errors import CopydeskError
from copydesk.fetch import Clock
from copydesk.kit import dates, logs
from copydesk.mail_store import MailStore, has_mail, open_mail
from copydesk.newsletters.bounces import look_into_mailbox
from copydesk.newsletters.checks import find_mail_obstacle
from copydesk.newsletters.issue_filing import list_due_letters
from copydesk.newsletters.readers.limits import find_sign_up_flood
from copydesk.newsletters.readers.manage import forget_silent_readers
from copydesk.newsletters.sending import send_outbox
from copydesk.newsletters.sending.begin import begin_due_sendings, list_held_sendings
from copydesk.newsroom import PRIVATE, Newsroom, with_stores
from copydesk.placement.addresses import local_time

_OUTBOX_SECONDS = 2.0  # short: somebody is waiting for this mail
_SENDINGS_SECONDS = 5.0
_MAILBOX_SECONDS = 600.0
_FORGET_SECONDS = 3_600.0
_FLOOD_SECONDS = 60.0
_FIRST_REST = timedelta(seconds=5)  # after a failed sending; then longer each time
_LONGEST_REST = timedelta(minutes=5)


@dataclass(eq=False)
class MailHours:
    """Sends mails to single recipients at once, and newsletter issues in a separate process.

    `say` tells the operator once what prevents mail from being sent.
    """

    folder: NewsroomFolder
    clock: Clock
    send: Callable[[], Awaitable[int]]
    say: Callable[[str], None]
    _said: str = field(default="", init=False)
    _obstacle: str = field(default="", init=False)  # what holds up a due issue
    _told: str = field(default="", init=False)  # the last one reported
    _told_flood: date | None = field(default=None, init=False)  # the day on which it was reported
    _failures: int = field(default=0, init=False)
    _rests_until: datetime | None = field(default=None, init=False)
    _is_over: threading.Event = field(default_factory=threading.Event, init=False)

    async def go_on(self) -> None:
        """Send and receive mail until cancelled. A running process then stops between two mails."""
        parts = (
            self._repeat(self.send_outbox, _OUTBOX_SECONDS),
            self._repeat(self.send_issues, _SENDINGS_SECONDS),
            self._repeat(self.look_into_mailbox, _MAILBOX_SECONDS),
            self._repeat(self.forget_silent_readers, _FORGET_SECONDS),
            self._repeat(self.look_for_flood, _FLOOD_SECONDS),
        )
        self._is_over.clear()
        work = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.gather(*work)
        finally:
            self._is_over.set()  # a thread cannot be cancelled
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    async def _repeat(self, work: Callable[[], Awaitable[None]], seconds: float) -> None:
        while True:
            settings = await asyncio.to_thread(self.folder.settings)
            if settings.mail.deliver:
                await work()
            await self.clock.sleep(seconds)

    async def send_outbox(self) -> None:
        """Send the waiting mails to single recipients. A failure is reported once and
        tried again.
        """
        if self.folder.last.mail.deliver == "smtp":
            is_over = self._is_over.is_set
            await self._try(
                lambda: self._ask(lambda newsroom, store: send_outbox(newsroom, store, is_over))
            )

    async def send_issues(self) -> None:
        """Send the newsletter issues that are due, until none is left."""
        now = self.clock.now()
        if is_resting(now, self._rests_until, _LONGEST_REST):
            return
        is_something_due = await self._try(lambda: self._ask(self._count_due))
        # separate from failures: the two would replace each other as the last report
        if self._obstacle != self._told:
            self._told = self._obstacle
            if self._obstacle:
                self.say(f"a newsletter issue is waiting: {self._obstacle}")
        if not is_something_due:
            return
        logs.begin_request()
        try:
            code = await self.send()
        except OSError as error:  # no process can be started at the moment
            self._say_once(f"cannot send newsletters at the moment: {error}")
            return
        if code:
            self._failures += 1
            wait = min(_FIRST_REST * (1 << min(self._failures, 10)), _LONGEST_REST)
            self._rests_until = now + wait
            self._say_once(f"some newsletters were not sent (exit code {code}); trying again")
        else:
            self._failures, self._said = 0, ""

    async def look_into_mailbox(self) -> None:
        """Read bounces from the bounce mailbox, if the settings name one."""
        if self.folder.last.mail.bounces.imap_host:
            is_over = self._is_over.is_set
            await self._try(
                lambda: self._ask(lambda newsroom, _: look_into_mailbox(newsroom, is_over).taken)
            )

    async def forget_silent_readers(self) -> None:
        """Delete newsletter sign-ups that were never confirmed."""
        await self._try(
            lambda: self._ask(lambda newsroom, store: forget_silent_readers(store, newsroom.now))
        )

    async def look_for_flood(self) -> None:
        """Report an unusual number of newsletter sign-ups, at most once a day."""
        await self._try(lambda: self._ask(self._tell_flood))

    def _tell_flood(self, newsroom: Newsroom, store: MailStore) -> int:
        flood = find_sign_up_flood(newsroom, store)
        today = local_time(newsroom.now, dates.find_zone(newsroom.beat.timezone)).date()
        if flood is not None and self._told_flood != today:
            self._told_flood = today
            self.say(f"{flood.what}; {flood.hint}")
        return 0

    def _ask(self, question: Callable[[Newsroom, MailStore], int]) -> int:
        """Return the number that `question` computes, 0 if there is no subscribers'
        database yet.
        """
        private = self.folder.root / PRIVATE
        if not has_mail(private):
            return 0
        with closing(self.folder.memory()) as memory, closing(open_mail(private)) as store:
            newsroom = with_stores(self.folder.last, self.clock.now(), memory, private)
            return question(newsroom, store)

    async def _try(self, work: Callable[[], int]) -> int:
        try:
            answer = await asyncio.to_thread(work)
        except CopydeskError as error:
            hint = f"; {error.hint}" if error.hint else ""
            self._say_once(f"cannot send email: {error}{hint}")
            return 0
        except OSError as error:  # a lock or folder; uncaught, it would stop all mail unnoticed
            self._say_once(f"cannot send email: {error}")
            return 0
        return answer

    def _count_due(self, newsroom: Newsroom, store: MailStore) -> int:
        """Return how many newsletter issues are due now, and remember what holds up the others."""
        going = begin_due_sendings(newsroom, store)
        held = list_held_sendings(newsroom, store)
        self._obstacle = (find_mail_obstacle(newsroom, store) or "") if held else ""
        dues = (store.ledger.find_next_due(sending.number) for sending in going)
        return sum(due is None or due <= newsroom.now for due in dues)

    def _say_once(self, what: str) -> None:
        if what != self._said:
            self._said = what
            self.say(what)


def is_resting(now: datetime, until: datetime | None, longest: timedelta) -> bool:
    """Return whether a recent failure delays a task. A clock set back does not count."""
    return until is not None and timedelta(0) < until - now <= longest


# Creating newsletter issues when they are due.

_EVERY_SECONDS = 15.0


@dataclass(eq=False)
class LetterHours:
    """Checks every few seconds whether a newsletter issue is due, and lets `file` create it.

    A newsletter that waits for a number of new stories is checked after a commit. The lock `turn`
    is held while this server changes the site's files: an issue is composed between fetching runs.
    """

    folder: NewsroomFolder
    clock: Clock
    turn: asyncio.Lock
    file: Callable[[], Awaitable[int]]
    say: Callable[[str], None]
    _said: str = field(default="", init=False)
    _mark: Mark = field(default=(), init=False)

    async def go_on(self) -> None:
        """Create newsletter issues when they are due, until cancelled."""
        while True:
            try:
                await self.look()
            except OSError as error:  # no process can be started at the moment, or a folder is gone
                self._mark = ()
                self._say_once(f"cannot create newsletter issues at the moment: {error}")
            await self.clock.sleep(_EVERY_SECONDS)

    async def look(self) -> None:
        """Create the newsletter issues that are due. A failure is reported once and tried again."""
        settings = await asyncio.to_thread(self.folder.settings)
        if not settings.letters:
            return
        try:
            due = await asyncio.to_thread(self._list_due)
        except CopydeskError as error:
            self._say_once(f"could not check which newsletters are due: {error}")
            return
        if not due:
            self._said = ""
            return
        logs.begin_request()
        async with self.turn:
            code = await self.file()
        if code:
            self._mark = ()
            self._say_once(f"no issue created: {', '.join(due)} (exit code {code}); trying again")

    def _list_due(self) -> list[str]:
        """Return the ids of due newsletters. Those that wait for news are checked only after a
        commit.
        """
        mark = self.folder.mark()
        is_changed, self._mark = mark != self._mark, mark
        with closing(self.folder.memory()) as memory:
            kept = self.folder.root / PRIVATE
            newsroom = with_stores(self.folder.last, self.clock.now(), memory, kept)
            return list_due_letters(newsroom, with_waiting=is_changed)

    def _say_once(self, what: str) -> None:
        if what != self._said:
            self._said = what
            self.say(what)
