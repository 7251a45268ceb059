"""The values that the newsletter delivery log is made of: sendings, messages and their outcomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Literal

from copydesk.news.options import Delivery

SendingState = Literal["ready", "awaits-word", "sending", "paused", "ended", "done"]
SendingRemark = Literal["", "person", "restored", "checks", "held", "uncertain", "refused"]


class DeliveryState(IntEnum):
    """The state of one message to one reader; the numbers are stored and never change meaning."""

    QUEUED = 0  # not tried yet
    INTENDED = 1  # it is about to be tried, or was when the process ended
    ACCEPTED = 2  # the server accepted it
    WAITING = 3  # refused for now, to be tried again later
    REFUSED = 4  # the server refused it for good
    UNCERTAIN = 5  # it was sent whole, and no answer came: the outcome is unknown
    SKIPPED = 6  # its reader left, paused or was suppressed meanwhile
    HANDED_OVER = 7  # a service has it, and no more is known
    GIVEN_UP = 8  # refused for now until the time for retries was over


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """The sending of a newsletter issue to its readers: by which service, by whose decision.

    A sending in `awaits-word` needs a person's approval; `remark` says why: that is how it is set
    up, a restore (it may have gone out), the checks of `mail doctor` are not clean, or `held`: it
    was filed where nobody could be asked. For a `paused` sending `remark` says what the server did:
    it left one message after the other `uncertain`, or `refused` them. `again_by` sent the issue to
    the uncertain readers once more, at `again_at`.
    """

    number: int
    issue: str
    letter: str
    state: SendingState
    via: Delivery
    made: datetime
    by: str = ""
    remark: SendingRemark = ""
    again_by: str = ""
    again_at: datetime | None = None

    @property
    def start(self) -> datetime:
        """Return the time from which the limit for retrying messages counts."""
        return self.again_at or self.made


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A message that is about to be sent: to whom, and how often it was tried before."""

    subscriber: int
    address: str = field(repr=False)
    domain: str
    language: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOutcome:
    """The outcome of sending one message; `at` is when, or when it is tried again."""

    subscriber: int
    state: DeliveryState
    at: datetime
    domain: str = ""
    code: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEntry:
    """A row of the delivery log: an issue's reader, the message's state, the server's text.

    `address` is "" if the reader was erased, `at` None while the message is queued.
    """

    issue: str
    subscriber: int
    address: str = field(repr=False)
    state: DeliveryState
    at: datetime | None
    attempts: int = 0
    code: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSending:
    """A newsletter issue to queue for sending: its name, newsletter and topics, and by whom."""

    issue: str
    letter: str
    via: Delivery
    topics: tuple[str, ...] = ()
    by: str = ""
    state: SendingState = "ready"
    remark: SendingRemark = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a killed process left: numbers of messages with unknown outcome, and untried ones."""

    uncertain: int
    given_back: int


# ---- Reading rows


def read_sending(
    row: tuple[int, str, str, SendingState, Delivery, str, str, SendingRemark, str, str],
) -> Sending:
    """Make a `Sending` from a row of its table."""
    number, issue, letter, state, via, made, by, remark, again_by, again_at = row
    return Sending(
        number=number,
        issue=issue,
        letter=letter,
        state=state,
        via=via,
        made=datetime.fromisoformat(made),
        by=by,
        remark=remark,
        again_by=again_by,
        again_at=datetime.fromisoformat(again_at) if again_at else None,
    )


def read_intent(row: tuple[int, str, str, str, int]) -> Intent:
    """Make an `Intent` from a row of its columns."""
    subscriber, address, domain, language, attempts = row
    return Intent(
        subscriber=subscriber,
        address=address,
        domain=domain,
        language=language,
        attempts=attempts,
    )


def read_entry(row: tuple[str, int, str, int, int, int, int, str]) -> DeliveryEntry:
    """Make a `DeliveryEntry` from a row of its columns."""
    issue, subscriber, address, state, at, attempts, code, words = row
    return DeliveryEntry(
        issue=issue,
        subscriber=subscriber,
        address=address,
        state=DeliveryState(state),
        at=None if state == DeliveryState.QUEUED else datetime.fromtimestamp(at, UTC),
        attempts=attempts,
        code=code,
        words=words,
    )
