"""Pairs: how like two documents are, by their headlines and by all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from copydesk.judge.coverage._rarity import Rarity, Vector
from copydesk.judge.coverage._stream import Document
from copydesk.judge.coverage._terms import Vocabulary


def likeness(pairs: Sequence[tuple[Document, Document]]) -> list[float]:
    """Give how like the documents of each pair are, 0 to 1.

    The mean of their headlines' likeness and that of all: two reports on one court case are long
    and alike in most, and only their headlines say that one is of the verdict.
    """
    documents = [one for pair in pairs for one in pair]
    headlines = _products(_vectors((one, "") for one in documents))
    whole = _products(_vectors((one, one.text) for one in documents))
    return [(one + other) / 2 for one, other in zip(headlines, whole, strict=True)]


def _vectors(documents: Iterable[tuple[Document, str]]) -> list[Vector]:
    vocabulary = Vocabulary()
    rarity = Rarity(vocabulary)
    terms = [vocabulary.terms(one.title, text, one.language) for one, text in documents]
    return [rarity.weighed(one) for one in terms]


def _products(vectors: Sequence[Vector]) -> list[float]:
    return [_product(one, other) for one, other in zip(vectors[::2], vectors[1::2], strict=True)]


def _product(one: Vector, other: Vector) -> float:
    weights = dict(other)
    return min(1.0, sum(weight * weights.get(term, 0.0) for term, weight in one))
