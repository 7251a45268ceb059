"""The HTML site: takes a SitePlan, a Renderer and share pictures, gives pages and style sheet."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.publish._outputs import Output, make
from copydesk.publish._plan import SitePlan
from copydesk.publish._share_pictures import SharePictures
from copydesk.publish.site import (
    _about,
    _calendar,
    _frame,
    _furniture,
    _languages,
    _list_cards,
    _listings,
    _reading_lists,
    _search,
    _signposts,
    _story,
    _walk,
    records,
)
from copydesk.publish.writing import Sheet
from copydesk.rendering import Renderer

# in the order of the sitemap
OUTPUTS: tuple[Output[_list_cards.ListCards], ...] = (
    _listings.TOPICS,
    _listings.PUBLISHERS,
    _calendar.MONTHS,
    _listings.DAYS,
    _listings.PAGES,
    _story.STORIES,
    _search.SEARCH,
    _languages.LANGUAGES,
    _reading_lists.READING_LISTS,
)


class Site:
    """The pages of a plan: those beside the walk through its archive, and the walk in legs.

    `beside` gives what others make of the stories on a page of the archive, by its number, while
    they are in hand.
    """

    def __init__(
        self,
        plan: SitePlan,
        renderer: Renderer,
        share_pictures: SharePictures | None = None,
        beside: _walk.Beside = lambda _number: (),
    ) -> None:
        self._plan = plan
        self._shown = [output for output in OUTPUTS if output.is_on(plan.look)]
        share_pictures = share_pictures or SharePictures(plan)
        self._frame = _frame.Frame(plan, renderer, share_pictures, self._shown)
        self._catalog = records.catalog(self._frame)
        shelves = records.topic_shelves(self._catalog)
        self._cards = _list_cards.ListCards(self._frame, shelves)
        self._walk = _walk.Walk(self._cards, beside)

    @property
    def legs(self) -> int:
        """Return how many legs the walk has; the pages of any of them can be made alone."""
        return len(self._walk.legs)

    def leg(self, number: int) -> Iterator[Sheet]:
        """Yield the pages of a leg of the walk, which reads the stories on it."""
        return self._walk.sheets(number)

    def beside_the_walk(self) -> Iterator[Sheet]:
        """Yield all pages but those of the walk."""
        plan, frame, cards = self._plan, self._frame, self._cards
        yield from _listings.sheets(cards)
        yield from _calendar.sheets(frame)
        for output in self._shown:
            if output.has_index(plan):
                yield from output.make_index(cards)
            if not output.is_walked:
                yield from make(output, cards, plan)
        yield from _story.signposts(cards)
        yield from records.letters(self._catalog)
        if plan.wanted.everything:
            yield from _furniture.sheets(frame)
            yield from _about.sheets(frame)
            yield from _search.sheets(frame)
            yield from records.sheets(self._catalog)
            yield from _signposts.sheets(frame)


def sheets(plan: SitePlan, renderer: Renderer) -> Iterator[Sheet]:
    """Yield every page of the site."""
    site = Site(plan, renderer)
    yield from site.beside_the_walk()
    for leg in range(site.legs):
        yield from site.leg(leg)
