"""Statistics of the last days for editors: stories, dropped links, delays, decisions, publishers.

catalogue: stories by day and publisher, decisions | memory: drops, delays, times of filing
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from copydesk.catalogue import Catalogue, DecidedStory, PublisherCount
from copydesk.editing.queue._question import QueueQuestion
from copydesk.kit import dates
from copydesk.memory import find_share
from copydesk.news import Beat, Standing
from copydesk.news.ruling import IS_WANTED
from copydesk.newsroom import Newsroom
from copydesk.newsroom.standings import owner_of
from copydesk.placement.addresses import record_name


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDay:
    """The number of stories of one day: all stored ones, those on the site, and those waiting."""

    day: date
    filed: int
    published: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DropCount:
    """How many pages did not become stories for a reason, in all and on each day that has any."""

    reason: str
    pages: int
    days: Mapping[date, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """The median and 90th percentile, in seconds, of a delay over a number of stories.

    `of` is a day (2026-11-27), a source's URL or a week (2026-W48). `is_listed` is set if these
    stories can be listed.
    """

    of: str
    is_listed: bool = True
    stories: int
    median_seconds: float
    p90_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerCount:
    """How many stories of one owner's publishers are on the site, and how many are stored."""

    owner: str
    published: int
    filed: int
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Statistics of a site's last days; each day is in the site's time zone.

    `filing` are delays from publication to filing, by day; `sources` the same by source, the
    slowest first; `reviews` are delays from filing to an editor's decision, by week of the
    decision. `decisions` are those decisions. `counted_since` is the first day with stored drops
    and delays, None for none.
    """

    days: tuple[StoryDay, ...]
    drops: tuple[DropCount, ...]
    filing: tuple[Delay, ...]
    sources: tuple[Delay, ...]
    reviews: tuple[Delay, ...]
    decisions: tuple[DecidedStory, ...]
    owners: tuple[OwnerCount, ...]
    counted_since: date | None


def read_numbers(newsroom: Newsroom, catalogue: Catalogue, days: int) -> Numbers:
    """Return the statistics of the last days including today; raises CatalogueError."""
    zone = dates.find_zone(newsroom.beat.timezone)
    today = newsroom.now.astimezone(zone).date()
    listed = [today - timedelta(days=ago) for ago in range(days - 1, -1, -1)]
    since = start_of(listed[0], zone)
    memory = newsroom.memory
    by_day, by_source = memory.counts.count_delay_paths(listed[0])
    sources = _measure(memory.counts.sum_delays_by_source(listed[0]), by_source)
    decisions = list_decisions(newsroom, catalogue, since)
    return Numbers(
        days=tuple(_count_days(listed, zone, catalogue.count_by_time(since))),
        drops=tuple(_count_drops(memory.counts.list_drops(listed[0]))),
        filing=tuple(_measure(memory.counts.sum_delays_by_day(listed[0]), by_day)),
        sources=tuple(sorted(sources, key=_slowest_first)),
        reviews=tuple(_measure_reviews(newsroom, decisions)),
        decisions=tuple(decisions),
        owners=tuple(_count_owners(newsroom.beat, catalogue.count_publishers(since))),
        counted_since=memory.counts.first_day(),
    )


def list_decisions(newsroom: Newsroom, catalogue: Catalogue, since: datetime) -> list[DecidedStory]:
    """Return the editors' decisions on stories since a time.

    With review mode `hold`, all their stories had waited.
    """
    decisions = catalogue.list_decisions(since)
    if newsroom.settings.review.mode != "hold":
        return decisions
    return [replace(one, has_waited=True) for one in decisions]


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the time at which a date begins in a time zone."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _count_days(
    days: Sequence[date], zone: ZoneInfo, counts: Mapping[tuple[int, Standing], int]
) -> Iterable[StoryDay]:
    """Yield the story counts of each day by status; later stories count as today's."""
    starts = [start_of(day, zone).timestamp() for day in days]
    by_day: defaultdict[int, Counter[Standing]] = defaultdict(Counter)
    for (second, standing), count in counts.items():
        by_day[bisect_right(starts, second) - 1][standing] += count
    for at, day in enumerate(days):
        counted = by_day[at]
        yield StoryDay(
            day=day,
            filed=counted.total(),
            published=counted[Standing.PUBLISHED],
            waiting=counted[Standing.HELD],
        )


def _count_drops(drops: Mapping[tuple[date, str], int]) -> list[DropCount]:
    """Return the pages that became no story by reason, the most frequent first."""
    by_reason: defaultdict[str, dict[date, int]] = defaultdict(dict)
    for (day, reason), pages in drops.items():
        by_reason[reason][day] = pages
    counted = (
        DropCount(reason=reason, pages=sum(days.values()), days=days)
        for reason, days in by_reason.items()
    )
    return sorted(counted, key=lambda drop: (-drop.pages, drop.reason))


