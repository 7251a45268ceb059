"""Extract a page's text by libraries and a reader of our own, and match it to its blocks."""

from __future__ import annotations

import copy
import functools
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.extract.text.blocks import HEADINGS, Block, Wrapper
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
    is_large = len(whole) > _MAX_HTML or len(document.every) > MAX_ELEMENTS
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
    """Read a copy of the tree, which trafilatura makes itself."""
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
    from lxml import etree
    from readability import Document as Reader
    from resiliparse.extract.html2text import extract_plain_text

    # what `cut_off` left of the page
    html = etree.tostring(page.tree, encoding="unicode", method="html")
    summary = Reader(html).summary()
    return str(extract_plain_text(summary, alt_texts=False, list_bullets=False))


READERS: Mapping[str, Reader] = {
    LINEAR: _resiliparse,
    "trafilatura": _trafilatura,
    "readability": _readability,
}


def cut_off(blocks: Sequence[Block], said: Mapping[str, Sequence[float]]) -> None:
    """Remove from the tree what is before and after all blocks that one of two readers took."""
    taken = [at for at in range(len(blocks)) if any(shares[at] >= 0.5 for shares in said.values())]
    if len(said) < 2 or not taken:
        return
    for at, is_before in ((taken[0], True), (taken[-1], False)):
        element = blocks[at].wrapper.element
        while element is not None and element.tag != "body":
            beside = list(element.itersiblings(preceding=is_before))
            element = element.getparent()
            for other in beside:
                element.remove(other)


# Votes: which blocks of the page a reader took for the article.

_LONG = 25  # letters and digits of a block that can be found anywhere in a reading
_PROBE = 12  # letters of such a block that are looked for before its words are compared
_PATIENCE = 40_000_000  # characters searched in vain for missing blocks; then the search ends


_LOWER = bytes(range(128)).lower().ljust(256)
_MARKS = bytes(code for code in range(128) if not chr(code).isalnum())
_BETWEEN = re.compile(r"[\W_]+")


def squash(passage: str) -> str:
    """Return only the letters and digits of a text, which extraction libraries leave unchanged."""
    if passage.isascii():  # a tenth of the time
        return passage.encode().translate(_LOWER, _MARKS).decode()
    return _BETWEEN.sub("", passage).lower()


class Ballot:
    """The text that one extraction library extracted, searched for the page's blocks in order."""

    def __init__(self, reading: str) -> None:
        self.squashed = squash(reading)
        self._reading = reading
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

    @functools.cached_property
    def _runs(self) -> frozenset[tuple[str, ...]]:
        words = text.words(self._reading)
        return frozenset(zip(words, words[1:], words[2:], strict=False))

    def share(self, passage: str, squashed: str) -> float:
        """Return the share of a block's three-word sequences that are in the library's text.

        A block is not compared word by word if its beginning, middle and end are not in the text.
        """
        middle, last = (len(squashed) - _PROBE) // 2, len(squashed) - _PROBE
        if not any(squashed[at : at + _PROBE] in self.squashed for at in (0, middle, last)):
            return 0.0
        words = text.words(passage)
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
            share = ballot.share(blocks[at].text, letters)
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


# The reader of our own: the part of a page where most prose is together, as Arc90's Readability
# (2009) finds it. It needs the page's blocks alone, so it costs a tenth of a library.

_PROSE = 25  # characters of a paragraph that counts
_REACH = (1, 2, 6, 9)  # an element around a paragraph gets its points divided by these
_APART = frozenset({"aside", "nav", "footer", "figure", "figcaption"})
_NEGATIVE = frozenset({"aside", "byline", "caption", "comment", "letter", "related", "share"})
_PENALTY = 8.0  # points of an element whose name speaks against it
_MAIN = 0.5  # of a page's prose; an element with as much is the article, whatever its name
_LINKED = 0.5  # of a part's characters; a part with more in links is a list of other pages
_SIBLING = 0.2  # of the best element's points: another part of the article beside it
_LEAST = 10.0  # points of such a part
_WIDER = 1.25  # times as much prose: an element around the best one that has it is the article
_CLEAN = 0.7  # of what is added then must be prose
_SHORT = 80  # characters of a line that may be a link as a whole
_STOP = re.compile(r"(?:(?<!\.)\.|[!?:;。！？：])[\"'”’»)\]」』]*\Z")
_LINES = frozenset({"p", "li", "td", "th", "tr", "table", "dd", "dt", "pre", "blockquote"})
_COMMAS = re.compile(r"[,،、，;；]")


@dataclass(slots=True)
class _Part:
    """What is in an element: its characters, those in links and in paragraphs, and its points."""

    wrapper: Wrapper
    outer: _Part | None
    size: int = 0
    linked: int = 0
    prose: int = 0
    points: float = 0.0
    is_apart: bool = False

    @property
    def value(self) -> float:
        return self.points * (1 - self.linked / self.size) if self.size else 0.0


