"""Fingerprints: the smallest hashes of a text's word 5-grams (a bottom-k sketch, Broder 1997)."""

from __future__ import annotations

import zlib

from copydesk.judge import words

SHINGLE_WORDS = 5
FINGERPRINT_LENGTH = 64
LEAST_WORDS = 40

_SPREAD = 0x9E3779B1  # Knuth's multiplicative constant: crc32 of like texts is alike, this is not


def shingles(text: str) -> set[str]:
    """Return the word 5-grams of a text, any case, punctuation aside."""
    plain = words.words_in_order(text)
    return set(map(" ".join, zip(*(plain[start:] for start in range(SHINGLE_WORDS)), strict=False)))


def fingerprint(text: str) -> tuple[int, ...]:
    """Return the 64 smallest 32-bit hashes of a text's 5-grams, ascending; () for too little.

    The same on every machine and in every version of Python. Two texts share about as many of
    them as they share 5-grams: 4 of 64 is a shared sixteenth.
    """
    grams = shingles(text)
    if len(grams) < LEAST_WORDS - SHINGLE_WORDS + 1:
        return ()
    hashes = {zlib.crc32(gram.encode()) * _SPREAD & 0xFFFFFFFF for gram in grams}
    return tuple(sorted(hashes)[:FINGERPRINT_LENGTH])
