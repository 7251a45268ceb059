"""Bridges: groups that turn out to be one, by how like they are beside how like each is in itself.

A fixed threshold cannot fit headlines of six words and articles of six hundred: members of one
group are then .15 or .45 alike. The mean likeness between two groups as a share of that within
them can. Few words make for scattered groups, so the share may be lower there, and lower still
between groups of several documents, whose mean is no chance.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator

from copydesk.judge.coverage._group import Group, long_share

_OF_FEW = (0.5, 0.5, 0.4, 0.4, 0.3)  # by the size of the smaller group, the last for all above
_OF_MANY = 0.7

Merge = Callable[[Group, Group], Group | None]


def strength(one: Group, other: Group) -> float:
    """Give how much stands for two groups being one: from 1 on they are."""
    between = one.edges.get(other, 0.0) / (one.size * other.size)
    if not between:
        return 0.0
    share = between / math.sqrt(one.cohesion * other.cohesion)
    words = (one.length + other.length) / (one.size + other.size)
    return share / wanted(min(one.size, other.size), words)


def wanted(smaller: int, words: float) -> float:
    """Give the least share for two groups to be one.

    `smaller` is the size of the smaller group, `words` how many a document has on the average.
    """
    few = _OF_FEW[min(smaller, len(_OF_FEW) - 1)]
    return few + (_OF_MANY - few) * long_share(words)


def cross(groups: Iterable[Group], least: int, merge: Merge) -> None:
    """Merge over the strongest bridges of these groups first, each time looking anew.

    Groups of fewer than `least` documents wait. `merge` gives the group that is left, None where
    something forbids it.
    """
    waiting: list[tuple[float, int, int, Group, Group, tuple[int, int]]] = []

    def look(one: Group, other: Group) -> None:
        if min(one.size, other.size) < least:
            return
        found = strength(one, other)
        if found >= 1.0:
            first, second = sorted((one, other), key=lambda group: group.number)
            sizes = (first.size, second.size)
            entry = (-found, first.number, second.number, first, second, sizes)
            heapq.heappush(waiting, entry)

    for one, other in _pairs(group for group in groups if group.size >= least):
        look(one, other)
    while waiting:
        *_, one, other, sizes = heapq.heappop(waiting)
        if one.merged_into or other.merged_into or sizes != (one.size, other.size):
            continue
        left = merge(one, other)
        if left is not None:
            for third in list(left.edges):
                look(left, third)


def _pairs(groups: Iterable[Group]) -> Iterator[tuple[Group, Group]]:
    """Give each two groups with an edge once, of which these have at least one."""
    before: set[Group] = set()
    for group in groups:
        for other in group.edges.keys() - before:
            yield group, other
        before.add(group)
