"""The terms of a document with their weights: what groups and the index know of it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vector:
    """A document's terms, the heaviest first, and their weights."""

    terms: array[int]
    weights: array[float]

    def __iter__(self) -> Iterator[tuple[int, float]]:
        return zip(self.terms, self.weights, strict=True)
