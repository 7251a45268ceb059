"""What documents are compared by: their terms with weights, the numbers in their headlines."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

SeriesNumber = tuple[str, str]
"""Of what, which: ("package", "12")."""


@dataclass(frozen=True, slots=True)
class Vector:
    """A document's terms, the heaviest first, and their weights."""

    terms: array[int]
    weights: array[float]

    def __iter__(self) -> Iterator[tuple[int, float]]:
        return zip(self.terms, self.weights, strict=True)
