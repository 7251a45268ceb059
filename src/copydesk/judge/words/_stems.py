"""Stems: the part that the forms of a word share, by Snowball's rules for its language."""

from __future__ import annotations

import functools
from collections.abc import Callable

from copydesk.kit import tables

_ALGORITHMS = tables.read_rows(__package__, "stemmers.toml", str)


@functools.cache
def stemmer(language: str) -> Callable[[str], str]:
    """Return what takes a lower-case word to its stem; a language without rules keeps its words.

    `language` is a two-letter code, a region behind it does not count.
    """
    algorithm = _ALGORITHMS.get(language.lower()[:2])
    if algorithm is None:
        return str
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(algorithm).stemWord
    return stem
