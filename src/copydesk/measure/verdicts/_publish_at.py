"""Which gate would have agreed best with the editors, and how sure that is.

The best of many gates looks better than it is on the stories by which it was chosen. So it is
chosen ten times, each time by nine tenths of them, and tried on the last tenth (Stone, 1974).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.measure.verdicts._agreement import find_chance
from copydesk.measure.verdicts._decision import Decision

LEAST_DECISIONS, LEAST_OF_EACH = 30, 5
MOST_BY_CHANCE = 0.05
_FOLDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class GateChoice:
    """The gate that would have agreed best: on `agreed` stories, where today's does on `today`.

    Chosen by nine tenths of them it lay between `lowest` and `highest`; on the last tenth it was
    right on `better` and wrong on `worse` of those on which it and today's gate differ. `chance` is
    how likely that many better ones are where the two are as good.
    """

    publish_at: int
    agreed: int
    today: int
    lowest: int
    highest: int
    better: int
    worse: int
    chance: float


def choose_gate(decisions: Sequence[Decision], publish_at: int) -> GateChoice:
    """Choose the gate that agrees best, of equal ones that nearest to today's; try the choosing."""
    best = _find_best(decisions, publish_at)
    chosen, better, worse = [], 0, 0
    for fold in range(_FOLDS):
        tried = [one for one in decisions if _fold_of(one) == fold]
        gate = _find_best([one for one in decisions if _fold_of(one) != fold], publish_at)
        chosen.append(gate)
        differing = [one for one in tried if _agrees(one, gate) != _agrees(one, publish_at)]
        better += _count_agreements(differing, gate)
        worse += _count_agreements(differing, publish_at)
    return GateChoice(
        publish_at=best,
        agreed=_count_agreements(decisions, best),
        today=_count_agreements(decisions, publish_at),
        lowest=min(chosen),
        highest=max(chosen),
        better=better,
        worse=worse,
        chance=find_chance(better, worse),
    )


def find_lack(decisions: Sequence[Decision]) -> str:
    """Return what is missing for a choice, "" where nothing is."""
    wanted = sum(one.is_wanted for one in decisions)
    if len(decisions) < LEAST_DECISIONS:
        return f"{len(decisions)} of {LEAST_DECISIONS} stories that had waited for an editor"
    if min(wanted, len(decisions) - wanted) < LEAST_OF_EACH:
        return (
            f"{LEAST_OF_EACH} that were published and {LEAST_OF_EACH} that were not: "
            f"{wanted} and {len(decisions) - wanted}"
        )
    return ""


def _find_best(decisions: Sequence[Decision], publish_at: int) -> int:
    """Return the best gate: one more or less changes nothing but at the points of a story."""
    wanted = sorted(one.points for one in decisions if one.is_wanted)
    others = sorted(one.points for one in decisions if not one.is_wanted)
    ends = {max(0, one.points + step) for one in decisions for step in (0, 1)}

    def rate(gate: int) -> tuple[int, int]:
        let_through = len(wanted) - bisect_left(wanted, gate)
        return let_through + bisect_left(others, gate), -abs(gate - publish_at)

    return max(sorted({publish_at, *ends}), key=rate)


def _count_agreements(decisions: Sequence[Decision], publish_at: int) -> int:
    return sum(_agrees(one, publish_at) for one in decisions)


def _agrees(decision: Decision, publish_at: int) -> bool:
    return (decision.points >= publish_at) == decision.is_wanted


def _fold_of(decision: Decision) -> int:
    name = decision.path.encode("utf-8", "replace")
    return hashlib.blake2b(name, digest_size=1).digest()[0] % _FOLDS
