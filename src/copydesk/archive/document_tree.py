"""Parse a YAML or front-matter file to a tree that keeps its layout, and write the same bytes
back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import yaml

from copydesk.archive import document
from copydesk.archive.document import PLAIN, ByteForm
from copydesk.errors import RecordError


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTree:
    """A YAML or front-matter file, parsed to a tree, with the text around the YAML.

    `closing` is the text between the last value and the closing fence, `tail` the rest from that
    fence on, `form` the byte form. A bare YAML file has no fences: `fenced` is False and `tail` "".
    """

    path: str
    tree: Mapping
    closing: str = "\n"
    tail: str = "---\n\n"
    fenced: bool = True
    form: ByteForm = PLAIN


def parse_document(path: str, data: bytes) -> DocumentTree:
    """Parse the bytes of a YAML or front-matter file to a tree, or raise RecordError."""
    halves, fenced = document.split(path, data), not path.endswith(document.BARE)
    front = document.whole_lines(halves)
    tree, closing = grow(front, document.compose(front, path))
    if front != halves.front:
        closing = _NO_LINE_FEED
    return DocumentTree(
        path=path, tree=tree, closing=closing, tail=halves.tail, fenced=fenced, form=halves.form
    )


# The `closing` of a bare YAML file whose last line has no line feed.
_NO_LINE_FEED = "\\"


def emit_document(parsed: DocumentTree) -> bytes:
    """Return the bytes of the file that a document tree represents."""
    text = write(parsed.tree)
    if parsed.closing == _NO_LINE_FEED:
        text = text.removesuffix("\n")
    else:
        text += parsed.closing
    opening = "---\n" if parsed.fenced else ""
    fence, body = parsed.tail[:4], parsed.tail[4:]
    try:
        return parsed.form.encode(f"{opening}{text}{fence}", body)
    except UnicodeEncodeError as error:
        raise RecordError(
            "the text has an invalid character (half of a surrogate pair)", subject=parsed.path
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A YAML scalar: its text, its quotes ("" for none), its type ("str", "int", …).

    `spelled` is its text in the file if we would write it differently.
    """

    text: str
    quotes: str = ""
    kind: str = "str"
    spelled: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A YAML mapping: keys and values; `column` is the keys' indent, `flow` means `{a: 1}`
    style.
    """

    entries: tuple[MappingEntry, ...]
    column: int = 0
    flow: bool = False
    spelled: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """A YAML list: items in order; `column` is the dashes' indent, `flow` means `[a, b]` style."""

    items: tuple[SequenceItem, ...]
    column: int = 2
    flow: bool = False
    spelled: str = ""


Node = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingEntry:
    """A key of a YAML mapping with its value, and the comments and blanks around them.

    `before` are the lines above (empty ones, comments), `after` is the end of the line (blanks, a
    comment).
    """

    key: Scalar
    value: Node
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceItem:
    """An item of a YAML list, with the text around it as in MappingEntry."""

    value: Node
    before: str = ""
    after: str = ""


def grow(text: str, root: yaml.MappingNode) -> tuple[Mapping, str]:
    """Build the tree of a parsed YAML text; return it with the lines of the text after its last
    value.
    """
    tree, end = _mapping(text, root, 0)
    return tree, text[end:]


def _mapping(text: str, node: yaml.MappingNode, position: int) -> tuple[Mapping, int]:
    entries = []
    for key, value in node.value:
        start, stop = document.span(text, key, value)
        if document.is_block(value):
            colon = text.index(":", key.end_mark.index)
            line_end = text.index("\n", colon)
            inner, after = _block(text, value, line_end + 1), text[colon + 1 : line_end]
        else:
            inner, after = _on_line(text, value), text[document.end_of(text, value) : stop]
            inner = _keep_indent(inner, text[key.end_mark.index : value.start_mark.index])
        before = text[position:start]
        entries.append(
            MappingEntry(key=_scalar(text, key), value=inner, before=before, after=after)
        )
        position = stop + 1
    return Mapping(entries=tuple(entries), column=node.start_mark.column), position


