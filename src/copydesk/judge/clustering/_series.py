"""Numbers in a headline that say which happening of a series is meant.

"12th package" and "13th package", "Day 3" and "Day 4", "Super Bowl 51" and "52" are two stories
however similar their words are. Counts of victims, sums and percentages do not count: they grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copydesk.judge import words
from copydesk.judge.clustering._vector import SeriesNumber
from copydesk.kit import tables

_ORDINAL = re.compile(
    rf"\b(\d{{1,3}}(?:st|nd|rd|th)|{'|'.join(words.ORDINALS)})[\s-]+([^\W\d_]{{3,}})", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"\b([A-Z][^\W\d_]{2,}|[Dd]ay|[Pp]art|[Rr]ound|[Ss]tage|[Ww]eek|[Ee]pisode|[Ss]eason|[Gg]ame)"
    r"[\s-]+#?(\d{1,3})\b(?![.,:%]\d|\s?(?:%|per\b|million|billion|people|dead|years?|days?\b))"
)
_DIGIT = re.compile(r"\d")
_SCORE = re.compile(r"\b(\d{1,3})\s?[-\u2013:]\s?(\d{1,3})\b(?!\s?[-\u2013:/]\s?\d)")
_NO_SERIES = frozenset(tables.read_lines(__package__, "no_series.txt"))


def find_numbers(title: str) -> frozenset[SeriesNumber]:
    """Return the series numbers in a headline."""
    if not _DIGIT.search(title):  # most have none
        return frozenset(_ordinals(title))
    return frozenset((*_ordinals(title), *_names_with_number(title), *_scores(title)))


def _ordinals(title: str) -> Iterator[SeriesNumber]:
    for match in _ORDINAL.finditer(title):
        number, what = match.group(1).lower(), match.group(2).lower()
        if what in _NO_SERIES:
            continue
        which = words.ORDINALS[number] if number in words.ORDINALS else number[:-2]
        yield what, which


def _names_with_number(title: str) -> Iterator[SeriesNumber]:
    for match in _NUMBERED.finditer(title):
        what = match.group(1).lower()
        if what not in _NO_SERIES:
            yield what, match.group(2)


def _scores(title: str) -> Iterator[SeriesNumber]:
    for match in _SCORE.finditer(title):
        high, low = sorted(map(int, match.groups()), reverse=True)
        yield "score", f"{high}-{low}"
