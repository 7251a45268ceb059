"""Split a page into text blocks in reading order: paragraphs, headings, list items, table rows.

A block has hints: what the names, roles and classes of its elements say about its text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from copydesk.kit import tables, text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PACKAGE = "copydesk.extract.text"

_MAX_CHARACTERS = 300  # of an element's classes and id; longer ones are lists of utility classes
_NONE: frozenset[str] = frozenset()

# A class or id is cut into words at hyphens, underscores and capitals; a hint is one of its words
# or two that follow each other.
_HINT_WORDS = tables.read_rows(_PACKAGE, "hint_words.toml", tuple[str, ...])
_OF_WORD = {word: hint for hint, words in _HINT_WORDS.items() for word in words}
_HINTS = tables.read_rows(_PACKAGE, "hints.toml", dict[str, str])
_OF_TAG, _OF_ROLE, _OF_ITEMPROP = (
    {name: frozenset({hint}) for name, hint in _HINTS[kind].items()}
    for kind in ("element", "role", "itemprop")
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_INVISIBLE = re.compile(r"(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)")


def hints_of(element: HtmlElement) -> frozenset[str]:
    """Return hints on an element's role, such as "comments", from its name and classes."""
    found = _OF_TAG.get(element.tag, _NONE)
    for name, value in element.items():
        read = _OF_ATTRIBUTE.get(name)
        if read and (hints := read(value[:_MAX_CHARACTERS])):
            found |= hints
    return found


@functools.lru_cache(maxsize=4096)
def _in_names(names: str) -> frozenset[str]:
    found = set()
    for name in names.split():
        words = [word.lower() for word in _WORD.findall(name)]
        pairs = [f"{word}-{following}" for word, following in pairwise(words)]
        found |= {_OF_WORD[word] for word in (*words, *pairs) if word in _OF_WORD}
    return frozenset(found)


def _in_properties(names: str) -> frozenset[str]:
    return _NONE.union(*(_OF_ITEMPROP.get(name, _NONE) for name in names.lower().split()))


_HIDDEN = frozenset({"hidden"})
_OF_ATTRIBUTE: Mapping[str, Callable[[str], frozenset[str]]] = {
    "class": _in_names,
    "id": _in_names,
    "role": lambda role: _OF_ROLE.get(role.lower(), _NONE),
    "itemprop": _in_properties,
    "hidden": lambda _: _HIDDEN,
    "aria-hidden": lambda value: _HIDDEN if value == "true" else _NONE,
    "style": lambda style: _HIDDEN if _INVISIBLE.search(style) else _NONE,
}


# Cutting into blocks.

Kind = Literal["paragraph", "heading", "item", "row", "code"]

# Elements that are never read, and elements within a line; all others begin and end a block.
_ELEMENTS = tables.read_rows(_PACKAGE, "elements.toml", tuple[str, ...])
_SILENT = frozenset(_ELEMENTS["silent"])
_INLINE = frozenset(_ELEMENTS["inline"])
_STYLED = frozenset({"b", "strong", "i", "em"})
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BROKEN = "\u2028"  # the end of a line, a `<br>`
_ENDS = frozenset(".!?:;”\"'…»)。！？」』") | {_BROKEN}
_DENSE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_CELL_CHARACTERS = 300  # a longer cell is a column of a layout
_HEADING = 200  # characters; a longer heading is a paragraph in large letters
_MAX_INDENT = 40  # blanks before a line of code
_FRAMES = {"p": 1, "td": 1, "pre": 1, "blockquote": 1, "li": 2}  # elements that hold one block
_ROWS = 500  # of a table that are checked for data


@dataclass(slots=True)
class Wrapper:
    """An element around text blocks whose name and classes are hints on them."""

    hints: frozenset[str]
    outer: Wrapper | None
    depth: int = 0
    tag: str = ""
    element: HtmlElement | None = None


@dataclass(slots=True, kw_only=True)
class Block:
    """A text block of a page: its text and kind, and how many of its characters are links.

    `level` is a heading's (1 to 6) or an ordered item's number, 0 for none; `cells` are a row's.
    `dense` is text in a script without blanks, `whole` the table, list or code that it belongs to;
    `pictured` is a line that begins with a picture.
    """

    text: str
    kind: Kind
    level: int = 0
    quoted: bool = False
    linked: int = 0
    strong: int = 0
    cells: tuple[str, ...] = ()
    wrapper: Wrapper = field(default_factory=lambda: Wrapper(_NONE, None))
    dense: bool = False
    whole: object = None
    tag: str = ""
    pictured: bool = False

    @property
    def container(self) -> Wrapper:
        """Return the element around the block's paragraph, list item or the like."""
        around = self.wrapper
        for _ in range(_FRAMES.get(self.tag, 0)):
            around = around.outer or around
        return around

    @property
    def words(self) -> int:
        """Return the number of words; in scripts without spaces, of two letters each."""
        return len(self.text) // 2 if self.dense else len(self.text.split())

    @property
    def size(self) -> int:
        """Return the block's length in characters; in scripts without spaces each counts three."""
        return len(self.text) + 2 * len(_DENSE.findall(self.text)) if self.dense else len(self.text)


