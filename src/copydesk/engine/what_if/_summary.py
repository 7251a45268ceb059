"""Summary: an outcome in counts, and the stories that change, first those that were meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from copydesk.engine.rejudging import FieldChange, Rejudged, is_changed, list_changes
from copydesk.engine.what_if._bench import Bench
from copydesk.engine.what_if._try_rules import Outcome
from copydesk.judge import gate
from copydesk.news import Story

_MOST = 200  # stories that are listed
_WORDS = "reasons"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedStory:
    """A story that would be another one: its headline, and each field with what it becomes.

    It has `won` and `lost` these of the topics whose keywords change; `why` is then the topic's own
    reason, of one that is lost the reason for which it had it. Where it `is_pending` all of that
    comes of the rules of today already.
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
    """How many stories have a topic as they are filed, and how many would; which move of them."""

    name: str
    before: int
    after: int
    won: int
    lost: int


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
    `pending` change by the rules of today already, as `rejudge` has not filed them yet. Of the
    `changed` stories `reworded` ones change in nothing but the words that say why; `listed` are the
    first of the others, `listed_reworded` the first of these. `topics` are those whose keywords
    change; the stories that win or lose one are listed first, those that change anyhow last.
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
        """Decide whether all stories would be published, or none, where it is not so today."""
        is_moved = self.published_after != self.published_before
        return is_moved and self.published_after in (0, self.stories)


def summarize(bench: Bench, outcome: Outcome, topics: Collection[str] = ()) -> Summary:
    """Return an outcome in counts; copies and what stands behind a leader are no stories of it.

    `topics` are those whose keywords change.
    """
    judged = [outcome.stories[case.path] for case in bench.cases]
    changed = outcome.changed
    told, reworded = _part(changed)
    return Summary(
        stories=sum(_stands_alone(one.fresh) for one in judged),
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
    """Return the stories of which more changes than the words that say why, and the others."""
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
    """Return the topics that a story would have: none where it would not be filed."""
    return () if rejudged.dropped else rejudged.fresh.topics


def _wins(rejudged: Rejudged, topic: str) -> bool:
    return topic in _topics_after(rejudged) and topic not in rejudged.filed.topics


def _loses(rejudged: Rejudged, topic: str) -> bool:
    return topic in rejudged.filed.topics and topic not in _topics_after(rejudged)


def _list_stories(
    told: Iterable[Rejudged], today: Mapping[str, Rejudged], topics: Collection[str]
) -> list[ChangedStory]:
    """Return the first stories: those that win or lose a topic, others, those that change anyhow.

    A story that wins a topic by the rules of today already is one of the first, too.
    """
    ordered = []
    for one in told:
        is_meant = any(_wins(one, topic) or _loses(one, topic) for topic in topics)
        is_pending = not is_meant and _is_same(one, today[one.filed.path])
        ordered.append(((not is_meant, is_pending, *_order(one)), one))
    ordered.sort(key=lambda placed: placed[0])
    return [_describe(one, topics, is_pending=place[1]) for place, one in ordered[:_MOST]]


def _is_same(rejudged: Rejudged, today: Rejudged) -> bool:
    """Decide whether the rules of today make the same of a story, however they say why."""
    return rejudged is today or _list_weighty(rejudged) == _list_weighty(today)


def _list_weighty(rejudged: Rejudged) -> list[FieldChange]:
    """Return what changes in a story besides the words that say why."""
    return [change for change in list_changes(rejudged) if change.field != _WORDS]


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
    """Return for what a topic is won, or what a lost one was had for; "" for neither."""
    reasons = rejudged.fresh.reasons if won else rejudged.filed.reasons
    about = {f"topic {topic}" for topic in won or lost}
    return next((str(reason) for reason in reasons if reason.about in about), "")


def _find_reason(rejudged: Rejudged) -> str:
    """Return the weightiest reason that a story did not have."""
    told = [reason for reason in rejudged.fresh.reasons if reason not in rejudged.filed.reasons]
    about = {"published": 0, "held": 0, "quality": 2}
    told.sort(key=lambda reason: about.get(reason.about, 1))
    return str(told[0]) if told else ""


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
                before=gate.verdict_points(before),
                after=gate.verdict_points(one.fresh),
            )
