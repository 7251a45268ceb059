"""Try out rules on a test bench: score and group its stories by other rules; nothing is written.

stories that the rules may affect ── with their relations ──> judged ── grouped ──> outcome

All other stories stay as today's rules judge them. Changed topics may change the heat of any group,
so then the leaders of all groups are chosen again. A summary says what would change: counts,
stories, and the new front page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from copydesk import judge, publish
from copydesk.config import Settings
from copydesk.editing.what_if import _bench
from copydesk.judge import Findings, copies, coverage, gate
from copydesk.kit import urls
from copydesk.news import Article, Beat, Dropped, Shelved, Story
from copydesk.news.edition import Edition
from copydesk.news.story import Shelf
from copydesk.newsroom import Progress
from copydesk.placement import LIMITS, Owners, addresses
from copydesk.rounds.rejudging import (
    FieldChange,
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
    bench: _bench.Bench, settings: Settings, progress: Progress, *, is_whole: bool = False
) -> Outcome:
    """Score and group the stories of a test bench by the rules of other settings.

    Only stories whose scoring or grouping may change are scored; with `is_whole`, all of them.
    """
    bench_judge = _make_judge(bench, settings)
    cases = bench.cases if is_whole else _choose_cases(bench, settings, bench_judge)
    judged = _judge(bench_judge, cases, progress)
    if is_whole or _may_move_others(bench, judged):
        beside = _bench.set_all_beside(bench, settings.beat, {**bench.today, **judged})
        return Outcome(stories=beside, seen=frozenset(beside))
    beside = _bench.set_some_beside(bench, settings.beat, judged)
    return Outcome(stories={**bench.standing_today, **beside}, seen=frozenset(beside))


def _make_judge(bench: _bench.Bench, settings: Settings) -> FindingsJudge:
    stories = {path: rejudged.fresh for path, rejudged in bench.today.items()}
    stories.update((story.path, story) for story in bench.others)
    return FindingsJudge(
        known=bench.beat, settings=settings, names=bench.names, stories=stories, load=bench.load
    )


def _choose_cases(
    bench: _bench.Bench, settings: Settings, bench_judge: FindingsJudge
) -> Sequence[_bench.BenchCase]:
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

    def may_touch(self, bench: _bench.Bench, case: _bench.BenchCase) -> bool:
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
    bench_judge: FindingsJudge, cases: Sequence[_bench.BenchCase], progress: Progress
) -> dict[str, Rejudged]:
    progress.stage("judge", len(cases))
    judged = {}
    for number, case in enumerate(cases, 1):
        judged[case.path] = bench_judge.judge(case)
        if not number % _STEPS:
            progress.step(_STEPS)
    return judged


def _may_move_others(bench: _bench.Bench, judged: Mapping[str, Rejudged]) -> bool:
    """Return whether stories that are not related to the scored ones may change, too."""
    if not bench.beat.scoring.traits.groups_by_rules or bench.has_wanderers:
        return True
    if _bench.find_wanderers(judged.values()):
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
    _topics: _bench.TopicChanges = field(init=False)
    _case: _bench.BenchCase | None = None
    _read: dict[tuple[str, _SaidBySource], Findings] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find out which articles need other findings under the settings."""
        self._topics = _bench.TopicChanges(self.known, self.settings.beat)

    def judge(self, case: _bench.BenchCase) -> Rejudged:
        """Score one story; stories scored later are compared with the result."""
        self._case = case
        before = NamesBefore(self.names, case.place)
        rejudged = judge_case(case.case, self.settings, self._assess, before)
        self.stories[case.path] = rejudged.fresh
        return rejudged

    def reads_otherwise(self, case: _bench.BenchCase) -> bool:
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

    def _find(self, case: _bench.BenchCase, article: Article, beat: Beat) -> Findings:
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


_MOST = 200  # stories that are listed
_WORDS = "reasons"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedStory:
    """A story that would change under other rules: its headline, and the changed fields.

    `won` and `lost` are those of the topics with changed keywords; `why` is then the reason for the
    won topic, or the old reason for the lost one. `is_pending` is set if today's rules alone cause
    all changes.
    """

    path: str
    title: str
    fields: tuple[FieldChange, ...]
    why: str
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    is_pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicEffect:
    """The number of stories with a topic now and under other rules, and how many win or lose it."""

    name: str
    before: int
    after: int
    won: int
    lost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedVerdict:
    """An editor's decision on a story, and the story's points under old and new rules."""

    path: str
    said: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What other scoring rules would change in `stories`, with `published_before` on the site.

    `dropped` would not be stored today; `regrouped` would change their group, or lead one or no
    longer. `pending` change by today's rules alone: `rejudge` has not stored that yet. Of the
    `changed` stories, `reworded` ones change only in their reasons. `listed` are the first of the
    others, `listed_reworded` the first reworded ones. `topics` are those with changed keywords:
    stories that win or lose one are listed first, pending ones last.
    """

    stories: int
    published_before: int
    published_after: int
    to_site: int
    off_site: int
    dropped: int
    regrouped: int
    changed: int
    pending: int
    reworded: int
    topics: tuple[TopicEffect, ...]
    listed: tuple[ChangedStory, ...]
    listed_reworded: tuple[ChangedStory, ...]
    decided: tuple[WeighedVerdict, ...]

    @property
    def is_extreme(self) -> bool:
        """Whether the rules would put all stories or none on the site, unlike today's rules."""
        is_moved = self.published_after != self.published_before
        return is_moved and self.published_after in (0, self.stories)


