"""Find where sentences end in a text, in scripts with and without spaces.

A full stop after an abbreviation, an initial or a short number does not end a sentence: an excerpt
that is one sentence longer is better than one cut within a sentence (docs/design/extract.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copydesk.kit import tables

_CLOSERS = r"\"'”’»)\]」』）】》"
_SPACED = ".!?…؟۔।॥።"  # marks followed by a blank
_BARE = "。！？｡"  # marks that need no blank
# The pattern begins with a mark: searching for a set of characters is six times faster than for the
# text before it. A run of marks is matched only from its first mark, however long it is.
_END = re.compile(
    rf"[{_SPACED}{_BARE}](?:(?<=[{_BARE}])[{_BARE}]*+[{_CLOSERS}]*+"
    rf"|(?<![{_SPACED}][{_SPACED}])[{_SPACED}]*+[{_CLOSERS}]*+(?=\s|$))"
)
_LAST = re.compile(rf"[{_SPACED}{_BARE}][{_CLOSERS}]*$")
_WORD_BEFORE = re.compile(r"([^\s(\[\"'“„‘«»—–/]*)\s?$")
_LOOK_BACK = 24  # the word before a full stop begins within this many characters
_NEXT = re.compile(r"[\s\"'“„‘«(\[¿¡]*(\S)")
_ABBREVIATION = re.compile(rf"(?i)^{tables.read_pattern('copydesk.kit', 'abbreviations.toml')}$")
# Before a number only; elsewhere they are words: `No. 5` and `no.`, `Sat. 7` and `sat.`
_BEFORE_NUMBERS = re.compile(rf"(?i)^{tables.read_pattern('copydesk.kit', 'before_numbers.txt')}$")
_ORDINAL = re.compile(r"^\d{1,2}$")  # `3. Mai`, `1. Liga`
_INNER = re.compile(r"^(?:[^\W\d_]{1,3}\.)+[^\W\d_]{1,3}$")  # `U.S`, `z.B`, `e.g`, `a.m`


def ends(passage: str, limit: int | None = None) -> Iterator[int]:
    """Yield the end position of each sentence of a text, within the first `limit` characters."""
    for match in _END.finditer(passage, 0, len(passage) if limit is None else limit):
        if match.end() == len(passage) or _is_end(passage, match):
            yield match.end()


def is_ended(passage: str) -> bool:
    """Return whether a text ends with a mark that ends a sentence."""
    return bool(_LAST.search(passage[-_LOOK_BACK:]))


def _is_end(passage: str, match: re.Match[str]) -> bool:
    """Return whether punctuation marks within a text end a sentence."""
    marks = match.group()
    if marks[0] in _BARE:
        return True
    after = _NEXT.match(passage, match.end())
    following = after[1] if after else ""
    if following.islower() or not passage[match.end()].isspace():
        return False
    if marks != ".":
        return True
    word = _WORD_BEFORE.search(passage, max(0, match.start() - _LOOK_BACK), match.start())
    return not _is_abbreviated(word[1] if word else "", following)


def _is_abbreviated(word: str, following: str) -> bool:
    """Return whether the full stop after a word marks an abbreviation."""
    if len(word) == 1 and word.isalpha() and word.isupper():
        return True
    if _BEFORE_NUMBERS.match(word):
        return following.isdigit()
    last = word.rpartition("-")[2]  # `Hafen-Str.`
    return bool(_ABBREVIATION.match(last) or _INNER.match(word) or _ORDINAL.search(word))
