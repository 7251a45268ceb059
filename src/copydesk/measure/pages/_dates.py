"""Dates: the day that a page was published, as we read it beside what a person says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from copydesk.errors import DataError
from copydesk.kit import dates as times
from copydesk.measure.pages import _layouts
from copydesk.measure.pages._reading import (
    Lost,
    Milliseconds,
    PageReading,
    Progress,
    cpu_milliseconds,
    pages_per_second,
    read_set,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """How many days are exact, how many pages give none, how many another one.

    A label that is a moment is compared in UTC, one that is a day with the publisher's own day.
    `utc` and `local` are how many are the same when all are compared in one of these ways. What
    only the round's clock dates has none.
    """

    pages: int
    exact: int
    none: int
    wrong: int
    utc: int
    local: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongDay:
    """A page where we say another day, "" where we say none, and where ours came from."""

    set: str
    page: str
    ours: str
    origin: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesReport:
    """How the days of labelled pages were read: all together, then set by set.

    `name` is "" for all. `dropped` are pages of which no article came, `absent` those that a
    recording does not hold; the latter count nowhere.
    """

    name: str
    pages: int
    exact: int
    none: int
    wrong: int
    utc: int
    local: int
    pages_per_second: float
    cpu_ms: Milliseconds
    misses: tuple[WrongDay, ...]
    dropped: tuple[Lost, ...]
    absent: tuple[str, ...]
    sets: tuple[DatesReport, ...] = ()


def dates(
    paths: Iterable[Path], now: datetime, replayed_at: datetime | None, progress: Progress
) -> DatesReport:
    """Read every page that has a day and compare.

    `now` is the clock for pages that only lie in a file, `replayed_at` that of a recording, None
    for its newest. Raises DataError where no page there has a day, or something cannot be read.
    """
    sets = _layouts.read_sets(paths, now, replayed_at)
    dated = [labelled_set.only(lambda truth: truth.day is not None) for labelled_set in sets]
    dated = [labelled_set for labelled_set in dated if labelled_set.cases]
    if not dated:
        raise DataError("no page among the files has a date", hint=_layouts.HINT)
    readings = [read_set(labelled_set, progress) for labelled_set in dated]
    reports = tuple(
        _report(labelled_set.name, readings_of_set, labelled_set.absent)
        for labelled_set, readings_of_set in zip(dated, readings, strict=True)
    )
    absent = tuple(page for labelled_set in dated for page in labelled_set.absent)
    return replace(_report("", list(chain.from_iterable(readings)), absent), sets=reports)


def _report(name: str, readings: Sequence[PageReading], absent: tuple[str, ...]) -> DatesReport:
    days = count_days(readings)
    return DatesReport(
        name=name,
        pages=days.pages,
        exact=days.exact,
        none=days.none,
        wrong=days.wrong,
        utc=days.utc,
        local=days.local,
        pages_per_second=pages_per_second(readings),
        cpu_ms=cpu_milliseconds(readings),
        misses=tuple(_miss(reading) for reading in readings if not is_exact(reading)),
        dropped=tuple(reading.lost for reading in readings if reading.lost),
        absent=absent,
    )


def count_days(readings: Iterable[PageReading]) -> Days:
    """Count the pages whose day is known by how ours agrees."""
    pages = [reading for reading in readings if reading.case.truth.day is not None]
    exact = sum(is_exact(reading) for reading in pages)
    none = sum(not _day(reading, in_utc=True) for reading in pages)
    utc, local = (
        sum(_day(reading, in_utc=in_utc) == _label(reading) for reading in pages)
        for in_utc in (True, False)
    )
    return Days(
        pages=len(pages),
        exact=exact,
        none=none,
        wrong=len(pages) - exact - none,
        utc=utc,
        local=local,
    )


def is_exact(reading: PageReading) -> bool:
    """Decide whether our day is that of the label."""
    return our_day(reading) == _label(reading)


def our_day(reading: PageReading) -> str:
    """Return our day, in UTC where the label is a moment; "" where only the clock says one."""
    truth = reading.case.truth.day
    return _day(reading, in_utc=truth is None or truth.is_moment)


def _day(reading: PageReading, *, in_utc: bool) -> str:
    article = reading.article
    if article is None or article.origins.get("published_at") == "found":
        return ""
    if article.published_day and not in_utc:
        return article.published_day
    return f"{times.utc(article.published_at):%Y-%m-%d}"


def _label(reading: PageReading) -> str:
    return reading.case.truth.day.day if reading.case.truth.day else ""


def _miss(reading: PageReading) -> WrongDay:
    return WrongDay(
        set=reading.set,
        page=reading.case.name,
        ours=our_day(reading),
        origin=reading.article.origins.get("published_at", "") if reading.article else "",
        expected=_label(reading),
    )
