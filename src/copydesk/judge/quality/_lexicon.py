"""Lexicon: a list of words and beginnings of words, to be looked for among those of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")


def words_of(text: str) -> list[str]:
    """Return the words of a text as they stand in it."""
    return _WORD.findall(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Entries in small letters; one that ends with `*` stands for all words that begin so."""

    whole: frozenset[str]
    beginnings: frozenset[str]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, entries: Iterable[str]) -> Lexicon:
        """Make a lexicon of its entries."""
        listed = tuple(entries)
        beginnings = frozenset(entry[:-1] for entry in listed if entry.endswith("*"))
        return cls(
            whole=frozenset(entry for entry in listed if not entry.endswith("*")),
            beginnings=beginnings,
            lengths=tuple(sorted({len(beginning) for beginning in beginnings})),
        )

    def find(self, words: Iterable[str]) -> Mapping[str, str]:
        """Find the entries that some words are of, each with the first of its words."""
        found: dict[str, str] = {}
        for word in words:
            if entry := self.entry_of(word.lower()):
                found.setdefault(entry, word)
        return found

    def entry_of(self, word: str) -> str:
        """Return the entry that a word in small letters is of, "" for none."""
        if word in self.whole:
            return word
        return next((start for start in self._starts(word) if start in self.beginnings), "")

    def _starts(self, word: str) -> Iterable[str]:
        return (word[:length] for length in self.lengths if length <= len(word))
