"""A corpus on top of another one: what has come since that was made."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from copydesk.news import Corpus, CountedTerms, number_of


class LayeredCorpus:
    """Hold two corpora without a document in common as one, as a `news.Corpus`."""

    def __init__(self, below: Corpus, above: Corpus) -> None:
        self._below = below
        self._above = above

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the number of documents, then how many terms of each space they have together."""
        below, above = self._below.sizes(), self._above.sizes()
        return (
            below[0] + above[0],
            below[1] + above[1],
            below[2] + above[2],
            below[3] + above[3],
        )

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Return in how many documents each of these terms stands, those in none left out."""
        counts = Counter(self._below.documents_with(terms))
        counts.update(self._above.documents_with(terms))
        return counts

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return the documents that a term tells of, the nearest to a time first."""
        found = (*self._below.find(term, second, most), *self._above.find(term, second, most))
        return heapq.nsmallest(
            most, found, key=lambda place: (abs(place[0] - second), number_of(place[1]))
        )

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Return the terms of these documents by key, those that are not there left out."""
        return {**self._below.terms_of(keys), **self._above.terms_of(keys)}
