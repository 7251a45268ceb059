"""A keyword as it is written down: plain words, by which something can be found."""

from __future__ import annotations

import re

from copydesk.errors import UsageError
from copydesk.judge import keywords
from copydesk.kit import text

_CHARACTERS = 100
# what stands in a pattern and in no word or phrase: escapes, groups, sets, repeats, ends
_PATTERN = re.compile(r"\\\w|\(\?|\[[^\]]+\]|[.)\]][*+?]|\w\{\d|[|^]|\$\Z")


def clean_keyword(word: str, language: str = "") -> str:
    """Return a keyword as it is written down.

    Raises UsageError where nothing can be found by it, or it reads like a regular expression.
    """
    clean = text.fold(word).strip()
    if _PATTERN.search(clean):
        raise UsageError(
            "this reads like a regular expression, and a keyword is plain words",
            subject=repr(clean[:_CHARACTERS]),
            hint="its forms are found by themselves: write the word as the news does",
        )
    if len(clean) > _CHARACTERS:
        raise UsageError(
            f"a keyword has at most {_CHARACTERS} characters", subject=f"{clean[:_CHARACTERS]}…"
        )
    if not keywords.can_be_found(clean, language):
        raise UsageError(
            "nothing can be found by this keyword", subject=repr(word), hint="write a word"
        )
    return clean
