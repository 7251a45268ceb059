"""What a signal finds: how often and why, nothing where it is not there."""

from __future__ import annotations

import bisect
from collections.abc import Iterable

Sightings = Iterable[tuple[int, str]]


def once(why: str, evidence: str) -> Sightings:
    """Return a signal that was found once, none where there is no evidence."""
    return [(1, f"{why}: {evidence}")] if evidence else []


class Steps:
    """Bounds that a count passes one after the other: a part that grows and ends."""

    def __init__(self, *bounds: int) -> None:
        self.bounds = bounds

    def sight(self, count: int, why: str) -> Sightings:
        """Return a signal as often as bounds are reached."""
        reached = bisect.bisect_right(self.bounds, count)
        return [(reached, why)] if reached else []
