"""Make all pages of the site in one walk through its stories, so that each story is read once.

During the walk a story's page, its day, its archive page, its part of the search index and its
API files are made together. The walk is cut into legs, which several processes can share.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from copydesk.catalogue.page_entries import ALL, StoryEntry
from copydesk.publish._pictures import SharePictures
from copydesk.publish._plan import Output, SitePlan, make
from copydesk.publish.site import (
    _catalog,
    _fixed_pages,
    _letters,
    _listings,
    _record_pages,
    _search,
    _story,
)
from copydesk.publish.site._cards import ListCards
from copydesk.publish.site._frame import Frame
from copydesk.publish.site._listings import DAYS, PAGES
from copydesk.publish.site._search import SEARCH
from copydesk.publish.writing import Sheet
from copydesk.rendering import Renderer

Beside = Callable[[int], Iterable[Sheet]]
# in the order of the sitemap
OUTPUTS: tuple[Output[ListCards], ...] = (
    _listings.TOPICS,
    _listings.PUBLISHERS,
    _listings.MONTHS,
    DAYS,
    PAGES,
    _story.STORIES,
    SEARCH,
    _listings.LANGUAGES,
    _listings.READING_LISTS,
)


class Site:
    """All pages of a plan: those outside the walk, and those of each leg of the walk.

    `beside` returns other files for the stories on an archive page, by the page's number, so that
    they are made while these stories are in memory.
    """

    def __init__(
        self,
        plan: SitePlan,
        renderer: Renderer,
        share_pictures: SharePictures | None = None,
        beside: Beside = lambda _number: (),
    ) -> None:
        self._plan = plan
        self._shown = [output for output in OUTPUTS if output.is_on(plan.look)]
        share_pictures = share_pictures or SharePictures(plan)
        self._frame = Frame(plan, renderer, share_pictures, self._shown)
        self._catalog = _catalog.catalog(self._frame)
        shelves = _record_pages.topic_shelves(self._catalog)
        self._cards = ListCards(self._frame, shelves)
        self._walk = Walk(self._cards, beside)

    @property
    def legs(self) -> int:
        """Return the number of legs; the pages of each can be made alone."""
        return len(self._walk.legs)

    def leg(self, number: int) -> Iterator[Sheet]:
        """Yield the pages of a leg, whose stories are read for them."""
        return self._walk.sheets(number)

    def beside_the_walk(self) -> Iterator[Sheet]:
        """Yield all pages outside the walk."""
        plan, frame, cards = self._plan, self._frame, self._cards
        yield from _listings.sheets(cards)
        yield from _listings.archive_page(frame)
        for output in self._shown:
            if output.has_index(plan):
                yield from output.make_index(cards)
            if not output.is_walked:
                yield from make(output, cards, plan)
        yield from _story.signposts(cards)
        yield from _letters.sheets(self._catalog)
        if plan.wanted.everything:
            yield from _fixed_pages.theme_files(frame)
            yield from _fixed_pages.about_pages(frame)
            yield from _search.sheets(frame)
            yield from _record_pages.sheets(self._catalog)
            yield from _record_pages.shelf_pages(self._catalog)
            yield from _record_pages.sponsor_pages(frame)
            yield from _fixed_pages.redirect_pages(frame)


def sheets(plan: SitePlan, renderer: Renderer) -> Iterator[Sheet]:
    """Yield every page of the site."""
    site = Site(plan, renderer)
    yield from site.beside_the_walk()
    for leg in range(site.legs):
        yield from site.leg(leg)


@dataclass(slots=True)
class Walk:
    """The walk through the archive of a plan, in `legs` of some archive pages each.

    `beside` yields other files for the stories on an archive page, by the page's number.
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
        self._parts = {part: self._index[part][0].when for part in parts}  # by oldest story

    def sheets(self, leg: int) -> Iterator[Sheet]:
        """Yield the wanted pages of a leg: stories, days, archive pages, parts of the search index.

        A day or a part belongs to the leg with its oldest story.
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
        """Yield the days and parts that are left after the last leg, and the list of parts."""
        for day in days:
            yield from DAYS.make(self.cards, day)
        for part in parts:
            yield from SEARCH.make(self.cards, part)
        plan = self.cards.frame.plan
        if plan.wanted(ALL.name):
            yield _search.contents(self._index, plan)

    def _beyond(self, leg: int) -> tuple[deque[str], deque[str]]:
        """Return the days and parts that earlier legs do not make."""
        if leg == 0:
            return deque(self._days), deque(self._parts)
        last = self._last_entry(self.legs[leg - 1])
        days = (day for day in self._days if day <= last.day)
        parts = (part for part, oldest in self._parts.items() if oldest < last.when)
        return deque(days), deque(parts)

    def _last_entry(self, leg: Sequence[int]) -> StoryEntry:
        return self.cards.frame.plan.archive(leg[-1]).entries[-1]


def _choose(key: str, values: Iterable[str], plan: SitePlan) -> list[str]:
    """Return the values of a key that the build wants, in order."""
    return [value for value in values if plan.wanted(key, value)]