def _sequence(text: str, node: yaml.SequenceNode, position: int) -> Sequence:
    items = []
    for child in node.value:
        start, stop = document.span(text, child, child)
        before = text[position:start]
        if document.is_block(child):
            items.append(SequenceItem(value=_block(text, child, start), before=before))
        else:
            after = text[document.end_of(text, child) : stop]
            items.append(SequenceItem(value=_on_line(text, child), before=before, after=after))
        position = stop + 1
    return Sequence(items=tuple(items), column=node.start_mark.column)


def _block(text: str, node: yaml.Node, position: int) -> Node:
    if isinstance(node, yaml.MappingNode):
        return _mapping(text, node, position)[0]
    assert isinstance(node, yaml.SequenceNode)
    return _sequence(text, node, position)


def _on_line(text: str, node: yaml.Node) -> Node:
    """Return a scalar or flow value as a node; it has the file's spelling if copydesk would write
    another.
    """
    if isinstance(node, yaml.ScalarNode):
        return _scalar(text, node)
    stands = text[node.start_mark.index : node.end_mark.index]
    usual = _flow(node)
    return usual if spell(usual) == stands else replace(usual, spelled=stands)


def _keep_indent(value: Node, lead: str) -> Node:
    """Return a YAML value whose spelling keeps extra blanks after the colon."""
    blanks = lead.removeprefix(": ")
    if blanks and blanks != lead and not blanks.strip(" "):
        return replace(value, spelled=blanks + spell(value))
    return value


def _flow(node: yaml.Node) -> Mapping | Sequence:
    if isinstance(node, yaml.MappingNode):
        pairs = ((_bare(key), _within_flow(value)) for key, value in node.value)
        entries = tuple(MappingEntry(key=key, value=value) for key, value in pairs)
        return Mapping(entries=entries, flow=True)
    return Sequence(
        items=tuple(SequenceItem(value=_within_flow(child)) for child in node.value), flow=True
    )


def _within_flow(node: yaml.Node) -> Node:
    return _bare(node) if isinstance(node, yaml.ScalarNode) else _flow(node)


def _scalar(text: str, node: yaml.ScalarNode) -> Scalar:
    usual = _bare(node)
    stands = text[node.start_mark.index : document.end_of(text, node)]
    return usual if spell(usual) == stands else replace(usual, spelled=stands)


def _bare(node: yaml.ScalarNode) -> Scalar:
    return Scalar(text=node.value, quotes=node.style or "", kind=document.kind_of(node))


def write(tree: Mapping) -> str:
    """Return a tree as YAML text, each line with its line feed."""
    return "".join(_entry_lines(tree, " " * tree.column))


def spell(node: Node) -> str:
    """Return a scalar or flow value as the file spells it, or in copydesk's spelling if it is
    new.
    """
    if node.spelled:
        return node.spelled
    if isinstance(node, Mapping):
        pairs = (f"{spell(entry.key)}: {spell(entry.value)}" for entry in node.entries)
        return f"{{{', '.join(pairs)}}}"
    if isinstance(node, Sequence):
        return f"[{', '.join(spell(item.value) for item in node.items)}]"
    if node.quotes or (node.kind == "str" and not document.is_plain(node.text)):
        return document.spell_quoted(node.text)
    return node.text


def _entry_lines(tree: Mapping, lead: str) -> list[str]:
    lines: list[str] = []
    for entry in tree.entries:
        lines += [entry.before, lead, spell(entry.key), ":", *_after_key(entry)]
        lead = " " * tree.column
    return lines


def _after_key(entry: MappingEntry) -> list[str]:
    value = entry.value
    if isinstance(value, Mapping) and not value.flow:
        return [entry.after, "\n", *_entry_lines(value, " " * value.column)]
    if isinstance(value, Sequence) and not value.flow:
        return [entry.after, "\n", *_item_lines(value)]
    spelled = spell(value)
    return [f" {spelled}" if spelled else "", entry.after, "\n"]


def _item_lines(tree: Sequence) -> list[str]:
    lines: list[str] = []
    dash = " " * tree.column + "- "
    for item in tree.items:
        lines.append(item.before)
        if isinstance(item.value, Mapping) and not item.value.flow:
            lines += _entry_lines(item.value, dash)
        else:
            lines.append(f"{dash}{spell(item.value)}{item.after}\n")
    return lines
