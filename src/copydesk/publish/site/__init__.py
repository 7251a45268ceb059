"""The HTML site: takes a Plan, a Renderer and Posters, gives its pages, style sheet and icon."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.publish._plan import Plan
from copydesk.publish._posters import Posters
from copydesk.publish._write import Sheet
from copydesk.publish.site import (
    _calendar,
    _cards,
    _catalog,
    _frame,
    _furniture,
    _house,
    _letters,
    _listings,
    _old,
    _records,
    _search,
    _shelves,
    _sponsors,
    _story,
    _walk,
)
from copydesk.rendering import Renderer

__all__ = ["sheets"]


def sheets(
    plan: Plan,
    renderer: Renderer,
    posters: Posters | None = None,
    beside: _walk.Beside = lambda _number: (),
) -> Iterator[Sheet]:
    """Give every page of the site.

    All stories are read on the way; `beside` gives what others make of those on a page of the
    archive, by its number, while they are in hand.
    """
    frame = _frame.Frame(plan, renderer, posters or Posters(plan))
    cards = _cards.Cards(frame)
    catalog = _catalog.catalog(frame)
    yield from _listings.sheets(cards, _shelves.topic_shelves(catalog))
    yield from _calendar.sheets(frame)
    yield from _walk.sheets(cards, beside)
    yield from _story.signposts(cards)
    yield from _letters.sheets(catalog)
    if plan.wanted("records"):
        yield from _furniture.sheets(frame)
        yield from _house.sheets(frame)
        yield from _search.sheets(frame)
        yield from _records.sheets(catalog)
        yield from _shelves.sheets(catalog)
        yield from _sponsors.sheets(frame)
        yield from _old.sheets(frame)
