"""Merge groups that turn out to be about one event, and split a group that is about two.

Each document is put into a group when little is known, so a chain of small steps may bring two
events of one kind together. Splitting uses the measure of merging, without time, so that a
long-running story is not split for its length; and words only, since two events of one kind have
embeddings alike.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import mul

from copydesk.judge.clustering._group import Group, Member, article_share, cohesion
from copydesk.judge.clustering._inverted_index import ACROSS_LANGUAGES

_LEAST = 3  # documents in each half: one or two are strays, not a story
GROWTH = 1.5  # how much a group must have grown since splitting was last tried
_SCORE = 0.9  # below 1, the score for merging, so that groups are not merged and split in turn
_SAMPLE = 100  # documents that decide the halves; the others then go to the nearer one
_SWEEPS = 10


class _Half:
    """The part of a group on one side of a possible split, as summed vectors per language."""

    def __init__(self) -> None:
        self.size = 0
        self._terms: dict[str, dict[int, float]] = {}

    def change(self, member: Member, by: int) -> None:
        """Add a document to this half of a group (`by` 1), or remove it (-1)."""
        self.size += by
        sums = self._terms.setdefault(member.language, {})
        for term, weight in member.vector:
            sums[term] = sums.get(term, 0.0) + by * weight

    def similarity(self, member: Member) -> float:
        """Return a document's summed similarity to the documents in this half of a group."""
        total = 0.0
        for language, sums in self._terms.items():
            with_terms = map(sums.get, member.vector.terms, itertools.repeat(0.0))
            product = sum(map(mul, member.vector.weights, with_terms))
            total += product if language == member.language else product * ACROSS_LANGUAGES
        return total


def split_in_two(group: Group) -> tuple[list[Member], list[Member]] | None:
    """Split a group's documents into two on different events; return None if it is one event."""
    sample = _sample_of(group)
    if len(sample) < 2 * _LEAST:
        return None
    cut = _best_cut(sample)
    smaller = min(part.size for part in cut.parts)
    words = group.length / group.size
    if smaller < _LEAST or cut.share >= _SCORE * least_share(smaller, words):
        return None
    side_of = {member.key: side for member, side in zip(sample, cut.sides, strict=True)}
    halves: tuple[list[Member], list[Member]] = ([], [])
    for member in group.members:
        side = side_of.get(member.key)
        halves[_nearer_half(member, cut.parts) if side is None else side].append(member)
    return halves


def _sample_of(group: Group) -> Sequence[Member]:
    """Return a bounded sample of a group's documents that have words, evenly over the group."""
    members = [member for member in group.members if member.length]
    step = max(1.0, len(members) / _SAMPLE)
    return [members[int(at * step)] for at in range(int(len(members) / step))]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """A possible split of documents: the half of each, and the similarity between the halves."""

    sides: Sequence[int]
    parts: tuple[_Half, _Half]
    share: float


def _best_cut(members: Sequence[Member]) -> _Cut:
    """Return the better of two splits, begun at the least and at the most typical document."""
    whole = _half_of(members)
    similarity = [whole.similarity(member) for member in members]
    odd, usual = similarity.index(min(similarity)), similarity.index(max(similarity))
    cuts = [_cut(members, similarity, seed) for seed in dict.fromkeys((odd, usual))]
    return min(cuts, key=lambda cut: cut.share)


def _half_of(members: Sequence[Member]) -> _Half:
    half = _Half()
    for member in members:
        half.change(member, 1)
    return half


def _cut(members: Sequence[Member], similarity: Sequence[float], seed: int) -> _Cut:
    """Split documents in two: move each to the half that it is more similar to, until none moves.

    One half begins with the document at `seed`, the other with the one least similar to that.
    `similarity` has for each document its sum over all of them.
    """
    first = _half_of([members[seed]])
    to_first = [first.similarity(member) for member in members]
    to_first[seed] = math.inf
    opposite = to_first.index(min(to_first))
    second = _half_of([members[opposite]])
    sides = [int(second.similarity(member) > to_first[at]) for at, member in enumerate(members)]
    parts = (_Half(), _Half())
    for member, side in zip(members, sides, strict=True):
        parts[side].change(member, 1)
    for _ in range(_SWEEPS):
        if not _sweep(members, similarity, sides, parts):
            break
    return _Cut(sides=sides, parts=parts, share=_share_between(members, similarity, sides, parts))


