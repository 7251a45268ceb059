"""Lexicon: a list of words and beginnings of words, to be looked for among those of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+")  # "l'attaque" is two: what stands before an apostrophe is a word


def places_of(text: str) -> Iterator[tuple[int, int, str]]:
    """Walk the same words, each behind from where to where it stands."""
    return ((*word.span(), word[0]) for word in _WORD.finditer(text))


def words_of(text: str) -> list[str]:
    """Return the words of a text as they stand in it, parted at apostrophes, too."""
    return _WORD.findall(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """Entries in small letters, each one or more forms of a word divided by blanks.

    A form that ends with `*` stands for all words that begin so, but for those of a longer form;
    one behind a `!` is not meant: "accus* !accustom*". `whole` holds the entry of each form, "" for
    what is not meant; `beginnings` the same as pairs, the longest first, by their first letters, so
    many as the `shortest` has.
    """

    whole: Mapping[str, str]
    beginnings: Mapping[str, Sequence[tuple[str, str]]]
    shortest: int

    @classmethod
    def of(cls, entries: Iterable[str]) -> Lexicon:
        """Make a lexicon of its entries."""
        whole: dict[str, str] = {}
        beginnings: dict[str, str] = {}
        for entry in entries:
            for form in entry.split():
                meant = "" if form.startswith("!") else entry
                forms = beginnings if form.endswith("*") else whole
                forms[form.strip("!*")] = meant
        shortest = min(map(len, beginnings), default=0)
        by_head: dict[str, list[tuple[str, str]]] = {}
        for start in sorted(beginnings, key=len, reverse=True):
            by_head.setdefault(start[:shortest], []).append((start, beginnings[start]))
        return cls(whole=whole, beginnings=by_head, shortest=shortest)

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
            return self.whole[word]
        for start, entry in self.beginnings.get(word[: self.shortest], ()):
            if word.startswith(start):
                return entry
        return ""