def _measure(histograms: Mapping[str, Mapping[int, int]], listed: Counter[str]) -> Iterable[Delay]:
    """Yield a `Delay` for each day or source, from histograms; `listed` counts known stories."""
    for of, histogram in sorted(histograms.items()):
        median, p90 = find_share(histogram, 0.5), find_share(histogram, 0.9)
        if median is not None and p90 is not None:
            stories = sum(histogram.values())
            yield Delay(
                of=of,
                is_listed=listed[of] == stories,
                stories=stories,
                median_seconds=median,
                p90_seconds=p90,
            )


def _slowest_first(delay: Delay) -> tuple[float, str]:
    return (-delay.median_seconds, delay.of)


def _measure_reviews(newsroom: Newsroom, decisions: Sequence[DecidedStory]) -> Iterable[Delay]:
    """Yield how long stories waited for an editor's decision, by the week of the decision."""
    by_week: defaultdict[str, list[float]] = defaultdict(list)
    for one, seconds in find_reviews(newsroom, decisions):
        by_week[f"{one.at:%G-W%V}"].append(seconds)
    for week, times in sorted(by_week.items()):
        times.sort()
        yield Delay(
            of=week,
            stories=len(times),
            median_seconds=_find_rank(times, 0.5),
            p90_seconds=_find_rank(times, 0.9),
        )


def find_reviews(
    newsroom: Newsroom, decisions: Sequence[DecidedStory]
) -> Iterable[tuple[DecidedStory, float]]:
    """Yield editors' decisions on stories that had waited for one, and the seconds of waiting."""
    waited = [one for one in decisions if one.has_waited]
    filed = newsroom.memory.list_filing_times([one.path for one in waited])
    for one in waited:
        if one.path in filed:
            yield one, max(0.0, (one.at - filed[one.path]).total_seconds())


def _find_rank(times: Sequence[float], share: float) -> float:
    return times[max(0, math.ceil(share * len(times)) - 1)]


def _count_owners(beat: Beat, counts: Iterable[PublisherCount]) -> list[OwnerCount]:
    """Return the story counts by owner of the publishers, the largest first."""
    published, filed = Counter[str](), Counter[str]()
    domains: defaultdict[str, set[str]] = defaultdict(set)
    for one in counts:
        owner = owner_of(beat, one.domain)
        domains[owner].add(one.domain)
        filed[owner] += one.stories
        published[owner] += one.stories if one.standing is Standing.PUBLISHED else 0
    counted = (
        OwnerCount(
            owner=owner,
            published=published[owner],
            filed=filed[owner],
            domains=tuple(sorted(domains[owner])),
        )
        for owner in domains
    )
    return sorted(counted, key=lambda one: (-one.filed, -one.published, one.owner))


# The stories behind a number on the page of numbers, found in the same way as the number.

_WEEK = timedelta(days=7)
_OPINIONS = {str(said): wanted for said, wanted in IS_WANTED.items()}


def find_number_paths(
    newsroom: Newsroom, catalogue: Catalogue, question: QueueQuestion
) -> frozenset[str] | None:
    """Return the paths of the stories behind one figure of the statistics.

    Its days are those of filing or of the decision, its week is that of the decision. Raises
    CatalogueError. The result is None if the question is not about a figure.
    """
    if question.number == "filing":
        return _find_filings(newsroom, catalogue, question)
    if question.number in {"review", "gate", "gate-agrees", "gate-differs"}:
        decided = _list_week(newsroom, catalogue, question)
        if question.number == "review":
            return frozenset(one.path for one, _ in find_reviews(newsroom, decided))
        gate = newsroom.beat.scoring.publish_at
        return frozenset(one.path for one in decided if _is_gates(one, question.number, gate))
    return None


def _find_filings(
    newsroom: Newsroom, catalogue: Catalogue, question: QueueQuestion
) -> frozenset[str]:
    today = newsroom.now.astimezone(dates.find_zone(newsroom.beat.timezone)).date()
    until = question.until or today
    since = question.since or until
    timed = newsroom.memory.counts.list_delay_paths(since, until, question.source or None)
    # by name: a record may have moved to the archive since
    return frozenset(catalogue.find_by_name([record_name(path) for path in timed]))


def _list_week(
    newsroom: Newsroom, catalogue: Catalogue, question: QueueQuestion
) -> Sequence[DecidedStory]:
    """Return editors' decisions of a question's week, from the question's first day on."""
    if question.decided is None:
        return []
    monday = datetime.combine(question.decided, time(), UTC)
    zone = dates.find_zone(newsroom.beat.timezone)
    first = start_of(question.since, zone) if question.since else monday
    decisions = list_decisions(newsroom, catalogue, max(monday, first))
    return [one for one in decisions if one.at < monday + _WEEK]


def _is_gates(decided: DecidedStory, number: str, gate: int) -> bool:
    """Return whether a decision agrees with the publishing threshold, differs, or either
    (`number`).
    """
    is_wanted = _OPINIONS.get(decided.said)
    if not decided.has_waited or decided.points is None or is_wanted is None:
        return False
    agrees = (decided.points >= gate) == is_wanted
    return number == "gate" or agrees == (number == "gate-agrees")
