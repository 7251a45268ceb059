"""Document: a page's bytes as text and tree, within bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copydesk.errors import PageError
from copydesk.extract.page._charset import decode
from copydesk.kit import urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.news import Page

MAX_BYTES = 10_000_000
MAX_ELEMENTS = 100_000  # the largest of 430 measured article pages has 9,000
MAX_ATTRIBUTES = 2_000  # of one element, when all others are normal
_HINT = "the page is left out and tried again when its source lists it next"

# A start tag as the HTML standard reads it, so that no trick with quotes hides attributes.
_ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_START_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:[\s/]++|{_ATTRIBUTE})*+")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_LONG_TAG = 200  # characters; shorter tags hold too few attributes to count
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,300}\?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page, decoded and parsed. The tree is shared by all readers and none changes it.

    `address` is where the page was found at the end, `base` what its relative links stand on.
    `found` keeps what several readers look for in the tree.
    """

    address: str
    base: str
    html: str
    tree: HtmlElement
    elements: int
    charset: str
    found: dict[tuple[str, int], tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )


def open_document(page: Page) -> Document:
    """Decode and parse a page; raise PageError where it is larger or deeper than any article."""
    if len(page.body) > MAX_BYTES:
        raise PageError("page too big to read", subject=page.final_url, hint=_HINT)
    text, charset = decode(page.body, page.headers.get("content-type", ""))
    html = _XML_DECLARATION.sub("", text.replace("\x00", ""))
    if _has_too_many_attributes(html):
        raise PageError("too many attributes in one tag", subject=page.final_url, hint=_HINT)
    tree = _parse(html, page.final_url)
    elements = sum(1 for _ in tree.iter())
    if elements > MAX_ELEMENTS:
        raise PageError("too many elements in the page", subject=page.final_url, hint=_HINT)
    return Document(
        address=page.final_url,
        base=_base(tree, page.final_url),
        html=html,
        tree=tree,
        elements=elements,
        charset=charset,
    )


def _has_too_many_attributes(html: str) -> bool:
    """Decide whether a page's tags would keep libxml2 busy: it takes quadratic time over one."""
    cost = 0
    for tag in _START_TAG.finditer(html):
        if tag.end() - tag.start() >= _LONG_TAG:
            cost += sum(1 for _ in _ONE_ATTRIBUTE.finditer(html, tag.start(), tag.end())) ** 2
            if cost > MAX_ATTRIBUTES**2:
                return True
    return False


def _parse(html: str, address: str) -> HtmlElement:
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, remove_pis=True)
    # one class for every element: lxml.html's own look-up by tag is Python, met at each of them
    plain = etree.ElementDefaultClassLookup(
        element=lxml_html.HtmlElement, comment=lxml_html.HtmlComment
    )
    parser.set_element_class_lookup(plain)
    data = html.encode("utf-8", "replace")
    try:
        tree = lxml_html.document_fromstring(data or b"<html></html>", parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        # markup without a single element, such as a lone comment, is an empty page
        return lxml_html.document_fromstring(b"<html></html>")
    if any(fault.type_name == "ERR_RESOURCE_LIMIT" for fault in parser.error_log):
        raise PageError("page nested too deep to read", subject=address, hint=_HINT)
    return tree


def _base(tree: HtmlElement, address: str) -> str:
    """Find what relative links stand on: `<base href>` on the address (HTML standard 4.2.3)."""
    for href in tree.xpath("(//base/@href)[1]"):
        return urls.fetchable(str(href), address) or address
    return address
