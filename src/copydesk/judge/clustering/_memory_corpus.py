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
            self._add(document)
        for places in self._places.values():
            places.sort()

    def _add(self, document: IndexedDocument) -> None:
        counted = document.terms
        self._terms[document.key] = counted
        self._documents_with.update(counted.terms)
        self._sizes = [sum_ + size for sum_, size in zip(self._sizes, counted.sizes, strict=True)]
        place = (document.second, number_of(document.key), document.key)
        for term in counted.telling:
            self._places[term].append(place)

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the number of documents, then how many terms of each space they have together."""
        words, ngrams, names = self._sizes
        return (len(self._terms), words, ngrams, names)

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Return in how many documents each of these terms stands, those in none left out."""
        counts = self._documents_with
        return {term: counts[term] for term in terms if term in counts}

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
