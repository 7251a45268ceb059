"""Bounds: feeds that would cost a parser minutes are refused before it sees them.

feedparser's time is linear in a feed's length but for three things, measured on 2 cores: the
attributes of one element (20,000 take 12 s), relative xml:base inside xml:base (20,000 take 30 s
and 1 GB), a long xml:base (joined anew at each element). Its linear part is some 15 µs an element.
"""

from __future__ import annotations

import re
from typing import Literal
from xml.parsers import expat

Weight = Literal["sound", "broken", "excess"]

_MAX_ELEMENTS = 400_000
_MAX_REFERENCES = 2_000_000  # each is a piece of its own: 10 million take 20 s and 1.5 GB
_MAX_WORK = 30_000_000  # about a second
_BASE = "http://www.w3.org/XML/1998/namespace base"
_BASES = re.compile(rb"\bbase\s*=\s*([\"'][^\"'<>]*)", re.IGNORECASE)
_MAX_BASES, _MAX_BASE = 1_000, 1_000  # in a feed that is no XML, where nesting cannot be seen


class _Excess(Exception):  # noqa: N818 never leaves this module
    """Stop expat: the budget is used up."""


class _CostCounter:
    """Add up what feedparser would have to do for each element."""

    def __init__(self) -> None:
        self._elements = 0
        self._work = 0
        self._bases = [0]

    def start(self, _name: str, attributes: list[str]) -> None:
        names = attributes[::2]
        own = attributes[2 * names.index(_BASE) + 1] if _BASE in names else ""
        base = len(own) if own.startswith(("http:", "https:")) else self._bases[-1] + len(own)
        self._bases.append(base)
        self._elements += 1
        self._work += len(names) ** 2 + base
        if self._elements > _MAX_ELEMENTS or self._work > _MAX_WORK:
            raise _Excess

    def end(self, _name: str) -> None:
        self._bases.pop()


def weigh(document: bytes) -> Weight:
    """Classify a UTF-8 document: "sound" XML, "broken", or an "excess" not to be parsed."""
    if document.count(b"&") > _MAX_REFERENCES:
        return "excess"
    count = _CostCounter()
    parser = expat.ParserCreate("utf-8", " ")
    parser.ordered_attributes = True
    parser.StartElementHandler = count.start
    parser.EndElementHandler = count.end
    try:
        parser.Parse(document, True)
    except _Excess:
        return "excess"
    except expat.ExpatError:
        return "broken" if _is_bounded_soup(document) else "excess"
    return "sound"


def _is_bounded_soup(document: bytes) -> bool:
    """Judge what is no XML by counting; the forgiving parser reads every byte of it."""
    if document.count(b"<") > _MAX_ELEMENTS:
        return False
    bases = _BASES.findall(document)
    return len(bases) <= _MAX_BASES and all(len(base) <= _MAX_BASE for base in bases)
