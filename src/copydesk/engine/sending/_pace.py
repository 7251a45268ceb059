"""Pace: how fast letters may go, to all and to readers at one domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from copydesk.kit import dates
from copydesk.news import SmtpOptions

_MINUTE = timedelta(minutes=1)
_WARM_UP_DAYS = 10
_MOST_DOUBLINGS = 30
CountDays = Callable[[str], Mapping[str, int]]
"""Return how many letters each day (UTC, YYYY-MM-DD) went to a domain."""


class Pace:
    """Say when the next letter to a domain may go.

    Each letter takes a slot: those of one limit lie a minute's share apart, so that no second sees
    a burst. `count_days` answers from the ledger, so that a restart forgets nothing of the day.
    """

    def __init__(self, options: SmtpOptions, count_days: CountDays) -> None:
        self._options = options
        self._count_days = count_days
        self._next: dict[str, datetime] = {}  # by domain, "" for all
        self._postponed: dict[str, datetime] = {}
        self._days: dict[str, dict[str, int]] = {}

    def find_slot(self, now: datetime) -> datetime:
        """Return when a letter may go, as far as the limit for all is concerned."""
        return max(self._next.get("", now), now)

    def find_slot_of(self, domain: str, now: datetime) -> datetime:
        """Return when a letter to a domain may go, as far as that one is concerned."""
        return max(self._next.get(domain, now), self._end_of_full_day(domain, now), now)

    def take(self, domain: str, now: datetime) -> None:
        """Take a slot: a letter goes to a domain now."""
        self._take("", self._options.letters_a_minute, now)
        self._take(domain, self._options.domains.get(domain, 0), now)
        if self._options.warm_up:
            days, day = self._days_of(domain), dates.rfc3339(now)[:10]
            days[day] = days.get(day, 0) + 1

    def postpone(self, domain: str, slot: datetime) -> datetime:
        """Return when a letter that found no slot asks again: one after the other."""
        at = max(slot, self._postponed.get(domain, slot))
        letters_a_minute = self._options.domains.get(domain, 0)
        self._postponed[domain] = at + _MINUTE / letters_a_minute if letters_a_minute else at
        return at

    def _take(self, domain: str, letters_a_minute: int, now: datetime) -> None:
        if letters_a_minute:
            begin = max(self._next.get(domain, now), now)
            self._next[domain] = begin + _MINUTE / letters_a_minute

    def _end_of_full_day(self, domain: str, now: datetime) -> datetime:
        """Return when a domain may get letters as far as it is warmed up: the next day, or now."""
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
