"""Decode and parse feeds, sitemaps and HTML pages, even if their declared type or encoding is
wrong.

Nothing here trusts the sender: documents that would cost a parser minutes are refused before it
sees them, XML has no entities, no network and a bounded depth.
"""

from __future__ import annotations

import codecs
import re
import zlib
from html import unescape
from html.entities import html5
from itertools import islice
from typing import TYPE_CHECKING, Literal
from xml.parsers import expat

from copydesk.errors import FeedError
from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES = 10_000_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)

# codecs from bytes to text in linear time; no idna, punycode, zip, rot13
_SAFE = re.compile(
    r"(utf-?_?(8|16|32)([_-]?[bl]e)?|(iso-?_?8859|latin|windows|cp|koi8|mac|kz|ptcp|tis|johab)"
    r"[\w-]*|gb[\w-]+|hz|big5[\w-]*|euc[\w-]+|shift[\w-]*|sjis|ms932|iso-?2022[\w-]*|us-?ascii|"
    r"ascii|l1|x-sjis)",
    re.IGNORECASE,
)
_WIDER = tables.read_rows(__package__, "encodings.toml", str)
# characters that XML 1.0 forbids and at which a strict parser gives up
_ILLEGAL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


def decode(data: bytes, content_type: str = "") -> str:
    """Decode a document: by its byte order mark, HTTP header, own declaration, or else a guess.

    A label that does not match the bytes is ignored; in UTF-8 text, stray bytes are read as
    windows-1252. Control characters are removed.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _drop_illegal(data.decode(name, "replace"))
    for label in _labels(data, content_type):
        decoded = _decode_strictly(data, label)
        if decoded is not None:
            return _drop_illegal(decoded)
    return _drop_illegal(_decode_mixture(data))


def _labels(data: bytes, content_type: str) -> list[str]:
    head = data[:2_048]
    matches = [_CHARSET.search(content_type), _DECLARED.search(head), _META.search(head)]
    labels = [match[1] for match in matches if match]
    return [label if isinstance(label, str) else label.decode("ascii") for label in labels]


def _decode_strictly(data: bytes, label: str) -> str | None:
    """Decode by an encoding's name, None if the name is unknown, unsafe or wrong."""
    if not _SAFE.fullmatch(label):
        return None
    try:
        name = codecs.lookup(label).name
        return data.decode(_WIDER.get(name, name))
    except (LookupError, UnicodeError):
        return None


def _decode_mixture(data: bytes) -> str:
    """Decode UTF-8 with a few windows-1252 bytes in it, or all as windows-1252 if they are many."""
    decoded = data.decode("utf-8", "replace")
    if decoded.count("\ufffd") > 100 + len(data) // 100:
        return data.decode("cp1252", "replace")
    return data.decode("utf-8", "copydesk-stray")


def _decode_stray(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("copydesk-stray", _decode_stray)


def _drop_illegal(decoded: str) -> str:
    return decoded.removeprefix("\ufeff").translate(_ILLEGAL)


def unzip(data: bytes, subject: str) -> bytes:
    """Decompress a body if it is gzip; raise FeedError if it is over 10 MB or broken."""
    if data.startswith(b"\x1f\x8b"):
        data = _gunzip(data, subject)
    if len(data) > MAX_BYTES:
        raise FeedError(
            f"the response of the source has more than {MAX_BYTES:,} bytes",
            subject=subject,
            hint="use a shorter feed, or one sitemap from the site's sitemap index",
        )
    return data


def _gunzip(data: bytes, subject: str) -> bytes:
    """Decompress gzip, up to one byte over the limit. An incomplete file gives its beginning."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise FeedError(
            "the response of the source has invalid gzip data", subject=subject
        ) from error


Form = Literal["xml-feed", "json-feed", "sitemap", "addresses", "html", "empty", "unknown"]

_HEAD = 65_536
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_ROOTS: dict[str, Form] = {
    **dict.fromkeys(("rss", "feed", "rdf", "channel"), "xml-feed"),
    **dict.fromkeys(("urlset", "sitemapindex"), "sitemap"),
    **dict.fromkeys(("html", "head", "body"), "html"),
}
_SEARCHED = re.compile(
    r"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|html|body)[\s>]", re.IGNORECASE
)
_SKIPPED = (("<?", "?>"), ("<!--", "-->"), ("<!", ">"))
_INTERNAL = re.compile(r"<!DOCTYPE[^>\[]*\[", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+")


def sniff(document: str) -> Form:
    """Return the format of a document (feed, sitemap, HTML, …), recognised by its first element."""
    head = document[:_HEAD].lstrip()
    if not head:
        return "empty"
    if head[0] in "{[":
        return "json-feed"
    body = _after_prolog(head)
    if body is None:
        return "html"
    root = _ROOT.match(body)
    if root and root[1].lower() in _ROOTS:
        return _ROOTS[root[1].lower()]
    return _search(head)


_WHOLE_ENTRY = re.compile(r"</(?:\w+:)?(?:item|entry|url|sitemap)\s*>", re.IGNORECASE)


def is_cut(document: str) -> bool:
    """Return whether the XML of a feed or sitemap ends before the end tag of its root element."""
    root = _SEARCHED.search(document[:_HEAD])
    if root is None:
        return False
    own = document[root.start() : document.find(">", root.start()) + 1]
    end = re.compile(rf"</{re.escape(root[0][1:-1])}\s*>", re.IGNORECASE)
    return not own.endswith("/>") and end.search(document, root.end()) is None


def whole_entries(document: str) -> str:
    """Return the beginning of a feed or sitemap up to its last whole entry, "" if it has none."""
    ends = [found.end() for found in _WHOLE_ENTRY.finditer(document)]
    return document[: ends[-1]] if ends else ""


def _search(head: str) -> Form:
    """Find the first element that shows a document's format, after a server's warnings and other
    junk.
    """
    match = _SEARCHED.search(head)
    if match:
        return _ROOTS[match[1].lower()]
    lines = head.split()
    if all(_ADDRESS.fullmatch(line) for line in lines[:20]):
        return "addresses"
    return "html" if re.search(r"<(a|p|div|h1)[\s>]", head, re.IGNORECASE) else "unknown"


def _after_prolog(head: str) -> str | None:
    """Skip declarations, comments and a DOCTYPE; return None if the DOCTYPE is HTML's."""
    at = 0
    while True:
        rest = head[at:].lstrip()
        at = len(head) - len(rest)
        if re.match(r"<!doctype\s+html", rest, re.IGNORECASE):
            return None
        pair = next(((start, end) for start, end in _SKIPPED if rest.startswith(start)), None)
        if pair is None:
            return rest
        close = "]>" if _INTERNAL.match(rest) else pair[1]
        end = rest.find(close)
        if end < 0:
            return rest
        at += end + len(close)


# feedparser's time is linear in the length of a feed but for three things, measured on 2 cores: the
# attributes of one element (20,000 take 12 s), relative xml:base inside xml:base (20,000 take 30 s
# and 1 GB), a long xml:base (joined again at each element). The linear part is 15 µs an element.

Weight = Literal["sound", "broken", "excess"]

_MAX_ELEMENTS = 400_000
_MAX_REFERENCES = 2_000_000  # each is a separate piece: 10 million take 20 s and 1.5 GB
_MAX_WORK = 30_000_000  # about a second
_BASE = "http://www.w3.org/XML/1998/namespace base"
_BASES = re.compile(rb"\bbase\s*=\s*([\"'][^\"'<>]*)", re.IGNORECASE)
_MAX_BASES, _MAX_BASE = 1_000, 1_000  # in a feed that is not XML, whose nesting is unknown


class _Excess(Exception):  # noqa: N818 never leaves this module
    """Raised to stop expat when a document is too expensive to parse."""


class _CostCounter:
    """Adds up the work that parsing a document by feedparser would be."""

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
    """Check a UTF-8 document before parsing: "sound" XML, "broken", or an "excess" (too expensive
    to parse).
    """
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
    """Return whether a document that is no XML may be parsed, judging by counts of its
    characters.
    """
    if document.count(b"<") > _MAX_ELEMENTS:
        return False
    bases = _BASES.findall(document)
    return len(bases) <= _MAX_BASES and all(len(base) <= _MAX_BASE for base in bases)


_AMPERSAND = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});)?")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


