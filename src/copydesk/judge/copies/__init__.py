"""Copies: an article and the shelf in, the filed story that it repeats out."""

from __future__ import annotations

from copydesk.judge.copies._copies import COPIES_WITHIN, original, original_near
from copydesk.judge.copies._fingerprint import fingerprint

__all__ = ["COPIES_WITHIN", "fingerprint", "original", "original_near"]
