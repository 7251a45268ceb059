"""Who got it: the ledger of one issue or one reader, as it is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from copydesk.engine.sending._send import name_state
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.mail_store import DeliveryEntry, DeliveryState, MailStore, Sending


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoLine:
    """Who was to get an issue, how that stands since when, and the server's words.

    `address` is "" where its reader was erased, `at` None as long as the letter is queued;
    `code` is 0 where no server answered.
    """

    issue: str
    address: str
    state: str
    at: datetime | None
    attempts: int = 0
    code: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoPage:
    """Some lines of an issue, each with its reader's number; `after` begins the next page.

    It is 0 where no more lines follow. The number of a service's line is 0.
    """

    lines: tuple[tuple[int, WhoLine], ...]
    after: int = 0


def list_who(store: MailStore, issue: str, state: str = "") -> Iterator[WhoLine]:
    """Walk the readers of an issue, all or those of a state; raises UsageError for no such one."""
    sending = _find_sending(store, issue)
    return map(_line_of, store.ledger.walk(sending.number, _read_state(state)))


def page_who(
    store: MailStore, issue: str, state: str = "", after: int = 0, most: int = 100
) -> WhoPage:
    """Return so many lines of an issue, from the reader behind `after` on; raises as `list_who`."""
    sending = _find_sending(store, issue)
    walked = store.ledger.walk(sending.number, _read_state(state), after)
    entries = list(itertools.islice(walked, most + 1))
    return WhoPage(
        lines=tuple((entry.subscriber, _line_of(entry)) for entry in entries[:most]),
        after=entries[most - 1].subscriber if len(entries) > most else 0,
    )


def find_who(store: MailStore, issue: str, address: str) -> tuple[int, WhoLine] | None:
    """Return the line of who has an address, with their number; None where they have none.

    Raises UsageError for no such issue.
    """
    sending = _find_sending(store, issue)
    subscriber = store.subscribers.find(address.strip())
    entries = store.ledger.of(subscriber.id) if subscriber is not None else ()
    found = (entry for entry in entries if entry.issue == sending.issue)
    return next(((entry.subscriber, _line_of(entry)) for entry in found), None)


def list_issues_of(store: MailStore, number: int) -> list[WhoLine]:
    """Return the issues that were to go to a reader by their number, the newest first."""
    return [_line_of(entry) for entry in store.ledger.of(number)]


def _find_sending(store: MailStore, issue: str) -> Sending:
    sending = store.ledger.find(issue.removesuffix(".html").rpartition("/")[2])
    if sending is None:
        hint = "it was never to be sent from here: copydesk mail send lists what was"
        raise UsageError("no such issue in the ledger", subject=text.fold(issue)[:80], hint=hint)
    return sending


def _read_state(state: str) -> Collection[DeliveryState]:
    """Return the states that a word means, () for all."""
    states = {name_state(each): each for each in DeliveryState}
    if state and state not in states:
        hint = f"there are: {', '.join(states)}"
        raise UsageError("no such state", subject=text.fold(state)[:80], hint=hint)
    return (states[state],) if state else ()


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
