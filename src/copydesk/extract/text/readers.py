"""Extract a page's text by three extraction libraries, and match the results to its blocks."""

from __future__ import annotations

import copy
import functools
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.extract.text.blocks import Block
from copydesk.kit import text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.page import Document

_MAX_HTML = 2_000_000  # characters of markup; of a larger page only the linear reader is asked
MAX_ELEMENTS = 10_000  # likewise: the others take quadratic time in the worst case
_DEEP_HTML = 300_000  # characters; a shorter page is read in time at any depth
_MAX_EFFORT = 200_000_000  # characters times their depth; 0.8 s of resiliparse
_ELEMENT = 20  # characters that an element's start or end counts for
LINEAR = "resiliparse"  # the reader that is asked for a page of any size
# Elements that no reader uses; they are most of a large page.
_DEAD = (
    *("script", "style", "template", "noscript", "svg", "iframe", "object", "embed", "canvas"),
    *("link", "meta", "video", "audio", "map", "rt", "rp", "rtc"),
)


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """A page without unused elements, as markup and as tree, for the extraction libraries.

    On a page that `is_heavy`, all libraries but resiliparse may take seconds, and so may cutting it
    into blocks.
    """

    html: str
    tree: HtmlElement
    is_heavy: bool


Reader = Callable[[PreparedPage], str]


def prepare(document: Document) -> PreparedPage:
    """Prepare a page for the extraction libraries: without scripts and the like."""
    from lxml import etree

    tree = copy.deepcopy(document.tree)
    etree.strip_elements(tree, *_DEAD, etree.Comment, with_tail=False)
    whole = etree.tostring(tree, encoding="unicode", method="html")
    html = _cut_to_effort(whole, tree)
    is_large = len(whole) > _MAX_HTML or document.elements > MAX_ELEMENTS
    is_heavy = is_large or len(html) < len(whole)
    return PreparedPage(html=html, tree=tree, is_heavy=is_heavy)


def _cut_to_effort(html: str, tree: HtmlElement) -> str:
    """Cut the markup of a large page to what resiliparse reads in time.

    Its time grows with the depth of each element and letter: 4 s for 90,000 links 240 levels deep.
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
    """Return the text that an extraction library extracts from a page, "" if it fails.

    Each library crashes on some markup; the others go on.
    """
    _silence()
    try:
        return reader(page)
    except Exception:
        return ""


@functools.cache
def _silence() -> None:
    """Keep the libraries' log messages off the terminal, unless a handler is installed."""
    for name in ("trafilatura", "htmldate", "readability", "courlan", "charset_normalizer"):
        logging.getLogger(name).addHandler(logging.NullHandler())


def _trafilatura(page: PreparedPage) -> str:
    """Read the tree, which trafilatura changes: no library may use it after this one."""
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


# Votes: which blocks of the page a reader took for the article.

_SEPARATORS = re.compile(r"[\W_]+")
_LONG = 25  # letters and digits of a block that can be found anywhere in a reading
_PATIENCE = 40_000_000  # characters searched in vain for missing blocks; then the search ends


def squash(passage: str) -> str:
    """Return only the letters and digits of a text, which extraction libraries leave unchanged."""
    return _SEPARATORS.sub("", passage).lower()


class Ballot:
    """The text that one extraction library extracted, searched for the page's blocks in order."""

    def __init__(self, reading: str) -> None:
        self.squashed = squash(reading)
        words = text.words(reading)
        self._runs = set(zip(words, words[1:], words[2:], strict=False))
        self._patience = _PATIENCE
        self._taken = bytearray(len(self.squashed))

    def take(self, squashed: str, start: int) -> int:
        """Return the position of a text block in the library's text, from `start` on; -1 for none.

        No other block can take the same place: a page shows its headline more than once.
        """
        at = self.squashed.find(squashed, start) if self._patience > 0 else -1
        if at < 0:
            self._patience -= len(self.squashed) - start
            return -1
        end = at + len(squashed)
        if self._taken[at] and self._taken[end - 1]:
            return -1
        self._taken[at:end] = b"\x01" * (end - at)
        return at

    def share(self, words: Sequence[str]) -> float:
        """Return the share of a block's three-word sequences that are in the library's text."""
        runs = list(zip(words, words[1:], words[2:], strict=False))
        return sum(run in self._runs for run in runs) / len(runs) if runs else 0.0


def votes(blocks: Sequence[Block], squashed: Sequence[str], reading: str) -> list[float]:
    """Return for each text block the share (0 to 1) of it that a library's text contains.

    Long blocks are found by their letters, in order; short ones between two long ones count only if
    they are between the same two in the library's text.
    """
    ballot = Ballot(reading)
    said = [0.0] * len(blocks)
    spans = _anchor_long(blocks, squashed, ballot, said)
    begin = first = 0
    for last in (*spans, len(blocks)):
        start, end = spans.get(last, (len(ballot.squashed), 0))
        _place_short(squashed, said, ballot.squashed, (first, last, begin, start))
        first, begin = last + 1, end
    return said


def agreement(one: Sequence[float], other: Sequence[float], words: Sequence[int]) -> float:
    """Return how far two libraries chose the same words, as an F1 score from 0 to 1."""
    both = sum(min(a, b) * many for a, b, many in zip(one, other, words, strict=True))
    total = sum((a + b) * many for a, b, many in zip(one, other, words, strict=True))
    return 2 * both / total if total else 0.0


def _anchor_long(
    blocks: Sequence[Block], squashed: Sequence[str], ballot: Ballot, said: list[float]
) -> dict[int, tuple[int, int]]:
    spans: dict[int, tuple[int, int]] = {}
    behind = 0
    for at, letters in enumerate(squashed):
        if len(letters) < _LONG:
            continue
        found = ballot.take(letters, behind)
        if found >= 0:
            behind = found + len(letters)
            spans[at] = (found, behind)
            said[at] = 1.0
        elif behind and ballot.take(letters, 0) >= 0:
            said[at] = 1.0
        else:
            share = ballot.share(text.words(blocks[at].text))
            said[at] = share if share < 1.0 else 0.0  # all of it, but another block has taken it
    return spans


def _place_short(
    squashed: Sequence[str], said: list[float], reading: str, gap: tuple[int, int, int, int]
) -> None:
    first, last, start, end = gap
    for at in range(first, last):
        letters = squashed[at]
        if letters and len(letters) < _LONG:
            found = reading.find(letters, start, end)
            if found >= 0:
                said[at] = 1.0
                start = found + len(letters)
