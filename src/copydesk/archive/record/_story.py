"""A news record's bytes to a Story and back, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from copydesk.archive.document import (
    NOTHING,
    PLAIN,
    ByteForm,
    Halves,
    TypedFields,
    compose,
    split_front_matter,
)
from copydesk.archive.record import _layout, _leftovers
from copydesk.archive.record._fields import STORY
from copydesk.archive.record._quick import read_quickly
from copydesk.archive.record._table import Values
from copydesk.errors import RecordError
from copydesk.news import Extra, Story

# An extra whose `after` begins so holds no unknown line but a known key's own spelling.
_SPELLED = "="
# An extra after the closing fence: what a record without a body ends with, if not an empty line.
_END = "---"
# Extras that hold how the record stands in bytes: a mark first, what ends its lines.
_MARK, _HEAD_ENDS, _BODY_ENDS = "\ufeff", "\n", "---\n"


def parse_story(path: str, data: bytes) -> Story:
    """Return the story in a news record's bytes.

    A record in another spelling than ours is read too; its unknown keys, comments and spellings
    are kept in `Story.extra`. Raises RecordError for what is no news record.
    """
    halves = split_front_matter(path, data)
    usual = read_quickly(path, halves)
    return parse_yaml(path, data, halves) if usual is None else usual


def parse_yaml(path: str, data: bytes, halves: Halves) -> Story:
    """Return the story that YAML, the judge of meaning, finds in any record."""
    root = compose(halves.front, path)
    fields = TypedFields(root, path)
    fields.require("title", "")
    form = tuple(_form_extras(halves.form))
    story = Story(path=path, body=halves.body, extra=form, **STORY.read(fields))
    if _is_written_so(story, data):
        return story
    if not _leftovers.is_orderly(halves.front, root):
        return story
    unknown = _leftovers.unknown_lines(halves.front, root)
    story = replace(story, extra=(*form, *unknown, *_end(halves)))
    if _is_written_so(story, data):
        return story
    spelled = _own_spellings(story, _leftovers.spellings(halves.front, root))
    return replace(story, extra=(*story.extra, *spelled))


def emit_story(story: Story) -> bytes:
    """Return the bytes of a story's record; a body of one line feed is none.

    Raises RecordError for a text that no UTF-8 file can hold (half a surrogate pair).
    """
    unknown = _merge(story.extra)
    blocks = _layout.write_blocks(story, unknown)
    if unknown:
        blocks = _restore_spellings(story, blocks, unknown)
    lines = _layout.join(blocks, unknown)
    after_fence = f"\n{story.body}" if story.body else unknown.get(_END, "\n\n")
    text = "\n".join(["---", *lines, "---"])
    try:
        return _form(unknown).encode(text + after_fence[:1], after_fence[1:])
    except UnicodeEncodeError as error:
        raise RecordError("half a character in the body", subject=story.path) from error


def _form_extras(form: ByteForm) -> Iterable[Extra]:
    if form.has_mark:
        yield Extra(after=_MARK, text="\ufeff")
    if form.head_crlf:
        yield Extra(after=_HEAD_ENDS, text="\r\n")
    if form.body_crlf:
        yield Extra(after=_BODY_ENDS, text="\r\n")


def form_of(story: Story) -> ByteForm:
    """Return how a story's record stands in bytes."""
    return _form(_merge(story.extra))


def _form(unknown: Mapping[str, str]) -> ByteForm:
    if not unknown:
        return PLAIN
    return ByteForm(
        has_mark=_MARK in unknown,
        head_crlf=_HEAD_ENDS in unknown,
        body_crlf=_BODY_ENDS in unknown,
    )


def _end(halves: Halves) -> Iterable[Extra]:
    rest = halves.tail.removeprefix(_END)
    if rest in {"", "\n"}:
        yield Extra(after=_END, text=rest)


def _is_written_so(story: Story, data: bytes) -> bool:
    try:
        return emit_story(story) == data
    except RecordError:  # YAML spells half a character out where UTF-8 cannot hold it
        return False


def _merge(extras: Iterable[Extra]) -> dict[str, str]:
    """Return the texts by their place; two at one place stand below each other."""
    by_place: dict[str, list[str]] = {}
    for extra in extras:
        by_place.setdefault(extra.after, []).append(extra.text)
    return {place: "\n".join(texts) for place, texts in by_place.items()}


def _own_spellings(story: Story, standing: dict[str, str]) -> Iterable[Extra]:
    """Yield an extra for each known key that stands in the file otherwise than we write it."""
    for key, lines in _layout.write_blocks(story, _merge(story.extra)).items():
        as_it_stands = standing.get(key, "")
        if "\n".join(lines) != as_it_stands:
            yield Extra(after=_SPELLED + key, text=as_it_stands)


def _restore_spellings(
    story: Story, blocks: dict[str, list[str]], unknown: dict[str, str]
) -> dict[str, list[str]]:
    """Put back each key's own spelling where it still says what the story says."""
    return {
        key: _choose(story, key, lines, unknown.get(_SPELLED + key))
        for key, lines in blocks.items()
    }


def _choose(story: Story, key: str, lines: list[str], spelled: str | None) -> list[str]:
    if spelled is None or _value(spelled, key) != _value("\n".join(lines), key):
        return lines
    return spelled.split("\n") if spelled else []


def _value(lines: str, key: str) -> Values:
    """Return what a record of nothing but these lines of one key says."""
    if not lines:
        return STORY.read(TypedFields(NOTHING, ""))
    root = compose(f"{lines}\n", key)  # a block scalar counts its last line end
    return STORY.read(TypedFields(root, ""))
