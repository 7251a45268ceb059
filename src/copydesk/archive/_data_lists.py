"""Edit one top-level list in a YAML file of `_data`, and leave the rest of the file unchanged."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from copydesk.archive import _files
from copydesk.archive._journal import FileChange, digest
from copydesk.archive.document import MAX_BARE, is_plain, spell_date
from copydesk.archive.document_tree import (
    DocumentTree,
    MappingEntry,
    Scalar,
    Sequence,
    SequenceItem,
    emit_document,
    parse_document,
)
from copydesk.archive.document_tree import Mapping as Tree
from copydesk.errors import RecordError
from copydesk.news import Image


def present(root: Path, path: str) -> bytes:
    """Return the bytes of a file of the newsroom, b"" if it is missing or blank; raise
    RecordError.
    """
    data = _files.read_file_if_any(root, path)
    return data if data.strip() else b""


def change(root: Path, path: str, edit_tree: Callable[[Tree], Tree]) -> FileChange:
    """Return the change of a YAML file that results from editing its parsed tree by a function.

    Raises RecordError if the file cannot be read, cannot be written back the same, or would grow
    larger than can be read.
    """
    file = _files.inside(root, path)
    there = _files.read_file(root, path) if file.exists() else None
    after = edit(there or b"", path, edit_tree)
    is_blank = not after and not (there or b"").strip()
    return FileChange(path=path, before=digest(there), after=there if is_blank else after)


def edit(data: bytes, path: str, edit_tree: Callable[[Tree], Tree]) -> bytes:
    """Return the bytes of a YAML file after its tree was edited; raise RecordError as `change`
    does.
    """
    data = data if data.strip() else b""
    empty = DocumentTree(path=path, tree=Tree(entries=()), closing="", tail="", fenced=False)
    document = parse_document(path, data) if data else empty
    # a new list begins at column 2, and would stand outside keys that begin further right
    if data and (emit_document(document) != data or document.tree.column > 2):
        raise RecordError(
            f"cannot change {Path(path).stem} without losing the formatting",
            subject=path,
            hint="save the file with LF line endings, its keys at the start of lines",
        )
    after = emit_document(replace(document, tree=edit_tree(document.tree)))
    if len(after) > max(MAX_BARE, len(data)):
        raise RecordError("the changed file would be too large to read", subject=path)
    return after


def edit_list(tree: Tree, key: str, change: Callable[[Sequence], Sequence]) -> Tree:
    """Return a YAML tree with one top-level list edited; the list is added if new, removed if
    empty.
    """
    entries = list(tree.entries)
    at = next((i for i, entry in enumerate(entries) if entry.key.text == key), None)
    if at is None:
        before = "\n" if entries else ""
        entries.append(MappingEntry(key=Scalar(text=key), value=Sequence(items=()), before=before))
        at = len(entries) - 1
    old = entries[at].value
    new = change(old if isinstance(old, Sequence) else Sequence(items=()))
    entries[at] = replace(entries[at], value=new)
    if not new.items:
        del entries[at]
        entries = _from_the_top(entries) if at == 0 else entries
    return replace(tree, entries=tuple(entries))


def _from_the_top(entries: list[MappingEntry]) -> list[MappingEntry]:
    """Remove the empty line that begins a YAML file after its first list was removed."""
    if not entries or entries[0].before != "\n":
        return entries
    return [replace(entries[0], before=""), *entries[1:]]


def items(
    old: Sequence,
    key: str,
    values: Mapping[str, Mapping[str, Scalar | None]],
    same: Container[str],
    read_name: Callable[[str], str] = str,
) -> Sequence:
    """Return a YAML list of mappings with these values. `key` is the key for each mapping's name.

    Mappings in `same` keep their lines. In the others, keys that somebody else added stay below,
    and a value None removes its key.
    """
    kept = {read_name(_name_of(item, key)): item for item in old.items}
    made = (
        kept[name] if name in kept and name in same else _item(fields, kept.get(name), old)
        for name, fields in values.items()
    )
    return Sequence(items=tuple(made), column=column(old))


def _name_of(item: SequenceItem, key: str) -> str:
    entries = item.value.entries if isinstance(item.value, Tree) else ()
    names = (entry.value for entry in entries if entry.key.text == key)
    return next((value.text for value in names if isinstance(value, Scalar)), "")


def _item(
    values: Mapping[str, Scalar | None], kept: SequenceItem | None, old: Sequence
) -> SequenceItem:
    entries = [
        MappingEntry(key=Scalar(text=key), value=value)
        for key, value in values.items()
        if value is not None
    ]
    if kept is not None and isinstance(kept.value, Tree):
        entries += [entry for entry in kept.value.entries if entry.key.text not in values]
    before = "" if kept is None else kept.before
    return SequenceItem(value=Tree(entries=tuple(entries), column=column(old) + 2), before=before)


def column(old: Sequence) -> int:
    """Return the column (indent) of the dashes in a YAML list."""
    return 2 if old.flow or not old.items else old.column


def word(text: str) -> Scalar:
    """Return a YAML scalar for a short text, without quotes if YAML parses it as the same text."""
    return Scalar(text=text, quotes="" if is_plain(text) else '"')


def words(text: str) -> Scalar:
    """Return a YAML scalar for a text that a person wrote, always in quotes."""
    return Scalar(text=text, quotes='"')


def moment(at: datetime) -> Scalar:
    """Return a time as a YAML scalar."""
    return Scalar(text=spell_date(at), kind="timestamp")


_KEY = "images"


def add_images(root: Path, path: str, images: Iterable[Image]) -> FileChange:
    """Return the change of a publisher's file that adds pictures with their sizes to its list
    `images`.

    Raises RecordError if the file cannot be read or written back the same.
    """
    new = tuple(images)

    def add(old: Sequence) -> Sequence:
        if old.flow and "#" in old.spelled:
            what = "the change would delete a comment inside a list in brackets"
            raise RecordError(
                what, subject=path, hint="write each picture on its own line after a dash"
            )
        at = column(old)
        items = (SequenceItem(value=_write_image(image, at + 2)) for image in new)
        return Sequence(items=(*old.items, *items), column=at)

    def edit(tree: Tree) -> Tree:
        return edit_list(tree, _KEY, add) if new else tree

    return change(root, path, edit)


def _write_image(image: Image, column: int) -> Tree:
    values = (
        ("url", word(image.url)),
        ("width", Scalar(text=str(image.width), kind="int")),
        ("height", Scalar(text=str(image.height), kind="int")),
    )
    entries = (MappingEntry(key=Scalar(text=key), value=value) for key, value in values)
    return Tree(entries=tuple(entries), column=column)