def _sweep(
    members: Sequence[Member],
    similarity: Sequence[float],
    sides: list[int],
    parts: tuple[_Half, _Half],
) -> bool:
    """Move each document that is in the wrong half; return whether any was moved."""
    has_moved = False
    for at, member in enumerate(members):
        side = sides[at]
        own, other = parts[side], parts[1 - side]
        if own.size == 1:
            continue
        near = own.similarity(member)
        if (similarity[at] - near) * (own.size - 1) > (near - 1.0) * other.size:
            own.change(member, -1)
            other.change(member, 1)
            sides[at] = 1 - side
            has_moved = True
    return has_moved


def _nearer_half(member: Member, parts: tuple[_Half, _Half]) -> int:
    """Return the half (0 or 1) whose documents are more similar on average."""
    first, second = (part.similarity(member) / part.size for part in parts)
    return int(second > first)


def _share_between(
    members: Sequence[Member],
    similarity: Sequence[float],
    sides: Sequence[int],
    parts: tuple[_Half, _Half],
) -> float:
    """Return the mean similarity between the halves, divided by the mean similarity within them.

    It is infinite if all documents are in one half.
    """
    first, second = (part.size for part in parts)
    if not first or not second:
        return math.inf
    between, within = 0.0, [0.0, 0.0]
    for at, (member, side) in enumerate(zip(members, sides, strict=True)):
        near = parts[side].similarity(member)
        within[side] += near - 1.0
        between += (similarity[at] - near) / 2
    cohesion_within = math.sqrt(cohesion(within[0], first) * cohesion(within[1], second))
    return between / (first * second) / cohesion_within


# Merging. No fixed threshold fits both headlines of six words and articles of six hundred: members
# of one group have a similarity of .15 or .45. The mean similarity between two groups, as a share
# of the mean within them, fits both. Few words make scattered groups, so a lower share is enough;
# so it is between groups of several documents, whose mean is less due to chance.

_OF_FEW_WORDS = (0.5, 0.5, 0.4, 0.4, 0.3)  # by the smaller group's size, the last for larger ones
_OF_MANY_WORDS = 0.7

Merge = Callable[[Group, Group], Group | None]


def merge_score(one: Group, other: Group) -> float:
    """Return how much suggests that two groups are about one event; from 1 on they are merged."""
    size, others = one.size, other.size
    between = one.edges.get(other, 0.0) / (size * others)
    if not between:
        return 0.0
    share = between / math.sqrt(one.cohesion * other.cohesion)
    words = (one.length + other.length) / (size + others)
    return share / least_share(min(size, others), words)


def least_share(smaller: int, words: float) -> float:
    """Return the least similarity for a merge of two groups, relative to that inside each group.

    `smaller` is the size of the smaller group, `words` the mean number of words of a document.
    """
    few = _OF_FEW_WORDS[min(smaller, len(_OF_FEW_WORDS) - 1)]
    return few + (_OF_MANY_WORDS - few) * article_share(words)


def merge_groups(groups: Iterable[Group], least: int, merge: Merge) -> None:
    """Merge groups that are about one event, also with similar other groups, best pair first.

    Scores are computed again after each merge. Groups of fewer than `least` documents wait. `merge`
    returns the merged group, None if something forbids it.
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
    """The pairs of groups that may be merged, by score, then by age."""

    def __init__(self, least: int) -> None:
        self._least = least
        self._heap: list[tuple[float, int, int, Group, Group, tuple[int, int]]] = []

    def push(self, one: Group, other: Group) -> None:
        """Add a pair of groups if both are large enough and their score is at least 1."""
        if min(one.size, other.size) < self._least:
            return
        score = merge_score(one, other)
        if score >= 1.0:
            first, second = sorted((one, other), key=lambda group: group.number)
            sizes = (first.size, second.size)
            entry = (-score, first.number, second.number, first, second, sizes)
            heapq.heappush(self._heap, entry)

    def pop(self) -> tuple[Group, Group] | None:
        """Return the pair with the highest score whose groups have not changed since, or None."""
        while self._heap:
            *_, one, other, sizes = heapq.heappop(self._heap)
            if not (one.merged_into or other.merged_into) and sizes == (one.size, other.size):
                return one, other
        return None


def _pairs(groups: Iterable[Group]) -> Iterator[tuple[Group, Group]]:
    """Yield each pair of linked groups once, if at least one of them is among the given groups."""
    before: set[Group] = set()
    for group in groups:
        for other in group.edges.keys() - before:
            yield group, other
        before.add(group)
