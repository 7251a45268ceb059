"""Send the messages of one newsletter issue over several SMTP connections at once.

claim a few messages | for each: wait for its slot, send, settle the answer, write it to the disk

`Pace` and `SettleRules` decide how fast messages are sent, and what follows from an answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from copydesk.errors import MailError
from copydesk.kit import dates
from copydesk.mail_store import MailStore
from copydesk.mail_store.deliveries import DeliveryOutcome, DeliveryState, Intent, Sending
from copydesk.news.options import MailOptions, SmtpOptions
from copydesk.newsletters.message import Envelope
from copydesk.newsletters.smtp import Answer, SmtpLine

_FIRST_WAIT = timedelta(minutes=5)  # greylisting commonly lets through after that (RFC 6647 3)
_LONGEST_WAIT = timedelta(hours=2)
_SOON = timedelta(seconds=5)  # after an answer that was not about this message
BrakeReason = Literal["", "uncertain", "refused"]
_MOST_REFUSED, _OF_DOMAINS = 25, 3  # messages in a row, to so many domains: the cause is us
_MOST_UNCERTAIN = 5  # in a row, besides one per connection that a server's restart costs
_FEWEST = 5  # messages of a short sending of which the server accepted none
_FEWEST_TRIES = 5  # some two hours: a message's first try may come after the time for retries


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleRules:
    """The rules for retrying an issue's messages: the mail options, and when sending began."""

    options: MailOptions
    began: datetime


def settle(intent: Intent, answer: Answer, now: datetime, rules: SettleRules) -> DeliveryOutcome:
    """Return the outcome of a message after the server's answer: the final state, or when to try
    again.
    """
    state, at = _choose_state(intent, answer, now, rules)
    return DeliveryOutcome(
        subscriber=intent.subscriber,
        state=state,
        at=at,
        domain=intent.domain,
        code=answer.code,
        words=answer.words,
    )


class Brake:
    """Detects a mail server that refuses one message after another, whoever the recipient is."""

    def __init__(self, connections: int, *, has_taken: bool) -> None:
        self._most_uncertain = connections + _MOST_UNCERTAIN
        self._refused: list[str] = []  # domains of messages refused since the server accepted one
        self._uncertain = 0  # messages in a row whose end got no answer
        self._has_taken = has_taken  # also in an earlier run: the last messages are the odd ones

    def note(self, answer: Answer, domain: str) -> None:
        """Count the mail server's answer to a message to one domain."""
        if answer.kind == "uncertain":
            self._uncertain += 1
        elif answer.kind == "accepted":
            self._refused, self._uncertain, self._has_taken = [], 0, True
        elif answer.stage == "message":  # any answer to a message's end
            self._uncertain = 0
        if answer.kind == "refused" and answer.stage != "sender":
            self._refused.append(domain)

    def find_reason(self, *, is_over: bool = False) -> BrakeReason:
        """Return why sending should stop, "" if it should go on.

        Once sending `is_over`, a few refusals suffice if the server accepted no message at all.
        """
        is_short = is_over and not self._has_taken
        if self._uncertain >= (_FEWEST if is_short else self._most_uncertain):
            return "uncertain"
        fewest = _FEWEST if is_short else _MOST_REFUSED
        is_refused = len(self._refused) >= fewest and len(set(self._refused)) >= _OF_DOMAINS
        return "refused" if is_refused else ""


def _choose_state(
    intent: Intent, answer: Answer, now: datetime, rules: SettleRules
) -> tuple[DeliveryState, datetime]:
    if answer.kind == "accepted":
        return DeliveryState.ACCEPTED, now
    if answer.kind == "refused" and answer.stage != "sender":  # that one is no reader's fault
        return DeliveryState.REFUSED, now
    if answer.kind == "uncertain" and rules.options.when_uncertain == "leave":
        return DeliveryState.UNCERTAIN, now
    wait = _wait(intent, answer)
    is_too_late = now + wait > rules.began + timedelta(hours=rules.options.give_up_hours)
    if is_too_late and intent.attempts >= _FEWEST_TRIES:
        return DeliveryState.GIVEN_UP, now
    return DeliveryState.WAITING, now + wait


def _wait(intent: Intent, answer: Answer) -> timedelta:
    """Return how long a message waits for its next try: longer each time, with some spread."""
    base = _FIRST_WAIT if answer.kind in {"later", "refused"} else _SOON
    longest = min(base * (1 << min(intent.attempts, 10)), _LONGEST_WAIT)
    return longest + longest * (intent.subscriber % 16) / 64


