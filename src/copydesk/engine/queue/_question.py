"""A question to the queue: which stories an editor wants to see, and in what order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from copydesk.catalogue import StoryFilter
from copydesk.engine.cataloguing import domains_of
from copydesk.engine.newsroom import Newsroom
from copydesk.kit import dates
from copydesk.news import ReasonKind, Standing

QueueView = Literal["waiting", "missed", "published", "off", "rejected", "all"]
QueueOrder = Literal["front", "time"]
# A number of the page of numbers whose stories are wanted: those of a day that are neither on the
# site nor waiting; those whose delay was counted; those whose review, or the gate's say, was.
StoryNumber = Literal["", "others", "filing", "review", "gate", "gate-agrees", "gate-differs"]
QueueCursor = tuple[float, str]  # a row's place in an order: its time or warmth, its name

_DAY = timedelta(days=1)
_NEAR = 20  # points below the gate that just miss it
# The standings of each view, none for any. What members of a group and copies are told under is
# the row of their group: by themselves they are in "all" alone.
VIEWS: Mapping[QueueView, frozenset[Standing]] = {
    "waiting": frozenset({Standing.HELD}),
    "missed": frozenset({Standing.BELOW_GATE}),
    "published": frozenset({Standing.PUBLISHED}),
    "off": frozenset({Standing.BELOW_GATE, Standing.OFF_BEAT, Standing.RULED_OUT}),
    "rejected": frozenset({Standing.REJECTED}),
    "all": frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuestion:
    """Which stories are wanted; each part narrows, an empty one asks for nothing.

    `standing` takes the place of those of the view. `source` is a publisher's domain or a source's
    address, `reason` the kind of one of a story's reasons, `owner` the house of its publisher.
    `days` counts from publication, 0 for any; `since` and `until` are the first and the last day of
    it in the newsroom's zone, `decided` the Monday of the week (in UTC) in which an editor decided.
    `number` wants what a number counts, in whose sense days and weeks are meant then.
    `order` is that of the front page or by time. `after` is the cursor of the last row of the page
    before, in the same order: what was decided meanwhile moves no other row.
    """

    view: QueueView = "waiting"
    standing: Standing | None = None
    topic: str = ""
    source: str = ""
    language: str = ""
    reason: ReasonKind | None = None
    days: float = 0
    owner: str = ""
    since: date | None = None
    until: date | None = None
    decided: date | None = None
    number: StoryNumber = ""
    search: str = ""
    order: QueueOrder = "front"
    limit: int = 30
    after: QueueCursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChoices:
    """What stories of a view have, the most frequent first; sources by their domains."""

    sources: Sequence[str] = ()
    languages: Sequence[str] = ()
    reasons: Sequence[ReasonKind] = ()


def make_filter(
    newsroom: Newsroom, question: QueueQuestion, counted: frozenset[str] | None = None
) -> StoryFilter:
    """Return the catalogue's filter of a question; `counted` are the paths of its number."""
    if counted is not None:  # by its source and days
        question = replace(question, source="", since=None, until=None, decided=None)
    gate = newsroom.beat.scoring.publish_at
    is_near = question.view == "missed" and question.standing is None
    since, until = _find_bounds(newsroom, question)
    return StoryFilter(
        standings=_find_standings(question),
        topics=frozenset({question.topic}) if question.topic else frozenset(),
        source=question.source,
        language=question.language,
        reason=question.reason,
        since=since,
        until=until,
        publishers=domains_of(newsroom.beat, question.owner) if question.owner else None,
        decided=_find_week(question.decided) if question.decided else None,
        quality=(gate - _NEAR, gate) if is_near else None,
        words=question.search,
        paths=counted,
    )


def _find_standings(question: QueueQuestion) -> frozenset[Standing]:
    if question.standing:
        return frozenset({question.standing})
    if question.number == "others":
        return frozenset(Standing) - VIEWS["published"] - VIEWS["waiting"]
    return VIEWS[question.view]


def _find_bounds(
    newsroom: Newsroom, question: QueueQuestion
) -> tuple[datetime | None, datetime | None]:
    """Return between which times of publication stories lie, the later one left out."""
    zone = dates.find_zone(newsroom.beat.timezone)
    since = until = None
    if question.days:
        since = newsroom.now - timedelta(days=question.days)
    if question.since:
        start = datetime.combine(question.since, time(), zone)
        since = max(start, since) if since else start
    if question.until:
        until = datetime.combine(question.until + _DAY, time(), zone)
    return since, until


def _find_week(monday: date) -> tuple[datetime, datetime]:
    start = datetime.combine(monday, time(), UTC)
    return start, start + 7 * _DAY
