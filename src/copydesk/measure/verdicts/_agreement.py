"""How often a gate and an editor say the same, and how likely that is by chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.measure.verdicts._decision import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAgreement:
    """What a gate and an editor said of the same stories: who would have published how many.

    `precision` is the share of what the gate publishes that the editor does, `recall` the share of
    what the editor publishes that the gate does, `agreement` that of all on which they agree; None
    where there is nothing to share.
    """

    stories: int
    both: int
    gate_only: int
    editor_only: int
    neither: int
    agreement: float | None
    precision: float | None
    recall: float | None


def compare(decisions: Sequence[Decision], publish_at: int) -> GateAgreement:
    """Compare a gate at `publish_at` with what an editor said of each story."""
    cells = Counter((one.points >= publish_at, one.is_wanted) for one in decisions)
    both, neither = cells[True, True], cells[False, False]
    return GateAgreement(
        stories=len(decisions),
        both=both,
        gate_only=cells[True, False],
        editor_only=cells[False, True],
        neither=neither,
        agreement=_share(both + neither, len(decisions)),
        precision=_share(both, both + cells[True, False]),
        recall=_share(both, both + cells[False, True]),
    )


def find_chance(better: int, worse: int) -> float:
    """Return how likely as many better ones, or more, are where better and worse are as likely.

    The sign test, one-sided (Dixon and Mood, 1946).
    """
    count = better + worse
    tail = sum(math.comb(count, number) for number in range(better, count + 1))
    return round(tail / (1 << count), 4)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
