"""Mail hours: what readers wait for goes out while the server runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import date, datetime, timedelta

from copydesk.background._rounds import Mark, NewsroomFolder
from copydesk.errors import CopydeskError
from copydesk.fetch import Clock
from copydesk.kit import dates
from copydesk.mail_store import MailStore, has_mail, open_mail
from copydesk.newsletters.bounces import look_into_mailbox
from copydesk.newsletters.checks import find_mail_obstacle
from copydesk.newsletters.issues import list_due_letters
from copydesk.newsletters.readers.limits import find_sign_up_flood
from copydesk.newsletters.readers.subscribe import forget_silent_readers
from copydesk.newsletters.sending import begin_due_sendings, list_held_sendings, send_outbox
from copydesk.newsroom import PRIVATE, Newsroom, with_stores
from copydesk.placement import local_time

_OUTBOX_SECONDS = 2.0  # somebody looks into their mailbox
_SENDINGS_SECONDS = 5.0
_MAILBOX_SECONDS = 600.0
_FORGET_SECONDS = 3_600.0
_FLOOD_SECONDS = 60.0
_FIRST_REST = timedelta(seconds=5)  # after a sending that failed; then longer each time
_LONGEST_REST = timedelta(minutes=5)


class MailHours:
    """Send mails to single persons at once, and have issues sent: by `send`, a process of its own.

    `say` tells the operator what keeps mail from going, once.
    """

    def __init__(
        self,
        folder: NewsroomFolder,
        clock: Clock,
        send: Callable[[], Awaitable[int]],
        say: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._send = send
        self._say = say
        self._said = ""
        self._obstacle = self._told = ""  # what holds up an issue that would go, and was told
        self._told_flood: date | None = None  # the day of it
        self._failures = 0
        self._rests_until: datetime | None = None
        self._is_over = threading.Event()

    async def go_on(self) -> None:
        """Look until cancelled; an issue that is being sent is then stopped between two letters."""
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
            settings = await asyncio.to_thread(self._folder.settings)
            if settings.mail.deliver:
                await work()
            await self._clock.sleep(seconds)

    async def send_outbox(self) -> None:
        """Send the mails to single persons that wait; what fails is told once, and tried again."""
        if self._folder.last.mail.deliver == "smtp":
            is_over = self._is_over.is_set
            await self._try(
                lambda: self._ask(lambda newsroom, store: send_outbox(newsroom, store, is_over))
            )

    async def send_issues(self) -> None:
        """Have the issues sent that may go, until none is due."""
        now = self._clock.now()
        if self._rests(now):
            return
        is_something_due = await self._try(lambda: self._ask(self._count_due))
        # apart from failures, which would be told by turns with it
        if self._obstacle != self._told:
            self._told = self._obstacle
            if self._obstacle:
                self._say(f"an issue waits: {self._obstacle}")
        if not is_something_due:
            return
        try:
            code = await self._send()
        except OSError as error:  # the machine starts no process for now
            self._say_once(f"letters are not sent for now: {error}")
            return
        if code:
            self._failures += 1
            wait = min(_FIRST_REST * (1 << min(self._failures, 10)), _LONGEST_REST)
            self._rests_until = now + wait
            self._say_once(f"letters were not all sent (exit code {code}); it is tried again")
        else:
            self._failures, self._said = 0, ""

    def _rests(self, now: datetime) -> bool:
        """Decide whether a sending failed a moment ago; a clock that was set back is none."""
        until = self._rests_until
        return until is not None and timedelta(0) < until - now <= _LONGEST_REST

    async def look_into_mailbox(self) -> None:
        """Take in what came back, where a mailbox is named."""
        if self._folder.last.mail.bounces.imap_host:
            is_over = self._is_over.is_set
            await self._try(
                lambda: self._ask(lambda newsroom, _: look_into_mailbox(newsroom, is_over).taken)
            )

    async def forget_silent_readers(self) -> None:
        """Forget who asked for letters and never confirmed it."""
        await self._try(
            lambda: self._ask(lambda newsroom, store: forget_silent_readers(store, newsroom.now))
        )

    async def look_for_flood(self) -> None:
        """Tell of unusually many sign-ups, once a day."""
        await self._try(lambda: self._ask(self._tell_flood))

    def _tell_flood(self, newsroom: Newsroom, store: MailStore) -> int:
        flood = find_sign_up_flood(newsroom, store)
        today = local_time(newsroom.now, dates.find_zone(newsroom.beat.timezone)).date()
        if flood is not None and self._told_flood != today:
            self._told_flood = today
            self._say(f"{flood.what}; {flood.hint}")
        return 0

    def _ask(self, question: Callable[[Newsroom, MailStore], int]) -> int:
        """Ask the newsroom and its readers' store something; 0 where there is no store yet."""
        private = self._folder.root / PRIVATE
        if not has_mail(private):
            return 0
        with closing(self._folder.memory()) as memory, closing(open_mail(private)) as store:
            newsroom = with_stores(self._folder.last, self._clock.now(), memory, private)
            return question(newsroom, store)

    async def _try(self, work: Callable[[], int]) -> int:
        try:
            answer = await asyncio.to_thread(work)
        except CopydeskError as error:
            hint = f"; {error.hint}" if error.hint else ""
            self._say_once(f"mail does not go out: {error}{hint}")
            return 0
        except OSError as error:  # of a lock or a folder; else nobody would hear of mail again
            self._say_once(f"mail does not go out: {error}")
            return 0
        return answer

    def _count_due(self, newsroom: Newsroom, store: MailStore) -> int:
        """Count the issues that go now; look what holds up the others."""
        going = begin_due_sendings(newsroom, store)
        held = list_held_sendings(newsroom, store)
        self._obstacle = (find_mail_obstacle(newsroom, store) or "") if held else ""
        dues = (store.ledger.find_next_due(sending.number) for sending in going)
        return sum(due is None or due <= newsroom.now for due in dues)

    def _say_once(self, what: str) -> None:
        if what != self._said:
            self._said = what
            self._say(what)


