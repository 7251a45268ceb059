"""Compose a newsletter issue: choose its stories, write its subject, compute when it is due.

new stories, one per event | put into the issue's sections | editors' changes | subject -> Issue
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple, get_args

from copydesk.kit import dates, text
from copydesk.kit.options import fill
from copydesk.news import Story, Topic
from copydesk.news.letter import (
    LISTED_KINDS,
    Issue,
    IssueEdits,
    IssueSection,
    IssueStory,
    LetterDay,
    LetterOptions,
    PartKind,
    PartOptions,
)
from copydesk.placement import FrontRules, choose_front
from copydesk.placement.addresses import record_name

_TITLE = 300
_NO_EDITS = IssueEdits()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDraft:
    """A newsletter issue composed from the current stories, even if there are none.

    `fewest` is how many new stories the newsletter needs.
    """

    issue: Issue
    new: int
    fewest: int

    @property
    def is_enough(self) -> bool:
        """Return whether the issue has enough new stories to be sent."""
        return bool(self.issue.sections) and self.new >= self.fewest


def draft_issue(material: IssueMaterial, edits: IssueEdits = _NO_EDITS) -> IssueDraft:
    """Compose a newsletter issue, even if it has too few new stories to be sent.

    The same material and edits give the same issue on every machine.
    """
    composing = _Composing(material=material, edits=edits)
    composing.fill()
    sections = tuple(composing.sections())
    picks = composing.picks()
    letter, place = material.letter, material.place
    issue = fill(
        Issue,
        place,
        letter=letter.id,
        title=text.fold(letter.title),
        at=dates.utc(material.at),
        since=dates.utc(material.since),
        subject=_one_line(edits.subject) or write_subject(picks, letter.subject),
        preheader=_one_line(edits.preheader) or write_preheader(picks, letter.subject),
        zone=letter.zone or "UTC",
        note=text.tidy(edits.note),
        sections=sections,
    )
    fewest = letter.when_new or letter.fewest
    return IssueDraft(issue=issue, new=composing.count_new(), fewest=fewest)


@dataclass(slots=True)
class _Part:
    """A section of a newsletter issue while it is filled."""

    kind: PartKind
    title: str
    picks: list[Pick] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Composing:
    """A newsletter issue while it is composed: its sections, and the stories already placed."""

    material: IssueMaterial
    edits: IssueEdits
    parts: list[_Part] = field(default_factory=list)
    new: list[Story] = field(default_factory=list)
    added: list[Pick] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    left: int = 0

    def fill(self) -> None:
        """Fill the issue's sections in order. Editors' additions come first, without limit."""
        dropped = frozenset(self.edits.dropped)
        self.new = find_new_stories(self.material, dropped)
        self.left = self.material.letter.most
        self.names |= dropped
        self.added = list(self._take_additions())
        for part in self.material.letter.parts:
            self._fill_part(part)
        if self.added:
            self.parts = self.parts or [_Part("lead", self._heading("lead", ""))]
            self.parts[0].picks += self.added

    def sections(self) -> Iterator[IssueSection]:
        """Yield the issue's sections that have stories, these in the order that editors gave."""
        for part in self.parts:
            picks = self._sort(part.picks)
            if picks:
                stories = tuple(pick.story for pick in picks)
                yield IssueSection(title=part.title, stories=stories, kind=part.kind)

    def picks(self) -> list[Pick]:
        """Return all stories placed in the issue, in order."""
        return [pick for part in self.parts for pick in self._sort(part.picks)]

    def count_new(self) -> int:
        """Count the stories that no earlier issue contained, whether placed in this one or not."""
        names = {record_name(story.path) for story in self.new}
        for part in self.material.letter.parts:
            if part.kind in LISTED_KINDS:
                untold = list_untold(self.material, part)
                names |= {record_name(story.path) for story, _ in untold}
        names.update(pick.story.name for pick in self.added)
        return len(names.difference(self.edits.dropped))

    def _take_additions(self) -> Iterator[Pick]:
        for name in dict.fromkeys(self.edits.added):
            story = self.material.rules.named(name)
            if story is not None and self._is_free(story):
                yield self._take(story)

    def _fill_part(self, part: PartOptions) -> None:
        """Fill one section. A `topics` section becomes one section for each topic."""
        heading = text.fold(part.title) or self._heading(part.kind, part.of)
        if part.kind in LISTED_KINDS:
            self._put_list(part, heading)
        elif part.kind == "collection":
            self._put_picks(part, heading)
        elif part.kind == "topics":
            for topic in self.material.sections:
                self._put(part, text.fold(topic.name), self._find_of_topic(topic.id))
        else:
            self._put(part, heading, self._find_stories(part))

    def _find_stories(self, part: PartOptions) -> list[Story]:
        """Return the candidates for a section of news."""
        if part.kind == "topic":
            return self._find_of_topic(self.material.topic_ids.get(part.of, ""))
        stories = self._find_free()
        if part.kind == "notes":
            return [story for story in stories if story.note or story.is_own]
        return stories

    def _put(self, part: PartOptions, heading: str, stories: Sequence[Story]) -> None:
        """Add the best stories to a section, by the front page's order and limits."""
        chosen = rank(stories, self.material.rules, min(part.most, self.left))
        picks = [self._take(story) for story in chosen]
        self._add_part(part, heading, picks)

    def _put_list(self, part: PartOptions, heading: str) -> None:
        picks: list[Pick] = []
        for story, words in list_untold(self.material, part):
            if len(picks) < min(part.most, self.left) and self._is_free(story):
                picks.append(self._take(story, words))
        self._add_part(part, heading, picks)

    def _put_picks(self, part: PartOptions, heading: str) -> None:
        """Add random stories from another collection. The issue's date is the random seed."""
        zone = dates.find_zone(self.material.letter.zone)
        day = local_day(self.material.at, zone)
        seed = f"{self.material.letter.id} {day.isoformat()} {part.of}"

        def lot(pick: tuple[IssueStory, float]) -> tuple[bool, bytes]:
            name = pick[0].name
            is_stale = name in self.material.earlier.last_names
            return is_stale, hashlib.sha256(f"{seed} {name}".encode("utf-8", "replace")).digest()

        offered = [
            pick for pick in self.material.picks.get(part.of, ()) if pick[0].name not in self.names
        ]
        chosen = sorted(offered, key=lot)[: min(part.most, self.left)]
        self.names.update(story.name for story, _ in chosen)
        self._add_part(part, heading, [Pick(self._edit(story), heat) for story, heat in chosen])

    def _add_part(self, part: PartOptions, heading: str, picks: list[Pick]) -> None:
        self.left -= len(picks)
        self.parts.append(_Part(part.kind, heading, picks))

    def _find_free(self) -> list[Story]:
        return [story for story in self.new if self._is_free(story)]

    def _find_of_topic(self, topic_id: str) -> list[Story]:
        """Return the stories of a topic and its subtopics that are not placed yet."""
        above = self.material.above
        return [
            story
            for story in self._find_free()
            if any(topic_id in above.get(name, ()) for name in story.topics)
        ]

    def _is_free(self, story: Story) -> bool:
        is_told = self.material.rules.event(story) in self.events
        return not is_told and record_name(story.path) not in self.names

    def _take(self, story: Story, words: str = "") -> Pick:
        """Place a story in the issue. Other stories about the same event are not placed
        any more.
        """
        self.events.add(self.material.rules.event(story))
        self.names.add(record_name(story.path))
        told = self.material.tell(story)
        told = replace(told, note=words) if words else told
        return Pick(self._edit(told), float(story.heat or 0))

    def _edit(self, story: IssueStory) -> IssueStory:
        """Apply the editor's headline and excerpt to a story, and clean its text."""
        title, excerpt = self.edits.words.get(story.name, ("", ""))
        title = text.shorten(_one_line(title) or text.fold(story.title), _TITLE)
        return replace(
            story,
            title=title or self.material.headings.untitled,
            excerpt=text.fold(excerpt) or text.fold(story.excerpt),
        )

    def _sort(self, picks: Iterable[Pick]) -> list[Pick]:
        places = {name: place for place, name in enumerate(self.edits.order)}
        last = len(places)
        return sorted(picks, key=lambda pick: places.get(pick.story.name, last))

    def _heading(self, kind: PartKind, of: str) -> str:
        headings = self.material.headings
        own = {"list": headings.of_lists, "collection": headings.of_collections}.get(kind, {})
        return text.fold(own.get(of, "")) or headings.of_kind.get(kind, of)


