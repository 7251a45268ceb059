"""Find how stories went on: what changed in them, matters, the events of these, and who wrote the
summary of an event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.catalogue.page_entries import MATTER, MATTER_EVENT, Grounds, StoryEntry, StoryKey
from copydesk.catalogue.page_index import Listing, PageIndex
from copydesk.kit import revisions, text
from copydesk.news import ReasonKind, Story
from copydesk.news.ruling import Ruling, find_matter, find_matter_title, list_matter_acts
from copydesk.news.story import CONCEALABLE, PUBLISHERS_CHANGES, Event, EventKind
from copydesk.news.summary import (
    Summary,
    Translation,
    list_citations,
)
from copydesk.placement import Groups, addresses

if TYPE_CHECKING:
    from copydesk.rendering import Strings

EVENTS_SINCE = 9  # as many later events of a matter are counted for a story
_LISTED = 60  # matters on the page of all
_CHANGED_STORIES, _CHANGES_SHOWN = 200, 60  # stories read for the list of changes, its length
_ALL_CHANGES = "all"
_UNTOLD = {EventKind.FILED, EventKind.EXCERPT_RESPELLED}
_ANNOUNCED = PUBLISHERS_CHANGES | {EventKind.CORRECTED}
Read = Callable[[str], Story | None]


class Matters:
    """Find matters (chains of events that go on from each other), their events and titles.

    Stories of one group are an event, which its main story stands for. `rulings` are the editors'
    rules. Only matters of two events and more have a page: `counts` has their numbers of events.
    """

    def __init__(
        self, groups: Groups[StoryEntry], index: PageIndex, read: Read, rulings: Sequence[Ruling]
    ) -> None:
        self._groups, self._index, self._read, self._rulings = groups, index, read, rulings
        self._sums = index.sums(MATTER.name)
        events = (event.partition("\n")[0] for event in index.sums(MATTER_EVENT.name))
        found = sorted(Counter(events).items())
        self.counts = {name: count for name, count in found if count > 1 and name in self._sums}
        self._newest: dict[str, tuple[str, ...]] = {}

    def find(self, story: Story) -> str:
        """Return the name of a story's matter if that has a page, else ""."""
        name = find_matter(event_of(story), story.matter, self._rulings)
        return name if name in self.counts else ""

    def title(self, name: str) -> str:
        """Return the title that an editor gave a matter, else the headline of its first event."""
        if given := find_matter_title(name, self._rulings):
            return text.fold(given)
        stories = self._index.oldest_first(MATTER.name, name, self._sums.get(name, 0))
        first = next(self.list_events(stories), None)
        story = self._read(first.path) if first else None
        return text.fold(story.title) if story else ""

    def list_newest(self) -> list[str]:
        """Return the names of the sixty matters with a page that have the newest events."""
        newest = self._index.newest_under(MATTER.name, len(self._sums))
        return [name for name in newest if name in self.counts][:_LISTED]

    def find_merges(self) -> dict[str, str]:
        """Map each matter that an editor merged into another one to that other matter."""
        acts = list_matter_acts(self._rulings)
        merged = {old for act, *names in acts if act == "merge" for old in names[1:]}
        found = {old: find_matter("", old, self._rulings) for old in sorted(merged)}
        return {old: new for old, new in found.items() if new != old}

    def list_stories(self, name: str) -> Listing[StoryEntry]:
        """Return the published stories of a matter, newest first."""
        return self._index.listing(MATTER.name, name, self._sums.get(name, 0))

    def list_events(self, stories: Iterable[StoryEntry]) -> Iterator[StoryEntry]:
        """Yield those of a matter's stories that stand for an event: its main story."""
        return (story for story in stories if self.leads(story))

    def list_latest(self, name: str, events: int) -> list[StoryEntry]:
        """Return the newest stories of a matter, as far back as a number of events goes."""
        found: list[StoryEntry] = []
        for story in self.list_stories(name):
            found.append(story)
            events -= self.leads(story)
            if not events:
                break
        return found

    def count_since(self, name: str, story: Story) -> int | None:
        """Return how many events of a matter are later than a story's; None: more than nine."""
        if name not in self._newest:
            latest = self.list_latest(name, EVENTS_SINCE + 1)
            self._newest[name] = tuple(found.event for found in self.list_events(latest))
        event, newest = event_of(story), self._newest[name]
        return newest.index(event) if event in newest else None

    def leads(self, story: StoryEntry | Story) -> bool:
        """Return whether a published story stands for its event: it is the main one, or alone."""
        leader = self._groups.leader(story.group) if story.group else None
        return leader is None or leader.path == story.path


def event_of(story: Story) -> str:
    """Return the name of a story's event: of its group, or its own if it is in none."""
    return story.group or addresses.record_name(story.path)


# The changes of stories that the site shows, and the list of the newest.


def _announces(story: Story, _grounds: Grounds) -> Iterable[str]:
    return (_ALL_CHANGES,) if any(event.kind in _ANNOUNCED for event in story.events) else ()


