"""How similar two documents are, by their headlines and by all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copydesk.judge.clustering._document import NewsDocument
from copydesk.judge.clustering._terms import Vocabulary
from copydesk.judge.clustering._vector import Vector
from copydesk.judge.clustering._weighing import TfIdf


def similarities(pairs: Sequence[tuple[NewsDocument, NewsDocument]]) -> list[float]:
    """Compute how similar the documents of each pair are, 0 to 1.

    The mean of their headlines' similarity and that of all: two reports on one court case are long
    and alike in most, and only their headlines say that one is of the verdict.
    """
    documents = [document for pair in pairs for document in pair]
    of_headlines = _cosines(_vectors((document, "") for document in documents))
    of_all = _cosines(_vectors((document, document.text) for document in documents))
    return [(headlines + both) / 2 for headlines, both in zip(of_headlines, of_all, strict=True)]


def _vectors(documents: Iterable[tuple[NewsDocument, str]]) -> list[Vector]:
    vocabulary = Vocabulary()
    tfidf = TfIdf(vocabulary)
    counted = [
        vocabulary.terms(document.title, text, document.language_code)
        for document, text in documents
    ]
    vectors = []
    for terms in counted:
        tfidf.learn(terms)
        vectors.append(tfidf.weigh(terms))
    return vectors


def _cosines(vectors: Sequence[Vector]) -> list[float]:
    return [_cosine(*pair) for pair in zip(vectors[::2], vectors[1::2], strict=True)]


def _cosine(one: Vector, other: Vector) -> float:
    """Return the cosine of two vectors of length one, 1 at most in spite of rounding."""
    weights = dict(other)
    return min(1.0, sum(weight * weights.get(term, 0.0) for term, weight in one))
