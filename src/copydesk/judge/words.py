"""Split text into words, normalize them, find keywords, and compare numbers."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from copydesk.kit import tables
from copydesk.kit import text as plain_text

_ADDRESS = re.compile(r"\W*(?:(?:[\w-]+\.)+[a-z]{2,}/|www\.)", re.IGNORECASE)
_MAYBE_ADDRESS = re.compile(r"[/@]|www", re.IGNORECASE)
_SPELLINGS = (("\u2019", "'"), ("\u2018", "'"), ("\u02bc", "'"), ("\u00ad", ""))


def base_language(language: str) -> str:
    """Return the language of a tag without country or script: "en" of "en-US"."""
    return language.replace("_", "-").partition("-")[0].lower()


def normalize(text: str) -> str:
    """Return a text without URLs and mail addresses, with each character in its standard form."""
    plain = spell_plainly(text)
    tokens = plain.split()
    if _MAYBE_ADDRESS.search(plain):
        tokens = [token for token in tokens if not _is_address(token)]
    return " ".join(tokens)


def spell_plainly(text: str) -> str:
    """Return a text with variants of characters (width, apostrophes, soft hyphens) made uniform."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    for sign, meant in _SPELLINGS:
        plain = plain.replace(sign, meant)
    return plain


def _is_address(token: str) -> bool:
    if "/" not in token and "@" not in token and "www" not in token.lower():
        return False
    return "://" in token or "@" in token.strip("@") or _ADDRESS.match(token) is not None


# Letters of scripts that are written without spaces: Thai, Lao, Burmese, Khmer, Japanese, Chinese.
LETTERS = plain_text.UNSPACED_LETTERS
_UNSPACED = re.compile(f"[{LETTERS}]")


def is_unspaced(text: str) -> bool:
    """Return whether a text has letters of a script that is written without spaces."""
    return _UNSPACED.search(text) is not None


def words_in_order(text: str) -> list[str]:
    """Return a text's words in order, in lower case; in scripts without spaces, its letters."""
    if is_unspaced(text):
        text = _UNSPACED.sub(r" \g<0> ", text)
    return plain_text.words(text)


_JOINT = re.compile(r"[\s\-\u2010-\u2015/]+")
_PLURAL_FROM = 3  # letters
_ACRONYM_TO = 3


def contains_letters(keyword: str, text: str) -> bool:
    """Return whether a text contains a keyword in any case, even inside of other words."""
    return bool(keyword) and keyword.lower() in text.lower()


def contains(keyword: str, text: str) -> bool:
    """Return whether a normalized text contains a keyword as whole words.

    Spaces and hyphens are equal. A last word of three letters and more may have a plural s.
    Acronyms in capitals ("US", "IT") are found in capitals only, all else in any case.
    """
    pattern = _pattern(keyword)
    return pattern is not None and pattern.search(text) is not None


def count(keyword: str, text: str) -> int:
    """Count how often a normalized text contains a keyword as whole words."""
    pattern = _pattern(keyword)
    return 0 if pattern is None else len(pattern.findall(text))


@functools.lru_cache(maxsize=4096)
def _pattern(keyword: str) -> re.Pattern[str] | None:
    plain = spell_plainly(keyword).strip()
    parts = [part for part in _JOINT.split(plain) if part]
    if not parts:
        return None
    body = r"[\s\-\u2010-\u2015/]+".join(re.escape(part) for part in parts)
    if is_unspaced(plain):
        return re.compile(body, re.IGNORECASE)
    plural = "(?:e?s)?" if _has_plural(parts[-1]) else ""
    flags = re.NOFLAG if _is_acronym(plain, parts) else re.IGNORECASE
    return re.compile(rf"(?<!\w){body}{plural}(?!\w)", flags)


def _has_plural(word: str) -> bool:
    return word.isalpha() and len(word) >= _PLURAL_FROM


def _is_acronym(plain: str, parts: list[str]) -> bool:
    return len(parts) == 1 and plain.isupper() and len(plain) <= _ACRONYM_TO


# Korean adds particles to nouns without a space, so words have no clear end there, either.
_BARE = rf"{LETTERS}\u1100-\u11ff\uac00-\ud7af"
# Vowel signs and points that are not letters (Hebrew, Arabic, the scripts of India).
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
    """The words of a text in order, as written and folded (without case and accents).

    Possessive endings are cut off; `owners` are the places of the words that had one.
    """

    written: tuple[str, ...]
    folded: tuple[str, ...]
    owners: frozenset[int]

    def __len__(self) -> int:
        return len(self.folded)


def tokenize(text: str) -> Tokens:
    """Split a text into words at spaces and hyphens. Any other sign is a word by itself.

    URLs are left out. U.S. becomes US, GPUs and GPU's become GPU. In scripts without spaces each
    letter is a word, in Korean each syllable.
    """
    written = _TOKEN.findall(write_plainly(text))
    owners = [at for at, word in enumerate(written) if "'" in word and len(word) > 1]
    for at in owners:
        written[at] = written[at].partition("'")[0]
    return Tokens(tuple(written), tuple(_fold_all(written)), frozenset(owners))


