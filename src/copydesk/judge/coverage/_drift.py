"""Drift: a group that has become two, cut where no bridge would join its halves.

A stream decides on each document when little is known; what joined by a chain of small steps may
turn out to be two happenings of one kind. The measure is that of the bridges, without regard to
time, so that a long story is not cut for its length, and by words alone: two happenings of one
kind mean the same.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from copydesk.judge.coverage._bridges import wanted
from copydesk.judge.coverage._group import Group, Member, cohesion
from copydesk.judge.coverage._index import ACROSS_LANGUAGES

LEAST = 3  # documents in each half: one or two are strays, not a story
GROWN = 1.5  # how much larger a group must be than when it was last looked at
_STRENGTH = 0.9  # of 1, at which a bridge joins: what was joined is not cut for a trifle
_LOOKED_AT = 100  # documents that find the halves; the others then go where they belong
_SWEEPS = 10


class _Half:
    """Some of a group's documents as sums, by language."""

    def __init__(self) -> None:
        self.size = 0
        self._terms: dict[str, dict[int, float]] = {}

    def change(self, member: Member, by: int) -> None:
        """Add a document with 1, take it away with -1."""
        self.size += by
        sums = self._terms.setdefault(member.language, {})
        for term, weight in member.vector:
            sums[term] = sums.get(term, 0.0) + by * weight

    def likeness(self, member: Member) -> float:
        """Give the summed likeness of a document to these, itself included where it is one."""
        total = 0.0
        for language, sums in self._terms.items():
            with_terms = map(sums.get, member.vector.terms, itertools.repeat(0.0))
            found = sum(map(mul, member.vector.weights, with_terms))
            total += found if language == member.language else found * ACROSS_LANGUAGES
        return total


def halves(group: Group) -> tuple[list[Member], list[Member]] | None:
    """Give the two stories that a group has become, None where it is one."""
    telling = [member for member in group.members if member.length]
    if len(telling) < 2 * LEAST:
        return None
    step = max(1.0, len(telling) / _LOOKED_AT)
    sample = [telling[int(at * step)] for at in range(int(len(telling) / step))]
    cut = _best_cut(sample)
    smaller = min(part.size for part in cut.parts)
    words = group.length / group.size
    if smaller < LEAST or cut.share >= _STRENGTH * wanted(smaller, words):
        return None
    known = {member.key: side for member, side in zip(sample, cut.sides, strict=True)}
    sides: tuple[list[Member], list[Member]] = ([], [])
    for member in group.members:
        side = known.get(member.key)
        sides[_nearer(member, cut.parts) if side is None else side].append(member)
    return sides


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """A way to part documents: which half each is in, and what is left of likeness between them."""

    sides: Sequence[int]
    parts: tuple[_Half, _Half]
    share: float


def _best_cut(members: Sequence[Member]) -> _Cut:
    """Start from the odd one out, and from the most usual one, each with its opposite."""
    all_ = _half(members)
    likeness = [all_.likeness(member) for member in members]
    odd, usual = likeness.index(min(likeness)), likeness.index(max(likeness))
    cuts = [_cut(members, likeness, seed) for seed in dict.fromkeys((odd, usual))]
    return min(cuts, key=lambda cut: cut.share)


def _half(members: Sequence[Member]) -> _Half:
    half = _Half()
    for member in members:
        half.change(member, 1)
    return half


def _cut(members: Sequence[Member], likeness: Sequence[float], seed: int) -> _Cut:
    """Let each document go to the half that it is more like, until all are where they belong.

    `likeness` is each document's to all of them.
    """
    one = _half([members[seed]])
    to_one = [one.likeness(member) for member in members]
    to_one[seed] = math.inf
    opposite = to_one.index(min(to_one))
    other = _half([members[opposite]])
    sides = [int(other.likeness(member) > to_one[at]) for at, member in enumerate(members)]
    parts = (_Half(), _Half())
    for member, side in zip(members, sides, strict=True):
        parts[side].change(member, 1)
    for _ in range(_SWEEPS):
        if not _sweep(members, likeness, sides, parts):
            break
    return _Cut(sides=sides, parts=parts, share=_share(members, likeness, sides, parts))


def _sweep(
    members: Sequence[Member],
    likeness: Sequence[float],
    sides: list[int],
    parts: tuple[_Half, _Half],
) -> bool:
    """Move what is in the wrong half; say whether anything was."""
    has_moved = False
    for at, member in enumerate(members):
        side = sides[at]
        own, other = parts[side], parts[1 - side]
        if own.size == 1:
            continue
        near = own.likeness(member)
        if (likeness[at] - near) * (own.size - 1) > (near - 1.0) * other.size:
            own.change(member, -1)
            other.change(member, 1)
            sides[at] = 1 - side
            has_moved = True
    return has_moved


def _nearer(member: Member, parts: tuple[_Half, _Half]) -> int:
    """Give the half whose documents a document is more like on the whole, 0 or 1."""
    one, other = (part.likeness(member) / part.size for part in parts)
    return int(other > one)


def _share(
    members: Sequence[Member],
    likeness: Sequence[float],
    sides: Sequence[int],
    parts: tuple[_Half, _Half],
) -> float:
    """Give the mean likeness between the halves as a share of that within them.

    It is without an end where all are alike and in one half.
    """
    one, other = (part.size for part in parts)
    if not one or not other:
        return math.inf
    between, within = 0.0, [0.0, 0.0]
    for at, (member, side) in enumerate(zip(members, sides, strict=True)):
        near = parts[side].likeness(member)
        within[side] += near - 1.0
        between += (likeness[at] - near) / 2
    usual = math.sqrt(cohesion(within[0], one) * cohesion(within[1], other))
    return between / (one * other) / usual
