"""Try out rules on a test bench: score and group its stories by other rules; nothing is written.

stories that the rules may affect ── with their relations ──> judged ── grouped ──> outcome

All other stories stay as today's rules judge them. Changed topics may change the heat of any group,
so then the leaders of all groups are chosen again.
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
from copydesk.news import Article, Beat, Dropped, Shelved, Story
from copydesk.news.story import Shelf
from copydesk.newsroom import Progress
from copydesk.rounds.rejudging import (
    FieldChange,
    JudgingRules,
    Rejudged,
    is_changed,
    judge_case,
    list_changes,
)

_STEPS = 50  # cases between two progress reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The stories on which rules were tried, as these rules score and group them, by path.

    For stories that were not `seen`, at most the threshold's number in a reason would differ from
    today's rules; that change is left out.
    """

    stories: Mapping[str, Rejudged]
    seen: frozenset[str]

    @property
    def changed(self) -> list[Rejudged]:
        """Return the stories whose records would change, sorted by path."""
        found = filter(is_changed, self.stories.values())
        return sorted(found, key=lambda rejudged: rejudged.filed.path)

    @property
    def changes(self) -> list[FieldChange]:
        """Return the changes of stories, field by field, in the form that `rejudge` reports."""
        return [change for rejudged in self.changed for change in list_changes(rejudged)]


def try_rules(
    bench: Bench, settings: Settings, progress: Progress, *, is_whole: bool = False
) -> Outcome:
    """Score and group the stories of a test bench by the rules of other settings.

    Only stories whose scoring or grouping may change are scored; with `is_whole`, all of them.
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
    """Return the stories that other rules may affect, with related ones, in order of arrival."""
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
    """Decides which stories may be affected by changed points, threshold or trust in sources.

    `signals` are the positions of the signals with changed points, `sources` the URLs of the
    sources with changed trust. A changed threshold affects qualities from `low` to below `high`,
    and somewhat lower ones of stories with related coverage, which adds points.
    """

    signals: frozenset[int]
    sources: frozenset[str]
    low: int
    high: int

    @classmethod
    def of(cls, before: Beat, after: Beat) -> _Touch:
        """Compare the rules of two sites' settings (`Beat`)."""
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
        """Return whether a story may be scored differently."""
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
    """Return whether stories that are not related to the scored ones may change, too."""
    if not bench.beat.scoring.traits.groups_by_rules or bench.has_wanderers:
        return True
    if find_wanderers(judged.values()):
        return True
    return any(one.fresh.topics != bench.today[path].fresh.topics for path, one in judged.items())


# Judging cases from stored findings; articles are read again only if their findings may differ.

_SaidBySource = tuple[str, tuple[str, ...], bool]


@dataclass(slots=True, kw_only=True)
class FindingsJudge:
    """Scores stories by the rules of some settings, from stored findings in their articles.

    `known` are the site's settings with which the findings were made. `names` has the position of
    each record; `stories` are those that an article may repeat, by path, as scored so far. `load`
    returns an article's text by its story's path.
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
        """Find out which articles need other findings under the settings."""
        self._topics = TopicChanges(self.known, self.settings.beat)

    def judge(self, case: BenchCase) -> Rejudged:
        """Score one story; stories scored later are compared with the result."""
        self._case = case
        rules = JudgingRules(
            beat=self.settings.beat, mode=self.settings.review.mode, assess=self._assess
        )
        rejudged = judge_case(case.case, rules, NamesBefore(self.names, case.place))
        self.stories[case.path] = rejudged.fresh
        return rejudged

    def reads_otherwise(self, case: BenchCase) -> bool:
        """Return whether a story may have other topics under the settings to try."""
        return self._topics.may_touch(case.case.article.language, case.stems)

    def _assess(self, article: Article, beat: Beat, shelf: Shelf) -> Story | Dropped:
        """Score an article as `judge.assess` does, but with the known texts that it repeats."""
        case = self._case
        assert case is not None
        outcome = judge.appraise_findings(article, self._find(case, article, beat), beat)
        if isinstance(outcome, Dropped):
            return outcome
        same = ((self.stories[text.path], text.shared) for text in case.same)
        copy = copies.choose_original(same, shelf)
        return judge.complete_beside(outcome, beat, copy, article.image)

    def _find(self, case: BenchCase, article: Article, beat: Beat) -> Findings:
        """Return the findings in an article: the stored ones if the rules for them are the same."""
        said = _read_source(beat, article)
        if said == _read_source(self.known, article) and not self.reads_otherwise(case):
            return case.findings
        if (case.path, said) not in self._read:
            whole = replace(article, text=self.load(case.path))
            self._read[case.path, said] = judge.examine_article(whole, beat)
        return self._read[case.path, said]


@dataclass(frozen=True, slots=True)
class NamesBefore:
    """The stories older than a given one, known only by name, with which it is compared."""

    names: Mapping[str, int]
    place: int

    def at(self, url: str) -> str | None:
        """Return None, as stories cannot be looked up by URL here."""
        return None

    def holds(self, name: str) -> bool:
        """Return whether the story record with this name is older than the given story."""
        return self.names.get(name, self.place) < self.place

    def near(self, fingerprint: tuple[int, ...]) -> Iterable[Shelved]:
        """Return no stories, as those with similar texts are already known."""
        return ()

    def between(self, start: datetime, end: datetime) -> Iterable[Shelved]:
        """Return no stories, as they cannot be looked up by time here."""
        return ()


def _read_source(beat: Beat, article: Article) -> _SaidBySource:
    source = beat.source(article.source)
    return (source.name, source.topics, source.official) if source else ("", (), False)