@dataclass(slots=True)
class _Position:
    """The position in the tree: the enclosing block element and what follows from its parents."""

    element: HtmlElement | None
    wrapper: Wrapper
    kind: Kind = "paragraph"
    level: int = 0
    quoted: bool = False
    whole: object = None
    fresh: list[bool] = field(default_factory=list)  # an item's mark is still to be written
    counter: list[int] = field(default_factory=list)  # an ordered list's next number


class _Cutter:
    """Cuts the tree of a page into blocks: collects pieces of a line, cuts at ends of blocks."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._links = self._bold = self._linked = self._strong = 0
        self._pictured = False  # the line begins with a picture

    def walk(self, body: HtmlElement) -> None:
        """Visit all elements of a tree without recursion, since it may be very deep."""
        from lxml import etree

        around = [_Position(element=None, wrapper=Wrapper(_NONE, None))]
        events = etree.iterwalk(body, events=("start", "end", "comment", "pi"))
        for event, element in events:
            if event == "start":
                if element.tag in _INLINE:
                    self._enter_inline(element, around[-1])
                elif inner := self._enter(element, around[-1]):
                    around.append(inner)
                else:
                    events.skip_subtree()
                continue
            if event == "end" and self._leave(element, around[-1]):
                around.pop()
            if element is not body:
                self._add(element.tail)
        self._cut(around[0])

    def _enter(self, element: HtmlElement, place: _Position) -> _Position | None:
        """Begin a block element; return None if there is nothing in it to read."""
        tag = element.tag
        if tag in _SILENT:
            return None
        if tag == "br":
            self._break(place)
            return None
        if self._pieces:
            self._cut(place)
        self._pictured = False
        inner = _enter_block(element, place)
        if tag == "table" and is_data(element):
            self._rows(element, inner)
            return None
        if tag == "pre":
            self._code(element, inner)
            return None
        self._add(element.text)
        return inner

    def _enter_inline(self, element: HtmlElement, place: _Position) -> None:
        """Begin an element within a line."""
        tag = element.tag
        self._links += tag == "a" and not _is_own(element, place)
        self._bold += tag in _STYLED
        self._pictured |= tag == "img" and not self._pieces
        self._add(element.text)

    def _leave(self, element: HtmlElement, place: _Position) -> bool:
        """End an element; return whether it is the block of this position."""
        if element.tag in _INLINE:
            self._links -= element.tag == "a" and not _is_own(element, place)
            self._bold -= element.tag in _STYLED
            return False
        if element is not place.element:
            return False  # nothing in it was read
        if self._pieces:
            self._cut(place)
        else:
            self._pictured = False
        return True

    def _add(self, piece: str | None) -> None:
        if not piece or (not self._pieces and piece.isspace()):
            return
        self._pieces.append(piece)
        if self._links or self._bold:
            length = len(" ".join(piece.split()))
            self._linked += length if self._links else 0
            self._strong += length if self._bold else 0

    def _break(self, place: _Position) -> None:
        """End the block at a `<br>` after a sentence or after another `<br>`; fold any other."""
        before = reversed(self._pieces)
        ends = (piece if piece == _BROKEN else piece.rstrip()[-1:] for piece in before)
        if next(filter(None, ends), "") in _ENDS:
            self._cut(place)
        else:
            self._pieces.append(_BROKEN)

    def _cut(self, place: _Position) -> None:
        if not self._pieces:
            return
        line = text.fold("".join(self._pieces))
        self._pieces.clear()
        if line:
            self._put(line, place, place.kind)
        self._linked = self._strong = 0
        self._pictured = False

    def _put(self, line: str, place: _Position, kind: Kind, cells: tuple[str, ...] = ()) -> None:
        if kind == "heading":
            line = line.rstrip(" ¶🔗") or line  # a heading's link to itself
            kind = "paragraph" if len(line) > _HEADING else kind
        if kind == "item":
            if place.fresh and place.fresh[0]:
                place.fresh[0] = False
            else:
                kind = "paragraph"
        self.blocks.append(
            Block(
                text=line,
                kind=kind,
                level=place.level if kind in {"heading", "item"} else 0,
                quoted=place.quoted,
                linked=self._linked,
                strong=self._strong,
                cells=cells,
                wrapper=place.wrapper,
                whole=place.element if kind in {"row", "code"} else place.whole,
                dense=not line.isascii() and bool(_DENSE.search(line)),
                tag="" if place.element is None else str(place.element.tag),
                pictured=self._pictured,
            )
        )

    def _rows(self, table: HtmlElement, place: _Position) -> None:
        for row in table.iter("caption", "tr"):
            if row.tag == "caption":
                cells = [read_shown_text(row)]
            else:
                cells = [read_shown_text(cell) for cell in row if cell.tag in {"td", "th"}]
            if any(cells):
                self._linked = sum(len(read_shown_text(link)) for link in row.iter("a"))
                self._put(" ".join(cell for cell in cells if cell), place, "row", tuple(cells))
        self._linked = 0

    def _code(self, element: HtmlElement, place: _Position) -> None:
        raw = "".join(_pieces(element, breaks="\n"))
        lines = (f"{_indent(line)}{text.fold(line)}" for line in raw.split("\n"))
        code = "\n".join(line.rstrip() for line in lines if line.strip())
        if code:
            self._put(code, place, "code")


def _is_own(link: HtmlElement, place: _Position) -> bool:
    """Return whether a link is a heading's link to itself."""
    return place.kind == "heading" and (link.get("href") or "").startswith("#")


