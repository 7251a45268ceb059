"""Simulate a newsroom's weeks in seconds: 500 sources, a fake clock, and no network.

    python benchmarks/wire/week.py [SOURCES] [SEEDS] [FIRST_SEED] [--strict-band]

Beside the rhythm of `copydesk.watch`, the same sources are asked every hour and every quarter of an
hour; with --strict-band also by the measured interval alone, which keeps a third to two thirds of
the items known. All start at a random moment of the first hour and ask in rounds of five minutes,
as `serve` does. Prints, for the first week (nothing known) and the second, the least, middle and
greatest of the seeds: requests, requests for each new item, delay from the moment at which an item
is listed to the ask that finds it, items that rolled out of the list unseen, share of known items
in what was read. Then what one decision costs. Seeds 0 to 4 are those that the constants were
chosen on; others, such as 100 to 109 (`500 10 100`), are fresh.

The generator is no fit to any data and knows nothing of the rhythm's constants:

    rates      log-normal, median one item a day, sigma 1.6: 0.25 to 700 items a week
    profiles   70 % office hours of some time zone with a weaker weekend, 15 % flat round the clock,
               15 % by the clock: some minutes after a fixed time, daily, on weekdays, weekly, or
               each hour of a working day
    bursts     every fifth source has days with 3 to 15 more items in two hours; two events of the
               fortnight hit a third of all sources at once
    habits     every twentieth source moves its hours by six in the middle of the second week
    lists      5 to 100 items
    dates      80 % exact, 10 % none, 4 % the day alone, 3 % listed 5 to 60 minutes late, 3 % with
               a wrong time zone
    answers    55 % 304, 20 % the same bytes, 25 % other bytes each time though nothing is new
    wishes     25 % `ttl` or sy: of an hour, 5 % of a quarter; 30 % max-age of 5 to 30 minutes
    failures   2 % fail for one whole day
"""

from __future__ import annotations

import bisect
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from copydesk.news import Lead, NotModified, Page, Refused
from copydesk.watch import entry, schedule
from copydesk.watch.schedule.state import SourceState

