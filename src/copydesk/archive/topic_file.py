"""Edit a topic's file (`_data/topics/NN-id.yaml`): its keywords and texts, without changing the
rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from copydesk.archive import _data_lists
from copydesk.archive._journal import FileChange
from copydesk.archive.document_tree import Mapping as Tree
from copydesk.archive.document_tree import MappingEntry, Scalar, Sequence, SequenceItem
from copydesk.errors import RecordError

_KEYWORDS, _TRANSLATIONS, _DISMISSED = "keywords", "translations", "dismissed"


def keywords_change(root: Path, path: str, words: Iterable[str], language: str = "") -> FileChange:
    """Return the change of a topic's file that adds words to its keywords.

    With a `language`, they go to the words of that language below `translations`. Raises
    RecordError if the file cannot be read or written back the same.
    """
    add = _adder_of(words, path)

    def edit(tree: Tree) -> Tree:
        if not language:
            return _data_lists.edit_list(tree, _KEYWORDS, add)
        return _edit_translation(tree, lambda inner: _data_lists.edit_list(inner, language, add))

    return _data_lists.change(root, path, edit)


def edit_keywords(
    root: Path, path: str, added: Iterable[str], dropped: Collection[str]
) -> FileChange:
    """Return the change of a topic's file that adds some keywords and removes others.

    A comment above a removed keyword moves to the next one. Raises RecordError if the file cannot
    be read or written back the same, or if a comment would be lost.
    """
    gone = {word.casefold() for word in dropped}
    add = _adder_of(added, path)

    def edit(tree: Tree) -> Tree:
        without = _data_lists.edit_list(tree, _KEYWORDS, lambda old: _take_out(old, gone, path))
        return _data_lists.edit_list(without, _KEYWORDS, add)

    return _data_lists.change(root, path, edit)


def edit_topic(
    root: Path, path: str, added: Iterable[str], dropped: Collection[str], texts: Mapping[str, str]
) -> FileChange:
    """Return the change of a topic's file, or of a new file, with other keywords and texts.

    A text that becomes "" is removed, unless it has a comment. Raises RecordError as
    `edit_keywords` does.
    """
    gone = {word.casefold() for word in dropped}
    new = tuple(added)

    def edit(tree: Tree) -> Tree:
        for name, value in texts.items():
            tree = _put_text(tree, name, value)
        if gone:
            tree = _data_lists.edit_list(tree, _KEYWORDS, lambda old: _take_out(old, gone, path))
        return _data_lists.edit_list(tree, _KEYWORDS, _adder_of(new, path)) if new else tree

    return _data_lists.change(root, path, edit)


def edit_texts(root: Path, path: str, texts: Mapping[str, str]) -> FileChange:
    """Return the change of a YAML file of `_data` with other texts. A text "" is removed.

    A text with a comment is not removed but emptied. Raises RecordError if the file cannot be read
    or written back the same.
    """

    def edit(tree: Tree) -> Tree:
        for name, value in texts.items():
            tree = _put_text(tree, name, value)
        return tree

    return _data_lists.change(root, path, edit)


def _put_text(tree: Tree, name: str, value: str) -> Tree:
    """Return a YAML tree with one text changed, or inserted before the lists."""
    entries = list(tree.entries)
    word = _data_lists.word(value)
    at = next((at for at, entry in enumerate(entries) if entry.key.text == name), None)
    if at is not None:
        if value or "#" in entries[at].before + entries[at].after:
            entries[at] = replace(entries[at], value=word)
        else:
            del entries[at]
    elif value:
        lists = (at for at, entry in enumerate(entries) if not isinstance(entry.value, Scalar))
        place = next(lists, len(entries))
        entries.insert(place, MappingEntry(key=Scalar(text=name), value=word))
    return replace(tree, entries=tuple(entries))


def _take_out(old: Sequence, gone: Collection[str], path: str) -> Sequence:
    """Return a YAML list without some words. A comment above a removed word stays."""
    items: list[SequenceItem] = []
    above = ""
    for item in old.items:
        if isinstance(item.value, Scalar) and item.value.text.casefold() in gone:
            above += item.before
            if "#" in item.after:
                raise _comment_loss(path)
            continue
        items.append(replace(item, before=above + item.before))
        above = ""
    if "#" in above or (len(items) < len(old.items) and old.flow and "#" in old.spelled):
        raise _comment_loss(path)
    if len(items) == len(old.items):
        return old
    return Sequence(items=tuple(items), column=_data_lists.column(old))


def _comment_loss(path: str) -> RecordError:
    return RecordError(
        "removing the keyword would delete the comment on its line",
        subject=path,
        hint="remove the keyword by hand, or move the comment above the list",
    )


def dismissal_change(root: Path, path: str, words: Iterable[str]) -> FileChange:
    """Return the change of a topic's file that adds words which editors refused as keywords.

    Raises RecordError if the file cannot be read or written back the same.
    """
    add = _adder_of(words, path)
    return _data_lists.change(root, path, lambda tree: _data_lists.edit_list(tree, _DISMISSED, add))


def _adder_of(words: Iterable[str], path: str) -> Callable[[Sequence], Sequence]:
    """Return a function that appends words to a YAML list; raises RecordError if a comment would be
    lost.
    """
    new = tuple(SequenceItem(value=_data_lists.word(word)) for word in words)

    def add(old: Sequence) -> Sequence:
        if old.flow and "#" in old.spelled:
            raise RecordError(
                "the change would delete a comment inside a list in brackets",
                subject=path,
                hint="write each keyword on its own line after a dash",
            )
        return Sequence(items=(*old.items, *new), column=_data_lists.column(old))

    return add


def _edit_translation(tree: Tree, edit: Callable[[Tree], Tree]) -> Tree:
    """Return a topic's YAML tree with its translations edited, appended if there are none."""
    for at, entry in enumerate(tree.entries):
        if entry.key.text == _TRANSLATIONS and isinstance(entry.value, Tree):
            inner = edit(_as_block(entry.value, tree.column + 2))
            entries = (*tree.entries[:at], replace(entry, value=inner), *tree.entries[at + 1 :])
            return replace(tree, entries=entries)
    new = MappingEntry(
        key=Scalar(text=_TRANSLATIONS), value=edit(Tree(entries=(), column=tree.column + 2))
    )
    others = tuple(entry for entry in tree.entries if entry.key.text != _TRANSLATIONS)
    return replace(tree, entries=(*others, new))


def _as_block(tree: Tree, column: int) -> Tree:
    """Return a YAML mapping that is written line by line."""
    return Tree(entries=tree.entries, column=column) if tree.flow else tree