def proves_no_mailbox(answer: Answer) -> bool:
    """Return whether a mail server's refusal says that the mailbox does not exist.

    RFC 3463 3.2: 5.1.1 no such mailbox, 5.1.2 no such host, 5.1.3 no address, 5.1.6 moved; and
    5.1.10 (RFC 7505) a domain without mail. Any other refusal is about this message.
    """
    is_of_reader = answer.kind == "refused" and answer.stage != "sender"
    return is_of_reader and answer.status in _NO_MAILBOX


_NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})


# ---- Pace, overall and per recipient domain

_MINUTE = timedelta(minutes=1)
_WARM_UP_DAYS = 10
_MOST_DOUBLINGS = 30
CountDays = Callable[[str], Mapping[str, int]]
"""Return how many messages went to a mail domain, by day (UTC, YYYY-MM-DD)."""


class Pace:
    """Limits how fast messages are sent, overall and to each mail domain.

    Each message takes a slot; the slots of one limit are spread evenly over the minute.
    `count_days` reads the delivery log, so that the day's count survives a restart.
    """

    def __init__(self, options: SmtpOptions, count_days: CountDays) -> None:
        self._options = options
        self._count_days = count_days
        self._next: dict[str, datetime] = {}  # by domain, "" for all
        self._postponed: dict[str, datetime] = {}
        self._days: dict[str, dict[str, int]] = {}

    def find_slot(self, now: datetime) -> datetime:
        """Return when the next message may be sent under the overall rate limit."""
        return max(self._next.get("", now), now)

    def find_slot_of(self, domain: str, now: datetime) -> datetime:
        """Return when the next message to a domain may be sent under the domain's rate limit."""
        return max(self._next.get(domain, now), self._end_of_full_day(domain, now), now)

    def take(self, domain: str, now: datetime) -> None:
        """Count a message to a domain that is sent now."""
        self._take("", self._options.letters_a_minute, now)
        self._take(domain, self._options.domains.get(domain, 0), now)
        if self._options.warm_up:
            days, day = self._days_of(domain), dates.rfc3339(now)[:10]
            days[day] = days.get(day, 0) + 1

    def postpone(self, domain: str, slot: datetime) -> datetime:
        """Return when to retry a message that its domain's rate limit delays. Delayed messages get
        different times.
        """
        at = max(slot, self._postponed.get(domain, slot))
        letters_a_minute = self._options.domains.get(domain, 0)
        self._postponed[domain] = at + _MINUTE / letters_a_minute if letters_a_minute else at
        return at

    def _take(self, domain: str, letters_a_minute: int, now: datetime) -> None:
        if letters_a_minute:
            begin = max(self._next.get(domain, now), now)
            self._next[domain] = begin + _MINUTE / letters_a_minute

    def _end_of_full_day(self, domain: str, now: datetime) -> datetime:
        """Return when a domain under warm-up may get messages: now, or tomorrow at the limit."""
        if not self._options.warm_up:
            return now
        days, today = self._days_of(domain), dates.rfc3339(now)[:10]
        begun = len([day for day in days if day < today])
        most = self._options.warm_up << min(begun, _MOST_DOUBLINGS)
        if begun >= _WARM_UP_DAYS or days.get(today, 0) < most:
            return now
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=1)

    def _days_of(self, domain: str) -> dict[str, int]:
        if domain not in self._days:
            self._days[domain] = dict(self._count_days(domain))
        return self._days[domain]


_AT_ONCE = 10  # messages that a connection claims; if it ends early, they are given back
_PATIENCE = timedelta(seconds=1)  # for which a connection waits for a slot
_LOOK_SECONDS = 0.5  # between checks for due messages and for a person's decision
_FAR = timedelta(seconds=60)  # messages due later are left to the next process
_REST = timedelta(seconds=5)  # for the first time; doubled each time that the server asks again
_LONGEST_REST = timedelta(minutes=15)
_TROUBLES: Mapping[str, tuple[str, str]] = {
    "refused": (
        "the mail server refused many mails in a row",
        "run `copydesk mail who ISSUE --state refused` to see why, then `copydesk mail send ISSUE`",
    ),
    "uncertain": (
        "the mail server broke the connection during many mails in a row",
        "check the mail server's log (a filter may crash), then run `copydesk mail send ISSUE`",
    ),
}
_MOST_FAILURES = 5  # connections in a row that cannot be opened, before sending ends


