"""Send the waiting mails to single recipients, such as confirmation mails, over one connection."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from copydesk.errors import (
    BusyError,
    CopydeskError,
    MailError,
    MailServerError,
    PublishError,
    UsageError,
)
from copydesk.kit.options import fill
from copydesk.mail_store import SERVICE, MailStore, OutboxMail
from copydesk.mail_store.deliveries import DeliveryOutcome, DeliveryState, Sending, SendingState
from copydesk.newsletters.issues import make_outgoing, read_issue_to_send
from copydesk.newsletters.readers.consent import write_outbox_mail
from copydesk.newsletters.sending import send_lines
from copydesk.newsletters.sending._prepare import (
    address_single,
    load_own_signer,
    prepare_letter,
    sender_domain,
)
from copydesk.newsroom import Newsroom, Progress, hold_lock

if TYPE_CHECKING:
    from copydesk.newsletters.message import Envelope, Signer
    from copydesk.newsletters.service_calls import HandedLetter, HandOverAnswer
    from copydesk.newsletters.smtp import Answer

_OUTBOX_LOCK = "outbox.lock"
_LOOK_SECONDS = 0.1
_GRACE_SECONDS = 3.0  # for a mail under way; systemd would kill after ninety
_FIRST_WAIT = timedelta(minutes=2)
_GIVE_UP = timedelta(hours=24)  # a confirmation mail is of no use a day later
_SETTLED = frozenset({"accepted", "refused", "uncertain"})


def send_outbox(
    newsroom: Newsroom,
    store: MailStore,
    is_over: Callable[[], bool] = lambda: False,
    *,
    grace_seconds: float = _GRACE_SECONDS,
) -> int:
    """Send the due mails to single recipients. Return how many the SMTP server accepted.

    A mail refused for now waits, longer each time. Once `is_over` (set by another thread) no mail
    is begun, and one under way is cut off after `grace_seconds`. Raises MailError if the server
    cannot be reached, MailStoreError.
    """
    with hold_lock(newsroom.private / _OUTBOX_LOCK) as is_free:
        mails = store.outbox.list_due(newsroom.now) if is_free else ()
        if not mails:
            return 0
        sending = _Outgoing(newsroom, store, is_over).send_all(mails)
        return asyncio.run(_run_until(sending, is_over, grace_seconds))


async def _run_until(
    work: Coroutine[object, None, int], is_over: Callable[[], bool], grace_seconds: float
) -> int:
    sending = asyncio.create_task(work)
    while not is_over():
        if (await asyncio.wait([sending], timeout=_LOOK_SECONDS))[0]:
            return sending.result()
    if not (await asyncio.wait([sending], timeout=grace_seconds))[0]:
        sending.cancel()
        await asyncio.wait([sending])
    return 0 if sending.cancelled() else sending.result()


class _Outgoing:
    """Sends the waiting mails of one site."""

    def __init__(self, newsroom: Newsroom, store: MailStore, is_over: Callable[[], bool]) -> None:
        self._newsroom = newsroom
        self._is_over = is_over
        self._store = store
        self._signer: Signer | None = load_own_signer(newsroom)

    async def send_all(self, mails: tuple[OutboxMail, ...]) -> int:
        from copydesk.newsletters import smtp

        taken = 0
        line = await smtp.open_line(self._newsroom.settings.mail.smtp)
        try:
            for mail in mails:
                if self._is_over():
                    break
                envelope = None if self._is_too_old(mail) else self._write(mail)
                if envelope is None:
                    self._store.outbox.end(mail)
                    continue
                if not line.is_open:
                    line = await smtp.open_line(self._newsroom.settings.mail.smtp)
                self._store.outbox.postpone(mail, self._newsroom.now + _wait(mail))
                answer = await line.send(envelope)
                taken += answer.kind == "accepted"
                self._settle(mail, answer)
        finally:
            await line.close()
        return taken

    def _write(self, waiting: OutboxMail) -> Envelope | None:
        """Return a mail ready to send, None if its subscriber is gone or the address is invalid."""
        from copydesk.newsletters import message

        single = write_outbox_mail(self._newsroom, self._store, waiting)
        if single is None:
            return None
        options = self._newsroom.settings.mail
        try:
            personal = fill(
                message.PersonalMail,
                single,
                message_id=f"{secrets.token_hex(16)}@{sender_domain(options)}",
                date=self._newsroom.now,
                return_path=options.bounces.address or options.from_address,
            )
            return message.write_mail(address_single(self._newsroom), personal, self._signer)
        except MailError:  # an address that no server accepts
            return None

    def _is_too_old(self, mail: OutboxMail) -> bool:
        """Return whether a mail has expired, such as one from a restored backup."""
        return self._newsroom.now - mail.made > _GIVE_UP

    def _settle(self, mail: OutboxMail, answer: Answer) -> None:
        """Delete a mail that was answered for good. Raises MailError if the server refuses the
        sender.
        """
        if answer.kind == "refused" and answer.stage == "sender":
            hint = "check mail.from_address and mail.bounces.address with `copydesk mail doctor`"
            what = "the mail server refuses the sender address"
            raise MailError(what, subject=answer.words, hint=hint)
        if answer.kind == "slow-down":
            raise MailServerError("the mail server asks for fewer mails", subject=answer.words)
        if answer.kind in _SETTLED:
            self._store.outbox.end(mail)


def _wait(mail: OutboxMail) -> timedelta:
    return _FIRST_WAIT * (1 << min(mail.attempts, 8))


# Send the newsletter issues that are queued and ready, one after the other.
#
# take the mail lock | settle what a killed process left | connections | done, paused or later

_LOCK = "mail.lock"
# outcomes must be stored, even while an import or a VACUUM of 200,000 readers holds the file
_PATIENCE_SECONDS = 300.0
_OPEN = (DeliveryState.QUEUED, DeliveryState.INTENDED, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """The result of sending an issue: the number of messages in each state, and what stopped it.

    `uncertain` counts messages that an earlier process left without an outcome.
    """

    issue: str
    state: SendingState
    counts: dict[str, int] = field(default_factory=dict)
    uncertain: int = 0
    trouble: str = ""
    hint: str = ""


def send_issues(
    newsroom: Newsroom,
    store: MailStore,
    sendings: Iterable[Sending],
    progress: Progress,
    clock: send_lines.SendClock | None = None,
) -> list[SendReport]:
    """Send queued newsletter issues. Messages that must be retried later are left for a later call.

    On SIGTERM and Ctrl-C each connection finishes its message, and no other issue begins. An issue
    that cannot be sent (its file or newsletter is gone, a key cannot be read) stops no other.
    `clock` runs on from issue to issue. Raises BusyError if another process sends; MailStoreError.
    """
    store.be_patient(_PATIENCE_SECONDS)
    clock, end = clock or SteadyClock(newsroom.now), threading.Event()
    reports = []
    with hold_mail(newsroom):
        for sending in sendings:
            if end.is_set():
                reports.append(_report(store, sending))
                continue
            now = replace(newsroom, now=clock.now())
            try:
                reports.append(_send(now, store, sending, progress, end))
            except (UsageError, MailError, PublishError) as error:
                reports.append(_report(store, sending, error))
    return reports


@contextlib.contextmanager
def hold_mail(newsroom: Newsroom) -> Iterator[None]:
    """Hold the lock for sending mail in a `with` block. Raises BusyError if another
    process has it.
    """
    with hold_lock(newsroom.private / _LOCK) as is_free:
        if not is_free:
            hint = "wait until that delivery ends, or pause the issue at the desk"
            raise BusyError("another process is sending newsletters", hint=hint)
        yield


def _send(
    newsroom: Newsroom, store: MailStore, sending: Sending, progress: Progress, end: threading.Event
) -> SendReport:
    if sending.via != "smtp":
        if store.ledger.start(sending.number):
            hand_over_issue(newsroom, store, sending)
        return _report(store, sending)
    from copydesk.newsletters import smtp

    rules = newsroom.settings.mail
    again = rules.when_uncertain == "again"
    uncertain = store.ledger.recover(sending.number, newsroom.now, again=again)
    maker = prepare_letter(newsroom, store, sending, read_issue_to_send(newsroom, sending.issue))
    if not store.ledger.start(sending.number):
        return _report(store, sending, uncertain=uncertain)
    counts = store.ledger.count(sending.number)
    progress.stage(sending.issue, sum(counts.get(state, 0) for state in _OPEN))
    lines = send_lines.SendLines(
        sending,
        send_lines.SendTools(
            store=store,
            make_letter=maker.make,
            open_line=partial(smtp.open_line, rules.smtp),
            pace=send_lines.Pace(rules.smtp, store.ledger.count_days),
            rules=send_lines.SettleRules(options=rules, began=sending.start),
            clock=SteadyClock(newsroom.now),
            connections=rules.smtp.connections,
            has_taken=bool(counts.get(DeliveryState.ACCEPTED)),
            note_progress=progress.step,
        ),
    )
    _run(lines, end)
    _end_or_pause(store, sending, lines)
    return _report(store, sending, lines.trouble, uncertain)


def _report(
    store: MailStore, sending: Sending, trouble: CopydeskError | None = None, uncertain: int = 0
) -> SendReport:
    return SendReport(
        issue=sending.issue,
        state=store.ledger.state_of(sending.number),
        counts=count_by_name(store, sending.number),
        uncertain=uncertain,
        trouble=str(trouble) if trouble else "",
        hint=trouble.hint if trouble else "",
    )


def count_by_name(store: MailStore, number: int) -> dict[str, int]:
    """Count an issue's messages by delivery state, under the state names that JSON uses."""
    counts = store.ledger.count(number)
    return {name_state(state): counts[state] for state in DeliveryState if state in counts}


