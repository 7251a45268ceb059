"""How long to wait before a source (feed, sitemap, page) is fetched again. Pure functions.

A wait is the shortest of three, within ten minutes and a day:

    patience   until the expected items have together waited long enough
    room       until half of the items in the source would be new
    interval   the measured wait after which half of them were new

The publisher's hints may lengthen it, up to a day. For the least mean delay at a given number of
requests, intervals go with rate^(-1/2) over sources of different speed; for the least median, fast
sources must be asked still more often. Here they go with rate^(-7/12), between the two.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from operator import mul

from copydesk.kit import dates
from copydesk.watch.entry import Hints

SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(hours=24)
FIRST = timedelta(hours=1)  # the interval of an unknown source
PATIENCE = 0.16  # item-hours, for a source with one item an hour: it is asked after 34 minutes
PUSHED = timedelta(hours=6)  # the wait while a hub pushes
RETRY = timedelta(minutes=15)  # the wait after a first failure; it doubles with each further one
BREAKER = 6  # failures in a row from which a source is tried once a day only

_SLOWER = 1 / 6  # patience goes with rate^(-1/6), and so the wait with rate^(-7/12)
_LEAST_KNOWN = 1 / 3  # of the items in an answer; with fewer, news may have left the list unseen
_MOST_KNOWN = 2 / 3
_FAILED_JITTER = 0.25
_JITTER = 0.05
_MOST_JITTER = timedelta(minutes=2)
_DAY_JITTER = 0.1  # sources that are asked once a day spread over more than two hours
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,12})', re.IGNORECASE)
_NO_CACHE = re.compile(r"(?:^|,)\s*no-cache\s*(?:,|$)", re.IGNORECASE)


def next_interval(interval: timedelta, elapsed: timedelta, items: int, new: int) -> timedelta:
    """Return the new interval between a source's requests, after `new` of `items` items were new.

    It tends to the time after which half of the items are new. It shortens at once, but only when
    less than two thirds were known, and lengthens by no more than the wait that was tried.
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
    """Return how long to wait before a source is fetched again, so that enough items are new by
    then.
    """
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
    """Yield the expected items per hour during the next day, each with the number of hours it
    holds.
    """
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
    """Return the hours until the waiting items, growing at `rate`, have waited `left` item-hours in
    all.
    """
    return (math.sqrt(there * there + 2 * rate * left) - there) / rate


def read_wish(headers: Mapping[str, str], hints: Hints, now: datetime) -> timedelta:
    """Return the wait that a feed and its HTTP headers ask for, zero if for none, a day at most."""
    return min(max(_fresh(headers, now), hints.every or timedelta(), timedelta()), LONGEST)


