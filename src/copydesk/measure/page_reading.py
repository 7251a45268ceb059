"""Extract articles from labelled pages as the pipeline does, and measure the CPU time."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from copydesk import extract
from copydesk.errors import PageError
from copydesk.measure.labelled import Case, Set
from copydesk.news import Article, Beat, Lead

_BEAT = Beat(title="Measured")


class Progress(Protocol):
    """Receives the progress of reading labelled pages."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Report that reading a set of labelled pages begins, with its number of pages."""
        ...

    def step(self, count: int = 1) -> None:
        """Report that `count` more pages were read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A page that gave no article: a rule dropped it, reading it `failed`, or there was
    an `error`.
    """

    page: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """A labelled page and the article extracted from it; `seconds` is the CPU time for that.

    A page that the pipeline would drop is read anyway, and `lost` has the reason for dropping it:
    extraction and the decision whether a page is news are measured separately.
    """

    set: str
    case: Case
    article: Article | None
    lost: Lost | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Milliseconds:
    """CPU time per page in milliseconds."""

    median: float
    p99: float


def read_set(labelled: Set, progress: Progress) -> list[PageReading]:
    """Extract every page of a set, without feed data, then remove text that its site repeats."""
    progress.stage(labelled.name, len(labelled.cases))
    readings = []
    for case in labelled.cases:
        began = time.process_time()
        article, lost = read_case(case)
        seconds = time.process_time() - began
        readings.append(
            PageReading(set=labelled.name, case=case, article=article, lost=lost, seconds=seconds)
        )
        progress.step()
    return remove_repeats(readings)


def remove_repeats(readings: Sequence[PageReading]) -> list[PageReading]:
    """Remove the text that each site repeats on its pages, such as footers, found by comparing
    them.
    """
    of_site: dict[str, list[Article]] = defaultdict(list)
    for reading in readings:
        if reading.article and not reading.lost:
            of_site[extract.site_of(reading.article)].append(reading.article)
    repeated = {
        site: extract.habits(extract.learn(None, articles)) for site, articles in of_site.items()
    }
    return [
        replace(reading, article=_without(reading.article, repeated))
        if reading.article
        else reading
        for reading in readings
    ]


def _without(article: Article, repeated: Mapping[str, extract.Habits]) -> Article:
    site = repeated.get(extract.site_of(article))
    return extract.settle(article, site, _BEAT.excerpt) if site else article


def read_case(case: Case) -> tuple[Article | None, Lost | None]:
    """Extract the article of a labelled page, and say why the pipeline would drop it,
    if it would.
    """
    lead = Lead(url=case.page.url, source="", found=case.page.fetched_at)
    try:
        outcome = extract.read(case.page, lead, _BEAT)
        if isinstance(outcome, Article):
            return outcome, None
        lost = Lost(page=case.name, reason=outcome.reason, detail=outcome.detail)
        anyway = extract.read_anyway(case.page, lead, _BEAT)
    except PageError as error:
        return None, Lost(page=case.name, reason="failed", detail=str(error))
    except Exception as error:  # any error is counted: there should be none
        what = f"{type(error).__name__}: {error}"
        return None, Lost(page=case.name, reason="error", detail=what)
    return (anyway if isinstance(anyway, Article) else None), lost


def cpu_milliseconds(readings: Sequence[PageReading]) -> Milliseconds:
    """Return the median and the 99th percentile of CPU time per page, by nearest rank."""
    milliseconds = sorted(1000 * reading.seconds for reading in readings) or [0.0]
    median, p99 = (milliseconds[-(-len(milliseconds) * percent // 100) - 1] for percent in (50, 99))
    return Milliseconds(median=round(median, 1), p99=round(p99, 1))


def pages_per_second(readings: Sequence[PageReading]) -> float:
    """Return the number of pages read per second on one processor."""
    seconds = sum(reading.seconds for reading in readings)
    return round(len(readings) / seconds, 1) if seconds else 0.0
