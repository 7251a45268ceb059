"""Rarity: how much a term tells, learned as documents come, from a prior on."""

from __future__ import annotations

import itertools
import math
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from copydesk.judge.coverage._terms import FOURS, NAMES, WORDS, Counts, Terms, Vocabulary

_PRIOR_DOCUMENTS = 1000  # the prior weighs as much as so many documents; 300 to 3,000 are alike
OF_THE_BEAT = 0.1  # share of a beat's documents that have one of its own words
_LEAST = 0.01
_SHARE = {WORDS: 0.4, FOURS: 0.4, NAMES: 0.2}
_KEPT = {WORDS: 60, FOURS: 90, NAMES: 30}  # the heaviest of a document; the rest tells nothing

_LOGARITHMS = tuple(1.0 + math.log(max(1, count)) for count in range(64))


@dataclass(frozen=True, slots=True)
class Vector:
    """A document's terms, the heaviest first, and their weights."""

    terms: array[int]
    weights: array[float]

    def __iter__(self) -> Iterator[tuple[int, float]]:
        return zip(self.terms, self.weights, strict=True)


class Rarity:
    """Count in how many documents each term stood, and weigh terms by it."""

    def __init__(self, vocabulary: Vocabulary, beat: Mapping[int, float] | None = None) -> None:
        """Start with the shares of a beat's documents that may have its own terms."""
        self._vocabulary = vocabulary
        self._beat = {term: share * _PRIOR_DOCUMENTS for term, share in (beat or {}).items()}
        self._documents = 0
        self._with = array("L")
        self._lengths = [0, 0, 0]

    def weighed(self, terms: Terms) -> Vector:
        """Learn from a document and give its terms with weights, the document's own among them.

        Each space is of length one before it is scaled by the root of its share, so that the
        product of two vectors is a weighted mean of three cosines.
        """
        self._documents += 1
        self._with.extend(itertools.repeat(0, len(self._vocabulary) - len(self._with)))
        found: list[tuple[float, int]] = []
        for space, counts in enumerate(terms.spaces):
            self._lengths[space] += len(counts)
            found += self._weighed(space, counts)
        found.sort()
        return Vector(
            terms=array("I", [term for _, term in found]),
            weights=array("f", [-weight for weight, _ in found]),
        )

    def _weighed(self, space: int, counts: Counts) -> list[tuple[float, int]]:
        """Give the heaviest terms of a space behind their negative weights: so they sort fast."""
        general, known, beat = self._vocabulary.general, self._with, self._beat
        prior = _PRIOR_DOCUMENTS * self._lengths[space] / self._documents  # for a rate of one
        total = 1 + self._documents + _PRIOR_DOCUMENTS
        log, damped, most = math.log, _LOGARITHMS, len(_LOGARITHMS) - 1
        raw = []
        for term, count in counts.items():
            known[term] = with_it = known[term] + 1
            usual = prior * general[term]
            if term in beat:
                usual = max(usual, beat[term])
            rarity = log(total / (1 + with_it + usual))
            often = -damped[count if count < most else most]
            raw.append((often * (rarity if rarity > _LEAST else _LEAST), term))
        if len(raw) > _KEPT[space]:
            raw.sort()
            del raw[_KEPT[space] :]
        length = math.sqrt(math.fsum([weight * weight for weight, _ in raw]))
        if not length:
            return []
        scale = math.sqrt(_SHARE[space]) / length
        return [(weight * scale, term) for weight, term in raw]
