"""Try rules on a bench: what they would make of its stories, and nothing is changed by that.

seeds, whom the rules may touch ── with all their relations ──> judged ── beside ──> outcome

A story that is none of these, and has no relation among them, is what it is by the rules of today.
Moved topics may move how hot any group is, so with them all groups are led anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from copydesk import judge
from copydesk.config import Settings
from copydesk.editing.what_if._bench import (
    Bench,
    BenchCase,
    find_wanderers,
    set_all_beside,
    set_some_beside,
)
from copydesk.editing.what_if._findings import TopicChanges
from copydesk.judge import Findings, copies, coverage
from copydesk.news import Article, Beat, Dropped, Shelf, Shelved, Story
from copydesk.newsroom import Progress
from copydesk.rounds.rejudging import (
    FieldChange,
    JudgingRules,
    Rejudged,
    is_changed,
    judge_case,
    list_changes,
)

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


# Judge cases by other rules: by what was found, reading again only where those read otherwise.

_SaidBySource = tuple[str, tuple[str, ...], bool]


@dataclass(slots=True, kw_only=True)
class FindingsJudge:
    """Judge cases, one after the other, by the rules of some settings.

    `known` is the beat by which their findings were made; `names` has the place of each record,
    `stories` those that an article may repeat, by path, each as it is judged by now; `load` returns
    the text of an article by its story's path.
    """

    known: Beat
    settings: Settings
    names: Mapping[str, int]
    stories: dict[str, Story]
    load: Callable[[str], str]
    _topics: TopicChanges = field(init=False)
    _case: BenchCase | None = None
    _read: dict[tuple[str, _SaidBySource], Findings] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find out which articles the settings read otherwise."""
        self._topics = TopicChanges(self.known, self.settings.beat)

    def judge(self, case: BenchCase) -> Rejudged:
        """Judge one case; it is what later ones may repeat."""
        self._case = case
        rules = JudgingRules(
            beat=self.settings.beat, mode=self.settings.review.mode, assess=self._assess
        )
        rejudged = judge_case(case.case, rules, NamesBefore(self.names, case.place))
        self.stories[case.path] = rejudged.fresh
        return rejudged

    def reads_otherwise(self, case: BenchCase) -> bool:
        """Decide whether other topics may be found in a case."""
        return self._topics.may_touch(case.case.article.language, case.stems)

    def _assess(self, article: Article, beat: Beat, shelf: Shelf) -> Story | Dropped:
        """Judge an article as `judge.assess` does: of a copy it is known whose text it repeats."""
        case = self._case
        assert case is not None
        outcome = judge.appraise_findings(article, self._find(case, article, beat), beat)
        if isinstance(outcome, Dropped):
            return outcome
        same = ((self.stories[text.path], text.shared) for text in case.same)
        copy = copies.choose_original(same, shelf)
        return judge.complete_beside(outcome, beat, copy, article.image)

    def _find(self, case: BenchCase, article: Article, beat: Beat) -> Findings:
        """Return what a beat finds in an article: what is known, where it reads as today's."""
        said = _read_source(beat, article)
        if said == _read_source(self.known, article) and not self.reads_otherwise(case):
            return case.findings
        if (case.path, said) not in self._read:
            whole = replace(article, text=self.load(case.path))
            self._read[case.path, said] = judge.examine(whole, beat)
        return self._read[case.path, said]


@dataclass(frozen=True, slots=True)
class NamesBefore:
    """A shelf that knows nothing but which records stood there when a story came."""

    names: Mapping[str, int]
    place: int

    def at(self, url: str) -> str | None:
        """Return that no record is known to stand for an address."""
        return None

    def holds(self, name: str) -> bool:
        """Decide whether a record of this name was filed."""
        return self.names.get(name, self.place) < self.place

    def near(self, fingerprint: tuple[int, ...]) -> Iterable[Shelved]:
        """Return nothing: whose texts are near is known of each case."""
        return ()

    def between(self, start: datetime, end: datetime) -> Iterable[Shelved]:
        """Return nothing."""
        return ()


def _read_source(beat: Beat, article: Article) -> _SaidBySource:
    source = beat.source(article.source)
    return (source.name, source.topics, source.official) if source else ("", (), False)
