"""A group of documents on one event, with sums that make adding documents and merging cheap."""

from __future__ import annotations

import itertools
import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import Any

from copydesk.judge.clustering.documents import SeriesNumber, Vector

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
