"""HTML as plain text: a block a paragraph, each link on a line of its own below its paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from copydesk.kit import text, urls
from copydesk.mail._text_part import wrap

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
    "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
))
# fmt: on
_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_BETWEEN_ITEMS = re.compile(r"^(- .*(?:\n.+)*)\n\n(?=- )", re.MULTILINE)
_LOUD = frozenset({"h1", "h2"})
_FOLLOWED = ("http://", "https://", "mailto:")


def parse_fragment(markup: str) -> HtmlElement:
    """Parse a piece of HTML, or a whole page; the root holds all of it."""
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    # comments are for Outlook alone; a body is put around so that no piece is none
    whole = f"<div>{markup}</div>".encode("utf-8", "replace")
    root: HtmlElement = html.document_fromstring(whole, parser=parser)
    return root


def list_links(element: HtmlElement) -> list[tuple[str, str]]:
    """Return names and addresses of the links in an element that a reader can follow."""
    found = []
    for link in element.iter("a"):
        href = _read_address(link)
        name = text.fold(link.text_content())
        if href and name:
            found.append((name, href))
    return found


def tell_markup(markup: str | HtmlElement) -> str:
    """Return HTML as plain text, wrapped at 72 characters."""
    root = parse_fragment(markup) if isinstance(markup, str) else markup
    paragraphs = _Paragraphs()
    _walk(root, paragraphs)
    paragraphs.end()
    told = "\n\n".join(_without_repeats(paragraphs.told))
    return _BETWEEN_ITEMS.sub(r"\1\n", told)


class _Paragraphs:
    """Paragraphs as they are read: words, and where the links in them lead."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._words: list[str] = []
        self._links: list[str] = []

    def add(self, words: str | None) -> None:
        """Add words to the paragraph."""
        if words:
            self._words.append(words)

    def lead_to(self, address: str) -> None:
        """Remember where the paragraph leads."""
        if address not in self._links:
            self._links.append(address)

    def end(self, *, is_loud: bool = False, is_item: bool = False) -> None:
        """End the paragraph."""
        words = text.fold("".join(self._words))
        lines = [wrap(f"- {words}" if is_item else words.upper() if is_loud else words)]
        if words or self._links:
            self.told.append("\n".join(filter(None, [*lines, *self._links])))
        self._words, self._links = [], []


def _walk(element: HtmlElement, paragraphs: _Paragraphs) -> None:
    """Read an element and all in it; not by calling itself: strangers nest a thousand deep."""
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]
    while stack:
        node, is_read = stack.pop()
        if is_read:
            _leave(node, paragraphs, is_root=node is element)
            continue
        if not _is_seen(node):
            if node is not element:
                paragraphs.add(node.tail)
            continue
        _enter(node, paragraphs)
        stack.append((node, True))
        stack.extend((child, False) for child in reversed(node))


def _enter(node: HtmlElement, paragraphs: _Paragraphs) -> None:
    if node.tag in _BLOCKS:
        paragraphs.end()
    if node.tag == "img":
        paragraphs.add(node.get("alt"))
    paragraphs.add(node.text)
    if node.tag == "a" and (address := _read_address(node)):
        paragraphs.lead_to(address)


def _leave(node: HtmlElement, paragraphs: _Paragraphs, *, is_root: bool) -> None:
    if node.tag in _BLOCKS:
        paragraphs.end(is_loud=node.tag in _LOUD, is_item=node.tag == "li")
    if not is_root:
        paragraphs.add(node.tail)


def _is_seen(node: HtmlElement) -> bool:
    if not isinstance(node.tag, str) or node.tag in _UNSEEN:
        return False
    return not _HIDDEN.search(node.get("style") or "")


def _read_address(link: HtmlElement) -> str:
    address = urls.as_browsers_read(link.get("href") or "")
    is_whole = address.lower().startswith(_FOLLOWED) and address.isprintable()
    return address if is_whole and " " not in address else ""


def _without_repeats(paragraphs: list[str]) -> Iterator[str]:
    last = ""
    for paragraph in paragraphs:
        if paragraph != last:
            yield paragraph
        last = paragraph
