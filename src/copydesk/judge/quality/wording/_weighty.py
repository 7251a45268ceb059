"""Matters of consequence, by the headline: lives, law, government, livelihoods, findings."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import find_first
from copydesk.judge.words import normalize
from copydesk.kit import tables

_WORDS = {
    language: re.compile(rf"\b{tables.any_of(row)}\b", re.IGNORECASE)
    for language, row in tables.read_rows(__package__, "weighty.toml", tuple[str, ...]).items()
}


def weighty(title: str, language: str) -> str:
    """Return the word of a headline that tells of a matter of consequence, "" if there is none.

    `language` is a tag such as "de-AT"; without one English is meant, another one has no list.
    """
    words = _WORDS.get(language[:2].lower() or "en")
    return find_first(words, normalize(title)) if words else ""