def _enter_block(element: HtmlElement, place: _Position) -> _Position:
    """Return the position inside a block element."""
    tag = element.tag
    outer = place.wrapper
    inner = _Position(
        element,
        Wrapper(hints_of(element), outer, outer.depth + 1, tag, element),
        place.kind,
        place.level,
        place.quoted or tag == "blockquote",
        place.whole,
        place.fresh,
        place.counter,
    )
    if tag in HEADINGS:
        inner.kind, inner.level = "heading", HEADINGS[tag]
    elif tag in {"ol", "ul"}:
        inner.counter, inner.whole = _counter(element), element
    elif tag == "li":
        inner.kind, inner.fresh = "item", [True]
        inner.level = _count(place.counter)
    elif tag in {"td", "th", "table", "blockquote", "dl"}:
        inner.kind, inner.level, inner.whole = "paragraph", 0, None
    return inner


def _counter(items: HtmlElement) -> list[int]:
    """Return the number of a list's first item, [] if its items have no numbers."""
    if items.tag == "ul":
        return []
    start = items.get("start") or "1"
    return [int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1]


def _count(counter: list[int]) -> int:
    """Return an item's number and increase it, 0 in a list without numbers."""
    if not counter:
        return 0
    counter[0] += 1
    return counter[0] - 1


def cut(body: HtmlElement) -> list[Block]:
    """Split a page into text blocks in reading order, without scripts and form controls."""
    cutter = _Cutter()
    cutter.walk(body)
    return cutter.blocks


def _indent(line: str) -> str:
    return " " * min(len(line) - len(line.lstrip()), _MAX_INDENT)


def is_data(table: HtmlElement) -> bool:
    """Return whether a table contains data in short cells, and is not used for layout."""
    wide = 0
    for at, row in enumerate(table.iter("tr", "table")):
        if row.tag == "table":
            if row is not table:
                return False
            continue
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        wide += len(cells) > 1
        if at >= _ROWS:
            break
        for cell in cells:
            if len("".join(cell.itertext())) > _CELL_CHARACTERS:
                return False
    return wide > 1


def read_shown_text(element: HtmlElement) -> str:
    """Return the text of an element on one line, without scripts and form controls."""
    return text.fold("".join(_pieces(element, breaks=" ")))


def _pieces(element: HtmlElement, breaks: str) -> Iterator[str]:
    """Yield an element's text in pieces; blocks and `<br>` in it are separated by `breaks`."""
    stack: list[HtmlElement | str] = [element]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            yield piece
            continue
        if piece is not element and piece.tail:
            stack.append(piece.tail)
        tag = piece.tag
        if not isinstance(tag, str) or tag in _SILENT:
            continue
        if tag not in _INLINE and piece is not element:
            stack.append(breaks)
            yield breaks
        stack.extend(reversed(piece))
        if piece.text:
            yield piece.text
