"""Plain grouping in one pass, in plain Python: TF-IDF over words, the group of the likest centroid.

What one would write first, as a stream: document frequencies so far, an index of all groups.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict

_WORD = re.compile(r"\w\w+")
_ALIKE = 0.14  # best for TF-IDF over the open sets (RESULTS.md)


class Plain:
    """Group texts as they come."""

    def __init__(self) -> None:
        self._documents = 0
        self._with: Counter[str] = Counter()
        self._groups: defaultdict[str, dict[int, float]] = defaultdict(dict)  # by word
        self._squares: list[float] = []

    def add(self, text: str) -> int:
        """Give the number of the group that a text joins or begins."""
        vector = self._weighed(Counter(_WORD.findall(text.lower())))
        products: defaultdict[int, float] = defaultdict(float)
        for word, weight in vector.items():
            for group, sum_ in self._groups[word].items():
                products[group] += weight * sum_
        group, product = self._likest(products)
        if group < 0:
            group = len(self._squares)
            self._squares.append(0.0)
        self._squares[group] += 1.0 + 2.0 * product
        for word, weight in vector.items():
            sums = self._groups[word]
            sums[group] = sums.get(group, 0.0) + weight
        return group

    def _weighed(self, counts: Counter[str]) -> dict[str, float]:
        self._documents += 1
        self._with.update(counts.keys())
        raw = {
            word: (1.0 + math.log(count)) * math.log((1 + self._documents) / self._with[word])
            for word, count in counts.items()
        }
        length = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
        return {word: weight / length for word, weight in raw.items()}

    def _likest(self, products: dict[int, float]) -> tuple[int, float]:
        best, likest = (-1, 0.0), _ALIKE
        for group, product in products.items():
            likeness = product / math.sqrt(self._squares[group])
            if likeness > likest:
                best, likest = (group, product), likeness
        return best
