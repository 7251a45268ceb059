"""Wanted: a source's include and exclude words."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from copydesk.kit import text
from copydesk.news import Lead, Source


def is_wanted(lead: Lead, source: Source) -> bool:
    """Decide whether a lead has one of the source's include words (when any) and no exclude word.

    Words and phrases are looked for whole, in any case, in title and description.
    """
    words = f"{lead.title}\n{lead.excerpt}"
    if source.include and not _any_in(source.include, words):
        return False
    return not _any_in(source.exclude, words)


def _any_in(phrases: Sequence[str], words: str) -> bool:
    return any(_pattern(phrase).search(words) for phrase in phrases if phrase.strip())


@functools.lru_cache(maxsize=1_000)
def _pattern(phrase: str) -> re.Pattern[str]:
    """Compile a pattern for a whole phrase; what touches it must not be a letter or digit."""
    inner = r"\s+".join(re.escape(word) for word in text.fold(phrase).split())
    return re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE)