def locate_words(text: str, tokens: Tokens) -> Sequence[tuple[int, int]]:
    """Return the (start, end) of each word in a text, () if they cannot be found exactly.

    `tokens` are those of the text. Each piece between spaces is split by itself; if that gives
    other words than the whole text, the places are not certain. A piece that is normalized (U.S.,
    another form of apostrophe) is the place of all its words.
    """
    if write_plainly(text) == text:
        return [word.span() for word in _TOKEN.finditer(text)]
    places: list[tuple[int, int]] = []
    folded: list[str] = []
    for piece in _PIECE.finditer(text):
        plain, start = write_plainly(piece[0]), piece.start()
        folded += tokenize(piece[0]).folded
        words = _TOKEN.finditer(plain)
        if plain == piece[0]:
            places += [(start + word.start(), start + word.end()) for word in words]
        else:
            places += [piece.span() for _ in words]
    return places if tuple(folded) == tokens.folded else ()


def write_plainly(text: str) -> str:
    """Return a text as it is split into words: U.S. becomes US, GPUs GPU; URLs are left out."""
    return _ACRONYMS.sub(r"\1", _DOTTED.sub(_remove_dots, normalize(text)))


def _fold_all(written: Sequence[str]) -> Iterable[str]:
    """Fold words, ASCII ones together, which is four times as fast."""
    joined = " ".join(written)
    return joined.lower().split() if joined.isascii() else map(fold, written)


def tokenize_keyword(text: str) -> Tokens:
    """Split a keyword into words as `tokenize` does; u.s. becomes US even in lower case."""
    return tokenize(_DOTTED_ANYHOW.sub(lambda match: _remove_dots(match).upper(), text))


def _remove_dots(match: re.Match[str]) -> str:
    return match.group().replace(".", "")


def fold(word: str) -> str:
    """Return a word in lower case, its Latin letters without accents."""
    return word.lower() if word.isascii() else _remove_accents(word)


@functools.lru_cache(maxsize=16_384)
def _remove_accents(word: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", word.casefold()))
    return unicodedata.normalize("NFC", bare)


# Numbers show that two similar texts are two stories ("12th package", "13th package").

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_FEW = 4
_WORDS = tables.read_rows(__package__, "numbers.toml", tuple[str, str])
ORDINALS = {ordinal: number for number, (_, ordinal) in _WORDS.items()}
# "one" and "first" occur everywhere.
_FIGURES = {cardinal: number for number, (cardinal, _) in _WORDS.items() if number != "1"}
_COUNTED = {ordinal: number for ordinal, number in ORDINALS.items() if number != "1"}


def figures(text: str) -> set[str]:
    """Return the numbers in a text as digits without commas; number words up to twelve count."""
    digits = {figure.replace(",", "") for figure in _FIGURE.findall(text)}
    return digits | {_FIGURES[word] for word in plain_text.words(text) if word in _FIGURES}


def ordinals(text: str) -> set[str]:
    """Return the ordinal numbers in a text as a set; "12th" and "twelfth" are both 12."""
    lower = text.lower()
    return set(_ORDINAL.findall(lower)) | {
        _COUNTED[word] for word in plain_text.words(lower) if word in _COUNTED
    }


def headlines_differ(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Return whether the numbers in two headlines contradict each other.

    `one` and `other` are (headline, text) pairs. Either each headline has an ordinal that the other
    one lacks, or each has a figure that neither headline nor text of the other has: one desk may
    write "$34 million" above a report of "26.4 million pounds ($34.5 million)".
    """
    if _each_lacks(ordinals(one[0]), ordinals(other[0])):
        return True
    ours, theirs = figures(one[0]), figures(other[0])
    return bool(_unknown(ours, " ".join(other))) and bool(_unknown(theirs, " ".join(one)))


def _each_lacks(ours: set[str], theirs: set[str]) -> bool:
    return bool(ours - theirs) and bool(theirs - ours)


def _unknown(figures_: set[str], text: str) -> set[str]:
    """Return the figures that a text does not have, exactly or with decimals."""
    known = figures(text)
    return figures_ - known - {figure.split(".")[0] for figure in known}


def texts_differ(one: str, other: str) -> bool:
    """Return whether two texts have different numbers, like two automatic reports on earthquakes.

    At least half of the figures of the text with fewer ones must be missing in the other; known
    copies share three quarters and more. Fewer than four figures decide nothing.
    """
    fewer, more = sorted((figures(plain_text.prose(text)) for text in (one, other)), key=len)
    return len(fewer) >= _FEW and len(fewer & more) * 2 < len(fewer)
