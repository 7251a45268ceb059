"""Candidates: the filed documents that a new one may have something to do with.

Its heaviest terms are looked up first, what is nearest in time of each, until enough places were
visited. How much of its weight another one has too says which are worth comparing.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence

from copydesk.judge.clustering._inverted_index import DECAY_DAYS, FORGOTTEN_AFTER_DAYS
from copydesk.news import Corpus

_DAY_SECONDS = 86400.0
_NEAREST = 100  # documents of one term
_VISITS = 800  # places that are looked at for a document, heaviest terms first
_LEAST = 0.05  # of its weight: what shares less is a tenth alike or less
_BEST = 60  # documents that are compared, with regard to time and without


def find_candidates(
    corpus: Corpus, terms: Iterable[tuple[int, float]], second: int
) -> Sequence[str]:
    """Return the keys of those that share most with a document of these terms, heaviest first."""
    shared: dict[tuple[str, float], float] = {}
    visits = 0
    for term, weight in terms:
        if visits > _VISITS:
            break
        for then, key in corpus.find(term, second, _NEAREST):
            visits += 1
            place = (key, abs(then - second) / _DAY_SECONDS)
            if place[1] <= FORGOTTEN_AFTER_DAYS:
                shared[place] = shared.get(place, 0.0) + weight * weight
    shared = {place: share for place, share in shared.items() if share >= _LEAST}
    at_all = heapq.nlargest(_BEST, shared, key=lambda place: (shared[place], place))
    in_time = heapq.nlargest(_BEST, shared, key=lambda place: (_fade(shared, place), place))
    return list(dict.fromkeys(key for key, _ in (*at_all, *in_time)))


def _fade(shared: dict[tuple[str, float], float], place: tuple[str, float]) -> float:
    return shared[place] * math.exp(-place[1] / DECAY_DAYS)
