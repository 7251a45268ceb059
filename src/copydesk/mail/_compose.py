"""Compose: what a letter tells at one time, decided from values alone.

material | new stories, one an event | parts, in order, each story once | edits | subject ──> Issue
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from copydesk.kit import dates, text
from copydesk.mail._hours import local_day
from copydesk.mail._material import IssueMaterial
from copydesk.mail._new_stories import find_new_stories, list_untold, rank
from copydesk.mail._subject import Pick, write_preheader, write_subject
from copydesk.news import (
    LISTED_KINDS,
    Issue,
    IssueEdits,
    IssueSection,
    IssueStory,
    PartKind,
    PartOptions,
    Story,
)
from copydesk.placement.addresses import record_name

_TITLE = 300
_NO_EDITS = IssueEdits()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDraft:
    """An issue as it would be now, how many stories are new, and how many it takes.

    Its sections may be none.
    """

    issue: Issue
    new: int
    fewest: int

    @property
    def is_enough(self) -> bool:
        """Decide whether there is enough to tell."""
        return bool(self.issue.sections) and self.new >= self.fewest


def compose(material: IssueMaterial, edits: IssueEdits = _NO_EDITS) -> Issue | None:
    """Compose an issue, None where too few stories are new: they stay for the next one.

    The same material and edits give the same issue, on any machine.
    """
    draft = draft_issue(material, edits)
    return draft.issue if draft.is_enough else None


def draft_issue(material: IssueMaterial, edits: IssueEdits = _NO_EDITS) -> IssueDraft:
    """Compose an issue, however little there is to tell."""
    composing = _Composing(material=material, edits=edits)
    composing.fill()
    sections = tuple(composing.sections())
    picks = composing.picks()
    letter, place = material.letter, material.place
    issue = Issue(
        letter=letter.id,
        name=place.name,
        title=text.fold(letter.title),
        at=dates.utc(material.at),
        since=dates.utc(material.since),
        subject=_one_line(edits.subject) or write_subject(picks, letter.subject),
        preheader=_one_line(edits.preheader) or write_preheader(picks, letter.subject),
        page=place.page,
        archive=place.archive,
        home=place.home,
        site=place.site,
        language=place.language,
        zone=letter.zone or "UTC",
        note=text.tidy(edits.note),
        topics=place.topics,
        sections=sections,
    )
    fewest = letter.when_new or letter.fewest
    return IssueDraft(issue=issue, new=composing.count_new(), fewest=fewest)


@dataclass(slots=True)
class _Part:
    """A part under way."""

    kind: PartKind
    title: str
    picks: list[Pick] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Composing:
    """An issue under way: its parts, and which events and records stand in one of them."""

    material: IssueMaterial
    edits: IssueEdits
    parts: list[_Part] = field(default_factory=list)
    new: list[Story] = field(default_factory=list)
    added: list[Pick] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    left: int = 0

    def fill(self) -> None:
        """Fill the parts in their order; what editors add comes before, whatever the limits."""
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
        """Yield the parts that tell something, their stories in the order that editors gave."""
        for part in self.parts:
            picks = self._sort(part.picks)
            if picks:
                stories = tuple(pick.story for pick in picks)
                yield IssueSection(title=part.title, stories=stories, kind=part.kind)

    def picks(self) -> list[Pick]:
        """Return all that it tells, in its order."""
        return [pick for part in self.parts for pick in self._sort(part.picks)]

    def count_new(self) -> int:
        """Count what no issue told yet, whether it has a place or not."""
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
        """Fill one part; `topics` is a part for each."""
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
        """Return the stories that may stand in a part of the news."""
        if part.kind == "topic":
            return self._find_of_topic(self.material.topic_ids.get(part.of, ""))
        stories = self._find_free()
        if part.kind == "notes":
            return [story for story in stories if story.note or story.is_own]
        return stories

    def _put(self, part: PartOptions, heading: str, stories: Sequence[Story]) -> None:
        """Put the first of some stories into a part, by the front page's order and caps."""
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
        """Pick by lot from another collection; the day of the issue is what the lot falls by."""
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
        """Return the stories of a topic and of those below it that have no place yet."""
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
        """Give a story its place: no other one of its event has one then."""
        self.events.add(self.material.rules.event(story))
        self.names.add(record_name(story.path))
        told = self.material.tell(story)
        told = replace(told, note=words) if words else told
        return Pick(self._edit(told), float(story.heat or 0))

    def _edit(self, story: IssueStory) -> IssueStory:
        """Return a story with the words that an editor gave it, every text in a form to print."""
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
