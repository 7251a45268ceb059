"""Compare the threshold with editors' decisions, and coverage with other sites' lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from copydesk import judge
from copydesk.judge import gate as judge_gate
from copydesk.judge.gate import (
    LEAST_DECISIONS,
    LEAST_OF_EACH,
    MOST_BY_CHANCE,
    GateChoice,
    GateDecision,
    choose_gate,
    find_chance,
)
from copydesk.kit import urls
from copydesk.news import Article, Beat, Story
from copydesk.news.ruling import IS_WANTED, Said
from copydesk.news.story import RecallKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(GateDecision):
    """An editor's decision on a story, and whether the story had waited for an editor.

    `without` are the points without each part of the quality; {} if the parts are not known.
    """

    at: datetime
    said: Said
    has_waited: bool
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

    @property
    def is_sure(self) -> bool:
        """Return whether leaving it out is better by more than chance."""
        return self.better > self.worse and self.chance <= MOST_BY_CHANCE


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


def find_lack(decisions: Sequence[Decision]) -> str:
    """Return a text on which data is missing for choosing a threshold."""
    wanted = sum(one.is_wanted for one in decisions)
    if len(decisions) < LEAST_DECISIONS:
        return f"{len(decisions)} of {LEAST_DECISIONS} stories that had waited for an editor"
    return (
        f"{LEAST_OF_EACH} that were published and {LEAST_OF_EACH} that were not: "
        f"{wanted} and {len(decisions) - wanted}"
    )


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
    choice = choose_gate(waited, publish_at)
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
        lacks="" if choice else find_lack(waited),
        proposal=choice.publish_at if choice and choice.is_sure else None,
    )


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
            period=period, waited=compare(waited, publish_at), picked=compare(picked, publish_at)
        )


# Stories on other sites' lists that this site has covered.

# The label of each kind, in the order of table columns.
KIND_WORDS: Mapping[RecallKind, str] = MappingProxyType(
    {
        RecallKind.HAVE: "in the newsroom",
        RecallKind.COVERED: "covered by another publisher",
        RecallKind.DROPPED: "dropped",
        RecallKind.OPEN: "failed or pending",
        RecallKind.UNSEEN: "never found",
    }
)
_HAD = (RecallKind.HAVE, RecallKind.COVERED)


class Recalled(Protocol):
    """A story in a list of other sites' stories, and whether and how our site covered it."""

    @property
    def url(self) -> str:
        """Return the URL of the story in the list."""
        ...

    @property
    def kind(self) -> RecallKind:
        """Return whether and how our site covered the listed story."""
        ...

    @property
    def source(self) -> str:
        """Return the URL of our source (watched feed or page) on the story's site, "" if we have
        none.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRecall:
    """How many of another site's listed stories we covered, missed, …, and if we watch
    that site.
    """

    site: str
    stories: int
    kinds: Mapping[RecallKind, int]
    is_source: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallCounts:
    """How many listed stories of other sites our site covered, missed, …, in all and by site.

    `share` is the share of stories whose event we had from any publisher, `own` that of the pages
    themselves; None if there are no stories.
    """

    stories: int
    kinds: Mapping[RecallKind, int]
    share: float | None
    own: float | None
    sites: tuple[SiteRecall, ...]


def count_recall(stories: Iterable[Recalled]) -> RecallCounts:
    """Count how many listed stories of other sites our site covered, missed, and so on."""
    by_site: defaultdict[str, Counter[RecallKind]] = defaultdict(Counter)
    sources: set[str] = set()
    for story in stories:
        site = urls.registrable_domain(story.url)
        by_site[site][story.kind] += 1
        if story.source and urls.registrable_domain(story.source) == site:
            sources.add(site)
    kinds = Counter[RecallKind]()
    for counted in by_site.values():
        kinds.update(counted)
    total = kinds.total()
    sites = (
        SiteRecall(
            site=site, stories=counted.total(), kinds=_by_kind(counted), is_source=site in sources
        )
        for site, counted in by_site.items()
    )
    return RecallCounts(
        stories=total,
        kinds=_by_kind(kinds),
        share=_share(sum(kinds[kind] for kind in _HAD), total),
        own=_share(kinds[RecallKind.HAVE], total),
        sites=tuple(sorted(sites, key=lambda told: (-_count_gaps(told.kinds), told.site))),
    )


def _by_kind(counted: Mapping[RecallKind, int]) -> Mapping[RecallKind, int]:
    return {kind: counted.get(kind, 0) for kind in RecallKind}


def _count_gaps(kinds: Mapping[RecallKind, int]) -> int:
    return sum(count for kind, count in kinds.items() if kind not in _HAD)
