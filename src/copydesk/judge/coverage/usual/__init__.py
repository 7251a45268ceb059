"""Common words of news by language: in how many articles of a hundred a word stands, roughly."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping

_LANGUAGES = {
    "ar": "arabic",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
    "sl": "slovene",
    "sv": "swedish",
}


@functools.cache
def shares(language: str) -> Mapping[str, float]:
    """Give the share of articles that have a word, by the word; {} for a language without table."""
    name = _LANGUAGES.get(language)
    if name is None:
        return {}
    table: Mapping[float, str] = importlib.import_module(f"{__name__}.{name}").WORDS
    return {word: share for share, row in table.items() for word in row.split()}
