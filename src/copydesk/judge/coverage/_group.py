"""A group of documents on one happening, as the stream keeps it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from copydesk.judge.coverage._points import Point
from copydesk.judge.coverage._rarity import Vector

_USUAL_COHESION = 0.25  # mean likeness of two documents on one happening, before any is known
_USUAL_WEIGHT = 4.0  # counts as much as so many pairs
_FEW_WORDS, _MANY_WORDS = 12, 60
_MEANING = (0.3, 0.1)  # how much of a likeness is of meaning, for few words and for many


def long_share(words: float) -> float:
    """Give how far so many different words are from a headline (0) to an article (1)."""
    return min(1.0, max(0.0, (words - _FEW_WORDS) / (_MANY_WORDS - _FEW_WORDS)))


def meaning_share(words: int) -> float:
    """Give how much meaning says of a document: words that are few may be others by chance."""
    few, many = _MEANING
    return few + (many - few) * long_share(words)


def cohesion(within: float, size: int) -> float:
    """Give the mean likeness of two of so many documents whose pairs, both ways, sum to `within`.

    It is near the usual where there are few.
    """
    return (within + _USUAL_WEIGHT * _USUAL_COHESION) / (size * (size - 1) + _USUAL_WEIGHT)


@dataclass(slots=True, eq=False)
class Member:
    """A document in a group: its key, its terms, its language, its day (0 where time is naught).

    `point` is where it points in a space of meaning, None where that is not known.
    """

    key: str
    vector: Vector
    language: str
    day: float
    length: int
    marks: frozenset[tuple[str, str]] = frozenset()
    point: Point | None = None


@dataclass(slots=True, eq=False)
class Group:
    """Its members and sums over them.

    `name` is what it is known by, `begun_by` the key of its first document, kept when it ends.
    `let_go` are the keys of the documents that it had when it ended: it may live again.
    `square` is the squared length of the sum of its vectors, pairs weighed by the time between
    them; `edges` the summed likeness of its members to those of other groups; `slots` are its
    places in the index, one a language; `looked_at` is its size when it was last looked at
    for drift.
    """

    name: str
    number: int
    begun_by: str = ""
    members: list[Member] = field(default_factory=list)
    let_go: list[str] = field(default_factory=list)
    square: float = 0.0
    length: int = 0
    first: float = 0.0
    last: float = 0.0
    slots: dict[str, int] = field(default_factory=dict)
    edges: dict[Group, float] = field(default_factory=dict)
    marks: frozenset[tuple[str, str]] = frozenset()
    kinds: dict[str, int] = field(default_factory=dict)
    merged_into: Group | None = None
    has_ended: bool = False
    looked_at: int = 0

    @property
    def size(self) -> int:
        """Give the number of its documents."""
        return len(self.members)

    @property
    def keys(self) -> Iterator[str]:
        """Give the key of each document that it has, and had when it ended."""
        return itertools.chain(self.let_go, (member.key for member in self.members))

    @property
    def cohesion(self) -> float:
        """Give the mean likeness of two of its documents; what is usual where there are few."""
        return cohesion(self.square - self.size, self.size)

    def take(self, member: Member, likeness: float) -> None:
        """Add a document that has this summed likeness to the others."""
        if not self.members:
            self.first = self.last = member.day
        self.begun_by = self.begun_by or member.key
        self.first = min(self.first, member.day)
        self.last = max(self.last, member.day)
        self.members.append(member)
        self.square += 1.0 + 2.0 * likeness
        self.length += member.length
        if member.marks:
            self._mark(member.marks, dict.fromkeys((kind for kind, _ in member.marks), 1))

    def _mark(self, marks: frozenset[tuple[str, str]], kinds: Mapping[str, int]) -> None:
        self.marks |= marks
        for kind, count in kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + count

    def meet(self, other: Group, likeness: float) -> None:
        """Note that a new document of one has this summed likeness to the other's."""
        self.edges[other] = other.edges[self] = self.edges.get(other, 0.0) + likeness

    def swallow(self, other: Group) -> None:
        """Take all of another group's documents, but for their places in the index."""
        between = self.edges.pop(other, 0.0)
        self.square += other.square + 2.0 * between
        self.length += other.length
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.members += other.members
        self.let_go += other.let_go
        self._mark(other.marks, other.kinds)
        other.edges.pop(self, None)
        for third, likeness in other.edges.items():
            del third.edges[other]
            self.meet(third, likeness)
        other.edges, other.members, other.merged_into = {}, [], self

    def clear(self) -> None:
        """Let go of all documents, and of what is known of other groups."""
        self.leave()
        self.begun_by, self.members, self.marks, self.kinds = "", [], frozenset(), {}
        self.square, self.length = 0.0, 0

    def end(self) -> None:
        """Let go of it: nothing can join any more."""
        self.has_ended = True
        self.let_go += (member.key for member in self.members)
        self.members = []
        self.leave()

    def leave(self) -> None:
        """Forget how like other groups are."""
        for other in self.edges:
            del other.edges[self]
        self.edges = {}
