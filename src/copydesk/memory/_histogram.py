"""A histogram of durations: each is counted in a step, of which shares such as the median are read.

Steps grow by a fifth (2 ** 0.25), so that what is read is within a tenth of the truth, from a
minute to a year in 76 of them; and two histograms add up, which two medians do not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

_SHORTEST = 60.0  # seconds; all that is shorter is the step 0
_STEPS_A_DOUBLING = 4
_LAST = 76  # a year, and all that is longer


def find_step(seconds: float) -> int:
    """Return the step in which a duration is counted."""
    if seconds < _SHORTEST:
        return 0
    return min(_LAST, 1 + int(_STEPS_A_DOUBLING * math.log2(seconds / _SHORTEST)))


def find_share(counts: Mapping[int, int], share: float) -> float | None:
    """Return the seconds that this share of the counted durations is within, None for no counts.

    It is the middle of a step; half a minute for the first. 0.5 is the median.
    """
    wanted = share * sum(counts.values())
    if not wanted:
        return None
    seen = 0
    for step in sorted(counts):
        seen += counts[step]
        if seen >= wanted:
            return _middle(step)
    return _middle(max(counts))


def _middle(step: int) -> float:
    if step <= 0:
        return _SHORTEST / 2
    return float(_SHORTEST * 2 ** ((step - 0.5) / _STEPS_A_DOUBLING))
