"""Shelf and corpus: find filed stories by their addresses, fingerprints and terms."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copydesk.news.story import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A filed story with the text that was read for it ("" where it is no longer kept).

    `found` is when its article was found, None where that is not known any more.
    `vector` is where its words point in a space of meaning (384 signed bytes, of which only the
    direction counts), b"" where that is not known.
    """

    story: Story
    text: str = ""
    found: datetime | None = None
    vector: bytes = b""


class Shelf(Protocol):
    """What the judge may ask about what is filed already."""

    def at(self, url: str) -> str | None:
        """Return the path of the record that stands for this address, by the address's identity."""
        ...

    def holds(self, name: str) -> bool:
        """Decide whether a record of this name is filed."""
        ...

    def near(self, fingerprint: tuple[int, ...]) -> Iterable[Shelved]:
        """Return stories whose fingerprint is near, candidates for an exact check, best first."""
        ...

    def between(self, start: datetime, end: datetime) -> Iterable[Shelved]:
        """Return the stories published in [start, end], by time and path ascending."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedTerms:
    """The terms of a document: those of its words first, then its n-grams, then its names.

    `terms` are their numbers (32 bits), the same in every process. By place, `counts` says how
    often each stands in the document, 255 at most, `rates` how common it is in news at large, in
    steps that only who counted knows. `sizes` says how many of each of the three spaces there are;
    `telling` are the few terms by which the document is found.
    """

    terms: array[int]
    counts: bytes
    rates: bytes
    sizes: tuple[int, int, int]
    telling: array[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedDocument:
    """A document of a corpus: when it came, in seconds since 1970, its terms and its digest.

    The digest changes with everything that its terms and its time are made of.
    """

    key: str
    second: int
    digest: bytes
    terms: CountedTerms


class Corpus(Protocol):
    """What grouping may ask about the documents of some weeks; a key is the name of a record."""

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the number of documents, then how many terms of each space they have together."""
        ...

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Return in how many documents each of these terms stands, those in none left out."""
        ...

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return the documents that a term tells of, the nearest to a time first.

        Each as its own second and its key. What is equally near comes by `number_of` its key.
        """
        ...

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Return the terms of these documents by key, those that are not there left out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is filed around some stories: its terms, and how many stories have a topic."""

    corpus: Corpus
    count_stories: Callable[[str], int]


def number_of(key: str) -> int:
    """Return the number of a document (56 bits), the same in every process."""
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return int.from_bytes(digest)