class SendClock(Protocol):
    """The clock that sending uses: it returns the time and can sleep."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SendTools:
    """What is needed to send an issue: messages, connections, rate limits, clock and
    retry rules.
    """

    store: MailStore
    make_letter: Callable[[Intent], Envelope]
    open_line: Callable[[], Awaitable[SmtpLine]]
    pace: Pace
    rules: SettleRules
    clock: SendClock
    connections: int
    has_taken: bool = False  # whether the server accepted a message of this sending before
    note_progress: Callable[[int], None] = lambda _count: None


class SendLines:
    """Sends the due messages of one newsletter issue over several SMTP connections."""

    def __init__(self, sending: Sending, tools: SendTools) -> None:
        self._number = sending.number
        self._tools = tools
        self._commit = GroupCommit(lambda outcomes: tools.store.ledger.note(self._number, outcomes))
        self._stop = asyncio.Event()
        self._failures = 0
        self._slowed = 0  # how often the server asked for a pause since it accepted a message
        self._rests_until: datetime | None = None
        self._brake = Brake(tools.connections, has_taken=tools.has_taken)
        self._last_words = ""
        self.trouble: MailError | None = None
        self.braked: BrakeReason = ""

    def stop(self) -> None:
        """Let each SMTP connection finish its message and begin no other."""
        self._stop.set()

    async def run(self) -> None:
        """Send the messages. Those that were reserved but not tried go back to the queue."""
        watch = asyncio.create_task(self._watch())
        watch.add_done_callback(lambda _: self.stop())  # without it, nobody could pause the sending
        lines = [
            asyncio.create_task(self._run_line(line)) for line in range(self._tools.connections)
        ]
        try:
            await asyncio.gather(*lines)
            self._look_at_brake(is_over=True)
        finally:
            self._stop.set()
            watch.cancel()
            await asyncio.gather(*lines, watch, return_exceptions=True)
            await self._commit.close()
        if not watch.cancelled():
            watch.result()

    async def _watch(self) -> None:
        """Stop when somebody has paused or ended the sending of the issue."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            state = await asyncio.to_thread(self._tools.store.ledger.state_of, self._number)
            if state != "sending":
                self._stop.set()

    async def _run_line(self, number: int) -> None:
        line: SmtpLine | None = None
        try:
            while not self._stop.is_set():
                intents = await self._claim(number)
                if not intents:
                    if not await self._wait_for_due():
                        return
                    continue
                line = await self._send_all(intents, line)
        finally:
            if line is not None:
                await line.close()

    async def _claim(self, line: int) -> Sequence[Intent]:
        if self._rests():
            return ()
        return await asyncio.to_thread(
            self._tools.store.ledger.claim, self._number, line, _AT_ONCE, self._tools.clock.now()
        )

    def _rests(self) -> bool:
        return self._rests_until is not None and self._tools.clock.now() < self._rests_until

    async def _wait_for_due(self) -> bool:
        """Wait half a second. Return False if no message is due soon or sending has failed."""
        due = await asyncio.to_thread(self._tools.store.ledger.find_next_due, self._number)
        now = self._tools.clock.now()
        if due is None or due - now > _FAR or self.trouble is not None:
            return False
        await self._tools.clock.sleep(_LOOK_SECONDS)
        return True

    async def _send_all(self, intents: Sequence[Intent], line: SmtpLine | None) -> SmtpLine | None:
        """Send the messages reserved for a connection. Untried ones go back to the queue."""
        untried = list(intents)
        try:
            while untried and not self._stop.is_set() and not self._rests():
                intent = untried[0]
                if not await self._find_slot(intent, untried):
                    continue
                if line is None or not line.is_open:
                    line = await self._open()
                if line is None:
                    break
                untried.pop(0)  # from here on it may arrive: it counts as tried
                await self._commit.put(await self._send_one(intent, line))
                self._tools.note_progress(1)
        finally:
            await self._give_back(untried)
        return line

    async def _find_slot(self, intent: Intent, untried: list[Intent]) -> bool:
        """Wait until a message may be sent. Return False if it must be tried again later."""
        pace, clock = self._tools.pace, self._tools.clock
        now = clock.now()
        slot = pace.find_slot_of(intent.domain, now)
        if slot - now > _PATIENCE:
            untried.pop(0)
            at = pace.postpone(intent.domain, slot) + timedelta(seconds=1)  # stored in seconds
            await asyncio.to_thread(
                self._tools.store.ledger.give_back, self._number, [(intent.subscriber, at)]
            )
            return False
        slot = max(slot, pace.find_slot(now))
        if slot > now:
            await clock.sleep(min(slot - now, _PATIENCE).total_seconds())
            return False
        pace.take(intent.domain, now)
        return True

    async def _open(self) -> SmtpLine | None:
        """Open a connection, None if that fails. Too many failures in a row end the sending."""
        try:
            line = await self._tools.open_line()
        except MailError as error:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                self.trouble = error
                self._stop.set()
            else:
                await self._tools.clock.sleep(_LOOK_SECONDS * 2**self._failures)
            return None
        self._failures = 0
        return line

    async def _send_one(self, intent: Intent, line: SmtpLine) -> DeliveryOutcome:
        answer = await self._try(intent, line)
        now = self._tools.clock.now()
        self._obey(answer, now)
        self._brake.note(answer, intent.domain)
        if answer.kind in _TROUBLES:
            self._last_words = answer.words
        self._look_at_brake()
        outcome = settle(intent, answer, now, self._tools.rules)
        if outcome.state == DeliveryState.REFUSED and proves_no_mailbox(answer):
            await asyncio.to_thread(self._suppress, intent, answer, now)
        return outcome

    async def _try(self, intent: Intent, line: SmtpLine) -> Answer:
        """Send a message. One that cannot be written counts as refused."""
        try:
            letter = self._tools.make_letter(intent)
        except MailError as error:
            return Answer(kind="refused", words=error.what)
        return await line.send(letter)

    def _obey(self, answer: Answer, now: datetime) -> None:
        """Pause when the server asks for it: longer each time, until it accepts a message."""
        if answer.kind == "slow-down":
            rest = min(_REST * (1 << min(self._slowed, 10)), _LONGEST_REST)
            self._rests_until = max(self._rests_until or now, now + rest)
            self._slowed += 1
        elif answer.kind == "accepted":
            self._slowed = 0
        elif answer.kind == "refused" and answer.stage == "sender":
            hint = "check mail.from_address and mail.bounces.address with `copydesk mail doctor`"
            self.trouble = MailError(
                "the mail server refuses the sender address", subject=answer.words, hint=hint
            )
            self._stop.set()

    def _look_at_brake(self, *, is_over: bool = False) -> None:
        """Stop sending if the server refuses message after message."""
        reason = self._brake.find_reason(is_over=is_over)
        if reason and not self.braked and self.trouble is None:
            what, hint = _TROUBLES[reason]
            self.trouble = MailError(what, subject=self._last_words, hint=hint)
            self.braked = reason
            self._stop.set()

    def _suppress(self, intent: Intent, answer: Answer, now: datetime) -> None:
        self._tools.store.suppressions.add(
            intent.address, "hard-bounce", now, answer.status, self._number
        )

    async def _give_back(self, untried: Sequence[Intent]) -> None:
        if untried:
            now = self._tools.clock.now()
            times = [(intent.subscriber, now) for intent in untried]
            await asyncio.to_thread(self._tools.store.ledger.give_back, self._number, times)


