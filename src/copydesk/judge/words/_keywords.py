"""Keywords found in text: as the reference did (substrings) and as whole words."""

from __future__ import annotations

import functools
import re

from copydesk.judge.words import _scripts
from copydesk.judge.words._normalize import spell_plainly

_JOINT = re.compile(r"[\s\-\u2010-\u2015/]+")
_PLURAL_FROM = 3  # letters
_ACRONYM_TO = 3


def contains_letters(keyword: str, text: str) -> bool:
    """Decide whether a keyword stands anywhere in a text, inside words too, in any case."""
    return bool(keyword) and keyword.lower() in text.lower()


def contains(keyword: str, text: str) -> bool:
    """Decide whether a keyword stands in a normalized text as whole words.

    Blanks and hyphens are one; a last word of three letters and more may take a plural s. An
    acronym that the beat writes in capitals ("US", "IT") is found in capitals only, anything else
    in any case.
    """
    pattern = _pattern(keyword)
    return pattern is not None and pattern.search(text) is not None


def count(keyword: str, text: str) -> int:
    """Count how often a keyword stands in a normalized text as whole words."""
    pattern = _pattern(keyword)
    return 0 if pattern is None else len(pattern.findall(text))


@functools.lru_cache(maxsize=4096)
def _pattern(keyword: str) -> re.Pattern[str] | None:
    plain = spell_plainly(keyword).strip()
    parts = [part for part in _JOINT.split(plain) if part]
    if not parts:
        return None
    body = r"[\s\-\u2010-\u2015/]+".join(re.escape(part) for part in parts)
    if _scripts.is_unspaced(plain):
        return re.compile(body, re.IGNORECASE)
    plural = "(?:e?s)?" if _has_plural(parts[-1]) else ""
    flags = re.NOFLAG if _is_acronym(plain, parts) else re.IGNORECASE
    return re.compile(rf"(?<!\w){body}{plural}(?!\w)", flags)


def _has_plural(word: str) -> bool:
    return word.isalpha() and len(word) >= _PLURAL_FROM


def _is_acronym(plain: str, parts: list[str]) -> bool:
    return len(parts) == 1 and plain.isupper() and len(plain) <= _ACRONYM_TO
