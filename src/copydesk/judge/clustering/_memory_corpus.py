"""A corpus in memory: the terms of documents, found by term and time."""

from __future__ import annotations

import bisect
import heapq
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from copydesk.news import CountedTerms, IndexedDocument, number_of

_Place = tuple[int, int, str]  # a second, a document's number, its key


class MemoryCorpus:
    """Hold the terms of documents, as a `news.Corpus`."""

    def __init__(self, documents: Iterable[IndexedDocument] = ()) -> None:
        self._terms: dict[str, CountedTerms] = {}
        self._documents_with: Counter[int] = Counter()
        self._sizes = [0, 0, 0]
        self._places: defaultdict[int, list[_Place]] = defaultdict(list)
        for document in documents:
            self._count(document)
            for term in document.terms.telling:
                self._places[term].append(_place_of(document))
        for places in self._places.values():
            places.sort()

    def add(self, document: IndexedDocument) -> None:
        """Add a document that is not there."""
        self._count(document)
        for term in document.terms.telling:
            bisect.insort(self._places[term], _place_of(document))

    def remove(self, document: IndexedDocument) -> None:
        """Remove a document that is there as it was added."""
        counted = self._terms.pop(document.key)
        self._documents_with.subtract(counted.terms)
        self._sizes = [sum_ - size for sum_, size in zip(self._sizes, counted.sizes, strict=True)]
        place = _place_of(document)
        for term in counted.telling:
            places = self._places[term]
            del places[bisect.bisect_left(places, place)]

    def _count(self, document: IndexedDocument) -> None:
        counted = document.terms
        self._terms[document.key] = counted
        self._documents_with.update(counted.terms)
        self._sizes = [sum_ + size for sum_, size in zip(self._sizes, counted.sizes, strict=True)]

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the number of documents, then how many terms of each space they have together."""
        words, ngrams, names = self._sizes
        return (len(self._terms), words, ngrams, names)

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Return in how many documents each of these terms stands, those in none left out."""
        counts = self._documents_with
        return {term: counts[term] for term in terms if counts.get(term)}

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return the documents that a term tells of, the nearest to a time first."""
        places = self._places.get(term, [])
        at = bisect.bisect_left(places, (second,))
        near = places[max(0, at - most) : at + most]
        nearest = heapq.nsmallest(most, near, key=lambda place: (abs(place[0] - second), place[1]))
        return [(then, key) for then, _, key in nearest]

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Return the terms of these documents by key, those that are not there left out."""
        return {key: self._terms[key] for key in keys if key in self._terms}


def _place_of(document: IndexedDocument) -> _Place:
    return (document.second, number_of(document.key), document.key)
