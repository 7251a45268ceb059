"""The bench: the filed stories of some days, with all that other rules need to judge them anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from copydesk import judge
from copydesk.config import Settings
from copydesk.engine.newsroom import Failure
from copydesk.engine.rejudging import Case, Rejudged
from copydesk.engine.what_if._groups import find_wanderers, set_all_beside
from copydesk.engine.what_if._relations import Relations, relate
from copydesk.judge import Findings, SameText
from copydesk.news import Beat, Ruling, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchCase:
    """A filed story, what was found in its article, and whose texts that repeats.

    The article has no text; `load` of the bench has it. `place` is its place in the order of
    arrival, `stems` are the words that topics are told by.
    """

    case: Case
    place: int
    findings: Findings
    stems: str
    same: tuple[SameText, ...]

    @property
    def path(self) -> str:
        """Return the path of the record."""
        return self.case.filed.path


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What rules are tried on: the stories of the period, and those that stand around them.

    `cases` are in the order in which they came; `others` are stories that are not judged (older
    ones, those without an article), `around` those of them that a case may stand beside. `names`
    has the place of each record by its name, -1 for those that were there before all cases.
    `rulings` are the editors' that are in force, `digests` what the line last wrote of each story
    around, `today` what the rules of today make of each case before it is set beside others.
    `load` returns an article's text by its story's path.
    """

    settings: Settings
    since: datetime
    rulings: tuple[Ruling, ...]
    cases: Sequence[BenchCase]
    around: Sequence[Story]
    others: Sequence[Story]
    names: Mapping[str, int]
    digests: Mapping[str, Mapping[str, str]]
    today: Mapping[str, Rejudged]
    load: Callable[[str], str]
    without_article: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()

    @property
    def beat(self) -> Beat:
        """Return the beat of today."""
        return self.settings.beat

    def in_force(self, beat: Beat) -> Beat:
        """Return a beat with the editors' rules that are in force."""
        return replace(beat, rulings=self.rulings)

    @cached_property
    def relations(self) -> Relations:
        """The stories that may stand beside each other, whatever the rules are."""
        judged = (self.today[case.path].fresh for case in self.cases)
        filed = (case.case.filed for case in self.cases)
        same = {case.path: [text.path for text in case.same] for case in self.cases}
        return relate([*judged, *filed, *self.around], self.rulings, same)

    @cached_property
    def topic_counts(self) -> Counter[str]:
        """How many of the stories have each topic by the rules of today."""
        judged = (self.today[case.path].fresh for case in self.cases)
        return Counter(topic for story in (*judged, *self.around) for topic in set(story.topics))

    @cached_property
    def has_wanderers(self) -> bool:
        """Whether by the rules of today a story is put among all others as if it were new."""
        judged = self.today.values()
        stories = [*(rejudged.fresh for rejudged in judged), *self.around]
        freed = judge.find_freed_paths(stories, self.in_force(self.beat))
        return bool(freed) or find_wanderers(judged)

    def digests_of(self, story: Story) -> Mapping[str, str]:
        """Return the digests of what the line last wrote of a story around."""
        return self.digests[story.path]

    @cached_property
    def standing_today(self) -> Mapping[str, Rejudged]:
        """What the rules of today make of all stories beside each other, by path."""
        return set_all_beside(self, self.beat, self.today)
