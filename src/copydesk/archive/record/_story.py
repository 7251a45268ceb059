"""Parse a story record (Markdown with YAML front matter) to a Story, and write the same bytes back.

    bytes  >  fast parser for our own spelling, else YAML  >  Story  >  blocks of lines  >  bytes

What the fields cannot hold (unknown keys, comments, other spellings) is kept in `Story.extra`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import replace

import yaml

from copydesk.archive import document
from copydesk.archive.document import ByteForm, Halves, TypedFields
from copydesk.archive.record import _fields
from copydesk.archive.record._fields import Field, Nested, NestedList, Table, Values, WrittenText
from copydesk.archive.record._notations import (
    MappingPosition,
    UnusualError,
    has_controls,
    name_item,
)
from copydesk.errors import RecordError
from copydesk.news import Story
from copydesk.news.story import Extra

# An extra whose `after` begins with this holds the file's spelling of a known key.
_SPELLED = "="
# An extra after the closing fence: the end of a record without body, if it is no empty line.
_END = "---"
# Extras for the byte form: a byte order mark, the line ends of head and body.
_MARK, _HEAD_ENDS, _BODY_ENDS = "\ufeff", "\n", "---\n"


def parse_story(path: str, data: bytes) -> Story:
    """Parse the bytes of a story record (Markdown with YAML front matter) to a Story.

    Other spellings than ours are read, too; unknown keys, comments and spellings are kept in
    `Story.extra`. Raises RecordError for something else than a news record.
    """
    halves = document.split_front_matter(path, data)
    usual = read_quickly(path, halves)
    return parse_yaml(path, data, halves) if usual is None else usual


def parse_yaml(path: str, data: bytes, halves: Halves) -> Story:
    """Parse a story record in any spelling by the YAML parser, which is slower than
    `read_quickly`.
    """
    root = document.compose(halves.front, path)
    fields = TypedFields(root, path)
    fields.require("title", "")
    form = tuple(_form_extras(halves.form))
    story = Story(path=path, body=halves.body, extra=form, **_fields.STORY.read(fields))
    if _is_written_so(story, data):
        return story
    if not is_orderly(halves.front, root):
        return story
    known = _list_keys(story, root)
    below = (
        extra for extra in _walk(halves.front, root, "", "") if extra.after.split(".")[0] in known
    )
    unknown = (*_top(halves.front, root, known), *below)
    story = replace(story, extra=(*form, *unknown, *_end(halves)))
    if _is_written_so(story, data):
        return story
    spelled = _own_spellings(story, spellings(halves.front, root, known))
    return replace(story, extra=(*story.extra, *spelled))


def _list_keys(story: Story, root: yaml.MappingNode) -> Container[str]:
    """Return the top-level keys of a record but `summary` and `translation` of its owner."""
    texts = {field.key for field in _fields.STORY.fields if isinstance(field.notation, WrittenText)}
    own = {key for key in texts if getattr(story, key) is None}
    return {key.value for key, _ in root.value if key.value in _fields.SECTION_OF} - own


def emit_story(story: Story) -> bytes:
    """Return the bytes of a story's record. A body of one line feed counts as empty.

    Raises RecordError for half a surrogate pair, which UTF-8 cannot encode.
    """
    unknown = _merge(story.extra)
    blocks = write_blocks(story, unknown)
    if unknown:
        blocks = {
            key: _choose(key, lines, unknown.get(_SPELLED + key)) for key, lines in blocks.items()
        }
    lines = join(blocks, unknown)
    after_fence = f"\n{story.body}" if story.body else unknown.get(_END, "\n\n")
    text = "\n".join(["---", *lines, "---"])
    try:
        return _form(unknown).encode(text + after_fence[:1], after_fence[1:])
    except UnicodeEncodeError as error:
        raise RecordError(
            "the story's text has an invalid character (half of a surrogate pair)",
            subject=story.path,
        ) from error


def _form_extras(form: ByteForm) -> Iterable[Extra]:
    if form.has_mark:
        yield Extra(after=_MARK, text="\ufeff")
    if form.head_crlf:
        yield Extra(after=_HEAD_ENDS, text="\r\n")
    if form.body_crlf:
        yield Extra(after=_BODY_ENDS, text="\r\n")


def form_of(story: Story) -> ByteForm:
    """Return the `ByteForm` of a story's record: byte order mark and line ends."""
    return _form(_merge(story.extra))


