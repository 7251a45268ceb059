"""The words beside a date, and the names of its element, that say what happened on it."""

from __future__ import annotations

import functools
import re
from typing import Literal

from copydesk.kit import tables

Kind = Literal["", "published", "updated", "other"]

MAX_CHARACTERS = 40  # before a date, or behind it, in which it is said what it is
_NEAR = 20  # characters before a date in which it is said that it is another's
_LETTERS = re.compile(r"[^\W\d_]+")
_MAX_PLACES = 5

_DATED = re.compile(
    r"(?i)date|datum|fecha|publi[sck]|posted|pubtime|time(?!line)|byline|dt-|(?:entry|post|article)"
    r"[\w-]*(?:meta|info|details)|submitted|created|\bmeta\b|issued"
)
_PUBLISHED_NAME = re.compile(
    r"(?i)publi[sck]|pubdate|pubtime|posted|created|issued|entry-date|post-date|article-?date"
    r"|dc:date|dt-published|datum\b|fecha|(?:^|\s)date(?:\s|$)"
)
_UPDATED_NAME = re.compile(r"(?i)updat|modif|revis|aktualis|lastmod|last-mod|edited")
_WORDS = tables.read_rows("copydesk.extract.when", "labels.toml", tuple[str, ...])
_PREPOSITION = re.compile(r"(?i)\b(?:on|am|le|vom|den|el|il|em|op|den|dne|от)\s*\Z")
_LABEL_BEHIND = re.compile(rf"(?i){tables.any_of(_WORDS['behind'])}")
_KINDS: tuple[Kind, ...] = ("updated", "published", "other")
_LABELS = {kind: re.compile(rf"(?i){tables.any_of(_WORDS[kind])}") for kind in _KINDS}


def kind(label: str) -> Kind:
    """Decide what a label makes of the date behind it, "" where nothing; the last word counts."""
    label = label[-MAX_CHARACTERS:]
    last = {
        kind: max((word.end() for word in pattern.finditer(label)), default=-1)
        for kind, pattern in _LABELS.items()
    }
    if last["other"] < len(label) - _NEAR:
        del last["other"]
    best = max(last, key=lambda kind: last[kind])
    return best if last[best] >= 0 else ""


def is_bare(before: str) -> bool:
    """Decide whether nothing but `on`, `am`, `le` stands before a date."""
    return _PREPOSITION.search(before) is not None


def is_dateline(before: str) -> bool:
    """Decide whether nothing but names stands before a date, as in `SALTHOLM, 5 May 2018`."""
    words = _LETTERS.findall(before)
    return len(words) <= _MAX_PLACES and all(
        word[0].isupper() or word in {"den", "le", "am"} for word in words
    )


def is_published_behind(behind: str) -> bool:
    """Decide whether a date is labelled behind it: `am 5. Februar erstellt`."""
    return _LABEL_BEHIND.search(behind[:MAX_CHARACTERS]) is not None


@functools.lru_cache(maxsize=4_096)
def is_date(names: str) -> bool:
    """Decide whether an element's names are those of a date; a page uses few names many times."""
    return not names.isspace() and _DATED.search(names) is not None


@functools.lru_cache(maxsize=4_096)
def kind_by_name(names: str) -> Kind:
    """Decide what an element's names make of the date in it."""
    if _UPDATED_NAME.search(names):
        return "updated"
    return "published" if _PUBLISHED_NAME.search(names) else ""
