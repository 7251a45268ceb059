"""Queries of the editors' story queue (filters), and the answers: groups of stories as rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from copydesk.catalogue import StoryFilter
from copydesk.desk_store.action_queue import Snooze
from copydesk.kit import dates
from copydesk.news import ReasonKind, Ruling, Standing, Story, Verdict
from copydesk.news.edition import PictureFile
from copydesk.newsroom import Newsroom
from copydesk.newsroom.standings import domains_of
from copydesk.placement.addresses import record_name

QueueView = Literal["waiting", "snoozed", "missed", "published", "off", "rejected", "all"]
QueueOrder = Literal["front", "time"]
# A number on the page of numbers, whose stories are wanted: those of a day that are neither on the
# site nor waiting; those with a counted delay; those with a counted review; those with a decision
# that is compared with the threshold.
StoryNumber = Literal["", "others", "filing", "review", "gate", "gate-agrees", "gate-differs"]
QueueCursor = tuple[float, str]  # a row's position in an order: its time or warmth, and its name

_DAY = timedelta(days=1)
_NEAR = 20  # points below the threshold that just miss it
# The statuses of each view; empty for all. Group members and copies are shown in the row of their
# group: as rows of their own they are in "all" only. Snoozed stories leave "waiting" and "missed"
# for a view of their own, but not where days are asked for: other pages count stories by these.
VIEWS: Mapping[QueueView, frozenset[Standing]] = {
    "waiting": frozenset({Standing.HELD}),
    "snoozed": frozenset({Standing.HELD, Standing.BELOW_GATE}),
    "missed": frozenset({Standing.BELOW_GATE}),
    "published": frozenset({Standing.PUBLISHED}),
    "off": frozenset({Standing.BELOW_GATE, Standing.OFF_BEAT, Standing.RULED_OUT}),
    "rejected": frozenset({Standing.REJECTED}),
    "all": frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuestion:
    """A query with an editor's filters for the story queue; an empty field does not filter.

    `standing` replaces the statuses of the view. `source` is a publisher's domain or a source's
    URL, `reason` the kind of one of a story's reasons, `owner` the owner of its publisher. `days`
    counts from publication, 0 for any; `since` and `until` are the first and last day of
    publication in the newsroom's time zone; `decided` is the Monday (UTC) of the week of an
    editor's decision. `number` selects the stories behind a number, which defines the meaning of
    days and weeks. `order` is that of the front page, or by time. `after` is the cursor of the
    previous page's last row, in the same order, so decisions made meanwhile move no other row.
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
    """The values offered by the filters of the editors' story queue, most frequent first."""

    sources: Sequence[str] = ()
    languages: Sequence[str] = ()
    reasons: Sequence[ReasonKind] = ()


def make_filter(
    newsroom: Newsroom,
    question: QueueQuestion,
    counted: frozenset[str] | None = None,
    snoozed: frozenset[str] = frozenset(),
) -> StoryFilter:
    """Return the search index filter for a query of the queue; `counted` restricts it to these
    paths, `snoozed` are those of snoozed stories.
    """
    hides = question.view in {"waiting", "missed"} and not (question.since or question.until)
    if question.view == "snoozed":
        counted = snoozed if counted is None else counted & snoozed
    if counted is not None:  # source and days are already in its number
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
        but=snoozed if hides else frozenset(),
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
    """Return the earliest and latest publication time of a question; the latest is excluded."""
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


