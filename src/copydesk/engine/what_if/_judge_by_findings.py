"""Judge cases by other rules: by what was found, reading again only where those read otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from copydesk import judge
from copydesk.config import Settings
from copydesk.engine.rejudging import JudgingRules, Rejudged, judge_case
from copydesk.engine.what_if._bench import BenchCase
from copydesk.engine.what_if._reading_rules import TopicChanges
from copydesk.judge import Findings, copies
from copydesk.news import Article, Beat, Dropped, Shelf, Shelved, Story

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
