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

_MAX_HTML = 3_000_000  # characters of markup; above, only the linear reader runs
_MAX_ELEMENTS = 15_000  # the same: the others take quadratic time in the worst case
LINEAR = "resiliparse"  # the reader that is asked whatever the size
# What no reader makes text of; it is most of a large page.
_DEAD = (
    *("script", "style", "template", "noscript", "svg", "iframe", "object", "embed", "canvas"),
    *("link", "meta", "video", "audio", "map"),
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a reader is given: the page without its dead parts, as markup and as a tree of its own.

    `is_heavy` is a page over which all but resiliparse may take seconds, and so may its blocks.
    """

    html: str
    tree: HtmlElement
    is_heavy: bool


def given(document: Document) -> Given:
    """Give a page to the readers: without scripts and the like, a third of its size or less."""
    from lxml import etree

    tree = copy.deepcopy(document.tree)
    etree.strip_elements(tree, *_DEAD, etree.Comment, with_tail=False)
    html = etree.tostring(tree, encoding="unicode", method="html")
    is_heavy = len(html) > _MAX_HTML or document.elements > _MAX_ELEMENTS
    return Given(html=html, tree=tree, is_heavy=is_heavy)


def reading(reader: str, page: Given) -> str:
    """Give what one of READERS takes for the text; "" where it fails, or finds nothing.

    Each meets markup that it dies of; the others go on.
    """
    _silence()
    try:
        return READERS[reader](page)
    except Exception:
        return ""


@functools.cache
def _silence() -> None:
    """Keep the readers' complaints about markup off the terminal, unless somebody listens."""
    for name in ("trafilatura", "htmldate", "readability", "courlan", "charset_normalizer"):
        logging.getLogger(name).addHandler(logging.NullHandler())


def _trafilatura(page: Given) -> str:
    """Read the tree, which trafilatura changes: nobody may read it after."""
    from trafilatura import bare_extraction

    found = bare_extraction(
        page.tree, fast=True, favor_precision=True, include_comments=False, with_metadata=False
    )
    return str(getattr(found, "text", None) or "")


def _resiliparse(page: Given) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(
        extract_plain_text(
            page.html, main_content=True, alt_texts=False, list_bullets=False, comments=False
        )
    )


def _readability(page: Given) -> str:
    from readability import Document as Reader
    from resiliparse.extract.html2text import extract_plain_text

    summary = Reader(page.html).summary()
    return str(extract_plain_text(summary, alt_texts=False, list_bullets=False))


READERS: Mapping[str, Callable[[Given], str]] = {
    LINEAR: _resiliparse,
    "trafilatura": _trafilatura,
    "readability": _readability,
}