# ---- Group commit: several connections' outcomes in one write to the disk

Write = Callable[[Sequence[DeliveryOutcome]], None]


class GroupCommit:
    """Writes the outcomes of several connections' messages to disk in one transaction.

    While one group is written the next one gathers, so that many connections need hardly more
    writes than one. After a failure all waiting callers get it, and nothing more is written.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[tuple[DeliveryOutcome, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None

    async def put(self, outcome: DeliveryOutcome) -> None:
        """Write a message's outcome, and return once it is on disk. Raises the error that writing
        raised.
        """
        if self._failure is not None:
            raise self._failure
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((outcome, done))
        if self._task is None:
            self._task = asyncio.create_task(self._work_off())
        await asyncio.shield(done)  # an outcome is written even if its waiter is cancelled

    async def close(self) -> None:
        """Write the outcomes that are not written yet."""
        if self._task is not None:
            await self._task

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                await self._write_group(group)
        finally:
            self._task = None

    async def _write_group(self, group: list[tuple[DeliveryOutcome, asyncio.Future[None]]]) -> None:
        try:
            await asyncio.to_thread(self._write, [outcome for outcome, _ in group])
        except Exception as error:
            self._failure = error
            for _, done in [*group, *self._waiting]:
                done.set_exception(error)
            self._waiting = []
            return
        for _, done in group:
            done.set_result(None)
