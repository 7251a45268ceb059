"""The hours of a letter: when it is due, whatever its zone does with the clock.

An hour that a day has twice counts once, the first time; one that a day lacks is as long after
midnight as on any other day, and so an hour later on the clock. A day that a zone leaves out has
none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import get_args

from copydesk.kit import dates
from copydesk.news import LetterDay, LetterOptions

_DAYS: tuple[LetterDay, ...] = get_args(LetterDay)
_DAY = timedelta(days=1)
_SPAN = 16  # days: a week, and another one where a zone leaves out the only day of it
_MADE_UP_FOR = _DAY  # so long an hour that nobody was there for is made up for
_FIRST_WITHIN = timedelta(hours=1)  # of its hour comes a first issue, however often cron looks


def next_due(letter: LetterOptions, after: datetime) -> datetime | None:
    """Return the first moment after another at which a letter is due, None where no hour says so.

    That is one that comes when so many stories are new, and one past the end of the calendar.
    """
    return next(_walk_due(letter, after, 1), None)


def due_between(letter: LetterOptions, after: datetime, until: datetime) -> list[datetime]:
    """Return the moments at which a letter is due, later than one and not later than another."""
    found: list[datetime] = []
    while (due := next_due(letter, found[-1] if found else after)) and due <= dates.utc(until):
        found.append(due)
    return found


def last_due(letter: LetterOptions, until: datetime) -> datetime | None:
    """Return the last moment, not later than another, at which a letter was due."""
    return next((due for due in _walk_due(letter, until, -1)), None)


def is_due(letter: LetterOptions, last: datetime | None, now: datetime) -> bool:
    """Decide whether an issue should be made now; `last` is when the last one was.

    An hour that nobody was there for is made up for within a day; of a letter that had no issue yet
    within an hour, for who writes one at ten does not want it at once. A day on which there was an
    issue, for whatever reason, needs no other one: neither an hour moved later on that day nor a
    zone moved west makes two.
    """
    due = last_due(letter, now)
    within = _MADE_UP_FOR if last else _FIRST_WITHIN
    if due is None or dates.utc(now) - due >= within:
        return False
    zone = dates.find_zone(letter.zone)
    return last is None or (last < due and local_day(last, zone) != local_day(due, zone))


def window_before(letter: LetterOptions, at: datetime) -> datetime:
    """Return where the window of a first issue begins: one cadence back, a day where none is."""
    due = last_due(letter, at)
    before = last_due(letter, due - timedelta(microseconds=1)) if due else None
    return before or dates.utc(at) - _DAY


def local_day(moment: datetime, zone: tzinfo) -> date:
    """Return the day of a moment in a zone."""
    try:
        return dates.utc(moment).astimezone(zone).date()
    except OverflowError:
        return dates.utc(moment).date()


def _walk_due(letter: LetterOptions, start: datetime, step: int) -> Iterator[datetime]:
    """Walk the moments at which a letter is due, later than a moment or back from it.

    No more than those of two weeks: who asks wants the first.
    """
    if letter.when_new:
        return
    zone, clock = dates.find_zone(letter.zone), time.fromisoformat(letter.at)
    wanted = letter.days or _DAYS
    start = dates.utc(start)
    for ahead in range(-1, _SPAN):  # of two zones the days may be two apart
        try:
            day = local_day(start, zone) + timedelta(days=ahead * step)
            # by its first turn, an hour that is there twice is one; one that is not there is moved
            due = datetime.combine(day, clock, zone).astimezone(UTC)
            is_there = due.astimezone(zone).date() == day
        except OverflowError:
            continue
        is_beyond = due > start if step > 0 else due <= start
        if _DAYS[day.weekday()] in wanted and is_there and is_beyond:
            yield due
