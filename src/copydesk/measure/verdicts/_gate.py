"""The gate beside the editors: what it by itself says of the stories that one of them decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from copydesk.measure.verdicts._agreement import GateAgreement, compare
from copydesk.measure.verdicts._decision import Decision, make_decision
from copydesk.measure.verdicts._parts import PartEffect, find_effects
from copydesk.measure.verdicts._publish_at import (
    MOST_BY_CHANCE,
    GateChoice,
    choose_gate,
    find_lack,
)
from copydesk.news import Article, Beat, Story

_WEEKS = timedelta(weeks=26)  # of verdicts, beyond which they are told by month


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePeriod:
    """The agreement in a week (`2026-W47`) or month (`2026-11`) of verdicts."""

    period: str
    waited: GateAgreement
    picked: GateAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """How the gate agrees with the editors' verdicts.

    `said` counts the verdicts by their word, `passed_over` those in which no gate has a say.
    `waited` are the stories that had waited for an editor, who decided them whatever the gate said;
    `picked` those that an editor took up unasked, mostly since the gate was wrong, so that their
    agreement is no measure. `parts` and `choice` look at what waited alone. `choice` is None, and
    `lacks` says what is missing, where that is too little; `proposal` is a gate that surely agrees
    better than today's.
    """

    publish_at: int
    decided: int
    said: Mapping[str, int]
    passed_over: int
    waited: GateAgreement
    picked: GateAgreement
    periods: tuple[GatePeriod, ...]
    parts: tuple[PartEffect, ...]
    choice: GateChoice | None
    lacks: str
    proposal: int | None


def gate(
    decided: Iterable[tuple[Story, Article | None]], beat: Beat, *, all_wait: bool = False
) -> GateReport:
    """Compare the gate with the verdicts on stories, each with what is kept of its article.

    `all_wait` says that every story of the newsroom waits for an editor.
    """
    every = [
        (story, make_decision(story, article, beat, all_wait=all_wait))
        for story, article in decided
        if story.verdict is not None
    ]
    decisions = [decision for _, decision in every if decision is not None]
    publish_at = beat.scoring.publish_at
    waited, picked = _part(decisions)
    lacks = find_lack(waited)
    choice = None if lacks else choose_gate(waited, publish_at)
    return GateReport(
        publish_at=publish_at,
        decided=len(every),
        said=Counter(story.verdict.said for story, _ in every if story.verdict),
        passed_over=len(every) - len(decisions),
        waited=compare(waited, publish_at),
        picked=compare(picked, publish_at),
        periods=tuple(compare_by_period(decisions, publish_at)),
        parts=find_effects(waited, publish_at),
        choice=choice,
        lacks=lacks,
        proposal=_propose(choice),
    )


def _propose(choice: GateChoice | None) -> int | None:
    if choice is None or choice.chance > MOST_BY_CHANCE:
        return None
    return choice.publish_at


def _part(decisions: Sequence[Decision]) -> tuple[list[Decision], list[Decision]]:
    """Return the decisions on stories that had waited, and the others."""
    waited = [one for one in decisions if one.has_waited]
    return waited, [one for one in decisions if not one.has_waited]


def compare_by_period(decisions: Sequence[Decision], publish_at: int) -> Iterable[GatePeriod]:
    """Yield the agreement in each week or month that has verdicts, the oldest first.

    By month where there is more than half a year of them.
    """
    times = [one.at for one in decisions]
    by_week = bool(times) and max(times) - min(times) <= _WEEKS
    form = "%G-W%V" if by_week else "%Y-%m"
    by_period: dict[str, list[Decision]] = {}
    for one in sorted(decisions, key=lambda one: one.at):
        by_period.setdefault(one.at.strftime(form), []).append(one)
    for period, some in by_period.items():
        waited, picked = _part(some)
        yield GatePeriod(
            period=period,
            waited=compare(waited, publish_at),
            picked=compare(picked, publish_at),
        )
