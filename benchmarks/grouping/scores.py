"""How well groups agree with labelled ones: BCubed and pairwise precision, recall and F1.

BCubed (Bagga and Baldwin 1998; Amigó et al. 2009) gives every document the same weight, so a big
story counts for no more than its documents. Pairwise counts pairs of documents, so it is about the
big stories, and falls at once where two of them are taken for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Precision and recall of groups beside labelled ones."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Give the harmonic mean, 0 where both are 0."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def bcubed(labels: Sequence[Hashable], groups: Sequence[Hashable]) -> Score:
    """Give the mean, over documents, of how pure its group and how whole its story is."""
    of_label, of_group = Counter(labels), Counter(groups)
    shared = Counter(zip(labels, groups, strict=True))
    pure = sum(count * count / of_group[group] for (_, group), count in shared.items())
    whole = sum(count * count / of_label[label] for (label, _), count in shared.items())
    documents = len(labels) or 1
    return Score(precision=pure / documents, recall=whole / documents)


def pairwise(labels: Sequence[Hashable], groups: Sequence[Hashable]) -> Score:
    """Give the share of pairs put together that belong together, and of those that were found.

    No pair put together is no mistake: precision 1.
    """
    found = _pairs(Counter(zip(labels, groups, strict=True)))
    together, belong = _pairs(Counter(groups)), _pairs(Counter(labels))
    return Score(
        precision=found / together if together else 1.0,
        recall=found / belong if belong else 1.0,
    )


def _pairs(sizes: Counter[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())
