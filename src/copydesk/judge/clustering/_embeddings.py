"""Embeddings of documents, centred: without what all documents of one language have in common."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from operator import mul

_PRIOR_DOCUMENTS = 50  # after so many half of the mean is taken off

Embedding = Sequence[float]


class Centering:
    """Subtract the running mean of each language: everything on one beat points to it."""

    def __init__(self) -> None:
        self._sums: dict[str, list[float]] = {}
        self._counts: dict[str, int] = {}

    def center(self, vector: bytes, language: str) -> Embedding | None:
        """Learn from a vector of signed bytes and return it centred, None for nought."""
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
    """Return the dot product of two vectors of one dimension."""
    return math.fsum(map(mul, one, other))


def _unit(vector: list[float]) -> list[float] | None:
    length = math.sqrt(sum(map(mul, vector, vector)))
    return [number / length for number in vector] if length > 1e-9 else None
