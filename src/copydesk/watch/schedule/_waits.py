"""Rhythm: how long to wait before a source is asked again. Pure; chance is a hash.

A wait is the shortest of three, within ten minutes and a day:

    patience   until the items that are expected have together waited long enough
    room       until half of the items that the source lists would be new ones
    interval   the wait after which half of them were new, as measured

Then the publisher's wishes lengthen it, up to a day. For the least mean delay at a number of
requests, intervals go with rate^(-1/2) over sources of different speed; the least median wants the
quick ones asked still more. Here they go with rate^(-7/12), between the two.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from copydesk.kit import dates
from copydesk.watch.reading import Hints
from copydesk.watch.schedule._forecast import Forecast

SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(hours=24)
FIRST = timedelta(hours=1)  # the interval of a source of which nothing is known
PATIENCE = 0.16  # item-hours, for a source of one item an hour: it is asked after 34 minutes
PUSHED = timedelta(hours=6)  # the wait while a hub pushes: four times a day
RETRY = timedelta(minutes=15)  # the wait after a first failure, doubled with each more in a row
BREAKER = 6  # failures in a row from which a source rests: it is tried once a day

_SLOWER = 1 / 6  # patience goes with rate^(-1/6), and so the wait with rate^(-7/12)
_LEAST_KNOWN = 1 / 3  # of the items in a fetch; with fewer, news may roll out of the list unseen
_MOST_KNOWN = 2 / 3
_FAILED_JITTER = 0.25
_JITTER = 0.05
_MOST_JITTER = timedelta(minutes=2)
_DAY_JITTER = 0.1  # sources that are asked once a day spread over more than two hours
_HOUR = timedelta(hours=1)
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,12})', re.IGNORECASE)
_NO_CACHE = re.compile(r"(?:^|,)\s*no-cache\s*(?:,|$)", re.IGNORECASE)


def next_interval(interval: timedelta, elapsed: timedelta, items: int, new: int) -> timedelta:
    """Compute the interval after a fetch of `items`, `new` of them, so long after the one before.

    It goes to where half of the items would be new; it shortens at once, but only when fewer than
    two thirds were known, and lengthens by no more than the wait that was tried.
    """
    tried = interval + elapsed
    if not items or not new:
        return clamp(tried)
    half = elapsed * (items / (2 * new))
    if 1 - new / items > _MOST_KNOWN:
        return clamp(max(interval, min(half, tried)))
    if 1 - new / items < _LEAST_KNOWN:
        return clamp(min(half, interval * (2 / 3)))
    return clamp(min(half, tried))


def patience_wait(forecast: Forecast, items: int, now: datetime) -> timedelta:
    """Compute the wait until the expected items have waited long enough, or fill half the list."""
    room = max(items, 1) / 2
    left = PATIENCE * forecast.an_hour**-_SLOWER  # item-hours
    there, passed = 0.0, 0.0  # items, hours
    for rate, hours in _stretches(forecast, now):
        waited = there * hours + rate * hours * hours / 2
        if waited >= left or there + rate * hours >= room:
            last = min(_hours_until_wait(rate, there, max(left, 0.0)), (room - there) / rate)
            return clamp(timedelta(hours=passed + max(last, 0.0)))
        left -= waited
        there += rate * hours
        passed += hours
    return LONGEST


def _stretches(forecast: Forecast, now: datetime) -> Iterator[tuple[float, float]]:
    """Yield the items an hour that are expected from now on and for how many hours, for a day."""
    hour, day = now.hour, now.weekday()
    gone = now.minute * 60 + now.second
    for _ in range(25):
        rate = forecast.an_hour * forecast.of_hour[hour] * forecast.of_day[day]
        for factor, ends in forecast.pieces:
            if gone < ends:
                yield rate * factor, (ends - gone) / 3_600
                gone = ends
        gone, hour = 0, hour + 1
        if hour == 24:
            hour, day = 0, (day + 1) % 7


def _hours_until_wait(rate: float, there: float, left: float) -> float:
    """Compute the hours until `there` items, and `rate` more an hour, have waited `left` in all."""
    return (math.sqrt(there * there + 2 * rate * left) - there) / rate


def read_wish(headers: Mapping[str, str], hints: Hints, now: datetime) -> timedelta:
    """Read the wait that the publisher wishes, zero for none, at most a day."""
    return min(max(_fresh(headers, now), hints.every or timedelta(), timedelta()), LONGEST)


def _fresh(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Read how long the answer says that it stays fresh (RFC 9111, 4.2.1)."""
    control = headers.get("cache-control", "")
    if _NO_CACHE.search(control):
        return timedelta()
    if age := _MAX_AGE.search(control):
        old = headers.get("age", "").strip()
        return timedelta(seconds=int(age[1]) - (int(old) if _is_count(old) else 0))
    expires = dates.parse(headers.get("expires", ""))
    if expires is None:
        return timedelta()
    return expires - (dates.parse(headers.get("date", "")) or now)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12


def skip_ahead(at: datetime, hints: Hints, now: datetime) -> datetime:
    """Find the first time from `at` that the feed does not ask to skip, at most a day from now."""
    end = now + LONGEST
    while at < end and (at.hour in hints.skip_hours or at.weekday() in hints.skip_days):
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
    return min(at, end)


def spread(wait: timedelta, key: str) -> timedelta:
    """Lengthen the wait a little, and shorten one of a day, as the key's hash has it."""
    chance = _chance(key)
    longer = wait + min(wait * _JITTER, _MOST_JITTER) * chance
    return clamp(min(longer, LONGEST * (1 - _DAY_JITTER * chance)))


def backoff(failures: int, key: str) -> timedelta:
    """Compute the wait after so many failures in a row, give or take a quarter, within a day."""
    chance = _chance(f"{key} {failures}")
    if failures >= BREAKER:
        return LONGEST * (1 - _FAILED_JITTER * chance)
    doubled: timedelta = RETRY * 2 ** max(failures - 1, 0)
    return clamp(doubled * (1 - _FAILED_JITTER + 2 * _FAILED_JITTER * chance))


def _chance(key: str) -> float:
    """Return a number from 0 to 1 that looks like chance and is always the same."""
    return zlib.crc32(key.encode("utf-8", "surrogatepass")) / 0xFFFFFFFF


def clamp(wait: timedelta) -> timedelta:
    """Return the wait that is allowed and nearest to this one."""
    return min(max(wait, SHORTEST), LONGEST)
