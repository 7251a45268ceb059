"""Count a text as networks do; cut it between words, never in a link, an emoji or a grapheme."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator

import regex

ELLIPSIS = "…"
URL_START = regex.compile(r"https?://", regex.IGNORECASE)
URL = regex.compile(r"https?://\S+", regex.IGNORECASE)
_CLUSTER = regex.compile(r"\X")
# Servers whose Unicode data is older than 15.1 lack rule GB9c of UAX 29: they begin a new grapheme
# after the sign that joins two Indic consonants.
_JOINED = regex.compile(r"\p{InCB=Linker}[\p{InCB=Extend}\p{InCB=Linker}]*(?=\p{InCB=Consonant})")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー、。」』）]")
_KATAKANA = regex.compile(r"[\p{Katakana}ー]")
_RUN = regex.compile(r"\S+")
_LONGEST_WORD = 60  # graphemes; a longer run is no word, or its script has no spaces (Thai)
_LOOSE_END = regex.compile(r"[\s\p{Ps}\p{Pi},;:.!?…–—、。，।\-]+$")


def count_graphemes(text: str) -> int:
    """Return the number of user-perceived characters (UAX 29), at least as many as any server."""
    return sum(1 for _ in _CLUSTER.finditer(text)) + len(_JOINED.findall(text))


def count_utf16(text: str) -> int:
    """Return the length of a text in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def count_bytes(text: str) -> int:
    """Return the length of a text in bytes of UTF-8."""
    return len(text.encode())


def cut(words: str, fits: Callable[[str], bool]) -> str:
    """Return the longest beginning of a text that fits, with an ellipsis; "" if none does.

    The text is cut at the end of a word: before white space, between characters of Chinese and
    Japanese, and inside a run of more than 60 graphemes. A link is kept or dropped as a whole.
    """
    if fits(words):
        return words
    ends = list(_find_ends(words))
    most = bisect.bisect_left(ends, True, key=lambda end: not fits(_end(words[:end])))
    return _end(words[: ends[most - 1]]) if most else ""


def _end(words: str) -> str:
    bare = _LOOSE_END.sub("", words)
    return bare + ELLIPSIS if bare else ""


def _find_ends(words: str) -> Iterator[int]:
    """Yield the positions at which a text may be cut, in order."""
    for run in _RUN.finditer(words):
        url = URL.search(run[0])
        yield from _find_ends_within(run[0][: url.start()] if url else run[0], run.start())
        yield run.end()


def _find_ends_within(run: str, start: int) -> Iterator[int]:
    """Yield the positions inside a run without white space at which it may be cut."""
    clusters = list(_CLUSTER.finditer(run))
    is_long = len(clusters) > _LONGEST_WORD
    for cluster, after in itertools.pairwise(clusters):
        left, right = cluster[0], after[0]
        is_unspaced = _UNSPACED.match(left) and _UNSPACED.match(right)
        if is_long or (is_unspaced and not (_KATAKANA.match(left) and _KATAKANA.match(right))):
            yield start + after.start()