def _fresh(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return how long HTTP caching says that a response stays fresh (RFC 9111, 4.2.1)."""
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
    """Return the first time from `at` on that a feed does not ask to skip, within a day."""
    end = now + LONGEST
    while at < end and (at.hour in hints.skip_hours or at.weekday() in hints.skip_days):
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
    return min(at, end)


def spread(wait: timedelta, key: str) -> timedelta:
    """Return a wait made a little longer or shorter by a hash of `key`, so that requests do not
    coincide.
    """
    chance = _chance(key)
    longer = wait + min(wait * _JITTER, _MOST_JITTER) * chance
    return clamp(min(longer, LONGEST * (1 - _DAY_JITTER * chance)))


def backoff(failures: int, key: str) -> timedelta:
    """Return the wait after several failures: doubled with each, slightly varied, a day at most."""
    chance = _chance(f"{key} {failures}")
    if failures >= BREAKER:
        return LONGEST * (1 - _FAILED_JITTER * chance)
    doubled: timedelta = RETRY * 2 ** max(failures - 1, 0)
    return clamp(doubled * (1 - _FAILED_JITTER + 2 * _FAILED_JITTER * chance))


def _chance(key: str) -> float:
    """Return a number from 0 to 1, pseudo-random but always the same for a key."""
    return zlib.crc32(key.encode("utf-8", "surrogatepass")) / 0xFFFFFFFF


def clamp(wait: timedelta) -> timedelta:
    """Limit the wait before a source is fetched again to between ten minutes and a day."""
    return min(max(wait, SHORTEST), LONGEST)


# The forecast: in which hours of the week a source publishes, and how many items to expect. An item
# counts UNIT in the hour of its publication and half as much a week later, so that after two weeks
# a new rhythm counts three times as much as the old one.

UNIT = 100  # what a fresh item counts; counts are whole numbers and fade
LONGEST_LOOK = timedelta(weeks=8)  # older items have no noticeable weight

_HALF_LIFE = 7.0  # days
_FADE = 0.5 ** (1 / _HALF_LIFE)  # a day
_FULL = 1 / (1 - _FADE)  # days' worth of items after watching a source for ever
_PRIOR = 0.25  # items; an unknown source is assumed to publish one item a day
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LATE = _HOUR  # an item may be dated that long before it is listed
_PINNED = 5  # the oldest fifth of a first reading is left out: it may be pinned
_QUIET = timedelta(weeks=1)
_MIDNIGHT = time()
_NOISE = 19 / 81  # of a mean with weights 1 2 3 2 1, relative to a single hour's
_KEPT = 0.4  # the share of a source's items within the same five minutes that makes it punctual


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many new items to expect from a source per hour, with factors for hour and weekday.

    A punctual source publishes the share `kept` of an hour's items within five minutes: the
    `twelfth` of the hour.
    """

    an_hour: float
    of_hour: tuple[float, ...] = (1.0,) * 24
    of_day: tuple[float, ...] = (1.0,) * 7
    kept: float = 0.0
    twelfth: int = 0

    @property
    def pieces(self) -> tuple[tuple[float, int], ...]:
        """Return the parts of an hour: a factor for the items in it, and the second when it
        ends.
        """
        if not self.kept:
            return ((1.0, 3_600),)
        begins, sparse = self.twelfth * 300, (1 - self.kept) * 12 / 11
        return ((sparse, begins), (self.kept * 12, begins + 300), (sparse, 3_600))


def forecast(
    hours: Mapping[int, int],
    twelfths: Mapping[int, int],
    watched: timedelta,
    quiet: timedelta = timedelta(),
) -> Forecast:
    """Return how many items to expect from a source, given item counts of the time `watched`.

    The hours of the day are used after one to two days, the days of the week after one to two
    weeks, and each only as far as its shape is not chance. A source that was `quiet` for a week or
    more is expected to publish at most once in such a time.
    """
    of_hour, of_day = [0] * 24, [0] * 7
    for hour, count in hours.items():
        of_hour[hour % 24] += count
        of_day[hour // 24 % 7] += count
    items = sum(of_day) / UNIT
    days = watched / _DAY
    seen = _FULL * (1 - _FADE ** max(days, 0.0))
    an_hour = (items + _PRIOR) / (seen + _PRIOR) / 24
    if quiet >= _QUIET:
        an_hour = min(an_hour, _HOUR / quiet)
    kept, twelfth = _clock(twelfths)
    return Forecast(
        kept=kept,
        twelfth=twelfth,
        an_hour=an_hour,
        of_hour=_shape_of_day(of_hour, items, days - 1),
        of_day=_shape(of_day, items, (days - 7) / 7),
    )


def _clock(twelfths: Mapping[int, int]) -> tuple[float, int]:
    """Return the share of items in an hour's busiest five minutes, and which five minutes these
    are.
    """
    counts = [twelfths.get(place, 0) for place in range(12)]
    factors = _shape(counts, sum(counts) / UNIT, 1.0)
    most = max(factors)
    return (most / 12, factors.index(most)) if most >= _KEPT * 12 else (0.0, 0)


def _shape(counts: Sequence[int], items: float, known: float) -> tuple[float, ...]:
    """Return item counts as factors around 1, closer to 1 the more they may be due to chance.

    The weight is that of Hausser and Strimmer (2009) for shrinking a histogram to the flat one,
    with one more item of doubt.
    """
    size = len(counts)
    if known <= 0 or items <= 1:
        return (1.0,) * size
    together = sum([count * count for count in counts]) / UNIT**2
    alike = min(max((together - items) / (items * (items - 1)), 0.0), 1.0)
    apart = max(alike - 1 / size, 0.0) * items
    belief = min(known, 1.0) * apart / (apart + 1 - alike + 1)
    rest, each = 1 - belief, belief * size / (items * UNIT)
    return tuple([rest + each * count for count in counts])


def _shape_of_day(counts: Sequence[int], items: float, known: float) -> tuple[float, ...]:
    """Return item counts by hour as factors around 1, smoothed with those of the hours around.

    An office publishes over several hours, a newspaper in one hour. The counts are drawn to a mean
    of five hours as far as that predicts items no worse than single hours do, and that mean to the
    flat day as in `_shape`.
    """
    if known <= 0 or items <= 1:
        return (1.0,) * 24
    near = _smooth(counts)
    pairs = items * (items - 1)
    together = sum([count * count for count in counts]) / UNIT**2
    close = sum(map(mul, counts, near)) / UNIT**2
    alike = min(max((together - items) / pairs, 0.0), 1.0)
    alike_near = min(max((close - items / 3) / pairs, 0.0), 1.0)  # 1/3: the kernel's middle
    sharp = max(alike - alike_near, 0.0) * items
    broad = max(alike_near - 1 / 24, 0.0) * items
    of_sharp = min(known, 1.0) * sharp / (sharp + 1 - alike + 1)
    of_broad = (1 - of_sharp) * min(known, 1.0) * broad / (broad + (2 - alike_near) * _NOISE)
    rest, each = 1 - of_sharp - of_broad, 24 / (items * UNIT)
    hour, around = of_sharp * each, of_broad * each
    return tuple(
        [rest + hour * count + around * mean for count, mean in zip(counts, near, strict=True)]
    )


def _smooth(counts: Sequence[int]) -> list[float]:
    """Return weighted means (1 2 3 2 1) of five hours around the clock."""
    ring = [*counts[-2:], *counts, *counts[:2]]
    return [
        (ring[at] + 2 * ring[at + 1] + 3 * ring[at + 2] + 2 * ring[at + 3] + ring[at + 4]) / 9
        for at in range(24)
    ]


def fade(hours: Mapping[int, int], days: int) -> dict[int, int]:
    """Return item counts with less weight after `days` days; negligible ones are left out."""
    factor = _FADE**days
    remaining = {hour: round(count * factor) for hour, count in hours.items()}
    return {hour: count for hour, count in remaining.items() if count > 1}


def count(hours: Mapping[int, int], moments: Iterable[datetime]) -> dict[int, int]:
    """Add one item at each of these times to item counts by hour of the week."""
    more = dict(hours)
    for moment in moments:
        hour = hour_of_week(moment)
        more[hour] = more.get(hour, 0) + UNIT
    return more


def count_first_look(moments: Iterable[datetime], now: datetime) -> tuple[dict[int, int], datetime]:
    """Count a new source's items by hour of the week; return the counts and their start time."""
    old = now - LONGEST_LOOK
    past = sorted((moment for moment in moments if moment <= now), reverse=True)
    if not past:
        return {}, now
    since = past[-1 - len(past) // _PINNED]
    hours: dict[int, float] = {}
    for place, moment in enumerate(moment for moment in past if max(since, old) < moment):
        hour = hour_of_week(moment)
        if moment.time() == _MIDNIGHT:  # a date without a time: any hour of that day
            hour = hour // 24 * 24 + place * 5 % 24
        hours[hour] = hours.get(hour, 0.0) + UNIT * _FADE ** ((now - moment) / _DAY)
    return {hour: round(count) for hour, count in hours.items()}, since


def estimate_appearance(moment: datetime | None, asked: datetime, now: datetime) -> datetime:
    """Estimate when an item was published that was not yet listed at `asked` but is at `now`.

    Its own date is used if it has a time and is plausible; otherwise the middle between the two.
    """
    if moment is None or moment.time() == _MIDNIGHT or not asked - _LATE <= moment <= now:
        return now - max(now - asked, timedelta()) / 2
    return moment


def count_twelfths(twelfths: Mapping[int, int], moments: Iterable[datetime]) -> dict[int, int]:
    """Add these times to item counts by five minutes of the hour."""
    more = dict(twelfths)
    for place in {(moment.date(), moment.hour, moment.minute // 5) for moment in moments}:
        more[place[2]] = more.get(place[2], 0) + UNIT
    return more


def hour_of_week(moment: datetime) -> int:
    """Return the number of a time's hour in the week: 0 is Monday 00 to 01 UTC, the last is 167."""
    return moment.weekday() * 24 + moment.hour
