"""Report and control the sending of newsletter issues, and list who received each of them."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.kit.options import fill
from copydesk.mail_store import MailStore, deliveries
from copydesk.mail_store.returns import ReturnCount
from copydesk.newsletters.checks import find_mail_obstacle
from copydesk.newsletters.issues import read_issue_to_send
from copydesk.newsletters.sending import count_by_name, name_state
from copydesk.newsletters.sending.begin import find_missing_word
from copydesk.newsroom import Newsroom

_GOING: frozenset[deliveries.SendingState] = frozenset(
    {"ready", "awaits-word", "sending", "paused"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRow:
    """The state of sending one newsletter issue: counts of messages, bounces and page views.

    `next_due` is when the next message is tried, None if none is left. `again_by` is who sent the
    issue once more, at `again_at`, to the subscribers whose delivery was uncertain.
    """

    issue: str
    letter: str
    state: deliveries.SendingState
    via: str
    made: datetime
    by: str
    remark: deliveries.SendingRemark
    counts: Mapping[str, int]
    returns: Mapping[ReturnCount, int]
    views: int
    next_due: datetime | None
    again_by: str
    again_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRehearsal:
    """A preview of sending a newsletter issue: the number of subscribers, its size, any
    obstacle.
    """

    issue: str
    letter: str
    readers: int
    bytes: int
    remark: deliveries.SendingRemark


def list_sendings(store: MailStore, most: int = 100, before: str = "") -> list[SendingRow]:
    """Return the newsletter issues sent, being sent or waiting, newest first. With `before`, only
    those older than that issue.
    """
    sendings = store.ledger.list_sendings(most, before=before)
    return [_make_row(store, sending) for sending in sendings]


def find_sending(store: MailStore, issue: str) -> SendingRow:
    """Return the state of sending a newsletter issue. Raises UsageError if it was never sent."""
    return _make_row(store, _find(store, issue))


def rehearse_sending(newsroom: Newsroom, store: MailStore, issue: str) -> SendingRehearsal:
    """Return a preview of sending a newsletter issue. Nothing is sent. Raises as `begin_sending`
    does, and MailError.
    """
    from copydesk.newsletters.issues import make_outgoing

    mail = read_issue_to_send(newsroom, issue)
    outgoing = make_outgoing(newsroom, mail)
    return SendingRehearsal(
        issue=mail.name,
        letter=mail.letter.id,
        readers=store.ledger.count_readers(mail.letter.id, mail.topics, newsroom.now),
        bytes=len(outgoing.html.encode()) + len(outgoing.text.encode()),
        remark=find_missing_word(newsroom, store, mail, by=""),
    )


def stop_sending(
    store: MailStore, issue: str, word: Literal["paused", "ended"], by: str
) -> SendingRow:
    """Pause or end the sending of a newsletter issue. Messages already begun are finished.

    Raises UsageError if it is finished or was never queued.
    """
    sending = _find(store, issue)
    if sending.state not in _GOING:
        raise UsageError("the issue was already delivered or cancelled", subject=sending.issue)
    store.ledger.set_state(sending.number, word, by=by)
    return find_sending(store, issue)


def resume_sending(newsroom: Newsroom, store: MailStore, issue: str, by: str) -> SendingRow:
    """Resume the sending of a paused newsletter issue, or approve a waiting one. `serve` then sends
    it.

    Raises UsageError if it is finished or the mail checks hold it back.
    """
    sending = _find(store, issue)
    if sending.state not in {"paused", "awaits-word"}:
        raise UsageError(
            "the delivery is neither paused nor waiting for your decision", subject=sending.issue
        )
    obstacle = find_mail_obstacle(newsroom, store)
    if obstacle is not None:
        store.ledger.set_state(sending.number, "awaits-word", remark="checks")
        hint = "run `copydesk mail doctor` to see the faults and how to overrule them"
        raise UsageError(obstacle, subject=sending.issue, hint=hint)
    store.ledger.set_state(sending.number, "ready", by=by)
    return find_sending(store, issue)


def _find(
    store: MailStore, issue: str, what: str = "no delivery of this issue"
) -> deliveries.Sending:
    sending = store.ledger.find(issue.removesuffix(".html").rpartition("/")[2])
    if sending is None:
        hint = "run `copydesk mail send` to list the issues that were sent"
        raise UsageError(what, subject=text.fold(issue)[:80], hint=hint)
    return sending


def _make_row(store: MailStore, sending: deliveries.Sending) -> SendingRow:
    return fill(
        SendingRow,
        sending,
        counts=count_by_name(store, sending.number),
        returns=store.returns.count(sending.number),
        views=store.views.of(sending.issue),
        next_due=store.ledger.find_next_due(sending.number),
    )


# ---- Who received it


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoLine:
    """One subscriber's message of a newsletter issue: its state, time, and the mail server's text.

    `address` is "" if the subscriber was erased, `at` None while the message is queued; `code` is 0
    where no server answered.
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
    """One page of the list of an issue's subscribers. The next page starts after number `after`.

    `after` is 0 on the last page. The row of a service has number 0.
    """

    lines: tuple[tuple[int, WhoLine], ...]
    after: int = 0


def list_who(store: MailStore, issue: str, state: str = "") -> Iterator[WhoLine]:
    """Yield the subscribers that a newsletter issue was sent to, all or those with messages in
    `state`. Raises UsageError for an unknown issue or state.
    """
    sending = _find_sending(store, issue)
    return map(_line_of, store.ledger.walk(sending.number, _read_state(state)))


def page_who(
    store: MailStore, issue: str, state: str = "", after: int = 0, most: int = 100
) -> WhoPage:
    """Return one page of an issue's subscribers, those numbered above `after`. Raises as `list_who`
    does.
    """
    sending = _find_sending(store, issue)
    walked = store.ledger.walk(sending.number, _read_state(state), after)
    entries = list(itertools.islice(walked, most + 1))
    return WhoPage(
        lines=tuple((entry.subscriber, _line_of(entry)) for entry in entries[:most]),
        after=entries[most - 1].subscriber if len(entries) > most else 0,
    )


def find_who(store: MailStore, issue: str, address: str) -> tuple[int, WhoLine] | None:
    """Return a subscriber's number and message in an issue's delivery log, by address, None if
    absent.

    Raises UsageError for an unknown issue.
    """
    sending = _find_sending(store, issue)
    subscriber = store.subscribers.find(address.strip())
    entries = store.ledger.of(subscriber.id) if subscriber is not None else ()
    found = (entry for entry in entries if entry.issue == sending.issue)
    return next(((entry.subscriber, _line_of(entry)) for entry in found), None)


def list_issues_of(store: MailStore, number: int) -> list[WhoLine]:
    """Return the newsletter issues sent or to be sent to a subscriber, newest first."""
    return [_line_of(entry) for entry in store.ledger.of(number)]


def _find_sending(store: MailStore, issue: str) -> deliveries.Sending:
    return _find(store, issue, "no such issue in the delivery log")


def _read_state(state: str) -> Collection[deliveries.DeliveryState]:
    """Return the delivery states that a name stands for. For "" return (), which means all."""
    states = {name_state(each): each for each in deliveries.DeliveryState}
    if state and state not in states:
        hint = f"use one of: {', '.join(states)}"
        raise UsageError("unknown delivery state", subject=text.fold(state)[:80], hint=hint)
    return (states[state],) if state else ()


def _line_of(entry: deliveries.DeliveryEntry) -> WhoLine:
    return fill(WhoLine, entry, state=name_state(entry.state))