def _form(unknown: Mapping[str, str]) -> ByteForm:
    if not unknown:
        return document.PLAIN
    return ByteForm(
        has_mark=_MARK in unknown, head_crlf=_HEAD_ENDS in unknown, body_crlf=_BODY_ENDS in unknown
    )


def _end(halves: Halves) -> Iterable[Extra]:
    rest = halves.tail.removeprefix(_END)
    if rest in {"", "\n"}:
        yield Extra(after=_END, text=rest)


def _is_written_so(story: Story, data: bytes) -> bool:
    try:
        return emit_story(story) == data
    except RecordError:  # YAML can escape half a surrogate pair, which UTF-8 cannot encode
        return False


def _merge(extras: Iterable[Extra]) -> dict[str, str]:
    """Return a record's unknown lines by their place, those of one place joined."""
    by_place: dict[str, list[str]] = {}
    for extra in extras:
        by_place.setdefault(extra.after, []).append(extra.text)
    return {place: "\n".join(texts) for place, texts in by_place.items()}


def _own_spellings(story: Story, standing: dict[str, str]) -> Iterable[Extra]:
    """Yield an extra text for each known key that the file spells differently than copydesk."""
    for key, lines in write_blocks(story, _merge(story.extra)).items():
        as_it_stands = standing.get(key, "")
        if "\n".join(lines) != as_it_stands:
            yield Extra(after=_SPELLED + key, text=as_it_stands)


def _choose(key: str, lines: list[str], spelled: str | None) -> list[str]:
    if spelled is None or _value(spelled, key) != _value("\n".join(lines), key):
        return lines
    return spelled.split("\n") if spelled else []


def _value(lines: str, key: str) -> Values:
    """Return the values of a record that would have these lines of one key only."""
    if not lines:
        return _fields.STORY.read(TypedFields(document.NOTHING, ""))
    root = document.compose(f"{lines}\n", key)  # a block scalar counts its last line end
    return _fields.STORY.read(TypedFields(root, ""))


def read_quickly(path: str, halves: Halves) -> Story | None:
    """Parse a story record as copydesk writes it, without YAML; return None for any other record.

    What is accepted is written back byte for byte, and YAML would read the same. Another order, an
    unknown key or another spelling of a value is not accepted.
    """
    after = halves.tail[4:]
    if not after or halves.form is not document.PLAIN or has_controls(halves.front):
        return None
    try:
        values = _read_sections(halves.front, _fields.STORY.bare.copy())
    except (UnusualError, ValueError):  # a ValueError is a date that cannot be
        return None
    return Story(path=path, body="" if after == "\n" else after, **values)


def _read_sections(front: str, values: Values) -> Values:
    """Add the values of each section of a record to `values`; empty lines separate sections.

    The last section is `secured`, or else an empty line follows.
    """
    is_open = front.endswith("\n\n")
    head, *sections = front[: -2 if is_open else -1].split("\n\n")
    _READERS[0](head, values)
    last = 0
    for section in sections:
        number = _fields.SECTION_OF.get(section.partition(":")[0], 0)
        if number <= last:
            raise UnusualError
        _READERS[number](section, values)
        last = number
    if is_open is (last == _LAST):
        raise UnusualError
    return values


class _Readers(dict[int, Callable[[str, Values], object]]):
    """The parsers for the sections of a record, by number; each is compiled at first use."""

    def __missing__(self, number: int) -> Callable[[str, Values], object]:
        """Make the parser of a section."""
        self[number] = reader = _reader(_fields.SECTIONS[number])
        return reader


def _reader(fields: tuple[Field, ...]) -> Callable[[str, Values], object]:
    first = fields[0]
    if not first.notation.has_lines:
        parse = _fields.parse_lines(fields, 0)
        return lambda section, values: parse(f"\n{section}", values)
    attribute, parse_value = first.attribute, first.notation.parser(0)
    colon = len(first.key)

    def read(section: str, values: Values) -> None:
        values[attribute] = parse_value(section[colon + 1 :])

    return read


_READERS = _Readers()
_LAST = len(_fields.SECTIONS) - 1


