"""Summary: an outcome in counts, and the stories that change, first those that readers miss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from copydesk import judge
from copydesk.engine.rejudging import FieldChange, Rejudged, is_changed, list_changes
from copydesk.engine.what_if._bench import Bench
from copydesk.engine.what_if._try_rules import Outcome
from copydesk.news import Story

_MOST = 200  # stories that are listed
_WORDS = "reasons"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedStory:
    """A story that would be another one: its headline, and each field with what it becomes."""

    path: str
    title: str
    fields: tuple[FieldChange, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedVerdict:
    """An editor's word on a story, and the points that the gate sees by each set of rules."""

    path: str
    said: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What rules would make of `stories`, of which `published_before` stand on the site.

    `dropped` would not be filed today; `regrouped` stand in another group, or lead no more or now.
    `pending` change by the rules of today already, as `rejudge` has not filed them yet. `listed`
    are the first of `changed` stories, without those of which only the words change that say why.
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
    listed: tuple[ChangedStory, ...]
    decided: tuple[WeighedVerdict, ...]

    @property
    def is_extreme(self) -> bool:
        """Decide whether all stories would be published, or none, where it is not so today."""
        is_moved = self.published_after != self.published_before
        return is_moved and self.published_after in (0, self.stories)


def summarize(bench: Bench, outcome: Outcome) -> Summary:
    """Return an outcome in counts; copies and what stands behind a leader are no stories of it."""
    judged = [outcome.stories[case.path] for case in bench.cases]
    changed = outcome.changed
    told = sorted(filter(_is_told, changed), key=_order)
    return Summary(
        stories=sum(_stands_alone(one.fresh) for one in judged),
        published_before=sum(bool(one.filed.published) for one in judged),
        published_after=sum(bool(one.fresh.published) for one in judged),
        to_site=sum(_moves_to_site(one) for one in judged),
        off_site=sum(_moves_off_site(one) for one in judged),
        dropped=sum(bool(one.dropped) for one in judged),
        regrouped=sum(_is_elsewhere(one) for one in outcome.stories.values()),
        changed=len(changed),
        pending=sum(map(is_changed, bench.standing_today.values())),
        listed=tuple(map(_describe, told[:_MOST])),
        decided=tuple(_list_verdicts(bench.standing_today, judged)),
    )


def _is_told(rejudged: Rejudged) -> bool:
    """Decide whether more changes in a story than the words that say why."""
    return any(change.field != _WORDS for change in list_changes(rejudged))


def _order(rejudged: Rejudged) -> tuple[bool, bool, str]:
    moves = _moves_to_site(rejudged) or _moves_off_site(rejudged)
    return (not moves, not _is_elsewhere(rejudged), rejudged.filed.path)


def _stands_alone(story: Story) -> bool:
    return not story.copy_of and story.heat != -1


def _moves_to_site(rejudged: Rejudged) -> bool:
    return bool(rejudged.fresh.published) and not rejudged.filed.published


def _moves_off_site(rejudged: Rejudged) -> bool:
    return bool(rejudged.filed.published) and not rejudged.fresh.published


def _is_elsewhere(rejudged: Rejudged) -> bool:
    filed, fresh = rejudged.filed, rejudged.fresh
    leads = (filed.heat == -1) != (fresh.heat == -1)
    return filed.group != fresh.group or leads or filed.copy_of != fresh.copy_of


def _describe(rejudged: Rejudged) -> ChangedStory:
    told = [reason for reason in rejudged.fresh.reasons if reason not in rejudged.filed.reasons]
    about = {"published": 0, "held": 0, "quality": 2}
    told.sort(key=lambda reason: about.get(reason.about, 1))
    return ChangedStory(
        path=rejudged.filed.path,
        title=rejudged.fresh.title,
        fields=tuple(list_changes(rejudged)),
        why=str(told[0]) if told else "",
    )


def _list_verdicts(
    today: Mapping[str, Rejudged], judged: Iterable[Rejudged]
) -> Iterable[WeighedVerdict]:
    """Yield the stories on which an editor has a word that their records keep."""
    for one in judged:
        if one.filed.verdict is not None:
            before = today[one.filed.path].fresh
            yield WeighedVerdict(
                path=one.filed.path,
                said=one.filed.verdict.said,
                before=judge.verdict_points(before),
                after=judge.verdict_points(one.fresh),
            )
