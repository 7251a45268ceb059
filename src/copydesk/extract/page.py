"""Parse an HTML page: decode its bytes, build its tree within limits, read the text of elements."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.errors import PageError
from copydesk.kit import text, urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.news import Page

MAX_BYTES = 10_000_000
MAX_ELEMENTS = 100_000  # the largest of 430 measured article pages has 9,000
_MAX_VALUE = 5_000  # characters of one element
_MAX_PIECE = 20 * _MAX_VALUE  # of a text with much white space
_MAX_PIECES = 2_000  # pieces of text in one element
MAX_ATTRIBUTES = 2_000  # of one element, if all others are normal
_HINT = "wait: copydesk skips the page, and tries again when its source lists it"

# A start tag as in the HTML standard, so that no trick with quotes hides attributes.
_ATTRIBUTE = r"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_START_TAG = re.compile(rf"<[a-zA-Z][^\s/>]*+(?:[\s/]++|{_ATTRIBUTE})*+")
_ONE_ATTRIBUTE = re.compile(_ATTRIBUTE)
_LONG_TAG = 200  # characters; shorter tags cannot have too many attributes
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,300}\?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A decoded and parsed HTML page. Nobody may change its tree.

    `address` is the page's final URL, `base` that of its relative links. `every` holds all elements
    in order: lxml makes an object for an element each time that nobody has one. `found` caches what
    several functions look for in the tree.
    """

    address: str
    base: str
    html: str
    tree: HtmlElement
    every: Sequence[HtmlElement] = field(compare=False, repr=False)
    charset: str
    found: dict[tuple[str, int], tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )


def open_document(page: Page) -> Document:
    """Decode and parse an HTML page; raise PageError if it is too large or too deeply nested."""
    if len(page.body) > MAX_BYTES:
        raise PageError("the page is too large", subject=page.final_url, hint=_HINT)
    text, charset = decode(page.body, page.headers.get("content-type", ""))
    html = _XML_DECLARATION.sub("", text.replace("\x00", ""))
    if _has_too_many_attributes(html):
        raise PageError("an HTML tag has too many attributes", subject=page.final_url, hint=_HINT)
    tree = _parse(html, page.final_url)
    every = list(tree.iter())
    if len(every) > MAX_ELEMENTS:
        raise PageError("the page has too many HTML elements", subject=page.final_url, hint=_HINT)
    return Document(
        address=page.final_url,
        base=_base(tree, page.final_url),
        html=html,
        tree=tree,
        every=every,
        charset=charset,
    )


