"""Sendings and deliveries: the values that the delivery log is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Literal

from copydesk.news import Delivery

SendingState = Literal["ready", "awaits-word", "sending", "paused", "ended", "done"]
SendingRemark = Literal["", "person", "restored", "checks", "held", "uncertain", "refused"]


class DeliveryState(IntEnum):
    """How one letter to one reader stands. The numbers stand in files: none changes its meaning."""

    QUEUED = 0  # nobody tried yet
    INTENDED = 1  # it is about to be tried, or was when the process ended
    ACCEPTED = 2  # the server took it
    WAITING = 3  # tried in vain, and tried again later
    REFUSED = 4  # the server refused it for good
    UNCERTAIN = 5  # its end was written, and no answer came: nobody knows
    SKIPPED = 6  # its reader left, paused or was suppressed meanwhile
    HANDED_OVER = 7  # a service has it, and no more is known
    GIVEN_UP = 8  # refused for now until the time for that was over


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """An issue that goes to its letter's readers: by which way, as whose decision.

    One that `awaits-word` needs a person's first, and `remark` says why: as it is set up, after a
    restore (it may have gone out), since the checks of `mail doctor` are not clean, or `held`: it
    was filed where nobody could be asked. Of one that
    is `paused` it says what the server did: it left one letter after the other `uncertain`, or
    `refused` them. `again_by` let it go to the uncertain once more, at `again_at`.
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
        """Return from when on it is counted how long letters are tried."""
        return self.again_at or self.made


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A letter that is about to be tried: to whom, and how often that was tried before."""

    subscriber: int
    address: str = field(repr=False)
    domain: str
    language: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOutcome:
    """What became of an intent. `at` is when; of one that waits, when it is tried again."""

    subscriber: int
    state: DeliveryState
    at: datetime
    domain: str = ""
    code: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEntry:
    """A line of the ledger: who got it (or not), when, and the server's words.

    `address` is "" where its reader was erased, `at` None as long as the letter is queued.
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
    """An issue that is to be sent: its name, letter and topics, and who decided it."""

    issue: str
    letter: str
    via: Delivery
    topics: tuple[str, ...] = ()
    by: str = ""
    state: SendingState = "ready"
    remark: SendingRemark = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a process that ended before its time left: letters nobody knows of, and untried ones."""

    uncertain: int
    given_back: int


# ---- Reading rows


def read_sending(
    row: tuple[int, str, str, SendingState, Delivery, str, str, SendingRemark, str, str],
) -> Sending:
    """Read a sending out of its columns."""
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
    """Read an intent out of its columns."""
    subscriber, address, domain, language, attempts = row
    return Intent(
        subscriber=subscriber,
        address=address,
        domain=domain,
        language=language,
        attempts=attempts,
    )


def read_entry(row: tuple[str, int, str, int, int, int, int, str]) -> DeliveryEntry:
    """Read a line of the ledger out of its columns."""
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
