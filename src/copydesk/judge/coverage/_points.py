"""Points: where documents point in a space of meaning, without what all of them have in common."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from operator import mul

_BEFORE_KNOWN = 50  # documents until half of what seems common is taken off

Point = Sequence[float]


class Points:
    """Take off the mean of each language: everything on one beat points to it."""

    def __init__(self) -> None:
        self._sums: dict[str, list[float]] = {}
        self._counts: dict[str, int] = {}

    def centred(self, vector: bytes, language: str) -> Point | None:
        """Learn from a vector of signed bytes and give it as a unit vector, None for nothing."""
        raw = _unit([float(number) for number in array("b", vector)])
        if raw is None:
            return None
        sums = self._sums.get(language)
        if sums is None or len(sums) != len(raw):
            sums = self._sums[language] = [0.0] * len(raw)
            self._counts[language] = 0
        weight = 1.0 / (self._counts[language] + _BEFORE_KNOWN)
        point = _unit([one - sum_ * weight for one, sum_ in zip(raw, sums, strict=True)])
        for at, one in enumerate(raw):
            sums[at] += one
        self._counts[language] += 1
        return point


def product(one: Point, other: Point) -> float:
    """Give the product of two vectors of one length."""
    return math.fsum(map(mul, one, other))


def _unit(vector: list[float]) -> list[float] | None:
    length = math.sqrt(sum(map(mul, vector, vector)))
    return [one / length for one in vector] if length > 1e-9 else None
