"""Find how stories went on: matters, their events, and how many came later than a story's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from copydesk.catalogue.page_entries import MATTER, MATTER_EVENT, StoryEntry
from copydesk.catalogue.page_index import Listing, PageIndex
from copydesk.kit import text
from copydesk.news import Story
from copydesk.news.ruling import Ruling, find_matter, find_matter_title, list_matter_acts
from copydesk.placement import Groups, addresses

EVENTS_SINCE = 9  # as many later events of a matter are counted for a story
_LISTED = 60  # matters on the page of all
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
        return (story for story in stories if self._leads(story))

    def list_latest(self, name: str, events: int) -> list[StoryEntry]:
        """Return the newest stories of a matter, as far back as a number of events goes."""
        found: list[StoryEntry] = []
        for story in self.list_stories(name):
            found.append(story)
            events -= self._leads(story)
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

    def _leads(self, story: StoryEntry) -> bool:
        leader = self._groups.leader(story.group) if story.group else None
        return leader is None or leader.path == story.path


def event_of(story: Story) -> str:
    """Return the name of a story's event: of its group, or its own if it is in none."""
    return story.group or addresses.record_name(story.path)
