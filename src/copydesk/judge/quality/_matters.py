"""Matters: how many different words a text has that news of consequence is told with."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from copydesk.judge.quality._lexicon import Lexicon, words_of
from copydesk.kit import tables

_FIELD = "-field"  # of rows that hold the words of a single field, such as sport


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """The different words of consequence in a text, and those of the one field it has most of.

    Words that begin alike (`killed`, `killing`) are one; all are as the text has them.
    """

    words: tuple[str, ...] = ()
    of_field: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Return how many there are; two words of a field are worth one."""
        return len(self.words) + len(self.of_field)


@functools.lru_cache(maxsize=8)
def find_matters(text: str, language: str) -> Matters:
    """Find the words of consequence in a text of a language that has lists."""
    words = tuple(dict.fromkeys(words_of(text)))
    found = {row: lexicon.find(words) for row, lexicon in _lexicons(language).items()}
    stakes = [of_row for row, of_row in found.items() if not row.endswith(_FIELD)]
    fields = [of_row for row, of_row in found.items() if row.endswith(_FIELD)]
    return Matters(
        words=tuple(dict.fromkeys(word for of_row in stakes for word in of_row.values())),
        of_field=tuple(max(fields, key=len, default={}).values()),
    )


@functools.cache
def _lexicons(language: str) -> Mapping[str, Lexicon]:
    rows = tables.read_rows(__package__, f"matters/{language}.toml", tuple[str, ...])
    return {row: Lexicon.of(entries) for row, entries in rows.items()}
