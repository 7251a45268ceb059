"""Copies: an article and the shelf in, the filed story that it repeats out."""

from __future__ import annotations

from copydesk.judge.copies._copies import (
    COPIES_WITHIN,
    Overlap,
    find_original,
    find_original_near,
    overlap,
)
from copydesk.judge.copies._fingerprint import LEAST_WORDS, SHINGLE_WORDS, fingerprint, shingles

__all__ = [
    "COPIES_WITHIN",
    "LEAST_WORDS",
    "SHINGLE_WORDS",
    "Overlap",
    "find_original",
    "find_original_near",
    "fingerprint",
    "overlap",
    "shingles",
]
