"""States: the country, people or league of states that a headline names."""

from __future__ import annotations

import functools
import re

from copydesk.judge.quality._lexicon import Lexicon, words_of
from copydesk.kit import tables

_DOTS = re.compile(r"\b([A-Z])\.(?=[A-Z]\b)")  # of "U.S."
_INITIALS = 3  # letters: a name so short is one in capitals only


def find_state(headline: str, language: str) -> str:
    """Return the first word of a headline that names a state, "" where a list knows none.

    A name stands with a capital: no turkey is Turkey, and no "us" the US.
    """
    names, adjectives = _lexicons(language)
    for word in words_of(_DOTS.sub(r"\1", headline)):
        small = word.lower()
        named = word.isupper() if len(word) <= _INITIALS else word[0].isupper()
        if (named and names.entry_of(small)) or adjectives.entry_of(small):
            return word
    return ""


@functools.cache
def _lexicons(language: str) -> tuple[Lexicon, Lexicon]:
    rows = tables.read_rows(__package__, f"states/{language}.toml", tuple[str, ...])
    return Lexicon.of(rows["names"]), Lexicon.of(rows.get("adjectives", ()))
