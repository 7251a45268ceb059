"""Keywords found in text: as the reference did (substrings) and as whole words."""

from __future__ import annotations

import functools
import re
import unicodedata

from copydesk.judge.words import _scripts

_ADDRESS = re.compile(r"\W*(?:(?:[\w-]+\.)+[a-z]{2,}/|www\.)", re.IGNORECASE)
_MAYBE_ADDRESS = re.compile(r"[/@]|www", re.IGNORECASE)
_SPELLINGS = (("\u2019", "'"), ("\u2018", "'"), ("\u02bc", "'"), ("\u00ad", ""))
_JOINT = re.compile(r"[\s\-\u2010-\u2015/]+")
_PLURAL_FROM = 3  # letters
_ACRONYM_TO = 3


def contains_letters(keyword: str, text: str) -> bool:
    """Decide whether a keyword stands anywhere in a text, inside words too, in any case."""
    return bool(keyword) and keyword.lower() in text.lower()


def normalize(text: str) -> str:
    """Return a text without web and mail addresses, in one spelling of its characters."""
    plain = _spell_plainly(text)
    tokens = plain.split()
    if _MAYBE_ADDRESS.search(plain):
        tokens = [token for token in tokens if not _is_address(token)]
    return " ".join(tokens)


def _spell_plainly(text: str) -> str:
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
    plain = _spell_plainly(keyword).strip()
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