CHANGED = StoryKey(name="changed", values=_announces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An event of a story's history, with what pages may show of it.

    `old` and `new` are a former headline and the next one, or a figure before and after, with the
    word behind it; "" if they are not shown.
    """

    event: Event
    old: str = ""
    new: str = ""


def list_changes_of(story: Story, concealed: Collection[str]) -> list[Change]:
    """Return the changes of a story that pages show, in order.

    Left out is what is no news (a comma, a spelling), what only editors need, and what an editor's
    rule or the settings conceal: `concealed` are domains of publishers. Of a former headline no
    names are shown that the headline no longer has, of a page that is gone no former words at all.
    """
    hidden = _UNTOLD | CONCEALABLE if _hides_changes(story, concealed) else _UNTOLD
    events = [Event(what=text.fold(event.what), at=event.at) for event in story.events]
    told = [event for event in events if event.kind not in hidden]
    shown = [event for at, event in enumerate(told) if _is_news(event, told[at + 1 :], story)]
    if story.access == "gone":
        return [Change(event=event) for event in shown]
    last = {event.kind: event for event in shown}
    return [_show_values(event, story, is_last=last[event.kind] is event) for event in shown]


def _hides_changes(story: Story, concealed: Collection[str]) -> bool:
    """Return whether the settings or an editor's rule keep a story's changes off the site."""
    domain = story.provider.domain if story.provider else ""
    rules = (reason for reason in story.reasons if reason.points is None)
    return domain in concealed or any(rule.kind is ReasonKind.CHANGES_RULED for rule in rules)


def _is_news(event: Event, later: Iterable[Event], story: Story) -> bool:
    """Return whether a change is more than another spelling of the headline."""
    if event.kind is not EventKind.HEADLINE_CHANGED:
        return True
    next_ = (one.values["title"] for one in later if one.kind is EventKind.HEADLINE_CHANGED)
    return revisions.is_reworded(event.values["title"], next(next_, story.title))


def _show_values(event: Event, story: Story, *, is_last: bool) -> Change:
    """Return a change with the words that may be shown; `is_last` says that of its kind it is."""
    values = event.values
    if event.kind is EventKind.HEADLINE_CHANGED:
        former = revisions.hide_names(values["title"], text.fold(story.title))
        return Change(event=event, old=former)
    if event.kind is EventKind.HEADLINE_KEPT:  # the publisher's, which a later one takes out
        return Change(event=event, new=values["title"] if is_last else "")
    if event.kind is not EventKind.NUMBER_CHANGED:
        return Change(event=event)
    unit = f" {values['unit']}" if values.get("unit") else ""
    new = values.get("new", "")
    return Change(event=event, old=values.get("old", ""), new=f"{new}{unit}")


def list_changes(
    listed: Mapping[str, Sequence[Story]], concealed: Collection[str]
) -> list[tuple[Change, Story]]:
    """Return the newest changes of published stories, the publishers' and the site's own.

    `listed` has the stories under the key CHANGED, `concealed` is as in `list_changes_of`.
    """
    stories = listed.get(_ALL_CHANGES, ())[:_CHANGED_STORIES]
    found = [(change, story) for story in stories for change in list_changes_of(story, concealed)]
    found = [pair for pair in found if pair[0].event.kind in _ANNOUNCED]
    found.sort(key=lambda pair: (pair[0].event.at, pair[1].path), reverse=True)
    return found[:_CHANGES_SHOWN]


# Summaries and translated headlines: who wrote them, and the label that says so.


def may_show(summary: Summary, find_report: Callable[[str], Story | None]) -> bool:
    """Return whether pages may show a summary.

    `find_report` finds a report that may be quoted, by its record's name: each that the summary
    cites or was written from must be one. Each sentence by a model cites a report, and none of its
    reports is by a publisher that forbids models.
    """
    is_by_model = summary.author == "model"
    if is_by_model and not all(sentence.stories for sentence in summary.sentences):
        return False
    names = {*list_citations(summary), *(source.story for source in summary.sources)}
    reports = map(find_report, sorted(names))
    are_free = all(one and not (is_by_model and one.refuses_models) for one in reports)
    return are_free and bool(text.fold(summary.text))


def find_translation(story: Story) -> Translation | None:
    """Return the translation of a story's headline as it is now, None for none.

    One by a model is not shown if the story's publisher forbids models.
    """
    made = story.translation
    if made is None or made.original != story.title or not text.fold(made.title):
        return None
    return None if story.refuses_models and made.author == "model" else made


def name_author(written: Summary | Translation) -> str:
    """Return the name of the model or person that wrote a text, "" if that is not known."""
    kind, _, name = written.by.partition(" ")
    if kind != written.author:
        return ""
    return text.fold(name) if kind == "model" else name_person(name)


def name_person(by: str) -> str:
    """Return a person's name without the mail address, "" if there is only an address."""
    name = text.fold(text.hide_addresses(by))
    return "" if "@" in name else name


def say_label(written: Summary | Translation, strings: Strings) -> str:
    """Return who wrote and reviewed a summary or a translated headline, as readers are told."""
    kind = "summary" if isinstance(written, Summary) else "headline"
    if written.author == "person":
        label = strings.say(f"{kind}_by", name=name_author(written) or strings.say("a_person"))
    elif written.review:
        by = name_person(written.review.by) or strings.say("a_person")
        label = strings.say(f"{kind}_reviewed", name=by)
    else:
        label = strings.say(f"{kind}_by_model")
    is_stale = isinstance(written, Summary) and written.stale
    return f"{label} {strings.say('summary_stale')}" if is_stale else label