def summarize(bench: _bench.Bench, outcome: Outcome, topics: Collection[str] = ()) -> Summary:
    """Summarize what scoring rules would change, without copies and stories behind a leader.

    `topics` are those with changed keywords.
    """
    judged = [outcome.stories[case.path] for case in bench.cases]
    changed = outcome.changed
    told, reworded = _part(changed)
    return Summary(
        stories=sum((not one.fresh.copy_of and one.fresh.heat != -1) for one in judged),
        published_before=sum(bool(one.filed.published) for one in judged),
        published_after=sum(bool(one.fresh.published) for one in judged),
        to_site=sum(map(_moves_to_site, judged)),
        off_site=sum(map(_moves_off_site, judged)),
        dropped=sum(bool(one.dropped) for one in judged),
        regrouped=sum(map(_is_elsewhere, outcome.stories.values())),
        changed=len(changed),
        pending=sum(map(is_changed, bench.standing_today.values())),
        reworded=len(reworded),
        topics=tuple(_count_topic(judged, name) for name in topics),
        listed=tuple(_list_stories(told, bench.standing_today, topics)),
        listed_reworded=tuple(_describe(one, ()) for one in reworded[:_MOST]),
        decided=tuple(_list_verdicts(bench.standing_today, judged)),
    )


def _part(changed: Iterable[Rejudged]) -> tuple[list[Rejudged], list[Rejudged]]:
    """Split changed stories: those that change in more than their reasons, and the others."""
    told: list[Rejudged] = []
    reworded: list[Rejudged] = []
    for rejudged in changed:
        (told if _list_weighty(rejudged) else reworded).append(rejudged)
    return told, reworded


def _count_topic(judged: Sequence[Rejudged], name: str) -> TopicEffect:
    return TopicEffect(
        name=name,
        before=sum(name in one.filed.topics for one in judged),
        after=sum(name in _topics_after(one) for one in judged),
        won=sum(_wins(one, name) for one in judged),
        lost=sum(_loses(one, name) for one in judged),
    )


def _topics_after(rejudged: Rejudged) -> Collection[str]:
    """Return the topics that a story would have; none if it would not be stored."""
    return () if rejudged.dropped else rejudged.fresh.topics


def _wins(rejudged: Rejudged, topic: str) -> bool:
    return topic in _topics_after(rejudged) and topic not in rejudged.filed.topics


def _loses(rejudged: Rejudged, topic: str) -> bool:
    return topic in rejudged.filed.topics and topic not in _topics_after(rejudged)


def _list_stories(
    told: Iterable[Rejudged], today: Mapping[str, Rejudged], topics: Collection[str]
) -> list[ChangedStory]:
    """Return changed stories to list: those that win or lose a topic, others, pending ones.

    A story that wins a topic by today's rules alone is also among the first.
    """
    ordered = []
    for one in told:
        is_meant = any(_wins(one, topic) or _loses(one, topic) for topic in topics)
        is_pending = not is_meant and _is_same(one, today[one.filed.path])
        ordered.append(((not is_meant, is_pending, *_order(one)), one))
    ordered.sort(key=lambda placed: placed[0])
    return [_describe(one, topics, is_pending=place[1]) for place, one in ordered[:_MOST]]


def _is_same(rejudged: Rejudged, today: Rejudged) -> bool:
    """Return whether today's rules would change a story in the same way, apart from its reasons."""
    return rejudged is today or _list_weighty(rejudged) == _list_weighty(today)


def _list_weighty(rejudged: Rejudged) -> list[FieldChange]:
    """Return the changed fields of a story, except for its reasons."""
    return [change for change in list_changes(rejudged) if change.field != _WORDS]


def _order(rejudged: Rejudged) -> tuple[bool, bool, str]:
    moves = _moves_to_site(rejudged) or _moves_off_site(rejudged)
    return (not moves, not _is_elsewhere(rejudged), rejudged.filed.path)


def _moves_to_site(rejudged: Rejudged) -> bool:
    return bool(rejudged.fresh.published) and not rejudged.filed.published


def _moves_off_site(rejudged: Rejudged) -> bool:
    return bool(rejudged.filed.published) and not rejudged.fresh.published


def _is_elsewhere(rejudged: Rejudged) -> bool:
    filed, fresh = rejudged.filed, rejudged.fresh
    leads = (filed.heat == -1) != (fresh.heat == -1)
    return filed.group != fresh.group or leads or filed.copy_of != fresh.copy_of


