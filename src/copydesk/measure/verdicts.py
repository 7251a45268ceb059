"""Compare editors' decisions with those of the publishing threshold (a minimum quality score)."""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk import judge
from copydesk.judge import gate as judge_gate
from copydesk.news import Article, Beat, Story
from copydesk.news.ruling import IS_WANTED, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An editor's decision on a story: whether to publish it, and whether it waited for an editor.

    `points` are what the threshold is compared with, `without` the points without each part of the
    quality; {} if the parts are not known.
    """

    path: str
    at: datetime
    said: Said
    is_wanted: bool
    has_waited: bool
    points: int
    without: Mapping[str, int]


def make_decision(
    story: Story, article: Article | None, beat: Beat, *, all_wait: bool
) -> Decision | None:
    """Return the editor's decision on a story, None if no publishing threshold applies to it.

    The threshold does not apply to a copy, a story that does not lead its group, one without a
    quality, and a removal. `all_wait` means that every story waits for an editor.
    """
    verdict, points = story.verdict, judge_gate.verdict_points(story)
    if verdict is None or points is None or verdict.said not in IS_WANTED:
        return None
    return Decision(
        path=story.path,
        at=verdict.at,
        said=verdict.said,
        is_wanted=IS_WANTED[verdict.said],
        has_waited=all_wait or _has_waited(story, article, beat),
        points=points,
        without=_leave_out(story, article, beat),
    )


def _has_waited(story: Story, article: Article | None, beat: Beat) -> bool:
    """Return whether a story had to wait for an editor's decision."""
    if any(reason.about == "held" for reason in story.reasons):
        return True
    source = beat.source(article.source) if article else None
    return source is not None and source.trust == "hold"


def _leave_out(story: Story, article: Article | None, beat: Beat) -> dict[str, int]:
    """Return a story's points without one part of the quality score, for each part."""
    parts = judge.quality_parts(story, beat, article)
    quality = story.quality or 0
    if sum(part.points for part in parts) != quality:
        return {}  # a person changed the quality by hand
    lift = judge_gate.gate_points(story) - quality
    left = judge.qualities_without_parts(parts, beat)
    return {part: points + lift for part, points in left.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAgreement:
    """How often the publishing threshold (a minimum score) and the editors decide the same.

    `precision` is the share of the stories above the threshold that the editor published, `recall`
    the share of the editor's published stories that are above it, `agreement` the share of all
    stories with the same decision; None where the denominator is 0.
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
    """Compare what a publishing threshold (a minimum score) decides with the editors' decisions."""
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
    """Return the p-value of the one-sided sign test (Dixon and Mood, 1946).

    That is the probability of at least `better` better cases if better and worse are equally
    likely.
    """
    count = better + worse
    tail = sum(math.comb(count, number) for number in range(better, count + 1))
    return round(tail / (1 << count), 4)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEffect:
    """The effect of leaving out one part of the quality score on agreement with the editors.

    The threshold would have agreed with the editor on `better` more stories and disagreed on
    `worse` more; `chance` is the p-value of the sign test.
    """

    part: str
    stories: int
    better: int
    worse: int
    chance: float


def find_effects(decisions: Sequence[Decision], publish_at: int) -> tuple[PartEffect, ...]:
    """Return the effect of leaving out each part of the quality score, the best effect first."""
    names = sorted({part for one in decisions for part in one.without})
    effects = (_find_effect(part, decisions, publish_at) for part in names)
    changing = [effect for effect in effects if effect.better or effect.worse]
    return tuple(sorted(changing, key=lambda effect: effect.worse - effect.better))


def _find_effect(part: str, decisions: Sequence[Decision], publish_at: int) -> PartEffect:
    having = [one for one in decisions if part in one.without]
    turns = list(_find_turns(part, having, publish_at))
    better, worse = sum(turns), len(turns) - sum(turns)
    return PartEffect(
        part=part,
        stories=len(having),
        better=better,
        worse=worse,
        chance=find_chance(better, worse),
    )


def _find_turns(part: str, decisions: Sequence[Decision], publish_at: int) -> Iterator[bool]:
    """For each decision that changes without a part, yield whether it then agrees with
    the editor.
    """
    for one in decisions:
        is_published = one.without[part] >= publish_at
        if is_published != (one.points >= publish_at):
            yield is_published == one.is_wanted


# The best of many thresholds looks too good on the stories that chose it. So it is tested by
# ten-fold cross-validation: chosen by nine tenths, tried on the last tenth (Stone, 1974).

LEAST_DECISIONS, LEAST_OF_EACH = 30, 5
MOST_BY_CHANCE = 0.05
_FOLDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class GateChoice:
    """The publishing threshold (minimum score) that agrees best with editors, compared with
    today's.

    It agrees on `agreed` stories, today's on `today`. In cross-validation it was between `lowest`
    and `highest`; of the test stories on which it and today's differ it was right on `better` and
    wrong on `worse`. `chance` is the p-value of the sign test.
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
    """Find the publishing threshold nearest to today's that agrees best with editors;
    cross-validate it.
    """
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
    """Return a text on which data is missing for choosing a threshold, "" if there is enough."""
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
    """Return the best publishing threshold; only the points of stories need to be tried."""
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


_WEEKS = timedelta(weeks=26)  # of verdicts; a longer time is reported by month


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePeriod:
    """How often publishing threshold and editors agreed in a week (`2026-W47`) or month
    (`2026-11`).
    """

    period: str
    waited: GateAgreement
    picked: GateAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """How often the publishing threshold (a minimum score) and editors' decisions agree.

    `said` counts the decisions by word, `passed_over` those that the threshold does not apply to.
    `waited` is the agreement on stories that had waited for an editor, who decided all of them;
    `picked` that on stories that editors chose themselves, mostly because the threshold was wrong,
    so that it is no fair measure. `parts` and `choice` use only stories that waited. If these are
    too few, `choice` is None and `lacks` names the missing data; `proposal` is a threshold that
    agrees significantly better than today's.
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
    """Compare the publishing threshold (a minimum score) with editors' decisions; return a report.

    `all_wait` means that every story of the newsroom waits for an editor.
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
    """Return the decisions on stories that had waited for an editor, and the other decisions."""
    waited = [one for one in decisions if one.has_waited]
    return waited, [one for one in decisions if not one.has_waited]


def compare_by_period(decisions: Sequence[Decision], publish_at: int) -> Iterable[GatePeriod]:
    """Yield for each week how often publishing threshold and editors agreed, oldest first.

    By month if the decisions span more than half a year.
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