def vote_by_density(blocks: Sequence[Block]) -> list[float]:
    """Return for each text block 1 if it is in the densest part of the page, else 0."""
    parts = _measure_parts(blocks)
    if not parts:
        return [0.0] * len(blocks)
    ordered = sorted(parts.values(), key=lambda part: part.wrapper.depth)
    _set_apart(ordered)
    chosen = _choose_parts(ordered)
    inside: dict[int, bool] = {}
    for part in ordered:
        within = part.outer is not None and inside[id(part.outer.wrapper)]
        is_list = part.linked > _LINKED * part.size and part.wrapper.tag not in HEADINGS
        is_out = part.is_apart or is_list
        inside[id(part.wrapper)] = id(part) in chosen or (within and not is_out)
    return [float(inside[id(block.wrapper)] and not _is_label(block)) for block in blocks]


def _is_label(block: Block) -> bool:
    """Return whether a short line is a link, or no sentence and no paragraph: a date, a name."""
    if block.kind == "heading" or block.size >= _SHORT:
        return False
    is_framed = block.tag in _LINES or _STOP.search(block.text)
    return not is_framed or block.linked > _LINKED * len(block.text)


def _measure_parts(blocks: Sequence[Block]) -> dict[int, _Part]:
    """Return what is in each element itself, without the elements in it, and its points."""
    parts: dict[int, _Part] = {}
    for block in blocks:
        part = _part_of(block.wrapper, parts)
        size = block.size
        part.size += size
        part.linked += block.linked
        if size >= _PROSE and block.kind not in {"heading", "row"} and 2 * block.linked <= size:
            part.prose += size if size >= _SHORT and _STOP.search(block.text) else 0
            points = 1 + len(_COMMAS.findall(block.text)) + min(size / 100, 3)
            around: _Part | None = _part_of(block.container, parts)
            for share in _REACH:
                if around is None:
                    break
                around.points += points / share
                around = around.outer
    return parts


def _part_of(wrapper: Wrapper, parts: dict[int, _Part]) -> _Part:
    """Return the part of an element; make it and those around it if they are new."""
    part = parts.get(id(wrapper))
    if part is None:
        above: list[Wrapper] = []
        around: Wrapper | None = wrapper
        while around and id(around) not in parts:
            above.append(around)
            around = around.outer
        part = parts[id(around)] if around else None
        for each in reversed(above):
            part = parts[id(each)] = _Part(each, part)
        assert part
    return part


def _set_apart(ordered: Sequence[_Part]) -> None:
    """Sum up what is in the elements, without those that are apart from the article."""
    whole = sum(part.prose for part in ordered)
    prose = {id(part): part.prose for part in ordered}
    for part in reversed(ordered):
        names = part.wrapper.hints & _NEGATIVE
        is_named = part.wrapper.tag in _APART or bool(names)
        is_main = prose[id(part)] >= _MAIN * whole and "comment" not in names
        part.is_apart = is_named and not is_main
        if part.is_apart:
            part.points -= _PENALTY
        if part.outer:
            prose[id(part.outer)] += prose[id(part)]
            if not part.is_apart:
                part.outer.size += part.size
                part.outer.linked += part.linked
                part.outer.prose += part.prose


def _choose_parts(ordered: Sequence[_Part]) -> set[int]:
    """Return the best element, or a wider one around it, and its siblings with as dense prose."""
    out = _list_apart(ordered)
    best = _widen(max(ordered, key=lambda part: 0.0 if id(part) in out else part.value))
    if best.value <= 0:
        return set()
    least = max(_LEAST, _SIBLING * best.value)
    beside = (part for part in ordered if part.outer is best.outer and not part.is_apart)
    return {id(best), *(id(part) for part in beside if part.value >= least or _is_lone(part))}


def _list_apart(ordered: Sequence[_Part]) -> set[int]:
    """Return the elements that are apart from the article, and those in them."""
    out = set[int]()
    for part in ordered:
        if part.is_apart or id(part.outer) in out:
            out.add(id(part))
    return out


def _is_lone(part: _Part) -> bool:
    """Return whether an element is a paragraph beside the article's element."""
    return part.wrapper.tag == "p" and part.size > _SHORT and 4 * part.linked < part.size


def _widen(best: _Part) -> _Part:
    """Return the element around the best one that has the other parts of a split article, too."""
    around, chosen = best.outer, best
    while around:
        prose = around.prose - chosen.prose
        added = around.size - around.linked - (chosen.size - chosen.linked)
        if around.prose >= _WIDER * chosen.prose and prose >= _CLEAN * added:
            chosen = around
        around = around.outer
    return chosen