def repair(document: str) -> str:
    """Return XML in which raw ampersands are escaped and HTML's named characters are numeric ones.

    feedparser's tolerant parser would make `AT&T: now` into `AT&T;: now`.
    """
    head, *sections = document.split("<![CDATA[")
    parts = [_AMPERSAND.sub(_escape, head)]
    for section in sections:
        content, end, after = section.partition("]]>")
        parts.append(f"<![CDATA[{content}{end}{_AMPERSAND.sub(_escape, after)}")
    return "".join(parts)


def _escape(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;"
    if name in _OF_XML or name.startswith("#"):
        # lxml cannot return half of a surrogate pair, which html makes U+FFFD
        return "\ufffd" if unescape(match[0]) == "\ufffd" else match[0]
    characters = html5.get(f"{name};")
    if characters is None:
        return f"&amp;{match[0][1:]}"
    return "".join(f"&#{ord(character)};" for character in characters)


def parse_xml(document: str) -> _Element | None:
    """Parse an XML document, even a broken one; return its root element, None if it has none.

    Raw ampersands are escaped, entities stay unresolved, nothing is loaded. Elements beyond
    libxml2's limits (a depth of 256) are left out.
    """
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(repair(document).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def local_name(element: _Element) -> str:
    """Return an element's name in lower case without its namespace, "" for an entity."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


_PARTS = 200  # of one element's text


def parse_html(document: str) -> _Element | None:
    """Parse an HTML page within libxml2's limits; return its root element, None if it has none."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        return etree.fromstring(document.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def base_url(root: _Element, base: str) -> str:
    """Return the URL against which a page's relative links are resolved: its `base` element, or
    `base`.
    """
    for element in root.iter("base"):
        return urls.fetchable(str(element.get("href", "")), base) or base
    return base


def text_of(element: _Element) -> str:
    """Return the text of an element in one line, up to 200 of its parts."""
    return text.fold(" ".join(islice(element.itertext("*"), _PARTS)))


def title_of(root: _Element) -> str:
    """Return the title in the head of a page, "" if it has none."""
    return next((text_of(element) for element in root.iter("title")), "")


_READ = 50_000  # characters of one field that are read: a headline, a summary, a beginning


def plain(markup: str) -> str:
    """Return the plain text of an HTML fragment, like `kit.text` but in linear time.

    An unclosed comment or tag would be searched for again from each of its beginnings; here
    comments are removed first, and no tag is looked for behind the last `>`.
    """
    markup = _without_comments(markup[:_READ])
    last = markup.rfind(">") + 1
    return text.plain(markup[:last] + markup[last:].replace("<", "&lt;"))


def _without_comments(markup: str) -> str:
    """Remove comments; an unclosed one removes the rest, as in a browser."""
    head, *rest = markup.split("<!--")
    return " ".join([head, *(part.partition("-->")[2] for part in rest)])
