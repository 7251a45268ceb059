"""The index terms of filed stories in SQLite; only the stories that are asked for are read."""

from __future__ import annotations

import heapq
import json
import zlib
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from copydesk.kit.databases import DisposableDatabase
from copydesk.news.story import CountedTerms, IndexedDocument, number_of

_COUNTS = "SELECT term, documents FROM term_counts WHERE term IN (SELECT value FROM json_each(?))"
_CONTENTS = """
SELECT number, second, words, ngrams, names, terms, counts, rates, telling, checksum
FROM documents JOIN document_terms ON document = number
WHERE number IN (SELECT value FROM json_each(?))
"""
_BEFORE = """
SELECT term_places.second, document, key FROM term_places JOIN documents ON number = document
WHERE term = ? AND term_places.second < ? ORDER BY term_places.second DESC, document DESC LIMIT ?
"""
_SINCE = """
SELECT term_places.second, document, key FROM term_places JOIN documents ON number = document
WHERE term = ? AND term_places.second >= ? ORDER BY term_places.second, document LIMIT ?
"""


class StoredCorpus:
    """The index terms of filed stories (a `news.Corpus`), stored in SQLite tables."""

    def __init__(self, tables: DisposableDatabase) -> None:
        self._tables = tables

    # ---- what it holds, and bringing it up to date -----------------------------------------------

    def digests(self) -> dict[str, bytes]:
        """Return the digest of every indexed story (document), by key."""
        return dict(self._tables.run("SELECT key, digest FROM documents"))

    def update(self, put: Sequence[IndexedDocument], forget: Collection[str] = ()) -> None:
        """Store new and changed documents, and delete others by key, in one transaction."""
        with self._tables.at_once():
            changes: Counter[int] = Counter()
            self._remove([*forget, *(document.key for document in put)], changes)
            self._insert(put, changes)
            self._count(changes)

    def set_digests(self, digests: Mapping[str, bytes]) -> None:
        """Change the digests of indexed stories (documents); their terms and times stay."""
        with self._tables.at_once():
            rows = ((digest, number_of(key)) for key, digest in digests.items())
            self._tables.run_many("UPDATE documents SET digest = ? WHERE number = ?", rows)

    def _remove(self, keys: Collection[str], changes: Counter[int]) -> None:
        """Delete documents; subtract their terms from the counts in `changes`."""
        places = []
        for number, second, counted in self._read(keys):
            changes.subtract(counted.terms)
            places += [(term, second, number) for term in counted.telling]
        run = self._tables.run_many
        run("DELETE FROM term_places WHERE term = ? AND second = ? AND document = ?", places)
        numbers = [(number_of(key),) for key in keys]
        run("DELETE FROM documents WHERE number = ?", numbers)
        run("DELETE FROM document_terms WHERE document = ?", numbers)

    def _insert(self, documents: Iterable[IndexedDocument], changes: Counter[int]) -> None:
        rows, contents, places = [], [], []
        for document in documents:
            number, counted = number_of(document.key), document.terms
            changes.update(counted.terms)
            rows.append((number, document.key, document.second, document.digest, *counted.sizes))
            contents.append((number, *_pack(counted)))
            places += [(term, document.second, number) for term in counted.telling]
        run = self._tables.run_many
        run("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        run("INSERT INTO document_terms VALUES (?, ?, ?, ?, ?, ?)", contents)
        run("INSERT OR IGNORE INTO term_places VALUES (?, ?, ?)", sorted(places))

    def _count(self, changes: Mapping[int, int]) -> None:
        rows = sorted((term, change) for term, change in changes.items() if change)
        self._tables.run_many(
            "INSERT INTO term_counts VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET documents = documents + excluded.documents",
            rows,
        )
        fewer = [(term,) for term, change in rows if change < 0]
        self._tables.run_many("DELETE FROM term_counts WHERE term = ? AND documents <= 0", fewer)

    # ---- questions -------------------------------------------------------------------------------

    def sizes(self) -> tuple[int, int, int, int]:
        """Return the number of documents, and the total of their words, n-grams and names."""
        query = "SELECT count(*), total(words), total(ngrams), total(names) FROM documents"
        documents, words, ngrams, names = map(int, self._tables.run(query)[0])
        return (documents, words, ngrams, names)

    def documents_with(self, terms: Collection[int]) -> Mapping[int, int]:
        """Return how many documents contain each of these terms, without unknown terms."""
        return dict(self._tables.run(_COUNTS, json.dumps(list(terms))))

    def find(self, term: int, second: int, most: int) -> Sequence[tuple[int, str]]:
        """Return the documents (time, key) that a term is typical of, nearest to a time first."""
        near: list[tuple[int, int, str]] = []
        for query in (_BEFORE, _SINCE):
            near += self._tables.run(query, term, second, most)
        nearest = heapq.nsmallest(most, near, key=lambda place: (abs(place[0] - second), place[1]))
        return [(then, key) for then, _, key in nearest]

    def terms_of(self, keys: Collection[str]) -> Mapping[str, CountedTerms]:
        """Return the terms of these documents by key; unknown documents are left out."""
        names = {number_of(key): key for key in keys}
        return {names[number]: counted for number, _, counted in self._read(keys)}

    def _read(self, keys: Collection[str]) -> Iterator[tuple[int, int, CountedTerms]]:
        """Yield the row number, the time (second) and the terms of each of these documents."""
        for row in self._tables.run(_CONTENTS, json.dumps([number_of(key) for key in keys])):
            number, second, *sizes = row[:5]
            counted = _unpack(sizes, row[5:])
            if counted is not None:
                yield number, second, counted


def _unpack(sizes: Sequence[int], row: Sequence[Any]) -> CountedTerms | None:
    """Return unpacked terms, None if the checksum is wrong: then the document counts as lost."""
    *packed, checksum = row
    if _sum_up(packed) != checksum:
        return None
    terms, counts, rates, telling = packed
    words, ngrams, names = sizes
    return CountedTerms(
        terms=array("I", terms),
        counts=counts,
        rates=rates,
        sizes=(words, ngrams, names),
        telling=array("I", telling),
    )


def _pack(counted: CountedTerms) -> tuple[bytes, bytes, bytes, bytes, int]:
    packed = (counted.terms.tobytes(), counted.counts, counted.rates, counted.telling.tobytes())
    return (*packed, _sum_up(packed))


def _sum_up(packed: Iterable[bytes]) -> int:
    checksum = 0
    for part in packed:
        checksum = zlib.crc32(part, checksum)
    return checksum
