"""Find where sentences end in a text, in scripts with and without spaces.

A full stop after an abbreviation, an initial or a short number does not end a sentence: an excerpt
that is one sentence longer is better than one cut within a sentence (docs/design/extract.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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
_ABBREVIATION = re.compile(
    r"""(?xi)^(?:
      # titles
      mr|mrs|ms|mx|(?-i:MM)|dr|drs|prof|rev|hon|gen|sen|rep|gov|lt|col|capt|cmdr|sgt
    | maj|adm|supt|det|messrs|mme|mlle|mgr|sr|jr|sra|srta|dra|ud|uds|sig
    | dott|dhr|mevr|hr|frl|pfr|ing|dipl
      # organizations and places
    | inc|ltd|corp|co|bros|dept|univ|assn|ave|blvd|rd|mt|ft|st|str|ala|ariz
    | ark|calif|colo|conn|fla|kan|mich|minn|mont|neb|nev|okla|tenn|tex|wis
    | wyo
      # references and measures
    | figs|eds|approx|est|vs|viz|cf|al|etc|abb|bd|tel|núm|mio|mrd|ca|sog
    | evtl|ggf|inkl|exkl|zzgl|bzw|usw|vgl|geb|gest|resp|bspw|sek|std
    | pos|röm|griech|engl|frz|österr|allg|ehem|verh|zul|gegr
    )$"""
)
# Before a number only; elsewhere they are words: `No. 5` and `no.`, `Sat. 7` and `sat.`
_BEFORE_NUMBERS = re.compile(
    r"""(?xi)^(?:
      # counts, months and days
      no|nos|nr|vol|fig|pp|pg|pág|art|abs|op|ed|max|min|bis|seit|jan|feb|mar
    | apr|jun|jul|aug|sep|sept|oct|nov|dec|okt|dez|janv|févr|avr|juil|mon
    | tue|tues|wed|thu|thur|thurs|fri|sat|sun
    )$"""
)
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
