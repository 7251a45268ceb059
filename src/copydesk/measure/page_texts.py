"""Compare texts, titles, authors and images extracted from pages with correct (labelled) values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, groupby
from pathlib import Path
from statistics import fmean

from copydesk.errors import DataError
from copydesk.kit import text
from copydesk.measure import page_layouts
from copydesk.measure.labelled import (
    Lost,
    Milliseconds,
    PageReading,
    Progress,
    RunElsewhere,
    Set,
    cpu_milliseconds,
    pages_per_second,
    read_set,
)
from copydesk.measure.page_dates import Days, count_days
from copydesk.news import Article

_WORD = re.compile(r"\w+")
_JOINING = frozenset(("by", "and"))  # words of a byline that are not names


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Precision and recall of a text or list of names from a page; None where the
    denominator is 0.
    """

    precision: float | None
    recall: float | None
    is_exact: bool

    @property
    def f1(self) -> float:
        """Return the F1: the harmonic mean of precision and recall, 0 to 1."""
        return f1(self.precision or 0.0, self.recall or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Mean precision, recall and F1 of the texts extracted from pages, and the share of perfect
    ones.

    All are None if no text was compared.
    """

    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    accuracy: float | None = None


def f1(precision: float, recall: float) -> float:
    """Return the F1 of precision and recall: their harmonic mean, 0 if both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def compare_texts(true: str, found: str) -> Likeness:
    """Compare an extracted text with the correct one by word 4-grams, as the benchmark does.

    A text of less than four words is one gram. Precision is None if no text was extracted, recall
    is None if the true text is empty.
    """
    wanted, given = _four_grams(true), _four_grams(found)
    shared = (wanted & given).total()
    return Likeness(
        precision=shared / given.total() if given else None,
        recall=shared / wanted.total() if wanted else None,
        is_exact=wanted == given,
    )


def _four_grams(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)


def mean_scores(pages: Iterable[Likeness]) -> Scores:
    """Return the mean scores of several pages, computed as in the benchmark's `evaluate.py`."""
    pages = list(pages)
    if not pages:
        return Scores()
    precision = _mean(page.precision for page in pages)
    recall = _mean(page.recall for page in pages)
    return Scores(
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1=round(f1(precision, recall), 4),
        accuracy=round(fmean(page.is_exact for page in pages), 4),
    )


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return fmean(known) if known else 0.0


def compare_names(true: Iterable[str], found: Iterable[str]) -> Likeness:
    """Compare the words in two lists of people's names, ignoring "by" and "and"."""
    wanted, given = _name_words(true), _name_words(found)
    shared = len(wanted & given)
    return Likeness(
        precision=shared / len(given) if given else None,
        recall=shared / len(wanted) if wanted else None,
        is_exact=wanted == given,
    )


def _name_words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(_WORD.findall(" ".join(names).casefold())) - _JOINING


def longest_alone(text: str, other: str) -> str:
    """Return the longest run of words in `text` that are in no sequence of four words
    of `other`.
    """
    words, known = _WORD.findall(text), _four_grams(other)
    shared = [False] * len(words)
    for at in range(len(words) - 3):
        if tuple(words[at : at + 4]) in known:
            shared[at : at + 4] = [True] * 4
    runs = [
        list(run)
        for is_shared, run in groupby(range(len(words)), shared.__getitem__)
        if not is_shared
    ]
    longest = max(runs, key=len, default=[])
    return " ".join(words[at] for at in longest)


_FOR_DAYS = "compare these pages with `copydesk eval dates`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """For how many pages the correct value of a field is known, and how often ours is equal."""

    cases: int
    exact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Authors:
    """For how many pages the authors are known, for how many ours are exact, and the mean F1.

    Names are compared as sets of words. `in_page` counts only pages that contain the names: for the
    others only a feed has them.
    """

    cases: int
    exact: int
    f1: float | None
    in_page: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A value extracted wrongly from a page; `score` is the F1 of a text or of people's names, else
    0.

    For a text, `ours` is the longest run of extra words, `expected` the longest missing one.
    """

    set: str
    page: str
    field: str
    score: float
    ours: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractReport:
    """The scores of extraction for one set of labelled pages, or for all (`name` is "").

    `texts` is the number of `pages` with a true text. Precision, recall and F1 are those of the
    benchmark (`compare_texts`), None without a text; a dropped page counts as an empty text.
    `dropped` are pages that gave no article, `absent` those missing in a recording, which are not
    counted anywhere. `skipped` are sets with labelled days only, for `dates`.
    """

    name: str
    pages: int
    texts: int
    precision: float | None
    recall: float | None
    f1: float | None
    accuracy: float | None
    titles: Agreement
    authors: Authors
    images: Agreement
    addresses: Agreement
    dates: Days
    pages_per_second: float
    cpu_ms: Milliseconds
    dropped: tuple[Lost, ...]
    absent: tuple[str, ...]
    misses: tuple[Miss, ...]
    skipped: tuple[str, ...] = ()
    sets: tuple[ExtractReport, ...] = ()


def extract(
    paths: Iterable[Path],
    now: datetime,
    replayed_at: datetime | None,
    progress: Progress,
    below: float | None = None,
    *,
    run: RunElsewhere | None = None,
) -> ExtractReport:
    """Extract every labelled page; score text, title, authors, lead image, URL against the labels.

    `now` is the fetch time of pages in plain files, `replayed_at` the time at which a recording is
    replayed, None for its newest. With `below`, misses are listed: for texts those with an F1 below
    it. `run` reads the pages on other machines. Raises DataError if there is nothing to compare, or
    on unreadable data.
    """
    sets = page_layouts.read_sets(paths, now, replayed_at)
    comparable, skipped = _choose_comparable(sets)
    readings = [read_set(labelled_set, progress, run) for labelled_set in comparable]
    reports = tuple(
        _report(labelled_set.name, pages, labelled_set.absent)
        for labelled_set, pages in zip(comparable, readings, strict=True)
    )
    pages = list(chain.from_iterable(readings))
    absent = tuple(page for labelled_set in comparable for page in labelled_set.absent)
    misses = () if below is None else tuple(sorted(_misses(pages, below), key=_score))
    return replace(_report("", pages, absent), sets=reports, misses=misses, skipped=skipped)


def _report(name: str, readings: Sequence[PageReading], absent: tuple[str, ...]) -> ExtractReport:
    texts = [likeness for reading in readings if (likeness := text_likeness(reading)) is not None]
    scores = mean_scores(texts)
    return ExtractReport(
        name=name,
        pages=len(readings),
        texts=len(texts),
        precision=scores.precision,
        recall=scores.recall,
        f1=scores.f1,
        accuracy=scores.accuracy,
        titles=_agreement(readings, "title"),
        authors=_authors(readings),
        images=_agreement(readings, "image"),
        addresses=_agreement(readings, "address"),
        dates=count_days(readings),
        pages_per_second=pages_per_second(readings),
        cpu_ms=cpu_milliseconds(readings),
        dropped=tuple(reading.lost for reading in readings if reading.lost),
        absent=absent,
        misses=(),
    )


def text_likeness(reading: PageReading) -> Likeness | None:
    """Compare the text extracted from a page with the correct text; None if that is unknown."""
    true = reading.case.truth.text
    return None if true is None else compare_texts(true, _prose(reading))


def _choose_comparable(sets: Sequence[Set]) -> tuple[list[Set], tuple[str, ...]]:
    """Return the sets with correct values other than days, and the names of other sets."""
    worded = [labelled_set.only(lambda truth: truth.has_words) for labelled_set in sets]
    skipped = tuple(
        labelled_set.name
        for labelled_set, left in zip(sets, worded, strict=True)
        if labelled_set.cases and not left.cases
    )
    comparable = [labelled_set for labelled_set in worded if labelled_set.cases]
    if not comparable and skipped:
        names = ", ".join(skipped)
        raise DataError("these pages are labelled with dates only", subject=names, hint=_FOR_DAYS)
    if not comparable:
        raise DataError("no page among the files has a text or a title", hint=page_layouts.HINT)
    return comparable, skipped


def _prose(reading: PageReading) -> str:
    return text.prose(reading.article.text) if reading.article else ""


def _agreement(readings: Iterable[PageReading], field: str) -> Agreement:
    same = [ours == true for reading in readings for ours, true in _pair(reading, field)]
    return Agreement(cases=len(same), exact=sum(same))


def _pair(reading: PageReading, field: str) -> Iterator[tuple[str, str]]:
    """Yield the extracted and the correct value of a field, nothing if that is unknown."""
    truth, article = reading.case.truth, reading.article
    match field:
        case "title":
            true, ours = truth.title, article.title if article else ""
        case "image":
            true, ours = truth.image, article.image if article else ""
        case _:
            true, ours = truth.address, article.web_url if article else ""
    if true is not None:
        yield ours, true


def _authors(readings: Iterable[PageReading]) -> Authors:
    compared = [
        (reading.case.truth.in_page, names) for reading in readings for names in _names(reading)
    ]
    in_page = [names.is_exact for is_in_page, names in compared if is_in_page]
    return Authors(
        cases=len(compared),
        exact=sum(names.is_exact for _, names in compared),
        f1=round(fmean(names.f1 for _, names in compared), 4) if compared else None,
        in_page=Agreement(cases=len(in_page), exact=sum(in_page)),
    )


def _names(reading: PageReading) -> Iterator[Likeness]:
    true = reading.case.truth.authors
    if true is not None:
        yield compare_names(true, _our_authors(reading.article))


def _our_authors(article: Article | None) -> tuple[str, ...]:
    return article.authors if article else ()


def _misses(readings: Iterable[PageReading], below: float) -> Iterator[Miss]:
    for reading in readings:
        yield from _text_misses(reading, below)
        yield from _author_misses(reading)
        for field in ("title", "image", "address"):
            for ours, true in _pair(reading, field):
                if ours != true:
                    yield _miss(reading, field, 0.0, ours, true)


def _text_misses(reading: PageReading, below: float) -> Iterator[Miss]:
    likeness = text_likeness(reading)
    if likeness is not None and likeness.f1 < below:
        ours, true = _prose(reading), reading.case.truth.text or ""
        more, less = longest_alone(ours, true), longest_alone(true, ours)
        yield _miss(reading, "text", likeness.f1, more, less)


def _author_misses(reading: PageReading) -> Iterator[Miss]:
    for names in _names(reading):
        if not names.is_exact:
            ours = ", ".join(_our_authors(reading.article))
            true = ", ".join(reading.case.truth.authors or ())
            yield _miss(reading, "authors", names.f1, ours, true)


def _score(miss: Miss) -> tuple[str, float]:
    return miss.field, miss.score


def _miss(reading: PageReading, field: str, score: float, ours: str, expected: str) -> Miss:
    return Miss(
        set=reading.set,
        page=reading.case.name,
        field=field,
        score=round(score, 4),
        ours=ours[:200],
        expected=expected[:200],
    )
