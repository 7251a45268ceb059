"""The HTML site: takes a SitePlan, a Renderer and Posters, gives pages, style sheet and icon."""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.publish._outputs import Output, make
from copydesk.publish._plan import SitePlan
from copydesk.publish._posters import Posters
from copydesk.publish.site import (
    _about,
    _calendar,
    _cards,
    _frame,
    _furniture,
    _languages,
    _listings,
    _old,
    _search,
    _story,
    _walk,
    records,
)
from copydesk.publish.writing import Sheet
from copydesk.rendering import Renderer

# in the order of the sitemap
OUTPUTS: tuple[Output[_cards.Cards], ...] = (
    _listings.TOPICS,
    _listings.SOURCES,
    _calendar.MONTHS,
    _listings.DAYS,
    _listings.PAGES,
    _story.STORIES,
    _search.SEARCH,
    _languages.LANGUAGES,
)


def sheets(
    plan: SitePlan,
    renderer: Renderer,
    posters: Posters | None = None,
    beside: _walk.Beside = lambda _number: (),
) -> Iterator[Sheet]:
    """Yield every page of the site.

    All stories are read on the way; `beside` gives what others make of those on a page of the
    archive, by its number, while they are in hand.
    """
    shown = [output for output in OUTPUTS if output.is_on(plan.look)]
    frame = _frame.Frame(plan, renderer, posters or Posters(plan), shown)
    catalog = records.catalog(frame)
    cards = _cards.Cards(frame, records.topic_shelves(catalog))
    yield from _listings.sheets(cards)
    yield from _calendar.sheets(frame)
    for output in shown:
        yield from output.make_index(cards)
        if not output.is_walked:
            yield from make(output, cards, plan)
    yield from _walk.sheets(cards, beside)
    yield from _story.signposts(cards)
    yield from records.letters(catalog)
    if plan.wanted.everything:
        yield from _furniture.sheets(frame)
        yield from _about.sheets(frame)
        yield from _search.sheets(frame)
        yield from records.sheets(catalog)
        yield from _old.sheets(frame)
