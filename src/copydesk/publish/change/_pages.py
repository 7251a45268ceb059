"""Pages of what is cut from its oldest end, and which of them a change turns over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from copydesk.publish._entries import StoryEntry
from copydesk.publish._keys import Heading
from copydesk.publish._outputs import Cut, count_pages
from copydesk.publish._plan import SitePlan
from copydesk.publish.change._counts import Counts
from copydesk.publish.page_index import Pair


@dataclass(slots=True)
class TurnedPages:
    """The pages of a cut that a change turns over, and those that it leaves nothing for.

    `numbers` are those of the pages that hold a story that changed, or are to be made themselves.
    """

    touched: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)


def turn_pages(cut: Cut, pairs: Sequence[Pair], counts: Counts, plan: SitePlan) -> TurnedPages:
    """Find the pages of a cut that hold something else now.

    The first page of a value holds its oldest stories; where one comes, goes or changes its time,
    all later pages shift.
    """
    turned = TurnedPages()
    for heading in _headings(cut, pairs):
        own = [_under(heading, pair) for pair in pairs]
        places = _Places(heading, counts.now(heading), cut.size(plan.look), plan)
        numbers = _turn(own, places)
        before = count_pages(counts.before(heading), places.size)
        if places.last != before and min(places.last, before):  # it leads on, or no more
            numbers.add(min(places.last, before))
        turned.numbers |= numbers | {places.page_of(new) for _, new in own if new is not None}
        name = partial(cut.page, heading[1])
        turned.touched.update(map(name, numbers))
        turned.gone.update(map(name, range(places.last + 1, before + 1)))
    return turned


class _Places:
    """On which page each story stands under a heading."""

    def __init__(self, heading: Heading, count: int, size: int, plan: SitePlan) -> None:
        self.size = size
        self.last = count_pages(count, size)
        self._heading = heading
        self._count = count
        self._index = plan.index

    def page_of(self, entry: StoryEntry) -> int:
        """Return the page of an entry, or the one on which it stood, as pages are cut now."""
        now = self._index.at(entry.path)
        is_here = now is not None and self._heading in now.headings and now.when == entry.when
        older = self._count - self._index.newer(entry, *self._heading) - int(is_here)
        return older // self.size + 1


def _turn(pairs: Iterable[Pair], places: _Places) -> set[int]:
    """Return the pages of stories that stay where they were, and all from the first that moves."""
    numbers: set[int] = set()
    shifted: list[int] = []
    for pair in pairs:
        pages = [places.page_of(entry) for entry in pair if entry is not None]
        if _stays(pair):
            numbers.update(pages)
        else:
            shifted += pages
    return numbers | {*range(min(shifted), places.last + 1)} if shifted else numbers


def _headings(cut: Cut, pairs: Iterable[Pair]) -> set[Heading]:
    entries = (entry for pair in pairs for entry in pair if entry is not None)
    every = {heading for entry in entries for heading in entry.headings}
    return {heading for heading in every if heading[0] == cut.key.name}


def _under(heading: Heading, pair: Pair) -> Pair:
    """Return what was and is listed of a story under a heading."""
    old, new = (entry if entry and heading in entry.headings else None for entry in pair)
    return old, new


def _stays(pair: Pair) -> bool:
    """Decide whether a story has the place in a list that it had."""
    old, new = pair
    return old is not None and new is not None and (old.when, old.path) == (new.when, new.path)