# Rows: the stories of one group, shown together.


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStory:
    """A stored story as its record is now, with its status and the editor's decision on it.

    `is_wanted` is set if the story matches the question; others are in its group. `picture` is its
    stored picture in the size for lists, None if there is none; `unmade` is the original if that
    size is still to be made. `has_page` is set if the story has a page on the last built site.
    `pin` is the rule in force that pins it; `snooze` says until when it does not wait.
    """

    story: Story
    standing: Standing
    verdict: Verdict | None
    is_wanted: bool
    picture: PictureFile | None = None
    unmade: PictureFile | None = None
    has_page: bool = False
    pin: Ruling | None = None
    snooze: Snooze | None = None

    @property
    def name(self) -> str:
        """Return the story's name: the file name of its record without `.md`."""
        return record_name(self.story.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A row of the editors' story queue: a group of stories about one event, the leading one first.

    `happening` is the group's name. `version` changes with everything that the row shows. `unread`
    counts stories of the group that are not listed.
    """

    happening: str
    version: str
    leader: QueueStory
    copies: tuple[QueueStory, ...] = ()
    coverage: tuple[QueueStory, ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """One page of story queue rows, out of `total` matching stories; `after` asks for the next one.

    `is_by_former_rules` is set if rules have changed and the statuses are not up to date yet.
    """

    rows: tuple[QueueRow, ...]
    total: int
    is_by_former_rules: bool = False
    after: QueueCursor | None = None


def make_row(happening: str, version: str, stories: Sequence[QueueStory], unread: int) -> QueueRow:
    """Return the queue row for the stories of one group (about the same event).

    Its leading story is a matching published one, else the matching one with the most points, the
    newer of equals; a copy only if there is nothing else.
    """
    leader = max(stories, key=_merit)
    others = [story for story in stories if story is not leader]
    return QueueRow(
        happening=happening,
        version=version,
        leader=leader,
        copies=tuple(story for story in others if story.story.copy_of),
        coverage=tuple(story for story in others if not story.story.copy_of),
        unread=unread,
    )


def _merit(seen: QueueStory) -> tuple[bool, bool, bool, int, int, float]:
    story = seen.story
    when = story.published_at.timestamp() if story.published_at else 0.0
    is_published = seen.standing is Standing.PUBLISHED
    heat, quality = story.heat or 0, story.quality or 0
    return seen.is_wanted, is_published, not story.copy_of, heat, quality, when


PIN_ENDING = timedelta(hours=6)


def find_pins(newsroom: Newsroom) -> Mapping[str, Ruling]:
    """Return the rules that pin stories to the front page, by the name of the story's record."""
    return {
        rule.stories[0]: rule
        for rule in newsroom.beat.rulings
        if rule.said == "pin" and (rule.until is None or rule.until > newsroom.now)
    }


def find_ending_pins(newsroom: Newsroom) -> list[Ruling]:
    """Return the rules that pin stories to the front page and expire within six hours, in order."""
    soon = newsroom.now + PIN_ENDING
    ends = ((rule.until, rule) for rule in find_pins(newsroom).values())
    ending = [(until, rule) for until, rule in ends if until is not None and until <= soon]
    return [rule for _, rule in sorted(ending, key=lambda pair: pair[0])]


# Counts of saved views, cached, and counted again within the time that a page has.

_KEPT_SECONDS = 20.0  # for which a count is valid: a round changes the catalogue every second
_COUNTING_SECONDS = 0.02  # that one page may spend on counts; it makes at least one
_MOST = 1_000  # counts that are cached: all views of thirty editors


@dataclass(frozen=True, slots=True)
class _Kept:
    count: int
    at: float


class KeptCounts:
    """A cache of story counts by query; `clock` returns seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[QueueQuestion, _Kept] = {}

    def count_all(
        self, questions: Sequence[QueueQuestion], count: Callable[[QueueQuestion], int]
    ) -> list[int | None]:
        """Return the story count of each query, None for those that there was no time to count.

        The oldest counts are renewed first, so every view gets its turn.
        """
        began = self._clock()
        stale = [one for one in dict.fromkeys(questions) if self._age(one, began) > _KEPT_SECONDS]
        for question in sorted(stale, key=lambda one: -self._age(one, began)):
            now = self._clock()
            if now - began > _COUNTING_SECONDS:
                break
            self._known.pop(question, None)  # it is added again as the newest
            self._known[question] = _Kept(count(question), now)
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return [kept.count if (kept := self._known.get(one)) else None for one in questions]

    def _age(self, question: QueueQuestion, now: float) -> float:
        kept = self._known.get(question)
        return now - kept.at if kept else float("inf")
