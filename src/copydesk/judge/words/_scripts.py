"""Scripts that are written without blanks: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""

from __future__ import annotations

import re

from copydesk.kit import text as plain_text

LETTERS = plain_text.UNSPACED_LETTERS
_UNSPACED = re.compile(f"[{LETTERS}]")


def is_unspaced(text: str) -> bool:
    """Decide whether a word of a text has no edges to look for."""
    return _UNSPACED.search(text) is not None


def words_in_order(text: str) -> list[str]:
    """Return the lower-case words of a text in order; of unspaced scripts each letter is one."""
    if is_unspaced(text):
        text = _UNSPACED.sub(r" \g<0> ", text)
    return plain_text.words(text)
