"""Marks: numbers in a headline that say which of several like happenings is meant.

"12th package" and "13th package", "Day 3" and "Day 4", "Super Bowl 51" and "52" are two stories
however like their words are. Counts of victims, sums and percentages are no marks: they grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copydesk.judge.coverage._group import Group

_ORDINAL_WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINALS = tuple(_ORDINAL_WORDS.split())
_ORDINAL = re.compile(
    rf"\b(\d{{1,3}}(?:st|nd|rd|th)|{'|'.join(_ORDINALS)})[\s-]+([^\W\d_]{{3,}})", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"\b([A-Z][^\W\d_]{2,}|[Dd]ay|[Pp]art|[Rr]ound|[Ss]tage|[Ww]eek|[Ee]pisode|[Ss]eason|[Gg]ame)"
    r"[\s-]+#?(\d{1,3})\b(?![.,:%]\d|\s?(?:%|per\b|million|billion|people|dead|years?|days?\b))"
)
_SCORE = re.compile(r"\b(\d{1,3})\s?[-\u2013:]\s?(\d{1,3})\b(?!\s?[-\u2013:/]\s?\d)")
_NO_SEQUENCE_WORDS = """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec the over about under top after than age aged
    time least most only nearly almost some kills injures leaves
"""
_NO_SEQUENCE = frozenset(_NO_SEQUENCE_WORDS.split())
_LEAST_SHARE = 0.5

Mark = tuple[str, str]


def marks(title: str) -> frozenset[Mark]:
    """Give the (what, which) pairs of a headline."""
    return frozenset((*_ordinals(title), *_numbered(title), *_scores(title)))


def _ordinals(title: str) -> Iterator[Mark]:
    for found in _ORDINAL.finditer(title):
        number, what = found.group(1).lower(), found.group(2).lower()
        if what in _NO_SEQUENCE:
            continue
        which = str(_ORDINALS.index(number) + 1) if number in _ORDINALS else number[:-2]
        yield what, which


def _numbered(title: str) -> Iterator[Mark]:
    for found in _NUMBERED.finditer(title):
        what = found.group(1).lower()
        if what not in _NO_SEQUENCE:
            yield what, found.group(2)


def _scores(title: str) -> Iterator[Mark]:
    for found in _SCORE.finditer(title):
        high, low = sorted(map(int, found.groups()), reverse=True)
        yield "score", f"{high}-{low}"


def forbid(own: frozenset[Mark], group: Group) -> bool:
    """Say whether a document's marks name another happening than the group's documents do."""
    return any(
        group.kinds.get(what, 0) >= max(1.0, _LEAST_SHARE * group.size)
        and (what, which) not in group.marks
        for what, which in own
    )


def differ(one: Group, other: Group) -> bool:
    """Say whether two groups name two happenings: both say which, and never the same."""
    shared = set(one.kinds) & set(other.kinds)
    for what in shared:
        if min(one.kinds[what] / one.size, other.kinds[what] / other.size) < _LEAST_SHARE:
            continue
        ours = {which for kind, which in one.marks if kind == what}
        if not any((what, which) in other.marks for which in ours):
            return True
    return False
