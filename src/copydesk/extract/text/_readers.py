"""Readers: three libraries that find an article's text, each from the same cleaned page."""

from __future__ import annotations

import copy
import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.page import Document

_MAX_HTML = 2_000_000  # characters of markup; above, only the linear reader runs
MAX_ELEMENTS = 10_000  # the same: the others take quadratic time in the worst case
_DEEP_HTML = 300_000  # characters; a shorter page is read in time however deep it is
_MAX_EFFORT = 200_000_000  # characters times their depth; 0.8 s of resiliparse
_ELEMENT = 20  # characters that an event of an element counts for
LINEAR = "resiliparse"  # the reader that is asked whatever the size
# What no reader makes text of; it is most of a large page.
_DEAD = (
    *("script", "style", "template", "noscript", "svg", "iframe", "object", "embed", "canvas"),
    *("link", "meta", "video", "audio", "map", "rt", "rp", "rtc"),
)


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """What a reader is given: the page without its dead parts, as markup and as a tree of its own.

    `is_heavy` is a page over which all but resiliparse may take seconds, and so may its blocks.
    """

    html: str
    tree: HtmlElement
    is_heavy: bool


Reader = Callable[[PreparedPage], str]


def prepare(document: Document) -> PreparedPage:
    """Prepare a page for the readers: without scripts and the like, a third of its size or less."""
    from lxml import etree

    tree = copy.deepcopy(document.tree)
    etree.strip_elements(tree, *_DEAD, etree.Comment, with_tail=False)
    whole = etree.tostring(tree, encoding="unicode", method="html")
    html = _cut_to_effort(whole, tree)
    is_large = len(whole) > _MAX_HTML or document.elements > MAX_ELEMENTS
    is_heavy = is_large or len(html) < len(whole)
    return PreparedPage(html=html, tree=tree, is_heavy=is_heavy)


def _cut_to_effort(html: str, tree: HtmlElement) -> str:
    """Cut a large page's markup to what resiliparse reads in time.

    It takes the longer for each element and letter the deeper they stand: 4 s for 90,000 links 240
    levels deep.
    """
    from lxml import etree

    if len(html) < _DEEP_HTML:
        return html
    depth, effort = 0, 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        told = element.text if event == "start" else element.tail
        effort += depth * (_ELEMENT + len(told or ""))
    return html if effort <= _MAX_EFFORT else html[: len(html) * _MAX_EFFORT // effort]


def ask(reader: Reader, page: PreparedPage) -> str:
    """Ask a reader for the text; "" where it fails, or finds nothing.

    Each meets markup that it dies of; the others go on.
    """
    _silence()
    try:
        return reader(page)
    except Exception:
        return ""


@functools.cache
def _silence() -> None:
    """Keep the readers' complaints about markup off the terminal, unless somebody listens."""
    for name in ("trafilatura", "htmldate", "readability", "courlan", "charset_normalizer"):
        logging.getLogger(name).addHandler(logging.NullHandler())


def _trafilatura(page: PreparedPage) -> str:
    """Read the tree, which trafilatura changes: nobody may read it after."""
    from trafilatura import bare_extraction

    found = bare_extraction(
        page.tree, fast=True, favor_precision=True, include_comments=False, with_metadata=False
    )
    return str(getattr(found, "text", None) or "")


def _resiliparse(page: PreparedPage) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(
        extract_plain_text(
            page.html, main_content=True, alt_texts=False, list_bullets=False, comments=False
        )
    )


def _readability(page: PreparedPage) -> str:
    from readability import Document as Reader
    from resiliparse.extract.html2text import extract_plain_text

    summary = Reader(page.html).summary()
    return str(extract_plain_text(summary, alt_texts=False, list_bullets=False))


READERS: Mapping[str, Reader] = {
    LINEAR: _resiliparse,
    "trafilatura": _trafilatura,
    "readability": _readability,
}
