"""Who got it: the ledger of one issue or one reader, as it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from copydesk.engine.sending._send import name_state
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.mail_store import DeliveryEntry, DeliveryState, MailStore


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoLine:
    """Who was to get an issue, how that stands since when, and the server's words.

    `address` is "" where its reader was erased; `code` is 0 where no server answered.
    """

    issue: str
    address: str
    state: str
    at: datetime
    attempts: int = 0
    code: int = 0
    words: str = ""


def list_who(store: MailStore, issue: str, state: str = "") -> Iterator[WhoLine]:
    """Walk the readers of an issue, all or those of a state; raises UsageError for no such one."""
    sending = store.ledger.find(issue.removesuffix(".html").rpartition("/")[2])
    if sending is None:
        hint = "it was never to be sent from here: copydesk mail send lists what was"
        raise UsageError("no such issue in the ledger", subject=text.fold(issue)[:80], hint=hint)
    states = {name_state(each): each for each in DeliveryState}
    if state and state not in states:
        hint = f"there are: {', '.join(states)}"
        raise UsageError("no such state", subject=text.fold(state)[:80], hint=hint)
    wanted = (states[state],) if state else ()
    return map(_line_of, store.ledger.walk(sending.number, wanted))


def list_issues_of(store: MailStore, address: str) -> list[WhoLine]:
    """Return the issues that were to go to an address, the newest first; [] for nobody's."""
    subscriber = store.subscribers.find(address)
    return [] if subscriber is None else [_line_of(each) for each in store.ledger.of(subscriber.id)]


def _line_of(entry: DeliveryEntry) -> WhoLine:
    return WhoLine(
        issue=entry.issue,
        address=entry.address,
        state=name_state(entry.state),
        at=entry.at,
        attempts=entry.attempts,
        code=entry.code,
        words=entry.words,
    )
