"""Extract: what we read from pages beside what a person says stands there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from statistics import fmean

from copydesk.errors import DataError
from copydesk.kit import text
from copydesk.measure import _corpus, _layouts, _likeness
from copydesk.measure._dates import Days, counted
from copydesk.measure._likeness import Likeness
from copydesk.measure._reading import Lost, Milliseconds, Progress, Read, costs, rate, read_set
from copydesk.news import Article

_FOR_DAYS = "compare them with copydesk eval dates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How many values are known, and how many of ours are the same."""

    cases: int
    exact: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Authors:
    """How many pages have known authors, how many of ours are the same people, the mean F1.

    Names are compared as sets of words. `in_page` counts the pages where the names can be read at
    all: elsewhere only a feed tells them.
    """

    cases: int
    exact: int
    f1: float | None
    in_page: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One value where we say something else; `score` is the F1 of a text or of names, else 0.

    Of a text, `ours` is the longest run of words too many, `expected` the longest that is missing.
    """

    set: str
    page: str
    field: str
    score: float
    ours: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractReport:
    """How labelled pages were read: all together, then set by set; `name` is "" for all.

    `texts` of the `pages` have a true text. Precision, recall and F1 are those of the benchmark
    (`_likeness`), None without a text; a dropped page counts as an empty text. `dropped` are pages
    of which no article came, `absent` those that a recording does not hold; the latter count
    nowhere. `skipped` are sets of which only days are known: those are for `dates`.
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
) -> ExtractReport:
    """Read every labelled page and compare text, title, authors, lead image and address.

    `now` is the clock for pages that only lie in a file, `replayed_at` that of a recording, None
    for its newest. Misses are listed where `below` says from which F1 of a text on. Raises
    DataError where there is nothing to compare, or something cannot be read.
    """
    sets = _layouts.sets_of(_corpus.files(paths), now, replayed_at)
    told = [one.only(lambda truth: truth.has_words) for one in sets]
    skipped = tuple(
        one.name for one, left in zip(sets, told, strict=True) if one.cases and not left.cases
    )
    told = [one for one in told if one.cases]
    if not told and skipped:
        names = ", ".join(skipped)
        raise DataError("of these pages only the days are known", subject=names, hint=_FOR_DAYS)
    if not told:
        raise DataError("no page among the files has a text or a title", hint=_layouts.HINT)
    read = [read_set(one, progress) for one in told]
    reports = tuple(
        _report(one.name, pages, one.absent) for one, pages in zip(told, read, strict=True)
    )
    pages = list(chain.from_iterable(read))
    absent = tuple(page for one in told for page in one.absent)
    misses = () if below is None else tuple(sorted(_misses(pages, below), key=_score))
    return replace(_report("", pages, absent), sets=reports, misses=misses, skipped=skipped)


def _report(name: str, read: Sequence[Read], absent: tuple[str, ...]) -> ExtractReport:
    texts = [likeness for one in read if (likeness := text_of(one)) is not None]
    scores = _likeness.mean(texts)
    return ExtractReport(
        name=name,
        pages=len(read),
        texts=len(texts),
        precision=scores.precision,
        recall=scores.recall,
        f1=scores.f1,
        accuracy=scores.accuracy,
        titles=_agreement(read, "title"),
        authors=_authors(read),
        images=_agreement(read, "image"),
        addresses=_agreement(read, "address"),
        dates=counted(read),
        pages_per_second=rate(read),
        cpu_ms=costs(read),
        dropped=tuple(one.lost for one in read if one.lost),
        absent=absent,
        misses=(),
    )


def text_of(read: Read) -> Likeness | None:
    """Compare a page's text, None where nobody knows the true one."""
    true = read.case.truth.text
    return None if true is None else _likeness.of_texts(true, _prose(read))


def _prose(read: Read) -> str:
    return text.prose(read.article.text) if read.article else ""


def _agreement(read: Iterable[Read], field: str) -> Agreement:
    same = [ours == true for one in read for ours, true in _pair(one, field)]
    return Agreement(cases=len(same), exact=sum(same))


def _pair(read: Read, field: str) -> Iterator[tuple[str, str]]:
    """Give our value and the true one, nothing where nobody knows the latter."""
    truth, article = read.case.truth, read.article
    match field:
        case "title":
            true, ours = truth.title, article.title if article else ""
        case "image":
            true, ours = truth.image, article.image if article else ""
        case _:
            true, ours = truth.address, article.web_url if article else ""
    if true is not None:
        yield ours, true


def _authors(read: Iterable[Read]) -> Authors:
    compared = [(one.case.truth.in_page, names) for one in read for names in _names(one)]
    in_page = [names.is_exact for is_told, names in compared if is_told]
    return Authors(
        cases=len(compared),
        exact=sum(names.is_exact for _, names in compared),
        f1=round(fmean(names.f1 for _, names in compared), 4) if compared else None,
        in_page=Agreement(cases=len(in_page), exact=sum(in_page)),
    )


def _names(read: Read) -> Iterator[Likeness]:
    true = read.case.truth.authors
    if true is not None:
        yield _likeness.of_names(true, _said_authors(read.article))


def _said_authors(article: Article | None) -> tuple[str, ...]:
    return article.authors if article else ()


def _misses(read: Iterable[Read], below: float) -> Iterator[Miss]:
    for one in read:
        likeness = text_of(one)
        if likeness is not None and likeness.f1 < below:
            ours, true = _prose(one), one.case.truth.text or ""
            more, less = _likeness.longest_alone(ours, true), _likeness.longest_alone(true, ours)
            yield _miss(one, "text", likeness.f1, more, less)
        for names in _names(one):
            if not names.is_exact:
                ours = ", ".join(_said_authors(one.article))
                yield _miss(one, "authors", names.f1, ours, ", ".join(one.case.truth.authors or ()))
        for field in ("title", "image", "address"):
            for ours, true in _pair(one, field):
                if ours != true:
                    yield _miss(one, field, 0.0, ours, true)


def _score(miss: Miss) -> tuple[str, float]:
    return miss.field, miss.score


def _miss(read: Read, field: str, score: float, ours: str, expected: str) -> Miss:
    return Miss(
        set=read.set,
        page=read.case.name,
        field=field,
        score=round(score, 4),
        ours=ours[:200],
        expected=expected[:200],
    )
