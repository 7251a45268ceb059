"""What new stories of one day are compared with: the terms of what is filed, and came since."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Protocol

from copydesk.judge.clustering import NEIGHBOURS_WITHIN, LayeredCorpus, MemoryCorpus
from copydesk.judge.coverage._arrivals import Arrival
from copydesk.judge.coverage._index_stories import NO_TIME, index_stories
from copydesk.news import Corpus, IndexedDocument, Shelved

_DAY = timedelta(days=1)


class DailyCorpus(Protocol):
    """A corpus that grows from day to day."""

    def of_day(self, new: Sequence[Arrival]) -> Corpus:
        """Return the corpus for the new stories of a day, none of which is in it."""
        ...

    def add(self, placed: Iterable[Arrival]) -> None:
        """Add the stories of a day that is over."""
        ...


class KeptCorpus:
    """What somebody keeps of the filed stories of some weeks, and what has come since."""

    def __init__(self, kept: Corpus) -> None:
        self._kept = kept
        self._since = MemoryCorpus()

    def of_day(self, new: Sequence[Arrival]) -> Corpus:
        """Return the corpus for the new stories of a day."""
        return LayeredCorpus(self._kept, self._since) if self._since.sizes()[0] else self._kept

    def add(self, placed: Iterable[Arrival]) -> None:
        """Add the stories of a day that is over."""
        documents = list(_index(arrival.shelved for arrival in placed))
        known = self._kept.terms_of([document.key for document in documents])
        for document in documents:
            if document.key not in known:  # it was there, and a ruling set it free
                self._since.add(document)


class SlidingCorpus:
    """The stories of the weeks around a day, as they stand when it comes; days come in order."""

    def __init__(self, filed: Iterable[Arrival]) -> None:
        documents = _index(arrival.shelved for arrival in filed)
        self._waiting = deque(sorted(documents, key=_order))
        self._inside: list[tuple[int, str, IndexedDocument]] = []
        self._corpus = MemoryCorpus()

    def of_day(self, new: Sequence[Arrival]) -> Corpus:
        """Return the corpus for the new stories of a day."""
        moments = [arrival.moment for arrival in new if arrival.moment != NO_TIME]
        if not moments:
            self._take_in(float("inf"))
            return self._corpus
        day = min(moments).replace(hour=0, minute=0, second=0, microsecond=0)
        self._take_in((day + _DAY + NEIGHBOURS_WITHIN).timestamp())
        start = (day - NEIGHBOURS_WITHIN).timestamp()
        while self._inside and self._inside[0][0] < start:
            self._corpus.remove(heapq.heappop(self._inside)[2])
        return self._corpus

    def add(self, placed: Iterable[Arrival]) -> None:
        """Add the stories of a day that is over."""
        for document in _index(arrival.shelved for arrival in placed):
            self._add(document)

    def _take_in(self, end: float) -> None:
        while self._waiting and self._waiting[0].second < end:
            self._add(self._waiting.popleft())

    def _add(self, document: IndexedDocument) -> None:
        self._corpus.add(document)
        heapq.heappush(self._inside, (document.second, document.key, document))


def _index(stories: Iterable[Shelved]) -> Iterable[IndexedDocument]:
    return index_stories([(shelved, b"") for shelved in stories])


def _order(document: IndexedDocument) -> tuple[int, str]:
    return (document.second, document.key)
