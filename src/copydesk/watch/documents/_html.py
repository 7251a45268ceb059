"""HTML of strangers: its tree, what its links are relative to, the words of an element."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from copydesk.kit import text, urls

if TYPE_CHECKING:
    from lxml.etree import _Element

_PARTS = 200  # of one element's text


def parse_html(document: str) -> _Element | None:
    """Parse a page, None where it has no root; libxml2's own limits bound its depth."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        return etree.fromstring(document.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def base_of(root: _Element, base: str) -> str:
    """Return what relative links are relative to: the page's `base` element counts."""
    for element in root.iter("base"):
        return urls.fetchable(str(element.get("href", "")), base) or base
    return base


def words_of(element: _Element) -> str:
    """Return the text of an element as one line; of very many parts the first count."""
    return text.fold(" ".join(islice(element.itertext("*"), _PARTS)))


def title_of(root: _Element) -> str:
    """Return the title that a page has in its head."""
    return next((words_of(element) for element in root.iter("title")), "")