def _has_too_many_attributes(html: str) -> bool:
    """Return whether a tag would take libxml2 too long: quadratic time in its attributes."""
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
    # one class for every element: lxml.html's look-up by tag is slow Python code
    plain = etree.ElementDefaultClassLookup(
        element=lxml_html.HtmlElement, comment=lxml_html.HtmlComment
    )
    parser.set_element_class_lookup(plain)
    data = html.encode("utf-8", "replace")
    try:
        tree = lxml_html.document_fromstring(data or b"<html></html>", parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        # markup without an element, such as a lone comment, is an empty page
        return lxml_html.document_fromstring(b"<html></html>")
    if any(fault.type_name == "ERR_RESOURCE_LIMIT" for fault in parser.error_log):
        raise PageError("the page is too deeply nested", subject=address, hint=_HINT)
    return tree


def _base(tree: HtmlElement, address: str) -> str:
    """Return the base of relative links: `<base href>` on the URL (HTML standard 4.2.3)."""
    for href in tree.xpath("(//base/@href)[1]"):
        return urls.fetchable(str(href), address) or address
    return address


def select(document: Document, xpath: str, *signs: str) -> list[HtmlElement]:
    """Return what an XPath finds in a page, [] if its markup has none of the signs (words).

    Most pages have none, and finding a word in the markup costs a hundredth of the XPath.
    """
    is_possible = any(sign in document.html for sign in signs)
    return list(document.tree.xpath(xpath)) if is_possible else []


def visible_text(document: Document, xpath: str, limit: int = 3) -> tuple[str, ...]:
    """Return the texts of the first elements that an XPath finds in a page, without empty ones."""
    known = document.found.get((xpath, limit))
    if known is None:
        elements = document.tree.xpath(xpath)[:limit]
        known = tuple(filter(None, map(_text, elements)))
        document.found[xpath, limit] = known
    return known


def _text(element: HtmlElement) -> str:
    """Return the beginning of an element's text."""
    found, length = list[str](), 0
    for piece in islice(element.itertext(), _MAX_PIECES):
        folded = text.fold(piece[:_MAX_PIECE])
        if folded:
            found.append(folded)
            length += len(folded) + 1
            if length > _MAX_VALUE:
                break
    return " ".join(found)[:_MAX_VALUE]


# Character encodings: what the page says it is written in, checked against its bytes.

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([^\s"';,]+)""", re.IGNORECASE)
_IN_MARKUP = re.compile(
    rb"""<meta\b[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{2,40})"""
    rb"""|<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# Browsers read these labels as the larger encoding of the same family.
_WIDER = {
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-11": "cp874",
}
_HIGH = bytes(range(0x80, 0x100))
_PRESCAN = 16_384  # bytes; the standard reads 1,024, but some pages name their encoding later
_SAMPLE = 200_000  # bytes that the detector reads
_BAD_SHARE = 50  # one byte in fifty may be wrong: a pasted quotation mark, an incomplete end


def decode(body: bytes, content_type: str) -> tuple[str, str]:
    """Decode a page's bytes, whatever they are; return the text and the name of the encoding.

    A byte order mark wins (WHATWG encoding standard). Then UTF-8 if the bytes are valid UTF-8,
    whatever the labels say: no other text is valid by chance. Then the labels of the header and of
    the markup, the first that makes sense; then a detector; then windows-1252.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace"), codec
    for codec in _candidates(body, content_type):
        text = _try_codec(body, codec)
        if text is not None:
            return text, codec
    return body.decode("cp1252", "replace"), "cp1252"


def _candidates(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the codecs to try, most likely first, the costly detector last."""
    labels = list(_labels(body, content_type))
    if body.isascii():
        # seven-bit codecs with escape sequences are known by their label alone
        yield from (codec for codec in labels if codec.startswith("iso2022") and b"\x1b" in body)
        yield "ascii"
        return
    if b"\x00" not in body[:1000]:
        yield "utf-8"
        labels = [codec for codec in labels if not codec.startswith("utf-16")]
    yield from labels
    yield _detect(body)


def _labels(body: bytes, content_type: str) -> Iterator[str]:
    """Yield the codecs that the header and the markup name.

    Labels are read as browsers do: windows-1252 for iso-8859-1, gb18030 for gb2312.
    """
    from resiliparse.parse.encoding import map_encoding_to_html5

    found = [match[1] for match in _IN_HEADER.finditer(content_type)]
    found += [
        (match[1] or match[2]).decode("ascii", "replace")
        for match in _IN_MARKUP.finditer(body[:_PRESCAN])
    ]
    for label in found:
        codec = map_encoding_to_html5(label, fallback_utf8=False)
        if codec:
            yield _WIDER.get(codec, codec)


def _try_codec(body: bytes, codec: str) -> str | None:
    """Decode by a codec, None if the result makes no sense."""
    try:
        text = codecs.getincrementaldecoder(codec)("replace").decode(body, final=False)
    except LookupError:
        return None
    bad = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    high = len(body) - len(body.translate(None, _HIGH))
    return text if bad * _BAD_SHARE <= high else None


def _detect(body: bytes) -> str:
    from resiliparse.parse.encoding import detect_encoding

    codec = str(detect_encoding(body[:_SAMPLE]))
    return _WIDER.get(codec, codec)
