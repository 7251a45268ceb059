"""The walk: once through all stories, the newest first, so that each is read and printed once.

A story's page, its day, its page of the archive, its part of the search index and what the APIs
say of it are made while it is in hand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from copydesk.placement import addresses
from copydesk.publish._plan import Plan
from copydesk.publish._write import Sheet
from copydesk.publish.site import _listings, _search, _story
from copydesk.publish.site._cards import Cards

Beside = Callable[[int], Iterable[Sheet]]


def sheets(cards: Cards, beside: Beside) -> Iterator[Sheet]:
    """Give the pages of stories, days and the archive and the parts that are wanted.

    `beside` gives what others make of the stories on a page of the archive, by its number.
    """
    plan = cards.frame.plan
    days, index = _days(plan), _search.parts(plan)
    parts = deque(one for one in index.items() if plan.wanted(one[0]))
    for number in plan.wanted.pages(plan.archive_pages):
        entries = list(plan.archive(number).entries)
        yield from _story.sheets(entries, cards)
        if plan.wanted(f"archive/{number}/"):
            yield _listings.archived(cards, number)
        yield from beside(number)
        while days and days[0][0].isoformat() > entries[-1].day:
            yield _listings.day(cards, *days.popleft())
        while parts and parts[0][1][0].when >= entries[-1].when:
            yield _search.part(*parts.popleft(), plan)
    yield from (_listings.day(cards, *one) for one in days)
    yield from (_search.part(*one, plan) for one in parts)
    if plan.wanted(_search.FOLDER):
        yield _search.contents(index)


def _days(plan: Plan) -> deque[tuple[date, tuple[date | None, date | None]]]:
    """Give the wanted days, the latest first, each with the ones before and after it."""
    days = sorted(plan.by_day)
    before, after = [None, *days][:-1], [*days, None][1:]
    found = zip(days, zip(before, after, strict=True), strict=True)
    return deque(one for one in reversed(list(found)) if plan.wanted(addresses.day_folder(one[0])))
