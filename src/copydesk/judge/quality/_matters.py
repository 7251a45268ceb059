"""Matters: how many different words a text has that news of consequence is told with."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copydesk.judge.quality._lexicon import Lexicon, places_of, words_of
from copydesk.kit import tables

_FIELD = "-field"  # of rows that hold the words of a single field, such as sport
_KEPT_WORDS = 1 << 14  # most words of a text were in the texts before it


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
    found = _find_rows(text, language)
    stakes = [of_row for row, of_row in found.items() if not row.endswith(_FIELD)]
    field = found.get(_name_field(found), {})
    return Matters(
        words=tuple(dict.fromkeys(word for of_row in stakes for word in of_row.values())),
        of_field=tuple(field.values()),
    )


def locate_matters(
    passages: Iterable[str], text: str, language: str
) -> Iterator[Sequence[tuple[int, int]]]:
    """Walk passages of a text: where in each the words stand that `find_matters` counts in it."""
    found = _find_rows(text, language)
    field = _name_field(found)
    lexicons = [
        lexicon
        for row, lexicon in _lexicons(language).items()
        if row == field or not row.endswith(_FIELD)
    ]
    for passage in passages:
        yield [
            (start, end)
            for start, end, word in places_of(passage)
            if any(lexicon.entry_of(word.lower()) for lexicon in lexicons)
        ]


def _find_rows(text: str, language: str) -> Mapping[str, Mapping[str, str]]:
    """Return what each row of the lists finds: its entries, each with the first of its words."""
    found: dict[str, dict[str, str]] = {row: {} for row in _lexicons(language)}
    for word in dict.fromkeys(words_of(text)):
        for row, entry in _entries_of(word.lower(), language):
            found[row].setdefault(entry, word)
    return found


@functools.lru_cache(maxsize=_KEPT_WORDS)
def _entries_of(word: str, language: str) -> tuple[tuple[str, str], ...]:
    """Return the rows that have a word in small letters, each with its entry."""
    entries = ((row, lexicon.entry_of(word)) for row, lexicon in _lexicons(language).items())
    return tuple((row, entry) for row, entry in entries if entry)


def _name_field(found: Mapping[str, Mapping[str, str]]) -> str:
    """Return the row of the field that most of a text's words are of, "" for none."""
    fields = [row for row in found if row.endswith(_FIELD)]
    return max(fields, key=lambda row: len(found[row]), default="")


@functools.cache
def _lexicons(language: str) -> Mapping[str, Lexicon]:
    rows = tables.read_rows(__package__, f"matters/{language}.toml", tuple[str, ...])
    return {row: Lexicon.of(entries) for row, entries in rows.items()}
