"""How often words stand in news at large: stop words, and the prior of stems and n-grams.

The tables say for each word of a language in how many of a hundred articles it stands.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping

from copydesk.judge import words
from copydesk.kit import tables

LANGUAGES = frozenset({"ar", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "sl", "sv"})
TOO_COMMON_FOR_A_NAME = 3e-4
_STOP_WORD_SHARE = 0.45  # of the articles: a word that more of them have tells nothing
_WORDS_OF_AN_ARTICLE = 170  # different ones, of the articles that the tables' shares are of
_UNSEEN = 1e-6
_UNSEEN_NGRAM = 2e-5


def is_stop_word(word: str, language: str) -> bool:
    """Decide whether a lower-case word tells nothing of what a text is about."""
    return word in _stop_words(language) or word in _stop_words("en")


def rate(stem: str, language: str) -> float:
    """Return how often a stem stands in news, as a share of the different words of a text."""
    return _stem_rates(language).get(stem, _UNSEEN)


def rate_of_ngram(ngram: str) -> float:
    """Return the same for four letters of a word in Latin spelling, in any language."""
    return _ngram_rates().get(ngram, _UNSEEN_NGRAM)


def shares(language: str) -> Mapping[str, float]:
    """Return the share of articles that have a word, by word; {} for a language without table."""
    if language not in LANGUAGES:
        return {}
    rows = tables.read_rows(__package__, f"words/{language}.toml", str)
    return {word: float(percent) / 100 for percent, row in rows.items() for word in row.split()}


@functools.cache
def _stop_words(language: str) -> frozenset[str]:
    return frozenset(word for word, share in shares(language).items() if share >= _STOP_WORD_SHARE)


@functools.cache
def _stem_rates(language: str) -> Mapping[str, float]:
    """Return each known stem's rate: the sum of those of all forms that share it."""
    stemmed = words.stemmer(language)
    rates: dict[str, float] = {}
    for word, share in shares(language).items():
        stem = stemmed(word)
        rates[stem] = rates.get(stem, 0.0) + _to_rate(share)
    return rates


@functools.cache
def _ngram_rates() -> Mapping[str, float]:
    rates: dict[str, float] = {}
    for word, share in shares("en").items():
        if share >= _STOP_WORD_SHARE:
            continue
        for ngram in set(ngrams(words.transliterate(word))):
            rates[ngram] = rates.get(ngram, _UNSEEN_NGRAM) + _to_rate(share)
    return rates


def ngrams(word: str) -> list[str]:
    """Return each four letters of a word with its ends marked; a shorter one as a whole."""
    framed = f"<{word}>"
    return [framed[at : at + 4] for at in range(max(1, len(framed) - 3))]


def _to_rate(share: float) -> float:
    return -math.log(1.0 - min(share, 0.95)) / _WORDS_OF_AN_ARTICLE