def name_state(state: DeliveryState) -> str:
    """Return a delivery state's name in JSON and commands, such as `handed-over`."""
    return state.name.lower().replace("_", "-")


def _end_or_pause(store: MailStore, sending: Sending, lines: send_lines.SendLines) -> None:
    """End sending an issue. Its suppressions become final, unless the server refused everybody."""
    number = sending.number
    with store.at_once():
        if lines.braked == "refused":
            store.suppressions.take_back(number)
        else:
            store.suppressions.keep(number)
        if store.ledger.state_of(number) != "sending":
            return
        if store.ledger.find_next_due(number) is None:
            store.ledger.set_state(number, "done")
        elif lines.braked:
            store.ledger.set_state(number, "paused", remark=lines.braked)


def _run(lines: send_lines.SendLines, end: threading.Event) -> None:
    """Send over all connections. `end` is set when a signal ends this process."""
    import uvloop

    def stop() -> None:
        end.set()
        lines.stop()

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
        await lines.run()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


# ---- Handing over to a service: it has the readers, our log has one row


def hand_over_issue(newsroom: Newsroom, store: MailStore, sending: Sending) -> None:
    """Give a newsletter issue to a newsletter service. An attempt that may have worked is not
    repeated.

    If the service cannot take the issue now, it is asked again later, within the time for retries.
    Raises MailError after that, or if the service refuses: then a person decides.
    """
    from copydesk.newsletters import services

    is_repeatable = services.SERVICES[sending.via].is_repeatable
    is_asked_again = newsroom.settings.mail.when_uncertain == "again" or is_repeatable
    store.ledger.recover(sending.number, newsroom.now, again=is_asked_again)
    if store.ledger.find_next_due(sending.number) is None:
        store.ledger.set_state(sending.number, "done")
        return
    letter, options = _make_letter(newsroom, store, sending), newsroom.settings.mail
    store.ledger.intend_hand_over(sending.number, newsroom.now)
    try:
        answer = asyncio.run(
            services.hand_over(sending.via, options.hand_over, letter, newsroom.now)
        )
    except MailError:  # the settings are at fault: nothing was asked
        store.ledger.give_back(sending.number, [(SERVICE, newsroom.now)])
        raise
    state = _STATES[answer.kind]
    if state == DeliveryState.UNCERTAIN and is_asked_again:
        state = DeliveryState.WAITING
    is_tried_again = state == DeliveryState.WAITING and answer.kind != "refused"
    at = newsroom.now + (_WAIT if is_tried_again else timedelta(0))
    outcome = DeliveryOutcome(subscriber=SERVICE, state=state, at=at, words=answer.words)
    store.ledger.note(sending.number, [outcome])
    if state in {DeliveryState.HANDED_OVER, DeliveryState.UNCERTAIN}:
        store.ledger.set_state(sending.number, "done")
    elif trouble := _find_trouble(newsroom, sending, answer, at):
        store.ledger.set_state(sending.number, "paused")
        raise trouble


