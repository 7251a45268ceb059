"""Send: the sendings that may go, one after the other, in this process.

the mail lock │ what an earlier process left is settled │ lines │ done, paused, or later
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from copydesk.engine.letters import read_issue_to_send
from copydesk.engine.newsroom import Newsroom, Progress, hold_lock
from copydesk.engine.sending._clock import SteadyClock
from copydesk.engine.sending._hand_over import hand_over_issue
from copydesk.engine.sending._pace import Pace
from copydesk.engine.sending._prepare import prepare_letter
from copydesk.engine.sending._send_lines import SendClock, SendLines, SendTools
from copydesk.engine.sending._settle import SettleRules
from copydesk.errors import BusyError, CopydeskError, MailError, PublishError, UsageError
from copydesk.mail_store import DeliveryState, MailStore, Sending, SendingState

if TYPE_CHECKING:
    from copydesk.post import SmtpLine

_LOCK = "mail.lock"
# what was sent must be written down, also while an import or a VACUUM of 200,000 readers goes on
_PATIENCE_SECONDS = 300.0
_OPEN = (DeliveryState.QUEUED, DeliveryState.INTENDED, DeliveryState.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """How a sending stands after this process: counts by state, and what kept it up, if anything.

    `uncertain` are letters of which an earlier process left it open whether they arrived.
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
    clock: SendClock | None = None,
) -> list[SendReport]:
    """Send what may go of some sendings; what waits for another attempt is left for a later call.

    SIGTERM and Ctrl-C let each connection end its letter, and no other issue begin. An issue that
    cannot be sent (its file or its letter is gone, a key cannot be read) holds up no other. `clock`
    goes on from issue to issue. Raises BusyError where another process sends; MailStoreError.
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
    """Hold the newsroom's mail for the block; raises BusyError where another process does."""
    with hold_lock(newsroom.private / _LOCK) as is_free:
        if not is_free:
            hint = "wait until it ends, or pause it at the desk"
            raise BusyError("another process sends letters", hint=hint)
        yield


def _send(
    newsroom: Newsroom,
    store: MailStore,
    sending: Sending,
    progress: Progress,
    end: threading.Event,
) -> SendReport:
    if sending.via != "smtp":
        return _hand_over(newsroom, store, sending)
    rules = newsroom.settings.mail
    again = rules.when_uncertain == "again"
    recovery = store.ledger.recover(sending.number, newsroom.now, again=again)
    maker = prepare_letter(newsroom, store, sending, read_issue_to_send(newsroom, sending.issue))
    if not store.ledger.start(sending.number):
        return _report(store, sending, uncertain=recovery.uncertain)
    counts = store.ledger.count(sending.number)
    progress.stage(sending.issue, sum(counts.get(state, 0) for state in _OPEN))
    lines = SendLines(
        sending,
        SendTools(
            store=store,
            make_letter=maker.make,
            open_line=_opener(newsroom),
            pace=Pace(rules.smtp, store.ledger.count_days),
            rules=SettleRules(options=rules, began=sending.start),
            clock=SteadyClock(newsroom.now),
            connections=rules.smtp.connections,
            has_taken=bool(counts.get(DeliveryState.ACCEPTED)),
            note_progress=progress.step,
        ),
    )
    _run(lines, end)
    _end_or_pause(store, sending, lines)
    return _report(store, sending, lines.trouble, recovery.uncertain)


def _hand_over(newsroom: Newsroom, store: MailStore, sending: Sending) -> SendReport:
    if store.ledger.start(sending.number):
        hand_over_issue(newsroom, store, sending)
    return _report(store, sending)


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
    """Return how many letters of a sending stand how, by the names of states in small letters."""
    counts = store.ledger.count(number)
    return {name_state(state): counts[state] for state in DeliveryState if state in counts}


def name_state(state: DeliveryState) -> str:
    """Return a state as JSON and commands spell it: `handed-over`."""
    return state.name.lower().replace("_", "-")


def _end_or_pause(store: MailStore, sending: Sending, lines: SendLines) -> None:
    """End a run: what it suppressed is so for good, unless the server refused all alike."""
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


def _opener(newsroom: Newsroom) -> Callable[[], Awaitable[SmtpLine]]:
    from copydesk import post

    options = newsroom.settings.mail.smtp
    return lambda: post.open_line(options)


def _run(lines: SendLines, end: threading.Event) -> None:
    """Send; `end` is set where a signal tells this process to end."""
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
