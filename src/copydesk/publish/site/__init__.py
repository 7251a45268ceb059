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
)


def sheets(
    plan: SitePlan,
    renderer: Renderer,
    share_pictures: SharePictures | None = None,
    beside: _walk.Beside = lambda _number: (),
) -> Iterator[Sheet]:
    """Yield every page of the site.

    All stories are read on the way; `beside` gives what others make of those on a page of the
    archive, by its number, while they are in hand.
    """
    shown = [output for output in OUTPUTS if output.is_on(plan.look)]
    frame = _frame.Frame(plan, renderer, share_pictures or SharePictures(plan), shown)
    catalog = records.catalog(frame)
    cards = _list_cards.ListCards(frame, records.topic_shelves(catalog))
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
        yield from _signposts.sheets(frame)
