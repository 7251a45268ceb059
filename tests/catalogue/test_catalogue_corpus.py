"""The terms of stories in a catalogue: what they answer, and what is left when a story goes."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.catalogue import Catalogue, StoredCorpus
from copydesk.news.story import CountedTerms, IndexedDocument


def document(key: str, second: int, *terms: int, digest: bytes = b"as it was") -> IndexedDocument:
    """Return a document with these words, all of which tell of it."""
    return IndexedDocument(
        key=key,
        second=second,
        digest=digest,
        terms=CountedTerms(
            terms=array("I", terms),
            counts=bytes([1] * len(terms)),
            rates=bytes(len(terms)),
            sizes=(len(terms), 0, 0),
            telling=array("I", terms),
        ),
    )


SOME = (document("a", 10, 1, 2), document("b", 20, 2, 3), document("c", 40, 3, 4_000_000_000))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def catalogue(file: Path) -> Iterator[Catalogue]:
    with closing(Catalogue(file)) as opened:
        opened.corpus.update(SOME)
        yield opened


@pytest.fixture
def corpus(catalogue: Catalogue) -> StoredCorpus:
    return catalogue.corpus


def test_it_counts_documents_and_in_how_many_each_term_stands(corpus: StoredCorpus) -> None:
    assert (3, 6, 0, 0) == corpus.sizes()
    assert {2: 2, 4_000_000_000: 1} == corpus.documents_with([2, 4_000_000_000, 77])
    assert {"a": SOME[0].terms} == corpus.terms_of(["a", "nobody"])


@pytest.mark.parametrize(
    ("term", "second", "most", "found"),
    [
        (2, 10, 9, [(10, "a"), (20, "b")]),
        (2, 19, 9, [(20, "b"), (10, "a")]),
        (2, 500, 1, [(20, "b")]),
        (3, 31, 1, [(40, "c")]),
        (77, 10, 9, []),
    ],
)
def test_a_term_finds_the_documents_nearest_in_time(
    corpus: StoredCorpus, term: int, second: int, most: int, found: Sequence[tuple[int, str]]
) -> None:
    assert found == corpus.find(term, second, most)


def test_a_changed_document_takes_the_place_of_the_earlier_one(corpus: StoredCorpus) -> None:
    corpus.update([document("b", 21, 3, 5, digest=b"corrected")])

    assert {2: 1, 3: 2, 5: 1} == corpus.documents_with([2, 3, 5])
    assert [(10, "a")] == corpus.find(2, 0, 9)
    assert [(21, "b")] == corpus.find(5, 0, 9)
    assert b"corrected" == corpus.digests()["b"]
    assert (3, 6, 0, 0) == corpus.sizes()


def test_what_is_forgotten_leaves_nothing_behind(catalogue: Catalogue, file: Path) -> None:
    catalogue.corpus.update([], ["a", "b", "c", "nobody"])

    catalogue.close()
    with closing(sqlite3.connect(file)) as database:
        tables = ("documents", "document_terms", "term_places", "term_counts")
        rows = [database.execute(f"SELECT count(*) FROM {name}").fetchone() for name in tables]
    assert [(0,)] * 4 == rows


def test_a_digest_changes_by_itself(corpus: StoredCorpus) -> None:
    corpus.set_digests({"b": b"settled"})

    assert {"a": b"as it was", "b": b"settled", "c": b"as it was"} == corpus.digests()
    assert {"b": SOME[1].terms} == corpus.terms_of(["b"])


def test_a_file_keeps_what_it_was_given(catalogue: Catalogue, file: Path) -> None:
    catalogue.close()
    with closing(Catalogue(file)) as again:
        assert dict.fromkeys("abc", b"as it was") == again.corpus.digests()


def test_terms_that_are_not_what_they_were_are_never_given(
    corpus: StoredCorpus, file: Path
) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE document_terms SET counts = x'0909' WHERE document % 2 >= 0")
        database.commit()

    assert {} == corpus.terms_of(["a", "b"])
    corpus.update(SOME)
    assert {"a": SOME[0].terms} == corpus.terms_of(["a"])
