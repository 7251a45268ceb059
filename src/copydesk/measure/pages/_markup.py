"""Markup of labelled pages: the words of an expected text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# elements inside a line: a word may run across their edges
_INLINE = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn"),
        *("em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small"),
        *("span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
    )
)
_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "head"))


def read_markup_text(html: bytes) -> str:
    """Return the text of expected markup; what is no part of a line begins a new one."""
    root = _root(html)
    pieces: list[str] = []
    if root is not None:
        _collect(root, pieces)
    return "".join(pieces)


def _collect(root: HtmlElement, pieces: list[str]) -> None:
    from lxml import etree

    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else ""
        is_silent = name in _SILENT
        silent += is_silent if event == "start" else -is_silent
        if name and name not in _INLINE:
            pieces.append("\n")
        words = element.text if event == "start" else element.tail
        if words and not silent:
            pieces.append(words)


def _root(html: bytes) -> HtmlElement | None:
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    try:
        return document_fromstring(html, parser=HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError, AssertionError):
        return None
