"""A group of documents on one event, with sums that make adding documents and merging cheap.

Groups that turn out to be about one event are merged, a group that is about two is split. Each
document is put into a group when little is known, so a chain of small steps may bring two events of
one kind together. Splitting uses the measure of merging, without time, so that a long-running story
is not split for its length; and words only, since two events of one kind have embeddings alike.
"""

from __future__ import annotations

import heapq
import itertools
import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import Any

from copydesk.judge.clustering.documents import SeriesNumber, Vector

ACROSS_LANGUAGES = 1.9  # only names and cognates can agree, so they weigh more
_PRIOR_COHESION = 0.25  # mean similarity of two documents on one event, before any is known
_PRIOR_PAIRS = 4.0  # how many pairs the prior counts as
_SERIES_SHARE = 0.5  # of a group's headlines that must have a number for it to count
_FEW_WORDS, _MANY_WORDS = 12, 60
_EMBEDDING_SHARES = (0.3, 0.1)  # of a similarity: for few words, and for many
# What all groups without members, edges or numbers have. These two are never changed.
_NO_MEMBERS: list[Member] = []
_NONE: dict[Any, Any] = {}


def article_share(words: float) -> float:
    """Return from 0 (a headline) to 1 (an article) how long a text is, by its different words."""
    return min(1.0, max(0.0, (words - _FEW_WORDS) / (_MANY_WORDS - _FEW_WORDS)))


def embedding_share(words: int) -> float:
    """Return the weight (0 to 1) of embeddings in a similarity, low for texts of few words."""
    few, many = _EMBEDDING_SHARES
    return few + (many - few) * article_share(words)


def cohesion(within: float, size: int) -> float:
    """Return the mean similarity of a group's documents. A few documents get a typical value.

    `within` is the sum of their similarities, each pair counted twice.
    """
    return (within + _PRIOR_PAIRS * _PRIOR_COHESION) / (size * (size - 1) + _PRIOR_PAIRS)


@dataclass(slots=True, eq=False)
class Member:
    """A document in a group, with the terms, embedding and so on that similarity is computed from.

    `day` is its day since 1970 (0 if not known), `length` its number of different words, `series`
    the numbers in its headline, `embedding` None if it has none, `sentences` their hashes.
    """

    key: str
    vector: Vector
    language: str
    day: float
    length: int
    series: frozenset[SeriesNumber] = frozenset()
    embedding: Embedding | None = None
    sentences: Sequence[int] = ()


