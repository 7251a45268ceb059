"""Latin spelling: how names of other scripts and with accents are compared across languages."""

from __future__ import annotations

import unicodedata

from copydesk.kit import tables

_LATIN = str.maketrans(dict(tables.read_rows(__package__, "latin.toml", str)))


def transliterate(word: str) -> str:
    """Return a lower-case word in Latin letters without accents, as far as its letters have such.

    A rough reading of Cyrillic and Greek, good enough to meet the same name in English; letters of
    other scripts stay.
    """
    if word.isascii():
        return word
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", word)
        if not unicodedata.combining(letter)
    )
    return bare.translate(_LATIN)