# Letter hours: the letters whose hour has come are filed while the server runs.

_EVERY_SECONDS = 15.0


class LetterHours:
    """Look often whether a letter is due, and have it filed: by `file`, in a process of its own.

    A letter that waits for so many new stories is looked at when something was committed. `turn`
    is held by whatever runs in the newsroom for this server: an issue is composed between rounds.
    """

    def __init__(
        self,
        folder: NewsroomFolder,
        clock: Clock,
        turn: asyncio.Lock,
        file: Callable[[], Awaitable[int]],
        say: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._turn = turn
        self._file = file
        self._say = say
        self._said = ""
        self._mark: Mark = ()

    async def go_on(self) -> None:
        """Look until cancelled; what is being filed is then ended and waited for."""
        while True:
            try:
                await self.look()
            except OSError as error:  # the machine starts no process for now, a folder went
                self._mark = ()
                self._say_once(f"letters are not filed for now: {error}")
            await self._clock.sleep(_EVERY_SECONDS)

    async def look(self) -> None:
        """File what is due; one that fails is told once, and tried again."""
        settings = await asyncio.to_thread(self._folder.settings)
        if not settings.letters:
            return
        try:
            due = await asyncio.to_thread(self._list_due)
        except CopydeskError as error:
            self._say_once(f"letters were not looked at: {error}")
            return
        if not due:
            self._said = ""
            return
        async with self._turn:
            code = await self._file()
        if code:
            self._mark = ()
            self._say_once(f"not filed: {', '.join(due)} (exit code {code}); it is tried again")

    def _list_due(self) -> list[str]:
        """List the letters that would go now; those that wait for news after a commit alone."""
        mark = self._folder.mark()
        is_changed, self._mark = mark != self._mark, mark
        with closing(self._folder.memory()) as memory:
            kept = self._folder.root / PRIVATE
            newsroom = with_stores(self._folder.last, self._clock.now(), memory, kept)
            return list_due_letters(newsroom, with_waiting=is_changed)

    def _say_once(self, what: str) -> None:
        if what != self._said:
            self._said = what
            self._say(what)
