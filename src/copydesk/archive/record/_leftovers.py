"""What a news record holds beside the known keys in their usual spelling: lines to keep."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

import yaml

from copydesk.archive.document import is_block, span
from copydesk.archive.record import _layout
from copydesk.archive.record._fields import SECTION_OF, STORY
from copydesk.archive.record._nested import Nested, NestedList
from copydesk.archive.record._position import name_item
from copydesk.archive.record._table import Table
from copydesk.news import Extra

# Line ends that YAML knows beside the line feed; document marks, directives, keys behind a `?`
# (one without a value ends, for the parser, where the next key begins).
_UNORDERLY = re.compile(r"[\r\x85\u2028\u2029]|^(?:[.]{3}|---|%)|^[ -]*[?](?:\s|$)", re.MULTILINE)


def unknown_lines(front: str, root: yaml.MappingNode) -> tuple[Extra, ...]:
    """Return the lines that belong to no known key, each with the key that they follow."""
    return (*_top(front, root), *_walk(front, root, "", ""))


def is_orderly(front: str, root: yaml.MappingNode) -> bool:
    """Decide whether each top key stands at the margin of a line of its own.

    Elsewhere (a flow mapping, an indented one, YAML's other line ends and marks) single lines
    cannot be put back, and the record is read but never rewritten.
    """
    at_margin = is_block(root) and root.start_mark.column == 0
    return at_margin and not _UNORDERLY.search(front)


def spellings(front: str, root: yaml.MappingNode) -> dict[str, str]:
    """Return the lines of each known top key as they stand in the file."""
    lines_by_key = {}
    for key, value in root.value:
        if key.value in SECTION_OF:
            start, stop = span(front, key, value)
            lines_by_key[key.value] = front[start:stop]
    return lines_by_key


def _top(front: str, root: yaml.MappingNode) -> Iterator[Extra]:
    before, position = "", 0
    for key, value in root.value:
        name = key.value
        if name not in SECTION_OF:
            continue
        start, stop = span(front, key, value)
        between = front[position:start]
        if between and between != _layout.gap(before, name):
            yield _extra(before, between)
        before, position = name, stop + 1
    between = front[position:]
    if between and between != _layout.last_gap(before):
        yield _extra(before, between)


def _walk(front: str, node: yaml.Node, at: str, shape: str) -> Iterator[Extra]:
    """Walk to every nested mapping that the format knows, and give its unknown lines."""
    if not is_block(node):
        return
    if isinstance(node, yaml.MappingNode):
        table = _TABLES.get(shape)
        if table is not None and node.start_mark.column == _column(shape):
            yield from _between(front, node, at, table.keys)
        for key, value in node.value:
            yield from _walk(front, value, _dot(at, key.value), _dot(shape, key.value))
    elif isinstance(node, yaml.SequenceNode):
        inner = _dot(shape, "*")
        table = _TABLES.get(inner)
        if table is None:
            return
        items = {  # of two with one address the first is told apart
            name_item(index, _text_of(item, table.address)): item
            for index, item in reversed(list(enumerate(node.value)))
        }
        for label, item in items.items():
            yield from _walk(front, item, _dot(at, label), inner)


def _between(front: str, node: yaml.MappingNode, at: str, known: Container[str]) -> Iterator[Extra]:
    before, position = "", -1
    for key, value in node.value:
        start, stop = span(front, key, value)
        position = start if position < 0 else position
        if key.value not in known:
            continue
        if front[position:start]:
            yield _extra(f"{at}.{before}", front[position:start])
        before, position = key.value, stop + 1
    end = span(front, *node.value[-1])[1] + 1
    if front[position:end]:
        yield _extra(f"{at}.{before}", front[position:end])


def _column(shape: str) -> int:
    """Return where the keys of a nested mapping stand: two blanks for each step of its path."""
    return 2 * len(shape.split("."))


def _extra(after: str, lines: str) -> Extra:
    return Extra(after=after, text=lines.removesuffix("\n"))


def _dot(left: str, right: str) -> str:
    return f"{left}.{right}" if left else right


def _text_of(item: yaml.Node, wanted: str) -> str:
    pairs = item.value if isinstance(item, yaml.MappingNode) else []
    return next((str(value.value) for key, value in pairs if key.value == wanted), "")


def _tables(table: Table, shape: str) -> Iterator[tuple[str, Table]]:
    """Yield the table of each nested mapping by its dotted path, with list items as `*`."""
    for field in table.fields:
        notation, inner = field.notation, _dot(shape, field.key)
        if isinstance(notation, NestedList):
            inner = _dot(inner, "*")
        if isinstance(notation, Nested | NestedList):
            yield inner, notation.table
            yield from _tables(notation.table, inner)


_TABLES = dict(_tables(STORY, ""))
