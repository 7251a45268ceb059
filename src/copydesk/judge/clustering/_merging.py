"""Merging: groups that turn out to be one, by how similar they are beside how similar each is.

A fixed threshold cannot fit headlines of six words and articles of six hundred: members of one
group then have a similarity of .15 or .45. The mean similarity between two groups as a share of
that within them can. Few words make for scattered groups, so the share may be lower there, and
lower still between groups of several documents, whose mean is no chance.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator

from copydesk.judge.clustering._group import Group, article_share

_OF_FEW_WORDS = (0.5, 0.5, 0.4, 0.4, 0.3)  # by the smaller group's size, the last for all above
_OF_MANY_WORDS = 0.7

Merge = Callable[[Group, Group], Group | None]


def merge_score(one: Group, other: Group) -> float:
    """Compute how much speaks for two groups being one: from 1 on they are."""
    between = one.edges.get(other, 0.0) / (one.size * other.size)
    if not between:
        return 0.0
    share = between / math.sqrt(one.cohesion * other.cohesion)
    words = (one.length + other.length) / (one.size + other.size)
    return share / least_share(min(one.size, other.size), words)


def least_share(smaller: int, words: float) -> float:
    """Return the least share that makes two groups one.

    `smaller` is the size of the smaller group, `words` how many a document has on the average.
    """
    few = _OF_FEW_WORDS[min(smaller, len(_OF_FEW_WORDS) - 1)]
    return few + (_OF_MANY_WORDS - few) * article_share(words)


def merge_groups(groups: Iterable[Group], least: int, merge: Merge) -> None:
    """Merge what is one among these groups and their neighbours, the highest score first.

    Scores are computed again after each merge. Groups of fewer than `least` documents wait.
    `merge` returns the group that is left, None where something forbids it.
    """
    queue = _Queue(least)
    for pair in _pairs(group for group in groups if group.size >= least):
        queue.push(*pair)
    while best := queue.pop():
        merged = merge(*best)
        if merged is not None:
            for neighbour in list(merged.edges):
                queue.push(merged, neighbour)


class _Queue:
    """The pairs of groups that are one, by score, then by age."""

    def __init__(self, least: int) -> None:
        self._least = least
        self._heap: list[tuple[float, int, int, Group, Group, tuple[int, int]]] = []

    def push(self, one: Group, other: Group) -> None:
        """Add two groups if they are large enough and one."""
        if min(one.size, other.size) < self._least:
            return
        score = merge_score(one, other)
        if score >= 1.0:
            first, second = sorted((one, other), key=lambda group: group.number)
            sizes = (first.size, second.size)
            entry = (-score, first.number, second.number, first, second, sizes)
            heapq.heappush(self._heap, entry)

    def pop(self) -> tuple[Group, Group] | None:
        """Return the pair with the highest score that has not changed since it was added."""
        while self._heap:
            *_, one, other, sizes = heapq.heappop(self._heap)
            if not (one.merged_into or other.merged_into) and sizes == (one.size, other.size):
                return one, other
        return None


def _pairs(groups: Iterable[Group]) -> Iterator[tuple[Group, Group]]:
    """Yield once each two groups with an edge, of which these have at least one."""
    before: set[Group] = set()
    for group in groups:
        for other in group.edges.keys() - before:
            yield group, other
        before.add(group)
