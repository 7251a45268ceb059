"""Habit: at which hours of the week a source publishes, and what is to be expected of it.

An item counts UNIT in the hour of its publication and half as much a week later, so that after two
weeks a new habit weighs three times as much as the old one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from operator import mul

UNIT = 100  # what a fresh item counts; counts are whole numbers and fade
LONGEST_LOOK = timedelta(weeks=8)  # older items count nothing that matters

_HALF_LIFE = 7.0  # days
_FADE = 0.5 ** (1 / _HALF_LIFE)  # a day
_FULL = 1 / (1 - _FADE)  # days' worth of items that a source watched for ever still shows
_PRIOR = 0.25  # items; a source of which nothing is known is taken for one item a day
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_LATE = _HOUR  # an item may be dated so long before it is listed
_PINNED = 5  # of a first look the oldest fifth is left out: a pinned page says nothing
_QUIET = timedelta(weeks=1)
_MIDNIGHT = time()
_NOISE = 19 / 81  # of a mean weighed 1 2 3 2 1, beside a single hour's
_KEPT = 0.4  # a source keeps the clock when so much of its news comes in the same five minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How many items to expect; shapes of the day and of the week are factors around 1.

    A source that keeps the clock publishes the share `kept` of an hour's items in five minutes,
    the twelfth of the hour that `twelfth` names.
    """

    an_hour: float
    of_hour: tuple[float, ...] = (1.0,) * 24
    of_day: tuple[float, ...] = (1.0,) * 7
    kept: float = 0.0
    twelfth: int = 0

    @property
    def pieces(self) -> tuple[tuple[float, int], ...]:
        """Return the pieces of an hour: the factor on its rate, and the second where each ends."""
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
    """Compute what the counts of so long a watch let expect.

    The shape of the day is believed after one to two days of watching, that of the week after
    one to two weeks, and each only as far as it is no play of chance. A source that has been
    `quiet` for a week or more is expected to publish no faster than once in such a time.
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
    """Compute what share of the items comes in the busiest twelfth of the hour, and which it is."""
    counts = [twelfths.get(place, 0) for place in range(12)]
    factors = _shape(counts, sum(counts) / UNIT, 1.0)
    most = max(factors)
    return (most / 12, factors.index(most)) if most >= _KEPT * 12 else (0.0, 0)


def _shape(counts: Sequence[int], items: float, known: float) -> tuple[float, ...]:
    """Compute the counts as factors around 1, drawn towards 1 where chance could have made them.

    The weight is that of Hausser and Strimmer (2009) for shrinking a histogram to the flat one,
    with one item's worth of doubt more.
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
    """Compute the counts by hour as factors around 1, drawn towards what their neighbours say.

    An office publishes in hours that are alike, a paper in one hour: the counts are drawn to a
    mean of five hours as far as that tells two items apart no worse than single hours do, and
    that mean to the flat day as in `_shape`.
    """
    if known <= 0 or items <= 1:
        return (1.0,) * 24
    near = _smooth(counts)
    pairs = items * (items - 1)
    together = sum([count * count for count in counts]) / UNIT**2
    close = sum(map(mul, counts, near)) / UNIT**2
    alike = min(max((together - items) / pairs, 0.0), 1.0)
    alike_near = min(max((close - items / 3) / pairs, 0.0), 1.0)  # 1/3: the kernel's own middle
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
    """Compute the means of five hours round the clock, weighed 1 2 3 2 1."""
    ring = [*counts[-2:], *counts, *counts[:2]]
    return [
        (ring[at] + 2 * ring[at + 1] + 3 * ring[at + 2] + 2 * ring[at + 3] + ring[at + 4]) / 9
        for at in range(24)
    ]


def fade(hours: Mapping[int, int], days: int) -> dict[int, int]:
    """Return the counts as they stand `days` later; what has faded away is left out."""
    factor = _FADE**days
    remaining = {hour: round(count * factor) for hour, count in hours.items()}
    return {hour: count for hour, count in remaining.items() if count > 1}


def count(hours: Mapping[int, int], moments: Iterable[datetime]) -> dict[int, int]:
    """Return the counts with one more item at each of these moments."""
    more = dict(hours)
    for moment in moments:
        hour = hour_of_week(moment)
        more[hour] = more.get(hour, 0) + UNIT
    return more


def count_first_look(moments: Iterable[datetime], now: datetime) -> tuple[dict[int, int], datetime]:
    """Count what a first reading holds by hour of the week, and return since when that is whole."""
    old = now - LONGEST_LOOK
    past = sorted((moment for moment in moments if moment <= now), reverse=True)
    if not past:
        return {}, now
    since = past[-1 - len(past) // _PINNED]
    hours: dict[int, float] = {}
    for place, moment in enumerate(moment for moment in past if max(since, old) < moment):
        hour = hour_of_week(moment)
        if moment.time() == _MIDNIGHT:  # a date alone: any hour of that day
            hour = hour // 24 * 24 + place * 5 % 24
        hours[hour] = hours.get(hour, 0.0) + UNIT * _FADE ** ((now - moment) / _DAY)
    return {hour: round(count) for hour, count in hours.items()}, since


def estimate_appearance(moment: datetime | None, asked: datetime, now: datetime) -> datetime:
    """Estimate when an item appeared that was not listed at `asked` and is `now`.

    Its date is believed where that can be, and has an hour; else it was half way.
    """
    if moment is None or moment.time() == _MIDNIGHT or not asked - _LATE <= moment <= now:
        return now - max(now - asked, timedelta()) / 2
    return moment


def count_twelfths(twelfths: Mapping[int, int], moments: Iterable[datetime]) -> dict[int, int]:
    """Return the counts by twelfth of the hour with these moments, those of five minutes as one."""
    more = dict(twelfths)
    for place in {(moment.date(), moment.hour, moment.minute // 5) for moment in moments}:
        more[place[2]] = more.get(place[2], 0) + UNIT
    return more


def hour_of_week(moment: datetime) -> int:
    """Compute 0 for Monday 00 to 01 UTC, up to 167."""
    return moment.weekday() * 24 + moment.hour
