"""Hints: what an element's name, role and classes say of the text in it."""

from __future__ import annotations

import functools
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from copydesk.kit import tables

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PACKAGE = "copydesk.extract.text"

_MAX_CHARACTERS = 300  # of an element's classes and id; longer ones are lists of utilities
_NONE: frozenset[str] = frozenset()

# A class or id is cut into words at hyphens, underscores and capitals; a hint is one of its words
# or two that follow each other.
_HINT_WORDS = tables.read_rows(_PACKAGE, "hint_words.toml", tuple[str, ...])
_OF_WORD = {word: hint for hint, words in _HINT_WORDS.items() for word in words}
_OF_TAG = {
    "nav": "aside",
    "aside": "aside",
    "footer": "aside",
    "form": "aside",
    "figcaption": "caption",
    "caption": "caption",
    "address": "byline",
    "time": "byline",
}
_OF_ROLE = {
    "navigation": "aside",
    "complementary": "aside",
    "contentinfo": "aside",
    "search": "aside",
    "dialog": "aside",
    "banner": "aside",
    "menu": "aside",
}
_OF_ITEMPROP = {
    "author": "byline",
    "datepublished": "byline",
    "datemodified": "byline",
    "description": "lead",
    "headline": "lead",
    "caption": "caption",
    "comment": "comment",
}
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_INVISIBLE = re.compile(r"(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)")


def of(element: HtmlElement) -> frozenset[str]:
    """Return the hints of one element; its surroundings aside."""
    found: set[str] = set()
    tag = str(element.tag)
    if tag in _OF_TAG:
        found.add(_OF_TAG[tag])
    if element.attrib:
        found |= _in_names(element.get("class", "")[:_MAX_CHARACTERS])
        found |= _in_names(element.get("id", "")[:_MAX_CHARACTERS])
        found |= _in_attributes(element)
    return frozenset(found) if found else _NONE


def _in_attributes(element: HtmlElement) -> set[str]:
    found = set()
    if (role := element.get("role")) and (hint := _OF_ROLE.get(role.lower())):
        found.add(hint)
    if properties := element.get("itemprop"):
        found |= {_OF_ITEMPROP[name] for name in properties.lower().split() if name in _OF_ITEMPROP}
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        found.add("hidden")
    if (style := element.get("style")) and _INVISIBLE.search(style[:_MAX_CHARACTERS]):
        found.add("hidden")
    return found


@functools.lru_cache(maxsize=4096)
def _in_names(names: str) -> frozenset[str]:
    found = set()
    for name in names.split():
        words = [word.lower() for word in _WORD.findall(name)]
        pairs = [f"{word}-{following}" for word, following in pairwise(words)]
        found |= {_OF_WORD[word] for word in (*words, *pairs) if word in _OF_WORD}
    return frozenset(found)
