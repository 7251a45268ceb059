"""Compare the publication days that copydesk reads from pages with the correct (labelled) days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from copydesk.errors import DataError
from copydesk.kit import dates as times
from copydesk.measure import page_layouts
from copydesk.measure.labelled import (
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
    """How many publication days of pages were read exactly, not at all or wrongly.

    If the label is a moment, days are compared in UTC, else by the publisher's own day. `utc` and
    `local` are the numbers of equal days if all are compared in one of these ways. A page that was
    dated only by the time of fetching counts as missing.
    """

    pages: int
    exact: int
    none: int
    wrong: int
    utc: int
    local: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongDay:
    """A page whose publication day we read wrongly ("" if not at all), and where we found it."""

    set: str
    page: str
    ours: str
    origin: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesReport:
    """How many publication days were read correctly, in one set of labelled pages or in all sets.

    `name` is "" for all. `dropped` are pages that gave no article, `absent` those missing in a
    recording, which are not counted anywhere.
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
    """Read the publication day of every page with a labelled day; return how many are right.

    `now` is the fetch time of pages in plain files, `replayed_at` the time at which a recording is
    replayed, None for its newest. Raises DataError if no page has a day, or on unreadable data.
    """
    sets = page_layouts.read_sets(paths, now, replayed_at)
    dated = [labelled_set.only(lambda truth: truth.day is not None) for labelled_set in sets]
    dated = [labelled_set for labelled_set in dated if labelled_set.cases]
    if not dated:
        raise DataError("no page among the files has a date", hint=page_layouts.HINT)
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
    """Count the pages whose publication day we read exactly, not at all, or wrongly."""
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
    """Return whether the publication day that we read from the page is the correct one."""
    return our_day(reading) == _label(reading)


def our_day(reading: PageReading) -> str:
    """Return the publication day read from the page, in UTC if the label has a clock time; "" if
    none.
    """
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
