"""Audience: what a newsroom's own count of its readers adds to a story's heat on the front page."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

READ_WITHIN = timedelta(days=2)
_MOST = 20  # points; less than two newsrooms bring, so that readers alone make no leader
_EACH_DOUBLING = 10
_LEAST_READS = 20  # fewer are chance
_LEAST_PAGES = 5  # as many must have been read for any to be read more than usual


def read_points(reads: Mapping[str, int]) -> dict[str, int]:
    """Return the points of each record by how often its page was read, those without left out.

    Ten for each doubling above what pages are usually read (the median of those that were read at
    all), twenty at most. Nothing is taken from a page that is read seldom.
    """
    if len(reads) < _LEAST_PAGES:
        return {}
    import statistics  # which costs a build more than its arithmetic, and most count no readers

    usual = statistics.median(reads.values())
    points = {
        name: min(_MOST, round(_EACH_DOUBLING * math.log2(count / usual)))
        for name, count in reads.items()
        if count >= _LEAST_READS and count > usual > 0
    }
    return {name: more for name, more in points.items() if more}
