"""The walk: once through all stories, the newest first, so that each is read and printed once.

A story's page, its day, its page of the archive, its part of the search index and what the APIs
say of it are made while it is in hand. The walk is cut into legs, which several processes may go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from copydesk.publish._entries import StoryEntry
from copydesk.publish._keys import ALL
from copydesk.publish._plan import SitePlan
from copydesk.publish.site import _search, _story
from copydesk.publish.site._list_cards import ListCards
from copydesk.publish.site._listings import DAYS, PAGES
from copydesk.publish.site._search import SEARCH
from copydesk.publish.writing import Sheet

Beside = Callable[[int], Iterable[Sheet]]


@dataclass(slots=True)
class Walk:
    """The walk through the archive of a plan, in `legs` of some pages of the archive each.

    `beside` yields what others make of the stories on a page of the archive, by its number.
    """

    cards: ListCards
    beside: Beside
    legs: Sequence[Sequence[int]] = field(init=False)
    _index: _search.Parts = field(init=False)
    _days: Sequence[str] = field(init=False)
    _parts: Mapping[str, float] = field(init=False)

    def __post_init__(self) -> None:
        plan = self.cards.frame.plan
        pages = list(plan.wanted.pages(plan.archive_pages))
        size = max(1, plan.look.sizes.leg // plan.look.sizes.archive)
        self.legs = [pages[start : start + size] for start in range(0, len(pages), size)] or [[]]
        self._index = _search.parts(plan)
        self._days = _choose(DAYS.key.name, DAYS.values(plan), plan)
        parts = _choose(SEARCH.key.name, self._index, plan)
        self._parts = {part: self._index[part][0].when for part in parts}  # its oldest story's time

    def sheets(self, leg: int) -> Iterator[Sheet]:
        """Yield the pages of stories, days and the archive and the parts of a leg, as wanted.

        A day and a part belong to the leg on which their oldest story stands.
        """
        plan = self.cards.frame.plan
        days, parts = self._beyond(leg)
        for number in self.legs[leg]:
            entries = list(plan.archive(number).entries)
            yield from _story.sheets(entries, self.cards)
            if plan.wanted(PAGES.key.name, str(number)):
                yield from PAGES.make(self.cards, str(number))
            yield from self.beside(number)
            while days and days[0] > entries[-1].day:
                yield from DAYS.make(self.cards, days.popleft())
            while parts and self._parts[parts[0]] >= entries[-1].when:
                yield from SEARCH.make(self.cards, parts.popleft())
        if leg == len(self.legs) - 1:
            yield from self._end(days, parts)

    def _end(self, days: Iterable[str], parts: Iterable[str]) -> Iterator[Sheet]:
        """Yield what no story stands behind which a leg could end, and the list of all parts."""
        for day in days:
            yield from DAYS.make(self.cards, day)
        for part in parts:
            yield from SEARCH.make(self.cards, part)
        plan = self.cards.frame.plan
        if plan.wanted(ALL.name):
            yield _search.contents(self._index, plan)

    def _beyond(self, leg: int) -> tuple[deque[str], deque[str]]:
        """Return the days and parts that no earlier leg makes."""
        if leg == 0:
            return deque(self._days), deque(self._parts)
        last = self._last_entry(self.legs[leg - 1])
        days = (day for day in self._days if day <= last.day)
        parts = (part for part, oldest in self._parts.items() if oldest < last.when)
        return deque(days), deque(parts)

    def _last_entry(self, leg: Sequence[int]) -> StoryEntry:
        return self.cards.frame.plan.archive(leg[-1]).entries[-1]


def _choose(key: str, values: Iterable[str], plan: SitePlan) -> list[str]:
    """Return the values of a key whose pages have to be made, in their order."""
    return [value for value in values if plan.wanted(key, value)]