def _one_line(words: str) -> str:
    return text.shorten(text.fold(words), _TITLE)


# ---- New stories
#
# An issue has a story about an event of an earlier issue only if there is news: another story leads
# its group now, which was published after that issue and is no copy.

# Stories that are older when they come are no news any more.
_OLDEST = timedelta(days=7)


def find_new_stories(material: IssueMaterial, dropped: frozenset[str]) -> list[Story]:
    """Return the stories that a newsletter issue may contain, in the front page's order.

    Each event appears once: with its original story, if that is among them.
    """
    new = [story for story in material.stories if _is_new(story, material)]
    ranked = rank(new, material.rules, len(new))
    return [story for story in ranked if record_name(story.path) not in dropped]


def rank(stories: Sequence[Story], rules: FrontRules, places: int) -> list[Story]:
    """Return the first `places` stories in the order of the front page, pinned stories first."""
    among = {record_name(story.path): story for story in stories}
    wide = len(stories)
    limits = replace(
        rules.limits,
        places=places,
        fewest=places,
        newest=wide,
        of_an_owner_among_newest=wide,
        days=10**6,
        latest=0,
    )
    newest_first = sorted(stories, key=lambda story: story.path)
    newest_first.sort(key=publication_time, reverse=True)
    page = choose_front(newest_first, replace(rules, limits=limits, named=among.get))
    return [*page.top, *page.more][:places]  # pinned stories come first, whatever `places` says