def _describe(
    rejudged: Rejudged, topics: Collection[str], *, is_pending: bool = False
) -> ChangedStory:
    won = tuple(topic for topic in topics if _wins(rejudged, topic))
    lost = tuple(topic for topic in topics if _loses(rejudged, topic))
    return ChangedStory(
        path=rejudged.filed.path,
        title=rejudged.fresh.title,
        fields=tuple(list_changes(rejudged)),
        why=_find_topic_reason(rejudged, won, lost) or _find_reason(rejudged),
        won=won,
        lost=lost,
        is_pending=is_pending,
    )


def _find_topic_reason(rejudged: Rejudged, won: Collection[str], lost: Collection[str]) -> str:
    """Return the reason for a won topic, or the old one for a lost topic; "" for neither."""
    reasons = rejudged.fresh.reasons if won else rejudged.filed.reasons
    about = {f"topic {topic}" for topic in won or lost}
    return next((str(reason) for reason in reasons if reason.about in about), "")


def _find_reason(rejudged: Rejudged) -> str:
    """Return the most important new reason of a story's judgement, "" for none."""
    told = [reason for reason in rejudged.fresh.reasons if reason not in rejudged.filed.reasons]
    about = {"published": 0, "held": 0, "quality": 2}
    told.sort(key=lambda reason: about.get(reason.about, 1))
    return str(told[0]) if told else ""


def _list_verdicts(
    today: Mapping[str, Rejudged], judged: Iterable[Rejudged]
) -> Iterable[WeighedVerdict]:
    """Yield the editors' decisions that are stored in the stories' records, with points."""
    for one in judged:
        if one.filed.verdict is not None:
            before = today[one.filed.path].fresh
            yield WeighedVerdict(
                path=one.filed.path,
                said=one.filed.verdict.said,
                before=gate.verdict_points(before),
                after=gate.verdict_points(one.fresh),
            )


# The front page under other rules, compared with today's, as planned by the site's build.

_NEWEST = LIMITS.newest + 50  # with equal times, any of them may be among the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPlace:
    """A story's position on the front page (from 1, None if absent) today and under other rules."""

    path: str
    title: str
    before: int | None
    after: int | None


def compare_fronts(before: Sequence[Story], after: Sequence[Story]) -> tuple[FrontPlace, ...]:
    """Return each story's position on the front page before and after a change of rules.

    The stories on `after` come first, then those that are no longer there.
    """
    was = {story.path: place for place, story in enumerate(before, 1)}
    now = {story.path: place for place, story in enumerate(after, 1)}
    gone = (story for story in before if story.path not in now)
    return tuple(
        FrontPlace(
            path=story.path,
            title=story.title,
            before=was.get(story.path),
            after=now.get(story.path),
        )
        for story in (*after, *gone)
    )


def plan_front(bench: _bench.Bench, outcome: Outcome | None, settings: Settings) -> Sequence[Story]:
    """Return the stories that a build would put on the front page, in order.

    Stories are taken as the outcome has them; without one, as they are stored.
    """
    states = _States(bench, outcome)
    pinned = {ruling.stories[0] for ruling in bench.rulings if ruling.said == "pin"}
    paths = {*_list_newest(bench, states), *states.find_by_name(pinned)}
    edition = Edition(
        beat=bench.in_force(settings.beat),
        at=bench.at,
        stories=[states.find(path) for path in sorted(states.gather(paths))],
        reads=bench.reads,
    )
    front = publish.plan_site(edition, publish.Look(front=settings.front)).front
    return (*front.top, *front.more)


class _States:
    """The stories of a test bench as other rules score them, with their relations."""

    def __init__(self, bench: _bench.Bench, outcome: Outcome | None) -> None:
        self._bench = bench
        self._judged = outcome.stories if outcome else {}
        seen = outcome.seen if outcome else ()
        self._moved = _bench.KeyIndex(self.find(path) for path in seen)

    def find(self, path: str) -> Story:
        """Return the story at a path, as scored by the other rules."""
        judged = self._judged.get(path)
        return judged.fresh if judged else self._bench.filed_by_path[path]

    def find_by_name(self, names: Collection[str]) -> Iterator[str]:
        """Yield the paths of story records with one of these names."""
        stories = self._bench.newest_first if names else ()
        return (story.path for story in stories if addresses.record_name(story.path) in names)

    def gather(self, paths: Iterable[str]) -> set[str]:
        """Return the paths of stories and of all stories related to them, directly or not."""
        found, waiting = set(), list(paths)
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                story = self.find(path)
                waiting += self._bench.index.find_beside(story)
                waiting += self._moved.find_beside(story)
        return found


def _list_newest(bench: _bench.Bench, states: _States) -> Iterator[str]:
    """Yield the paths of the newest published stories, among which the front page chooses."""
    owners, by_owner, count = Owners(bench.beat.organizations), Counter[str](), 0
    for filed in bench.newest_first:
        story = states.find(filed.path)
        if not _is_public(story):
            continue
        owner = owners.of(story.provider) or urls.host(story.web_url) or story.path
        by_owner[owner] += 1
        count += by_owner[owner] <= LIMITS.of_an_owner_among_newest
        yield story.path
        if count == _NEWEST:
            return


def _is_public(story: Story) -> bool:
    is_removed = story.verdict is not None and story.verdict.said == "remove"
    return bool(story.published) and story.published_at is not None and not is_removed