def _find_trouble(
    newsroom: Newsroom, sending: Sending, answer: HandOverAnswer, again_at: datetime
) -> MailError | None:
    """Return why giving an issue to a service is not tried again, None if it will be."""
    if answer.kind == "refused":
        hint = "correct [mail.hand_over] in beat.toml, then run `copydesk mail send ISSUE`"
        return MailError(f"{sending.via} refused the issue", subject=answer.words, hint=hint)
    hours = newsroom.settings.mail.give_up_hours
    if again_at <= sending.start + timedelta(hours=hours):
        return None
    what = f"{sending.via} did not accept the issue within {hours} hours"
    hint = "to send the issue all the same, run `copydesk mail send ISSUE`"
    return MailError(what, subject=answer.words, hint=hint)


def _make_letter(newsroom: Newsroom, store: MailStore, sending: Sending) -> HandedLetter:
    """Return an issue for a newsletter service, with the subscribers if the service stores none."""
    from copydesk.newsletters import service_calls, services

    issue, options = read_issue_to_send(newsroom, sending.issue), newsroom.settings.mail
    outgoing = make_outgoing(newsroom, issue)
    readers: tuple[str, ...] = ()
    if services.SERVICES[sending.via].needs_readers:
        readers = store.ledger.list_addresses(issue.letter.id, issue.topics, newsroom.now)
    return fill(
        service_calls.HandedLetter,
        outgoing,
        from_name=options.from_name or issue.letter.title,
        from_address=options.from_address,
        reply_to=options.reply_to,
        issue_name=issue.name,
        page=issue.page,
        readers=readers,
    )


_WAIT = timedelta(minutes=15)
_STATES = {
    "taken": DeliveryState.HANDED_OVER,
    "draft": DeliveryState.HANDED_OVER,
    "refused": DeliveryState.WAITING,  # until somebody mends the settings and sends it again
    "later": DeliveryState.WAITING,
    "uncertain": DeliveryState.UNCERTAIN,
}


# ---- A clock that goes on evenly when the machine's clock is set


class SteadyClock:
    """A clock that counts from a given time, unaffected by changes to the machine's clock."""

    def __init__(self, begin: datetime) -> None:
        self._begin = begin
        self._at = time.monotonic()

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return self._begin + timedelta(seconds=time.monotonic() - self._at)

    async def sleep(self, seconds: float) -> None:
        """Wait for a number of seconds."""
        await asyncio.sleep(seconds)
