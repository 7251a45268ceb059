"""A text in the plain spelling in which keywords are looked for."""

from __future__ import annotations

import re
import unicodedata

_ADDRESS = re.compile(r"\W*(?:(?:[\w-]+\.)+[a-z]{2,}/|www\.)", re.IGNORECASE)
_MAYBE_ADDRESS = re.compile(r"[/@]|www", re.IGNORECASE)
_SPELLINGS = (("\u2019", "'"), ("\u2018", "'"), ("\u02bc", "'"), ("\u00ad", ""))


def normalize(text: str) -> str:
    """Return a text without web and mail addresses, in one spelling of its characters."""
    plain = spell_plainly(text)
    tokens = plain.split()
    if _MAYBE_ADDRESS.search(plain):
        tokens = [token for token in tokens if not _is_address(token)]
    return " ".join(tokens)


def spell_plainly(text: str) -> str:
    """Return a text in one spelling of its characters: full width, apostrophes, soft hyphens."""
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
