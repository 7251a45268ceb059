"""Dates: the day that a page was published, as we read it beside what a person says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from copydesk.errors import DataError
from copydesk.kit import dates as times
from copydesk.measure import _corpus, _layouts
from copydesk.measure._reading import Lost, Milliseconds, Progress, Read, costs, rate, read_set


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
    sets = _layouts.sets_of(_corpus.files(paths), now, replayed_at)
    dated = [one.only(lambda truth: truth.day is not None) for one in sets]
    dated = [one for one in dated if one.cases]
    if not dated:
        raise DataError("no page among the files has a date", hint=_layouts.HINT)
    read = [read_set(one, progress) for one in dated]
    reports = tuple(
        _report(one.name, pages, one.absent) for one, pages in zip(dated, read, strict=True)
    )
    absent = tuple(page for one in dated for page in one.absent)
    return replace(_report("", list(chain.from_iterable(read)), absent), sets=reports)


def _report(name: str, read: Sequence[Read], absent: tuple[str, ...]) -> DatesReport:
    days = counted(read)
    return DatesReport(
        name=name,
        pages=days.pages,
        exact=days.exact,
        none=days.none,
        wrong=days.wrong,
        utc=days.utc,
        local=days.local,
        pages_per_second=rate(read),
        cpu_ms=costs(read),
        misses=tuple(_miss(one) for one in read if not is_exact(one)),
        dropped=tuple(one.lost for one in read if one.lost),
        absent=absent,
    )


def counted(read: Iterable[Read]) -> Days:
    """Count the pages whose day is known by how ours agrees."""
    pages = [one for one in read if one.case.truth.day is not None]
    exact = sum(is_exact(one) for one in pages)
    none = sum(not _day(one, in_utc=True) for one in pages)
    utc, local = (
        sum(_day(one, in_utc=in_utc) == _label(one) for one in pages) for in_utc in (True, False)
    )
    return Days(
        pages=len(pages),
        exact=exact,
        none=none,
        wrong=len(pages) - exact - none,
        utc=utc,
        local=local,
    )


def is_exact(read: Read) -> bool:
    """Say whether our day is that of the label."""
    return said_day(read) == _label(read)


def said_day(read: Read) -> str:
    """Give our day, in UTC where the label is a moment; "" where only the clock says one."""
    truth = read.case.truth.day
    return _day(read, in_utc=truth is None or truth.is_moment)


def _day(read: Read, *, in_utc: bool) -> str:
    article = read.article
    if article is None or article.origins.get("published_at") == "found":
        return ""
    if article.published_day and not in_utc:
        return article.published_day
    return f"{times.utc(article.published_at):%Y-%m-%d}"


def _label(read: Read) -> str:
    return read.case.truth.day.day if read.case.truth.day else ""


def _miss(read: Read) -> WrongDay:
    return WrongDay(
        set=read.set,
        page=read.case.name,
        ours=said_day(read),
        origin=read.article.origins.get("published_at", "") if read.article else "",
        expected=_label(read),
    )
