"""Stems: the part that the forms of a word share, by Snowball's rules for its language."""

from __future__ import annotations

import functools
from collections.abc import Callable

_ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hr": "serbian",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
}


@functools.cache
def stemmer(language: str) -> Callable[[str], str]:
    """Give what takes a lower-case word to its stem; a language without rules keeps its words.

    `language` is a two-letter code, a region behind it does not count.
    """
    algorithm = _ALGORITHMS.get(language.lower()[:2])
    if algorithm is None:
        return str
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(algorithm).stemWord
    return stem
