"""On what terms it is read: what the page declares, held against what is there.

docs/design/extract.md has the table; each of its rows is a case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from copydesk.extract.page import Declared
from copydesk.extract.terms import _wall
from copydesk.kit import text

if TYPE_CHECKING:
    from copydesk.extract.page import Document

_STUB = 1_200  # characters; a text that ends at a wall is longer only where the wall is not its end
_MOST_PARTS = 20
_SHOWN = 60  # characters of a wall's words in the evidence
_FALSE = frozenset({"false", "no", "0", "metered", "locked", "paid", "premium", "subscription"})
_TRUE = frozenset({"true", "yes", "1", "free"})
_TIERS = ("article:content_tier", "og:article:content_tier", "cxenseparse:access")
_SELECTOR = re.compile(r"([.#])([A-Za-z0-9_-]{1,80})")


def find(document: Document, declared: Declared, body: str) -> tuple[str, str]:
    """Return on what terms the page is read and how that is known.

    "paywalled" is what its publisher declares closed, "teaser" a stub before a wall of which it
    declares nothing, "free" what it declares free and no wall contradicts; "" is unknown.
    """
    length = len(text.prose(body))
    wall = (_name_wall(document, body) if length < _STUB else "") or _name_break(document, body)
    closed = _find_declared_value(declared, _FALSE) or _find_closed_part(document, declared)
    free = _find_declared_value(declared, _TRUE)
    is_whole = length >= _STUB and not wall
    claims = (
        ("free", closed and free and is_whole, f"{free}, though {closed}; {length} characters"),
        ("paywalled", closed, f"{closed}; {length} characters"),
        ("teaser", free and wall, f"{free}, contradicted by {wall}; {length} characters"),
        ("free", free, free),
        ("teaser", wall, f"{wall}; {length} characters"),
    )
    return next(((access, evidence) for access, holds, evidence in claims if holds), ("", ""))


def _name_wall(document: Document, body: str) -> str:
    """Name the wall that a short text ends at, "" for none."""
    words = _wall.words(document, body)
    if words:
        return f"“{text.shorten(words, _SHOWN)}”"
    return "a wall in the markup" if _wall.is_in_markup(document, body) else ""


def _name_break(document: Document, body: str) -> str:
    """Tell where a text of any length breaks off, "" where it does not."""
    _, _, end = _wall.breaks_off(document, body)[-_SHOWN:].partition(" ")
    return f"breaks off: “{end}”" if end else ""


def _find_declared_value(declared: Declared, wanted: frozenset[str]) -> str:
    """Return the page's own word that has one of these values: schema.org's, or a tier's."""
    for node in (declared.article, declared.video):
        value = _value(node)
        if value in wanted:
            return f"isAccessibleForFree {value}"
    for name in _TIERS:
        value = declared.first(name)[0].lower()
        if value in wanted:
            return f"{name} {value}"
    return ""


def _value(node: Mapping[str, object]) -> str:
    return str(node.get("isAccessibleForFree", "")).rsplit("/", 1)[-1].strip().lower()


def _find_closed_part(document: Document, declared: Declared) -> str:
    """Return the part that the article declares closed, if the page has it."""
    for part in _parts(declared.article.get("hasPart")):
        if _value(part) in _FALSE:
            selector = str(part.get("cssSelector", ""))[:100]
            if _is_there(document, selector):
                return f"hasPart {selector} not free"
    return ""


def _parts(value: object) -> Iterator[Mapping[str, object]]:
    for part in (value if isinstance(value, list) else [value])[:_MOST_PARTS]:
        if isinstance(part, Mapping):
            yield part


def _is_there(document: Document, selector: str) -> bool:
    """Decide whether the page has an element of a class or id, as Google's guide writes them."""
    found = _SELECTOR.fullmatch(selector.strip())
    if found is None:
        return False
    if found[1] == "#":
        return bool(document.tree.xpath("//*[@id = $name]", name=found[2]))
    path = "//*[contains(concat(' ', normalize-space(@class), ' '), concat(' ', $name, ' '))]"
    return bool(document.tree.xpath(path, name=found[2]))