@dataclass(slots=True, eq=False)
class Group:
    """A group of documents on one event, with sums over them, so that comparing is cheap.

    `name` is the group's name. `first_key` is the key of its first document and stays when the
    group ends. `former_keys` are those of the documents that it had when it ended or was folded; it
    may live again. `folded` is the number of its documents of which only the sum is known. `square`
    is the squared length of the sum of its vectors, pairs weighted by the time between them.
    `edges` has the summed similarity of its members to those of other groups. `slots` are its
    places in the index, one for each language. `size_when_checked` is its size when splitting was
    last tried. `series_counts` has how many members have a number of each series.
    """

    name: str
    number: int
    first_key: str = ""
    members: list[Member] = field(default_factory=lambda: _NO_MEMBERS)
    former_keys: tuple[str, ...] = ()
    folded: int = 0
    square: float = 0.0
    length: int = 0
    first: float = 0.0
    last: float = 0.0
    slots: tuple[int, ...] = ()
    edges: dict[Group, float] = field(default_factory=lambda: _NONE)
    series: frozenset[SeriesNumber] = frozenset()
    series_counts: Mapping[str, int] = field(default_factory=lambda: _NONE)
    merged_into: Group | None = None
    has_ended: bool = False
    size_when_checked: int = 0

    @property
    def size(self) -> int:
        """Return the number of the group's documents."""
        return self.folded + len(self.members)

    @property
    def keys(self) -> Iterator[str]:
        """Yield the keys of all documents of the group, also if it was closed to new ones."""
        return itertools.chain(self.former_keys, (member.key for member in self.members))

    @property
    def cohesion(self) -> float:
        """Return how similar the documents are on average; small groups get a usual value."""
        size = self.size
        return cohesion(self.square - size, size)

    def add(self, member: Member, similarity: float) -> None:
        """Add a document to the group; `similarity` is the sum of its similarity to the others."""
        if not self.size:
            self.first = self.last = member.day
        self.first_key = self.first_key or member.key
        self.first = min(self.first, member.day)
        self.last = max(self.last, member.day)
        if self.members:
            self.members.append(member)
        else:
            self.members = [member]
        self.square += 1.0 + 2.0 * similarity
        self.length += member.length
        if member.series:
            self._add_series(member.series, dict.fromkeys((what for what, _ in member.series), 1))

    def _add_series(self, numbers: frozenset[SeriesNumber], counts: Mapping[str, int]) -> None:
        ours = self.series_counts
        self.series |= numbers
        self.series_counts = {**ours, **{what: ours.get(what, 0) + counts[what] for what in counts}}

    def contradicts(self, numbers: frozenset[SeriesNumber]) -> bool:
        """Return whether a number in a headline ("Day 3") excludes it from the group's event."""
        return any(
            self.series_counts.get(what, 0) >= max(1.0, _SERIES_SHARE * self.size)
            and (what, which) not in self.series
            for what, which in numbers
        )

    def differs_in_series(self, other: Group) -> bool:
        """Return whether both groups number the same thing ("Day 3") but share no number."""
        return any(
            not any((what, which) in other.series for kind, which in self.series if kind == what)
            for what in set(self.series_counts) & set(other.series_counts)
            if self._speaks_of(what) and other._speaks_of(what)
        )

    def _speaks_of(self, what: str) -> bool:
        return self.series_counts[what] / self.size >= _SERIES_SHARE

    def add_edge(self, other: Group, similarity: float) -> None:
        """Add a new document's similarity to the sum for this pair of groups."""
        summed = self.edges.get(other, 0.0) + similarity
        for one, neighbour in ((self, other), (other, self)):
            one.edges = one.edges or {}
            one.edges[neighbour] = summed

    def absorb(self, other: Group) -> None:
        """Take over all documents of another group, except its entries in the index."""
        between = self.edges.pop(other, 0.0)
        self.square += other.square + 2.0 * between
        self.length += other.length
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.members = [*self.members, *other.members]
        self.folded += other.folded
        self.former_keys += other.former_keys
        if other.series:
            self._add_series(other.series, other.series_counts)
        other.edges.pop(self, None)
        for neighbour, similarity in other.edges.items():
            del neighbour.edges[other]
            self.add_edge(neighbour, similarity)
        other.edges, other.members, other.merged_into = _NONE, _NO_MEMBERS, self

    def clear(self) -> None:
        """Remove all documents of the group, and its similarities to other groups."""
        self.drop_edges()
        self.first_key, self.members = "", _NO_MEMBERS
        self.series, self.series_counts = frozenset(), _NONE
        self.square, self.length = 0.0, 0

    def end(self) -> None:
        """Close the group to new documents, and keep only the keys of its documents."""
        self.fold()
        self.has_ended, self.folded = True, 0

    def fold(self) -> None:
        """Keep only the keys of the group's documents, and how many they are."""
        self.folded += len(self.members)
        self.former_keys += tuple(member.key for member in self.members)
        self.members = _NO_MEMBERS
        self.drop_edges()

    def drop_edges(self) -> None:
        """Remove the stored similarities of the group to all other groups."""
        for other in self.edges:
            del other.edges[self]
            other.edges = other.edges or _NONE
        self.edges = _NONE


_PRIOR_DOCUMENTS = 50  # after as many documents half of the mean is subtracted

Embedding = Sequence[float]


class Centering:
    """Subtract the mean of all embeddings so far in the same language from embeddings.

    All documents of one site and language point in a common direction, which says nothing.
    """

    def __init__(self) -> None:
        self._sums: dict[str, list[float]] = {}
        self._counts: dict[str, int] = {}

    def center(self, vector: bytes, language: str) -> Embedding | None:
        """Learn from an embedding (signed bytes); return it minus the mean, None if zero."""
        raw = _unit([float(number) for number in array("b", vector)])
        if raw is None:
            return None
        sums = self._sums.get(language)
        if sums is None or len(sums) != len(raw):
            sums = self._sums[language] = [0.0] * len(raw)
            self._counts[language] = 0
        weight = 1.0 / (self._counts[language] + _PRIOR_DOCUMENTS)
        centred = _unit([number - sum_ * weight for number, sum_ in zip(raw, sums, strict=True)])
        for at, number in enumerate(raw):
            sums[at] += number
        self._counts[language] += 1
        return centred


def dot(one: Embedding, other: Embedding) -> float:
    """Return the dot product of two vectors of the same size."""
    return math.fsum(map(mul, one, other))


def _unit(vector: list[float]) -> list[float] | None:
    length = math.sqrt(sum(map(mul, vector, vector)))
    return [number / length for number in vector] if length > 1e-9 else None


# ---- Merging and splitting groups

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
