"""The walk: once through all stories, the newest first, so that each is read and printed once.

A story's page, its day, its page of the archive, its part of the search index and what the APIs
say of it are made while it is in hand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from copydesk.publish._keys import ALL
from copydesk.publish._plan import SitePlan
from copydesk.publish.site import _search, _story
from copydesk.publish.site._list_cards import ListCards
from copydesk.publish.site._listings import DAYS, PAGES
from copydesk.publish.site._search import SEARCH
from copydesk.publish.writing import Sheet

Beside = Callable[[int], Iterable[Sheet]]


def sheets(cards: ListCards, beside: Beside) -> Iterator[Sheet]:
    """Yield the pages of stories, days and the archive and the parts that are wanted.

    `beside` yields what others make of the stories on a page of the archive, by its number.
    """
    plan = cards.frame.plan
    days = _queue(DAYS.key.name, DAYS.values(plan), plan)
    index = _search.parts(plan)
    parts = _queue(SEARCH.key.name, index, plan)
    for number in plan.wanted.pages(plan.archive_pages):
        entries = list(plan.archive(number).entries)
        yield from _story.sheets(entries, cards)
        if plan.wanted(PAGES.key.name, str(number)):
            yield from PAGES.make(cards, str(number))
        yield from beside(number)
        while days and days[0] > entries[-1].day:
            yield from DAYS.make(cards, days.popleft())
        while parts and index[parts[0]][0].when >= entries[-1].when:
            yield from SEARCH.make(cards, parts.popleft())
    for day in days:
        yield from DAYS.make(cards, day)
    for part in parts:
        yield from SEARCH.make(cards, part)
    if plan.wanted(ALL.name):
        yield _search.contents(index)


def _queue(key: str, values: Iterable[str], plan: SitePlan) -> deque[str]:
    """Return the values of a key whose pages have to be made, in their order."""
    return deque(value for value in values if plan.wanted(key, value))
