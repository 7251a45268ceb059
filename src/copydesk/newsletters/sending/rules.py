"""Decide how fast newsletter messages are sent, and what to do after a mail server's answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from copydesk.kit import dates
from copydesk.mail_store.deliveries import DeliveryOutcome, DeliveryState, Intent
from copydesk.news.options import MailOptions, SmtpOptions
from copydesk.newsletters.smtp import Answer

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
