"""What is common in news at large: stop words, and how often a stem or four stands in a text."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

from copydesk.judge import words
from copydesk.judge.coverage import usual

TOO_COMMON_FOR_A_NAME = 3e-4
EMPTY = 0.45  # in more articles than this: a word that tells nothing
_USUAL_TERMS = 170  # different words of the articles that the table's shares are of
_UNSEEN = 1e-6
_UNSEEN_FOUR = 2e-5


def is_empty(word: str, language: str) -> bool:
    """Say whether a lower-case word tells nothing of what a text is about."""
    return word in _empty(language) or word in _empty("en")


def rate(stem: str, language: str) -> float:
    """Give how often a stem stands in news, as a share of the different words of a text."""
    return _rates(language).get(stem, _UNSEEN)


def rate_of_four(four: str) -> float:
    """Give the same for four letters of a word in Latin spelling, in any language."""
    return _fours().get(four, _UNSEEN_FOUR)


@functools.cache
def _empty(language: str) -> frozenset[str]:
    shares = usual.shares(language)
    return frozenset(word for word, share in shares.items() if share >= EMPTY)


@functools.cache
def _rates(language: str) -> Mapping[str, float]:
    """Give each known stem's rate: of all forms that share it."""
    stem = words.stemmer(language)
    found: dict[str, float] = {}
    for word, share in usual.shares(language).items():
        key = stem(word)
        found[key] = found.get(key, 0.0) + _as_rate(share)
    return found


@functools.cache
def _fours() -> Mapping[str, float]:
    found: dict[str, float] = {}
    for word, share in usual.shares("en").items():
        if share >= EMPTY:
            continue
        framed = f"<{words.latin(word)}>"
        for four in {framed[at : at + 4] for at in range(max(1, len(framed) - 3))}:
            found[four] = found.get(four, _UNSEEN_FOUR) + _as_rate(share)
    return found


def _as_rate(share: float) -> float:
    return -math.log(1.0 - min(share, 0.95)) / _USUAL_TERMS
