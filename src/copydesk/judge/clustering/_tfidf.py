"""TF-IDF: how much a term of a document tells, learned as documents come, from a prior on."""

from __future__ import annotations

import itertools
import math
from array import array
from collections.abc import Mapping

from copydesk.judge.clustering._terms import NAMES, NGRAMS, WORDS, Counts, Terms, Vocabulary
from copydesk.judge.clustering._vector import Vector

_PRIOR_DOCUMENTS = 1000  # the prior weighs as much as so many documents; 300 to 3,000 are alike
OF_THE_BEAT = 0.1  # share of a beat's documents that have one of its own words
_LEAST = 0.01  # idf of a term that nearly all documents have
_SHARE = {WORDS: 0.4, NGRAMS: 0.4, NAMES: 0.2}
_KEPT = {WORDS: 60, NGRAMS: 90, NAMES: 30}  # the heaviest of a document; the rest tells nothing

_DAMPED = tuple(1.0 + math.log(max(1, count)) for count in range(64))


class TfIdf:
    """Count in how many documents each term stood, and weigh the terms of the next by it."""

    def __init__(self, vocabulary: Vocabulary, beat: Mapping[int, float] | None = None) -> None:
        """Start with the shares of a beat's documents that may have its own terms."""
        self._vocabulary = vocabulary
        self._beat = {term: share * _PRIOR_DOCUMENTS for term, share in (beat or {}).items()}
        self._documents = 0
        self._documents_with = array("L")
        self._lengths = [0, 0, 0]

    def weigh(self, terms: Terms) -> Vector:
        """Learn from a document and return its terms with their weights.

        Each space is of length one before it is scaled by the root of its share, so that the
        product of two vectors is a weighted mean of three cosines.
        """
        self._documents += 1
        self._documents_with.extend(
            itertools.repeat(0, len(self._vocabulary) - len(self._documents_with))
        )
        weighed: list[tuple[float, int]] = []
        for space, counts in enumerate(terms.spaces):
            self._lengths[space] += len(counts)
            weighed += self._weigh_space(space, counts)
        weighed.sort()
        return Vector(
            terms=array("I", [term for _, term in weighed]),
            weights=array("f", [-weight for weight, _ in weighed]),
        )

    def _weigh_space(self, space: int, counts: Counts) -> list[tuple[float, int]]:
        """Return the heaviest terms of a space behind their negative weights: so they sort fast."""
        prior_rate, documents_with = self._vocabulary.prior_rate, self._documents_with
        beat = self._beat
        prior = _PRIOR_DOCUMENTS * self._lengths[space] / self._documents  # for a rate of one
        total = 1 + self._documents + _PRIOR_DOCUMENTS
        log, damped, most = math.log, _DAMPED, len(_DAMPED) - 1
        raw = []
        for term, count in counts.items():
            documents_with[term] = seen = documents_with[term] + 1
            expected = prior * prior_rate[term]
            if term in beat:
                expected = max(expected, beat[term])
            idf = log(total / (1 + seen + expected))
            tf = damped[count if count < most else most]
            raw.append((-tf * (idf if idf > _LEAST else _LEAST), term))
        if len(raw) > _KEPT[space]:
            raw.sort()
            del raw[_KEPT[space] :]
        length = math.sqrt(math.fsum([weight * weight for weight, _ in raw]))
        if not length:
            return []
        scale = math.sqrt(_SHARE[space]) / length
        return [(weight * scale, term) for weight, term in raw]
