"""Clusters: how well one partition of documents agrees with another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Precision, recall and their harmonic mean, 0 to 1."""

    precision: float
    recall: float
    f1: float


def pairwise(true: Sequence[Hashable], ours: Sequence[Hashable]) -> Scores:
    """Compute the scores over pairs of documents that are put together."""
    both = _pairs(Counter(zip(true, ours, strict=True)))
    return scores(_share(both, _pairs(Counter(ours))), _share(both, _pairs(Counter(true))))


def bcubed(true: Sequence[Hashable], ours: Sequence[Hashable]) -> Scores:
    """Compute the means over documents of how pure and how complete their groups are.

    Bagga and Baldwin, 1998.
    """
    count = max(1, len(true))
    groups, stories = Counter(ours), Counter(true)
    cells = Counter(zip(true, ours, strict=True)).items()
    precision = sum(shared * shared / groups[cell[1]] for cell, shared in cells) / count
    recall = sum(shared * shared / stories[cell[0]] for cell, shared in cells) / count
    return scores(precision, recall)


def _pairs(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def scores(precision: float, recall: float) -> Scores:
    """Return precision and recall with their harmonic mean."""
    total = precision + recall
    f1 = 2 * precision * recall / total if total else 0.0
    return Scores(precision=round(precision, 4), recall=round(recall, 4), f1=round(f1, 4))
