"""Try rules on a bench: what they would make of its stories, and nothing is changed by that.

seeds, whom the rules may touch ── with all their relations ──> judged ── beside ──> outcome

A story that is none of these, and has no relation among them, is what it is by the rules of today.
Moved topics may move how hot any group is, so with them all groups are led anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copydesk import judge
from copydesk.config import Settings
from copydesk.engine.newsroom import Progress
from copydesk.engine.rejudging import (
    FieldChange,
    Rejudged,
    is_changed,
    list_changes,
)
from copydesk.engine.what_if._bench import (
    Bench,
    BenchCase,
    find_wanderers,
    set_all_beside,
    set_some_beside,
)
from copydesk.engine.what_if._judge_by_findings import FindingsJudge
from copydesk.judge import coverage
from copydesk.news import Beat

_STEPS = 50  # cases between two words on how far it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What rules make of the stories of a bench, by path.

    Of those that were not `seen` no more than the number of the gate in a reason is another one
    than by the rules of today, and that is not told.
    """

    stories: Mapping[str, Rejudged]
    seen: frozenset[str]

    @property
    def changed(self) -> list[Rejudged]:
        """Return those whose records would change, by path."""
        found = filter(is_changed, self.stories.values())
        return sorted(found, key=lambda rejudged: rejudged.filed.path)

    @property
    def changes(self) -> list[FieldChange]:
        """Return what would change, field by field, as `rejudge` tells it."""
        return [change for rejudged in self.changed for change in list_changes(rejudged)]


def try_rules(
    bench: Bench, settings: Settings, progress: Progress, *, is_whole: bool = False
) -> Outcome:
    """Return what the rules of some settings make of the stories of a bench.

    All stories that may stand, be dropped or be grouped otherwise are looked at; with `is_whole`
    every one.
    """
    bench_judge = _make_judge(bench, settings)
    cases = bench.cases if is_whole else _choose_cases(bench, settings, bench_judge)
    judged = _judge(bench_judge, cases, progress)
    if is_whole or _may_move_others(bench, judged):
        beside = set_all_beside(bench, settings.beat, {**bench.today, **judged})
        return Outcome(stories=beside, seen=frozenset(beside))
    beside = set_some_beside(bench, settings.beat, judged)
    return Outcome(stories={**bench.standing_today, **beside}, seen=frozenset(beside))


def _make_judge(bench: Bench, settings: Settings) -> FindingsJudge:
    stories = {path: rejudged.fresh for path, rejudged in bench.today.items()}
    stories.update((story.path, story) for story in bench.others)
    return FindingsJudge(
        known=bench.beat, settings=settings, names=bench.names, stories=stories, load=bench.load
    )


def _choose_cases(
    bench: Bench, settings: Settings, bench_judge: FindingsJudge
) -> Sequence[BenchCase]:
    """Return the cases that other rules may touch with all their relations, as they came."""
    if not bench.beat.scoring.traits.groups_by_rules:
        return bench.cases
    touch = _Touch.of(bench.beat, settings.beat)
    seeds = [
        case.path
        for case in bench.cases
        if touch.may_touch(bench, case) or bench_judge.reads_otherwise(case)
    ]
    paths = bench.relations.of(seeds)
    return [case for case in bench.cases if case.path in paths]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Touch:
    """Whom moved points, another gate and another trust in sources may touch.

    `signals` are the places of those whose points moved, `sources` the addresses of those whose
    trust did. Qualities from `low` to below `high` stand on another side of a gate that moved; with
    others' reports on the same some that are less, too.
    """

    signals: frozenset[int]
    sources: frozenset[str]
    low: int
    high: int

    @classmethod
    def of(cls, before: Beat, after: Beat) -> _Touch:
        """Compare two beats."""
        pairs = zip(judge.profile_of(before).signals, judge.profile_of(after).signals, strict=True)
        trusted = {source.url: source.trust for source in before.sources}
        low, high = sorted((before.scoring.publish_at, after.scoring.publish_at))
        return cls(
            signals=frozenset(
                place for place, (old, new) in enumerate(pairs) if old.points != new.points
            ),
            sources=frozenset(
                source.url for source in after.sources if trusted[source.url] != source.trust
            ),
            low=low,
            high=high,
        )

    def may_touch(self, bench: Bench, case: BenchCase) -> bool:
        """Decide whether a case may be judged otherwise."""
        if self.signals and any(seen.signal in self.signals for seen in case.findings.sightings):
            return True
        if case.case.article.source in self.sources:
            return True
        if self.low == self.high:
            return False
        lift = coverage.LIFT if bench.relations.has_any(case.path) else 0
        return self.low - lift <= (bench.today[case.path].fresh.quality or 0) < self.high


def _judge(
    bench_judge: FindingsJudge, cases: Sequence[BenchCase], progress: Progress
) -> dict[str, Rejudged]:
    progress.stage("judge", len(cases))
    judged = {}
    for number, case in enumerate(cases, 1):
        judged[case.path] = bench_judge.judge(case)
        if not number % _STEPS:
            progress.step(_STEPS)
    return judged


def _may_move_others(bench: Bench, judged: Mapping[str, Rejudged]) -> bool:
    """Decide whether stories may change that have no relation to those that were judged."""
    if not bench.beat.scoring.traits.groups_by_rules or bench.has_wanderers:
        return True
    if find_wanderers(judged.values()):
        return True
    return any(one.fresh.topics != bench.today[path].fresh.topics for path, one in judged.items())
