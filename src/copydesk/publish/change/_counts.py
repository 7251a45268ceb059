"""Counts: how many published stories stand under a heading, before and after a change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from copydesk.publish._keys import Heading
from copydesk.publish.page_index import PageIndex, Pair


class Counts:
    """How many published stories stand under a heading now, and stood before the change."""

    def __init__(self, index: PageIndex, pairs: Iterable[Pair]) -> None:
        self._index = index
        self._more: Counter[Heading] = Counter()
        for old, new in pairs:
            self._more.subtract(old.headings if old else ())
            self._more.update(new.headings if new else ())

    def now(self, heading: Heading) -> int:
        """Return how many there are."""
        return self._index.count_under(*heading)

    def before(self, heading: Heading) -> int:
        """Return how many there were."""
        return self.now(heading) - self._more[heading]

    def find_fewer(self, key: str) -> set[str]:
        """Return the values of a key under which fewer stand than before."""
        return {value for (name, value), more in self._more.items() if name == key and more < 0}

    def find_empty(self, key: str) -> set[str]:
        """Return the values of a key under which none stands any more."""
        return {value for value in self.find_fewer(key) if not self.now((key, value))}

    def find_new(self, key: str) -> set[str]:
        """Return the values of a key under which none stood before."""
        grown = (value for (name, value), more in self._more.items() if name == key and more > 0)
        return {value for value in grown if not self.before((key, value))}