HOUR, DAY, WEEK = 3_600, 86_400, 604_800
START = datetime(2030, 1, 7, tzinfo=UTC)  # a Monday
HISTORY, SIMULATED = 12 * WEEK, 2 * WEEK
ROUNDS = 300  # seconds between the rounds of `serve`
LISTS = (5, 10, 10, 15, 20, 20, 25, 30, 50, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One invented source; times are seconds since START, `listed` ascending."""

    url: str
    listed: list[float]
    dated: list[datetime | None]
    size: int
    answer: str
    hints: entry.Hints
    headers: dict[str, str]
    first: float
    fails_at: float | None

    def listed_by(self, moment: float) -> int:
        """Give how many items were ever listed by then."""
        return bisect.bisect_right(self.listed, moment)

    def reading(self, there: int, now: datetime) -> entry.SourceReading:
        """Give what is read when `there` items have ever been listed."""
        leads = [
            Lead(
                url=f"{self.url}?{place}",
                source=self.url,
                found=now,
                published_at=_plausible(self.dated[place], now),
            )
            for place in range(max(there - self.size, 0), there)
        ]
        return entry.SourceReading(kind="feed", title="", leads=tuple(leads), hints=self.hints)

    def fails(self, moment: float) -> bool:
        return self.fails_at is not None and self.fails_at <= moment < self.fails_at + DAY


def _plausible(moment: datetime | None, now: datetime) -> datetime | None:
    return None if moment is None or moment > now + timedelta(days=1) else moment


def invented_feeds(count: int, seed: int) -> list[Feed]:
    """Give so many sources, the same for the same seed."""
    chance = random.Random(seed)
    events = [chance.uniform(0, SIMULATED) for _ in range(2)]
    return [_invented(number, chance, events) for number in range(count)]


def _invented(number: int, chance: random.Random, events: list[float]) -> Feed:
    weekly = min(max(chance.lognormvariate(1.95, 1.6), 0.25), 700.0)
    moments = _published(chance, weekly, events)
    late, dated = _dated(chance, moments)
    ttl = chance.choices((None, HOUR, HOUR // 4), (70, 25, 5))[0]
    age = chance.choice((300, 600, 1_800)) if chance.random() < 0.3 else None
    return Feed(
        url=f"https://s{number}.example/feed.xml",
        listed=late,
        dated=dated,
        size=chance.choice(LISTS),
        answer=chance.choices(("304", "same", "other"), (55, 20, 25))[0],
        hints=entry.Hints(every=None if ttl is None else timedelta(seconds=ttl)),
        headers={} if age is None else {"cache-control": f"public, max-age={age}"},
        first=chance.random() * HOUR,
        fails_at=chance.random() * SIMULATED if chance.random() < 0.02 else None,
    )


def _published(chance: random.Random, weekly: float, events: list[float]) -> list[float]:
    form = chance.choices(("office", "flat", "clock"), (70, 15, 15))[0]
    moments = _by_the_clock(chance) if form == "clock" else _by_chance(chance, weekly, form)
    if chance.random() < 0.2:
        for _ in range(chance.randint(1, 6)):
            began = chance.uniform(-WEEK, SIMULATED)
            moments += [began + chance.random() * 2 * HOUR for _ in range(chance.randint(3, 15))]
    if chance.random() < 1 / 3:
        for event in events:
            count = min(1 + int(weekly / 20), 15)
            moments += [event + chance.expovariate(1 / HOUR) for _ in range(count)]
    return sorted(moments)


def _by_chance(chance: random.Random, weekly: float, form: str) -> list[float]:
    """Thin a steady stream to the profile of the day and the week."""
    zone, weekend = chance.randint(-8, 10), chance.uniform(0.1, 1.0)
    opens, closes, night = chance.uniform(6, 9), chance.uniform(17, 22), chance.uniform(0.01, 0.2)
    moves = chance.random() < 0.05

    def weight(moment: float) -> float:
        if form == "flat":
            return 1.0
        local = moment + zone * HOUR + (6 * HOUR if moves and moment > 1.5 * WEEK else 0)
        hour = local % DAY / HOUR
        day = 1.0 if local // DAY % 7 < 5 else weekend
        return day * (1.0 if opens <= hour < closes else night)

    grid = [weight(one * HOUR) for one in range(168)]
    peak = weekly / (sum(grid) * HOUR)
    moments, at = [], -float(HISTORY)
    while (at := at + chance.expovariate(peak)) < SIMULATED + DAY:
        if chance.random() < weight(at):
            moments.append(at)
    return moments


def _by_the_clock(chance: random.Random) -> list[float]:
    form = chance.choices(("daily", "weekdays", "weekly", "hourly"), (40, 25, 20, 15))[0]
    minute, batch = chance.randrange(0, DAY, 900), chance.choice((1, 1, 2, 5, 10))
    weekday, opens = chance.randrange(7), chance.randrange(24)
    moments = []
    for day in range(-HISTORY // DAY, SIMULATED // DAY + 1):
        if (form == "weekly" and day % 7 != weekday) or (form == "weekdays" and day % 7 > 4):
            continue
        if form == "hourly":
            starts = [day * DAY + (opens + one) * HOUR + minute % HOUR for one in range(10)]
        else:
            starts = [day * DAY + minute] * batch
        moments += [start + chance.expovariate(1 / 240) for start in starts]
    return moments


def _dated(
    chance: random.Random, moments: list[float]
) -> tuple[list[float], list[datetime | None]]:
    """Give when each item is listed and what date it bears."""
    form = chance.choices(("exact", "none", "day", "late", "zone"), (80, 10, 4, 3, 3))[0]
    dates = [START + timedelta(seconds=int(moment)) for moment in moments]
    if form == "none":
        return moments, [None] * len(moments)
    if form == "day":
        return moments, [one.replace(hour=0, minute=0, second=0) for one in dates]
    if form == "zone":
        wrong = timedelta(hours=chance.choice((-8, -5, -1, 1, 2, 5)))
        return moments, [one + wrong for one in dates]
    if form == "late":
        late = sorted(
            (moment + chance.uniform(300, HOUR), date)
            for moment, date in zip(moments, dates, strict=True)
        )
        return [one for one, _ in late], [one for _, one in late]
    return moments, list(dates)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What came of asking in one week; delays in seconds."""

    requests: int = 0
    missed: int = 0
    delays: list[float] = field(default_factory=list)
    middles: list[float] = field(default_factory=list)  # the median delay of each source
    shares: list[float] = field(default_factory=list)  # known, of each fetch that was read


Ask = Callable[[Feed, int, int, float], float]


def simulated(feeds: list[Feed], asker: Callable[[], Ask]) -> list[Tally]:
    """Follow each source for two weeks, and on until its last item is found."""
    tallies = [Tally(), Tally()]
    for feed in feeds:
        ask, at, known = asker(), feed.first, 0
        began = feed.listed_by(on_grid(at))
        end = feed.listed_by(SIMULATED)
        delays: list[list[float]] = [[], []]
        while (now := on_grid(at)) < SIMULATED or (known < end and now < SIMULATED + 2 * DAY):
            there = known if feed.fails(now) else feed.listed_by(now)
            if now < SIMULATED:
                tally = tallies[int(now // WEEK)]
                tally.requests += 1
                if there > known or feed.answer == "other":
                    size = min(there, feed.size)
                    tally.shares.append(1 - min(there - known, size) / max(size, 1))
            for place in range(max(known, began), min(there, end)):
                week = int(feed.listed[place] // WEEK)
                if place < there - feed.size:
                    tallies[week].missed += 1
                else:
                    delays[week].append(now - feed.listed[place])
            at, known = ask(feed, known, there, now), there
        for tally, own in zip(tallies, delays, strict=True):
            tally.delays += own
            tally.middles += [statistics.median(own)] if own else []
    return tallies


def on_grid(at: float) -> float:
    """Give the round in which a source is asked that is due at `at`."""
    return -(-at // ROUNDS) * ROUNDS


def every(seconds: float) -> Callable[[], Ask]:
    """Ask at a fixed interval, whatever comes of it."""
    return lambda: lambda feed, known, there, now: now + seconds


class Steered:
    """Ask when `watch` says so, through its door alone."""

    def __init__(self) -> None:
        self.state = SourceState()

    def __call__(self, feed: Feed, known: int, there: int, now: float) -> float:
        at = START + timedelta(seconds=now)
        self.state = self._after(feed, known, there, now, at)
        if self.state.next_at is None:
            raise AssertionError("a source that answers must be due again")
        return (self.state.next_at - START).total_seconds()

    def _after(self, feed: Feed, known: int, there: int, now: float, at: datetime) -> SourceState:
        if feed.fails(now):
            return schedule.after_refused(
                self.state, Refused(url=feed.url, reason="server", status=500), at
            )
        page = Page(
            url=feed.url,
            final_url=feed.url,
            status=200,
            headers=feed.headers,
            body=b"%d %d" % (there, now if feed.answer == "other" else 0),
            fetched_at=at,
        )
        if there == known and feed.answer == "304":
            answer = NotModified(url=feed.url, headers=feed.headers)
            return schedule.after_not_modified(self.state, answer, at)
        if schedule.digest(page.body) == self.state.digest:
            return schedule.after_unchanged(self.state, page, at)
        reading = feed.reading(there, at)
        new = min(there - known, len(reading.leads))
        return schedule.after_page(self.state, page, reading, new, at)


class StrictBand(Steered):
    """Ask after the interval alone that keeps a third to two thirds of the items known."""

    def __call__(self, feed: Feed, known: int, there: int, now: float) -> float:
        due = super().__call__(feed, known, there, now)
        return max(due, now + self.state.interval)


def main(count: int = 500, seeds: int = 5, first: int = 0, *, strict: bool = False) -> None:
    """Print the figures of so many sources and seeds."""
    ways: dict[str, Callable[[], Ask]] = {
        "steered": Steered,
        "each hour": every(HOUR),
        "each 15 min": every(HOUR / 4),
    }
    if strict:
        ways["strict band"] = StrictBand
    runs = []
    began = time.perf_counter()
    for seed in range(first, first + seeds):
        feeds = invented_feeds(count, seed)
        runs.append({name: simulated(feeds, way) for name, way in ways.items()})
    print(f"{count} sources, {seeds} seeds from {first}, {time.perf_counter() - began:.0f} s\n")
    for week in range(2):
        print(f"week {week + 1}" + " " * 30 + "".join(f"{name:>28}" for name in ways))
        for line, figure in FIGURES.items():
            cells = [[figure(run[name][week]) for run in runs] for name in ways]
            print(f"  {line:34}" + "".join(f"{spanned(cell):>28}" for cell in cells))
        shares = [run["steered"][week].requests / run["each hour"][week].requests for run in runs]
        print(f"  {'of the requests each hour':34}{spanned(shares):>28}\n")
    print("one decision:", decision_cost())


def spanned(values: list[float]) -> str:
    """Write the least, the middle and the greatest."""
    ordered = (min(values), statistics.median(values), max(values))
    return " ".join(
        f"{one:.2f}" if one < 10 else f"{one:.1f}" if one < 1000 else f"{one:.0f}"
        for one in ordered
    )


def minutes(figure: Callable[[list[float]], float]) -> Callable[[Tally], float]:
    return lambda tally: figure(tally.delays) / 60


def decile(values: list[float], place: int) -> float:
    return sorted(values)[min(len(values) * place // 10, len(values) - 1)]


FIGURES: dict[str, Callable[[Tally], float]] = {
    "requests": lambda tally: tally.requests,
    "new items found": lambda tally: len(tally.delays),
    "requests for each new item": lambda tally: tally.requests / len(tally.delays),
    "delay, median (min)": minutes(statistics.median),
    "delay, mean (min)": minutes(statistics.fmean),
    "delay, 9th decile (min)": minutes(lambda delays: decile(delays, 9)),
    "median of the sources' medians": lambda tally: statistics.median(tally.middles) / 60,
    "items missed": lambda tally: tally.missed,
    "known share, 1st decile": lambda tally: decile(tally.shares, 1),
    "known share, median": lambda tally: statistics.median(tally.shares),
    "read with less than 1/3 known (%)": lambda tally: (
        100 * sum(one < 1 / 3 for one in tally.shares) / len(tally.shares)
    ),
}


def decision_cost() -> str:
    """Time an unchanged answer of a source with a full week of hours, state read and written."""
    hours = {hour: 100 + hour for hour in range(168)}
    now = START + timedelta(days=20, hours=3, minutes=7)
    state = SourceState(
        etag='"1"',
        hours=hours,
        watched_since=START,
        last_ok_at=now - timedelta(hours=1),
        items=20,
        day=now.date(),
    )
    kept = msgspec.json.encode(state)
    answer = NotModified(url="https://s.example/feed.xml")
    best = []
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(1_000):
            read = msgspec.json.decode(kept, type=SourceState)
            msgspec.json.encode(schedule.after_not_modified(read, answer, now))
        best.append(time.perf_counter() - began)
    return f"{min(best) * 1000:.0f} µs with its state decoded and encoded ({len(kept)} bytes)"


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:] if one != "--strict-band"]
    main(*numbers, strict="--strict-band" in sys.argv)
