"""The words of a text in order, as keywords are compared with them."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from copydesk.judge.words._normalize import normalize
from copydesk.judge.words._scripts import LETTERS

# Korean glues its particles to a noun, so it has no edges to look for either
_BARE = rf"{LETTERS}\u1100-\u11ff\uac00-\ud7af"
# vowel signs and points that are no letters (Hebrew, Arabic, the scripts of India)
_MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u0900-\u0963\u0966-\u0dff"
)
_TOKEN = re.compile(
    rf"[{_BARE}]|[^\W{_BARE}]+(?:[{_MARKS}]+[^\W{_BARE}]*)*(?:'[sS]?(?!\w))?"
    r"|[^\s\-\u2010-\u2015/]"
)
_PIECE = re.compile(r"\S+")
_DOTTED = re.compile(r"(?<![\w.])[A-Z](?:\.[A-Z])+\.?(?!\w)")
_DOTTED_ANYHOW = re.compile(_DOTTED.pattern, re.IGNORECASE)
_ACRONYMS = re.compile(r"(?<!\w)([A-Z]{2,})s(?!\w)")
_ACCENTS = re.compile(
    r"(?<=[a-z])[\u0300-\u036f]+"
)  # of Latin letters: Cyrillic has letters of its own


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's words as written and folded (case and accents off), in the same order.

    A possessive ending is cut off; `owners` are the places of the words that had one.
    """

    written: tuple[str, ...]
    folded: tuple[str, ...]
    owners: frozenset[int]

    def __len__(self) -> int:
        return len(self.folded)


def tokenize(text: str) -> Tokens:
    """Split a text into words: blanks and hyphens are one, any other sign is a word of its own.

    Addresses are left out; U.S. is US, GPUs and GPU's are GPU. Of scripts without blanks each
    letter is a word, and so is each syllable of Korean.
    """
    written = _TOKEN.findall(_write_plainly(text))
    owners = [at for at, word in enumerate(written) if "'" in word and len(word) > 1]
    for at in owners:
        written[at] = written[at].partition("'")[0]
    return Tokens(tuple(written), tuple(_fold_all(written)), frozenset(owners))


def locate_words(text: str, tokens: Tokens) -> Sequence[tuple[int, int]]:
    """Return from where to where each word of a text stands in it; () where nobody can say.

    `tokens` are the text's. Each piece between blanks is split by itself; where that gives other
    words than the whole does, places would be guesses. A piece that is spelled another way (a
    U.S., an apostrophe of another form) is the place of all its words.
    """
    if _write_plainly(text) == text:
        return [word.span() for word in _TOKEN.finditer(text)]
    places: list[tuple[int, int]] = []
    folded: list[str] = []
    for piece in _PIECE.finditer(text):
        plain, start = _write_plainly(piece[0]), piece.start()
        folded += tokenize(piece[0]).folded
        words = _TOKEN.finditer(plain)
        if plain == piece[0]:
            places += [(start + word.start(), start + word.end()) for word in words]
        else:
            places += [piece.span() for _ in words]
    return places if tuple(folded) == tokens.folded else ()


def _write_plainly(text: str) -> str:
    return _ACRONYMS.sub(r"\1", _DOTTED.sub(_remove_dots, normalize(text)))


def _fold_all(written: Sequence[str]) -> Iterable[str]:
    """Fold words; together where they are plain, which is four times as fast."""
    joined = " ".join(written)
    return joined.lower().split() if joined.isascii() else map(fold, written)


def tokenize_keyword(text: str) -> Tokens:
    """Split a keyword into words, as `tokenize` does; u.s. is US here, too."""
    return tokenize(_DOTTED_ANYHOW.sub(lambda match: _remove_dots(match).upper(), text))


def _remove_dots(match: re.Match[str]) -> str:
    return match.group().replace(".", "")


def fold(word: str) -> str:
    """Return a word without case, and Latin letters without accents."""
    return word.lower() if word.isascii() else _remove_accents(word)


@functools.lru_cache(maxsize=16_384)
def _remove_accents(word: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold()))
    return unicodedata.normalize("NFC", bare)
