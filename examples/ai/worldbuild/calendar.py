"""Moves the world's dates by whole weeks, so that weekdays stay right: its times, and the dates in prose.

In the sources every date that belongs to the story stands in braces, as it was in the first week:
`{Nov 16}`, `{16 November}`, `{January 4, 2027}`, `{2026/11/19}`; a month `{October}`, a year `{2025}`, a
season `{spring}`; and `{January 15: January}`, the month of a day. History has no braces (1871).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# the world as it was written: its first answer, its last, and the moment that the demo is set in
FIRST = datetime(2026, 11, 14, 6, 0, tzinfo=UTC)
LAST = datetime(2026, 11, 20, 7, 40, tzinfo=UTC)
CLOCK = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)

_WEEK = timedelta(weeks=1)
_DAYS = ("%B %-d, %Y", "%b. %-d, %Y", "%-d %B %Y", "%Y/%m/%d", "%B %-d", "%b %-d", "%-d %B")
_MONTHS = ("%B %Y", "%B")
_SEASONS = {"winter": 1, "spring": 4, "summer": 7, "autumn": 10}  # with their middle month


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The dates of a world that is `shift` younger than it was written."""

    shift: timedelta = timedelta()

    @property
    def first(self) -> datetime:
        """Give the time of the world's first answer."""
        return FIRST + self.shift

    @property
    def last(self) -> datetime:
        """Give the time of the world's last answer."""
        return LAST + self.shift

    @property
    def clock(self) -> datetime:
        """Give the moment that the demo is set in."""
        return CLOCK + self.shift

    def write(self, text: str) -> str:
        """Give a text with the dates in braces moved, and without its braces."""
        return re.sub(r"\{([^{}]+)\}", lambda mark: self._move(mark[1]), text)

    def _move(self, mark: str) -> str:
        written, _, shown = mark.partition(": ")
        if re.fullmatch(r"\d{4}", written):
            return f"{int(written) + self.first.year - FIRST.year}"
        if written in _SEASONS:
            month = self._later(datetime(2026, _SEASONS[written], 1, tzinfo=UTC)).month
            return next(name for name, middle in _SEASONS.items() if (month - middle + 1) % 12 < 3)
        for form in _MONTHS:
            if month_of := _parse(written, form):
                return self._later(month_of).strftime(form)
        for form in _DAYS:
            if day := _parse(written, form):
                moved = (_near(day, form) + self.shift).strftime("%B" if shown else form)
                return moved.replace("May.", "May")
        raise ValueError(f"no date: {mark}")

    def _later(self, month: datetime) -> datetime:
        """Give a month as many months later as the world's first day is."""
        months = (self.first.year - FIRST.year) * 12 + self.first.month - FIRST.month
        count = month.year * 12 + month.month - 1 + months
        return month.replace(year=count // 12, month=count % 12 + 1)


def young(moment: datetime) -> Calendar:
    """Give the calendar whose clock is at most six days and some hours before a moment."""
    return Calendar(shift=(moment - CLOCK) // _WEEK * _WEEK)


def _parse(text: str, form: str) -> datetime | None:
    """Read a text in a form; without a year in it, as in 2026."""
    asked = form.replace("%-", "%")
    whole = asked if "%Y" in form else f"{asked} %Y"
    try:
        found = datetime.strptime(text if "%Y" in form else f"{text} 2026", whole)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC)


def _near(day: datetime, form: str) -> datetime:
    """Give a day without a year in the year that brings it nearest to the clock."""
    is_next = "%Y" not in form and CLOCK - day > timedelta(days=182)
    return day.replace(year=day.year + 1) if is_next else day
