"""Likeness of texts and names: 4-grams of words as the article extraction benchmark counts them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

_WORD = re.compile(r"\w+")
_JOINING = frozenset(("by", "and"))  # words of a byline that are nobody's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How a text that was found agrees with the true one; None where there is nothing to divide."""

    precision: float | None
    recall: float | None
    is_exact: bool

    @property
    def f1(self) -> float:
        """Compute the harmonic mean."""
        return f1(self.precision or 0.0, self.recall or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Precision and recall as means over pages, the F1 of these means, the share without a fault.

    All are None where no text was compared.
    """

    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    accuracy: float | None = None


def f1(precision: float, recall: float) -> float:
    """Compute the harmonic mean of two shares."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def compare_texts(true: str, found: str) -> Likeness:
    """Compare two texts by their 4-grams of words (`evaluate.py` of the benchmark).

    A text of less than four words is one gram. A page of which nothing was found says nothing on
    precision, one without a true text nothing on recall.
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
    """Sum up the pages as the benchmark does."""
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
    """Compare people by the set of their names' words, "by" and "and" left out."""
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
    """Return the longest run of words of a text that stand in no 4-gram of the other."""
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