def publication_time(story: Story) -> datetime:
    """Return when a story was published. If that is unknown, return a date long ago."""
    return dates.utc(story.published_at) if story.published_at else dates.EARLIEST


def list_untold(material: IssueMaterial, part: PartOptions) -> Iterator[tuple[Story, str]]:
    """Yield the stories of an editors' list that no earlier issue contained, each with the editor's
    text.
    """
    for story, words in material.lists.get((part.kind, part.of), ()):
        name = record_name(story.path)
        if name not in material.earlier.names and not _find_earlier_time(story, material):
            yield story, words


def _is_new(story: Story, material: IssueMaterial) -> bool:
    name, at = record_name(story.path), publication_time(story)
    is_of_time = dates.utc(material.since) - _OLDEST < at <= dates.utc(material.at)
    if not is_of_time or name in material.earlier.names:
        return False
    told_at = _find_earlier_time(story, material)
    if told_at is not None and (at <= told_at or story.copy_of):
        return False
    return at > dates.utc(material.since) or name in material.late


def _find_earlier_time(story: Story, material: IssueMaterial) -> datetime | None:
    told_at = material.earlier.told_at.get(material.rules.event(story))
    return dates.utc(told_at) if told_at else None


# ---- What an issue is made of


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierIssues:
    """The stories, and the events they are about, that earlier issues of a newsletter contained.

    `names` are the records of all issues, `last_names` those of the last one. `told_at` says when
    an issue last had a story about each event.
    """

    names: frozenset[str] = frozenset()
    told_at: Mapping[str, datetime] = field(default_factory=dict)
    last_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The default headings of newsletter sections, and the title of a story without a headline."""

    of_kind: Mapping[PartKind, str]
    of_lists: Mapping[str, str] = field(default_factory=dict)
    of_collections: Mapping[str, str] = field(default_factory=dict)
    untitled: str = "Untitled"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePlace:
    """A newsletter issue's file name, and the URLs of its page, of the issue archive and of the
    site.

    `site` is the site's title.
    """

    name: str
    page: str
    archive: str
    home: str
    site: str = ""
    language: str = "en"
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueMaterial:
    """The input for composing a newsletter issue: stories, rules and earlier issues.

    `since` is the time of the last issue. `stories` are the published stories since then: those
    dated later and, listed by name in `late`, those of older dates that were filed or published
    later. `rules` are the front page's rules at the issue's time; `rules.named` finds any published
    story. `above` maps a topic's name to its id and its parents' ids; `sections` are the top-level
    topics. `lists` holds the published stories of reading lists and stashes, by kind and name, with
    an editor's words. `picks` holds the candidates from other collections, best first, each with
    its heat. `tell` turns a story into the form that an issue shows.
    """

    letter: LetterOptions
    place: IssuePlace
    since: datetime
    stories: Sequence[Story]
    rules: FrontRules
    tell: Callable[[Story], IssueStory]
    headings: Headings
    late: frozenset[str] = frozenset()
    earlier: EarlierIssues = field(default_factory=EarlierIssues)
    sections: Sequence[Topic] = ()
    topic_ids: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lists: Mapping[tuple[PartKind, str], Sequence[tuple[Story, str]]] = field(default_factory=dict)
    picks: Mapping[str, Sequence[tuple[IssueStory, float]]] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """Return the time for which the issue is made."""
        return self.rules.at


# ---- When an issue is due, in the letter's time zone
#
# An hour that a day has twice (end of summer time) counts once, the first time. An hour that a day
# lacks comes as long after midnight as on other days: one hour later by the clock. A day that the
# zone skips has no due hour.

_DAYS: tuple[LetterDay, ...] = get_args(LetterDay)
_DAY = timedelta(days=1)
_SPAN = 16  # days: a week, and a second one in case the zone skips the only due day
_MADE_UP_FOR = _DAY  # within which a missed hour is made up for
_FIRST_WITHIN = timedelta(hours=1)  # after its hour a first issue is made, even if cron runs rarely


def next_due(letter: LetterOptions, after: datetime) -> datetime | None:
    """Return when a newsletter is next due after a moment, None if it has no fixed schedule.

    That is a newsletter that waits for a number of new stories, or a date beyond the calendar's
    end.
    """
    return next(_walk_due(letter, after, 1), None)


def last_due(letter: LetterOptions, until: datetime) -> datetime | None:
    """Return the last time up to `until` at which a newsletter was due, None if it has no fixed
    hour.
    """
    return next((due for due in _walk_due(letter, until, -1)), None)


def is_due(letter: LetterOptions, last: datetime | None, now: datetime) -> bool:
    """Return whether a newsletter issue should be made now. `last` is the time of the last issue.

    A missed hour is made up for within a day; for a newsletter's first issue within an hour, since
    somebody who sets it up at ten does not expect it at once. A day has one issue at most: moving
    the hour or the time zone does not make a second one.
    """
    due = last_due(letter, now)
    within = _MADE_UP_FOR if last else _FIRST_WITHIN
    if due is None or dates.utc(now) - due >= within:
        return False
    zone = dates.find_zone(letter.zone)
    return last is None or (last < due and local_day(last, zone) != local_day(due, zone))


def window_before(letter: LetterOptions, at: datetime) -> datetime:
    """Return the earliest publication time of stories in a newsletter's first issue: one period or
    day before `at`.
    """
    due = last_due(letter, at)
    before = last_due(letter, due - timedelta(microseconds=1)) if due else None
    return before or dates.utc(at) - _DAY


def local_day(moment: datetime, zone: tzinfo) -> date:
    """Return the date in a time zone at a moment."""
    try:
        return dates.utc(moment).astimezone(zone).date()
    except OverflowError:
        return dates.utc(moment).date()


def _walk_due(letter: LetterOptions, start: datetime, step: int) -> Iterator[datetime]:
    """Yield the moments at which a newsletter is due, forward or back, for at most two weeks."""
    if letter.when_new:
        return
    zone, clock = dates.find_zone(letter.zone), time.fromisoformat(letter.at)
    wanted = letter.days or _DAYS
    start = dates.utc(start)
    for ahead in range(-1, _SPAN):  # the dates of two zones may be two days apart
        try:
            day = local_day(start, zone) + timedelta(days=ahead * step)
            # an hour that exists twice is taken once (fold=0); one that does not exist is moved
            due = datetime.combine(day, clock, zone).astimezone(UTC)
            is_there = due.astimezone(zone).date() == day
        except OverflowError:
            continue
        is_beyond = due > start if step > 0 else due <= start
        if _DAYS[day.weekday()] in wanted and is_there and is_beyond:
            yield due


# ---- Subject and preheader

_TITLES = 3
_JOINT = " / "
SUBJECT_CHARACTERS = 150  # characters: no mail program shows more, and RFC 5322 folds the line
PREHEADER_CHARACTERS = 200


class Pick(NamedTuple):
    """A story placed in a newsletter issue, with its heat (the score that orders the
    front page).
    """

    story: IssueStory
    heat: float


def write_subject(picks: Sequence[Pick], rule: Literal["lead", "titles"]) -> str:
    """Return a newsletter issue's subject: its first headline, or its three top ones joined by " /
    ".
    """
    if rule == "titles":
        return join_titles(picks)
    return text.shorten(picks[0].story.title, SUBJECT_CHARACTERS) if picks else ""


def write_preheader(picks: Sequence[Pick], rule: Literal["lead", "titles"]) -> str:
    """Return the preview text that mail programs show next to an issue's subject: further
    headlines.

    With `titles` it is the reference implementation's preview text, which equals its subject.
    """
    if rule == "titles":
        return join_titles(picks)
    titles = (text.shorten(pick.story.title, SUBJECT_CHARACTERS) for pick in picks[1 : 1 + _TITLES])
    others = _JOINT.join(titles)
    return others or (text.shorten(picks[0].story.excerpt, PREHEADER_CHARACTERS) if picks else "")


def join_titles(picks: Sequence[Pick]) -> str:
    """Return the issue's three top-ranked headlines in the issue's order, joined by " / "."""
    warmest = sorted(range(len(picks)), key=lambda place: (-picks[place].heat, place))[:_TITLES]
    titles = (picks[place].story.title for place in sorted(warmest))
    return _JOINT.join(text.shorten(title, SUBJECT_CHARACTERS) for title in titles)
