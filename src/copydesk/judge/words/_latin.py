"""Latin spelling: how names of other scripts and with accents are compared across languages."""

from __future__ import annotations

import unicodedata

_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєљњџћђј"
_CYRILLIC_AS = (
    "a b v g d e zh z i i k l m n o p r s t u f h c ch sh sh _ y _ e yu ya e i i e lj nj dz c dj j"
)
_GREEK = "αβγδεζηθικλμνξοπρσςτυφχψω"
_GREEK_AS = "a v g d e z i th i k l m n x o p r s s t y f h ps o"
_TABLE = str.maketrans(
    {
        letter: "" if spelt == "_" else spelt
        for letters, spellings in ((_CYRILLIC, _CYRILLIC_AS), (_GREEK, _GREEK_AS))
        for letter, spelt in zip(letters, spellings.split(), strict=True)
    }
)


def latin(word: str) -> str:
    """Give a lower-case word in Latin letters without accents, as far as its letters have such.

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
    return bare.translate(_TABLE)
