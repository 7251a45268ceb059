"""A question to the queue: which stories an editor wants to see, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from copydesk.catalogue import StoryFilter
from copydesk.kit import dates
from copydesk.news import PictureFile, ReasonKind, Ruling, Standing, Story, Verdict
from copydesk.newsroom import Newsroom
from copydesk.newsroom.standings import domains_of
from copydesk.placement.addresses import record_name

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


# Rows: the stories of one happening as an editor sees them together.


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStory:
    """A filed story as its record is now, where it stands, and the word on it.

    `is_wanted` says that the question asked for it; others stand beside it. `picture` is its copy
    in the album that is made for lists, None where there is none, and `unmade` the original of one
    that is to be made. `has_page` says that it has one
    on the site that was built last; `pin` is the rule in force that keeps it in front.
    """

    story: Story
    standing: Standing
    verdict: Verdict | None
    is_wanted: bool
    picture: PictureFile | None = None
    unmade: PictureFile | None = None
    has_page: bool = False
    pin: Ruling | None = None

    @property
    def name(self) -> str:
        """Return its record's name: the file's, without `.md`."""
        return record_name(self.story.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A happening: the story that stands for it, then copies of any, then other coverage.

    `happening` is its name. `version` changes when anything that the row shows does. `unread`
    counts stories of it that are not listed.
    """

    happening: str
    version: str
    leader: QueueStory
    copies: tuple[QueueStory, ...] = ()
    coverage: tuple[QueueStory, ...] = ()
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Rows of a question, of `total` stories that it wants; `after` asks for the next ones.

    `is_by_former_rules`: rules have changed, and where stories stand is still to be looked at.
    """

    rows: tuple[QueueRow, ...]
    total: int
    is_by_former_rules: bool = False
    after: QueueCursor | None = None


def make_row(happening: str, version: str, stories: Sequence[QueueStory], unread: int) -> QueueRow:
    """Return the row of a happening's stories.

    A published one that is wanted stands for it, else the wanted one that is worth most, the newest
    of equals: copies only where nothing else is there.
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


# Pins: which stories an editor keeps in front just now, and which of those not for long.

PIN_ENDING = timedelta(hours=6)


def find_pins(newsroom: Newsroom) -> Mapping[str, Ruling]:
    """Return the pin in force of each story that has one, by its record's name."""
    return {
        rule.stories[0]: rule
        for rule in newsroom.beat.rulings
        if rule.said == "pin" and (rule.until is None or rule.until > newsroom.now)
    }


def find_ending_pins(newsroom: Newsroom) -> list[Ruling]:
    """Return the pins that end within the next hours, the first to end first."""
    soon = newsroom.now + PIN_ENDING
    ends = ((rule.until, rule) for rule in find_pins(newsroom).values())
    ending = [(until, rule) for until, rule in ends if until is not None and until <= soon]
    return [rule for _, rule in sorted(ending, key=lambda pair: pair[0])]


# Kept counts: how many stories stand in saved views, counted again as far as a page has time.

_KEPT_SECONDS = 20.0  # that a count holds: a round changes the catalogue every second
_COUNTING_SECONDS = 0.02  # that one page spends on counts; one is made however long it takes
_MOST = 1_000  # counts that are kept: of thirty editors, all their views


@dataclass(frozen=True, slots=True)
class _Kept:
    count: int
    at: float


class KeptCounts:
    """Keep the counts of questions; `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[QueueQuestion, _Kept] = {}

    def count_all(
        self, questions: Sequence[QueueQuestion], count: Callable[[QueueQuestion], int]
    ) -> list[int | None]:
        """Return the count of each question, None where there was no time for a first one.

        The oldest are made again first, so that every view has its turn.
        """
        began = self._clock()
        stale = [one for one in dict.fromkeys(questions) if self._age(one, began) > _KEPT_SECONDS]
        for question in sorted(stale, key=lambda one: -self._age(one, began)):
            now = self._clock()
            if now - began > _COUNTING_SECONDS:
                break
            self._known.pop(question, None)  # it comes back as the newest
            self._known[question] = _Kept(count(question), now)
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        return [kept.count if (kept := self._known.get(one)) else None for one in questions]

    def _age(self, question: QueueQuestion, now: float) -> float:
        kept = self._known.get(question)
        return now - kept.at if kept else float("inf")