def write_blocks(story: Story, unknown: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the record lines of each top-level key in order, [] for a key that is not written."""
    position = MappingPosition(dict(unknown))
    return {field.key: field.lines(story, position) for field in _fields.STORY.fields}


def join(blocks: Mapping[str, list[str]], unknown: Mapping[str, str]) -> list[str]:
    """Return all lines of a record between the `---` lines, with empty and unknown lines.

    `unknown` holds lines by the top-level key before them; they include their own empty lines. A
    record without `secured` ends with an empty line before the fence (SPEC 1.1).
    """
    lines: list[str] = [unknown[""]] if "" in unknown else []
    section, strange = 0, False
    for key, block in blocks.items():
        if block:
            if _fields.SECTION_OF[key] != section and not strange:
                lines.append("")
            lines += block
            section, strange = _fields.SECTION_OF[key], False
        if key in unknown:
            lines.append(unknown[key])
            strange = True
    if not blocks[_fields.LAST_KEY] and not strange:
        lines.append("")
    return lines


def gap(before: str, after: str) -> str:
    """Return the text that `join` puts between two top-level keys: "" or an empty line."""
    return "\n" if before and _fields.SECTION_OF[before] != _fields.SECTION_OF[after] else ""


def last_gap(before: str) -> str:
    """Return the text that `join` puts between the last key and the closing `---`."""
    return "" if before == _fields.LAST_KEY else "\n"


# YAML's line ends other than the line feed; document marks; directives; keys after a `?` (for the
# parser, such a key without a value ends where the next one begins).
_UNORDERLY = re.compile(r"[\r\x85\u2028\u2029]|^(?:[.]{3}|---|%)|^[ -]*[?](?:\s|$)", re.MULTILINE)


def is_orderly(front: str, root: yaml.MappingNode) -> bool:
    """Return whether each top-level key of a record begins on its own line, without indent.

    Otherwise (a flow mapping, an indented one, YAML's other line ends and marks) single lines
    cannot be restored, and the record is read but never rewritten.
    """
    at_margin = document.is_block(root) and root.start_mark.column == 0
    return at_margin and not _UNORDERLY.search(front)


def spellings(front: str, root: yaml.MappingNode, known: Container[str]) -> dict[str, str]:
    """Return the lines of each known top-level key of a record, as the file spells them."""
    lines_by_key = {}
    for key, value in root.value:
        if key.value in known:
            start, stop = document.span(front, key, value)
            lines_by_key[key.value] = front[start:stop]
    return lines_by_key


def _top(front: str, root: yaml.MappingNode, known: Container[str]) -> Iterator[Extra]:
    before, position = "", 0
    for key, value in root.value:
        name = key.value
        if name not in known:
            continue
        start, stop = document.span(front, key, value)
        between = front[position:start]
        if between and between != gap(before, name):
            yield _extra(before, between)
        before, position = name, stop + 1
    between = front[position:]
    if between and between != last_gap(before):
        yield _extra(before, between)


def _walk(front: str, node: yaml.Node, at: str, shape: str) -> Iterator[Extra]:
    """Yield the unknown lines in all known nested mappings of a record."""
    if not document.is_block(node):
        return
    if isinstance(node, yaml.MappingNode):
        table = _TABLES.get(shape)
        if table is not None and node.start_mark.column == 2 * len(shape.split(".")):
            yield from _between(front, node, at, table.keys)
        for key, value in node.value:
            yield from _walk(front, value, _dot(at, key.value), _dot(shape, key.value))
    elif isinstance(node, yaml.SequenceNode):
        inner = _dot(shape, "*")
        table = _TABLES.get(inner)
        if table is None:
            return
        items = {  # of two with one address, the first wins
            name_item(index, _text_of(item, table.address)): item
            for index, item in reversed(list(enumerate(node.value)))
        }
        for label, item in items.items():
            yield from _walk(front, item, _dot(at, label), inner)


def _between(front: str, node: yaml.MappingNode, at: str, known: Container[str]) -> Iterator[Extra]:
    before, position = "", -1
    for key, value in node.value:
        start, stop = document.span(front, key, value)
        position = start if position < 0 else position
        if key.value not in known:
            continue
        if front[position:start]:
            yield _extra(f"{at}.{before}", front[position:start])
        before, position = key.value, stop + 1
    end = document.span(front, *node.value[-1])[1] + 1
    if front[position:end]:
        yield _extra(f"{at}.{before}", front[position:end])


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


_TABLES = dict(_tables(_fields.STORY, ""))
