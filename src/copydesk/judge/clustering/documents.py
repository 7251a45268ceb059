"""The data types of clustering: documents, their groups, and corpora (indexes of terms)."""

from __future__ import annotations

import bisect
import heapq
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from copydesk.news.story import Corpus, CountedTerms, IndexedDocument, number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsDocument:
    """A news report that is to be grouped with other reports on the same event.

    `moment` is None if its time is not known; then the time of the document before counts. `group`
    is the group that it is known to belong to, "" if that is to be found. `vector` is the
    `news.Shelved.vector`.
    """

    key: str
    title: str
    text: str = ""
    language: str = ""
    moment: datetime | None = None
    group: str = ""
    vector: bytes = b""

    @property
    def language_code(self) -> str:
        """Return the two-letter code of the document's language, "en" if it is not known."""
        return self.language.lower()[:2] or "en"


# Why a document does not join a group: it is not similar enough, the numbers in its headline belong
# to another event, or a rule keeps it apart from one of the group's; "" if it would join.
Veto = Literal["", "likeness", "series", "apart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLikeness:
    """The result of comparing a document with a group: similarity, shared words, threshold."""

    group: str
    similarity: float
    needed: float
    shared: tuple[str, ...]
    veto: Veto


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The result of putting a document into a group: similarity, shared words, similar groups.

    `similarity` is 0 in a group of its own. `near` are (group, similarity) pairs of the groups that
    its event goes on from, regardless of time, most similar first. `same_headline` says that it
    joined because the group had the same headline days ago. `beside` are (group, similarity, shared
    words) of the other groups that it is similar to, which may be merged with its own.
    """

    group: str
    similarity: float = 0.0
    shared: tuple[str, ...] = ()
    near: tuple[tuple[str, float], ...] = ()
    same_headline: bool = False
    beside: tuple[tuple[str, float, tuple[str, ...]], ...] = ()


SeriesNumber = tuple[str, str]
"""Of what, which: ("package", "12")."""


@dataclass(frozen=True, slots=True)
class Vector:
    """The terms of a document as numbers, with their weights, heaviest first."""

    terms: array[int]
    weights: array[float]

    def __iter__(self) -> Iterator[tuple[int, float]]:
        return zip(self.terms, self.weights, strict=True)


_Place = tuple[int, int, str]  # a document's second, its number, its key


class MemoryCorpus:
    """An index of terms in memory: the terms of each document, the documents with each term."""

    def __init__(self, documents: Iterable[IndexedDocument] = ()) -> None:
        self._terms: dict[str, CountedTerms] = {}
        self._documents_with: Counter[int] = Counter()
        self._sizes = [0, 0, 0]
        self._places: defaultdict[int, list[_Place]] = defaultdict(list)
        for document in documents:
            self.add(document)

    def add(self, document: IndexedDocument) -> None:
        """Add the terms of a document to the corpus, which must not have it yet."""
        counted = document.terms
        self._terms[document.key] = counted
        self._documents_with.update(counted.terms)
        self._sizes = [sum_ + size for sum_, size in zip(self._sizes, counted.sizes, strict=True)]
        place = _place_of(document)
        for term in counted.telling:
            bisect.insort(self._places[term], place)

    def remove(self, document: IndexedDocument) -> None:
        """Remove a document, given as it was added, from the corpus."""
        counted = self._terms.pop(document.key)
        self._documents_with.subtract(counted.terms)
        self._sizes = [sum_ - size for sum_, size in zip(self._sizes, counted.sizes, strict=True)]
        place = _place_of(document)
        for term in counted.telling:
            places = self._places[term]
            del places[bisect.bisect_left(places, place)]

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the numbers of documents, words, 4-grams and names in the corpus."""
        words, ngrams, names = self._sizes
        return (len(self._terms), words, ngrams, names)

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Map each term to its number of documents; terms without documents are left out."""
        counts = self._documents_with
        return {term: counts[term] for term in terms if counts.get(term)}

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return (time in seconds, key) of documents with this term, nearest in time first.

        Only documents count in which the term is one of the most important.
        """
        places = self._places.get(term, [])
        at = bisect.bisect_left(places, (second,))
        near = places[max(0, at - most) : at + most]
        nearest = heapq.nsmallest(most, near, key=lambda place: (abs(place[0] - second), place[1]))
        return [(then, key) for then, _, key in nearest]

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Map the keys of documents to their terms; unknown documents are left out."""
        return {key: self._terms[key] for key in keys if key in self._terms}


def _place_of(document: IndexedDocument) -> _Place:
    return (document.second, number_of(document.key), document.key)


class LayeredCorpus:
    """Two corpora (indexes of documents' terms) without common documents, read as one."""

    def __init__(self, below: Corpus, above: Corpus) -> None:
        self._below = below
        self._above = above

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the numbers of documents, words, 4-grams and names in both corpora."""
        sizes = map(sum, zip(self._below.sizes(), self._above.sizes(), strict=True))
        documents, words, ngrams, names = sizes
        return (documents, words, ngrams, names)

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Map each term to its number of documents; terms without documents are left out."""
        counts = Counter(self._below.documents_with(terms))
        counts.update(self._above.documents_with(terms))
        return counts

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return (time in seconds, key) of documents with this term, nearest in time first.

        Only documents count in which the term is one of the most important.
        """
        found = (*self._below.find(term, second, most), *self._above.find(term, second, most))
        return heapq.nsmallest(
            most, found, key=lambda place: (abs(place[0] - second), number_of(place[1]))
        )

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Map the keys of documents to their terms; unknown documents are left out."""
        return {**self._below.terms_of(keys), **self._above.terms_of(keys)}
