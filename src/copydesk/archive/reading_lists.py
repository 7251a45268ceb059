"""Read and edit `_data/lists/ID.yaml`: reading lists, that is stories chosen by editors, one file
each.

title: "The best of the coast"
description: "What we would read *first*."
by: "Anna"
updated: 2026-11-28T09:00:00Z
stories:
  - story: "2026-11-19-sea-wall-to-rise"
    words: "Begin with this one."
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from copydesk.archive import _data_lists, _files
from copydesk.archive.document import TypedFields, compose, decode_yaml
from copydesk.archive.document_tree import Mapping as Tree
from copydesk.archive.document_tree import MappingEntry, Node, Scalar, Sequence
from copydesk.errors import CopydeskError, RecordError
from copydesk.kit import text
from copydesk.news.edition import LIST_STORIES, ChosenStory, ReadingList

FOLDER = "_data/lists"
_SUFFIXES = (".yaml", ".yml")
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_CHARACTERS = {"title": 300, "description": 10_000, "by": 200, "words": 1_000}


def is_list_id(name: str) -> bool:
    """Return whether this is a valid id of a reading list, a part of its URL
    (`the-best-of-2026`).
    """
    return _ID.fullmatch(name) is not None


def list_path(list_id: str) -> str:
    """Return the file path of the reading list with an id."""
    return f"{FOLDER}/{list_id}.yaml"


def is_list_path(path: str) -> bool:
    """Return whether a path is one of a reading list's file."""
    folder, _, name = path.rpartition("/")
    return folder == FOLDER and name.endswith(".yaml") and is_list_id(name.removesuffix(".yaml"))


def find_reading_lists(
    root: Path, trouble: Callable[[CopydeskError], None]
) -> Iterator[ReadingList]:
    """Yield the newsroom's reading lists, sorted by id. Errors are passed to `trouble`.

    An error is a list that cannot be read, or a file with the id of another one.
    """
    known: dict[str, str] = {}
    try:
        _files.inside(root, FOLDER)  # if it is a link: one error, not one for each file in it
        paths = list(_files.data_paths(root, FOLDER))
    except RecordError as error:
        trouble(error)
        return
    for path in paths:
        try:
            found = parse_reading_list(path, _files.read_file(root, path))
        except RecordError as error:
            trouble(error)
            continue
        if found.id in known:
            what = f"another reading list has the same id: {known[found.id]}"
            trouble(RecordError(what, subject=path, hint="rename one of the two files"))
            continue
        known[found.id] = path
        yield found


def parse_reading_list(path: str, data: bytes) -> ReadingList:
    """Parse the bytes of a reading list's file; raise RecordError."""
    fields = TypedFields(compose(decode_yaml(path, data), path), path)
    title = text.fold(_read_words(fields, "title"))
    if not title:
        raise fields.wrong("title", "empty", "write title: and the name of the list")
    stories = fields.each("stories", _read_story)
    if len(stories) > LIST_STORIES:
        what = f"too long: a reading list has at most {LIST_STORIES} stories"
        raise fields.wrong("stories", what, "make two lists")
    names = [story.name for story in stories]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise fields.wrong(
            "stories", f"a list with a story twice: {twice[:100]}", "remove one of the two"
        )
    return ReadingList(
        id=_id_of(path),
        title=title,
        description=_read_words(fields, "description"),
        by=text.fold(_read_words(fields, "by")),
        updated_at=fields.date("updated"),
        stories=stories,
    )


def edit_reading_list(data: bytes, wanted: ReadingList) -> bytes:
    """Return the bytes of a reading list's file with this list in it; other text is unchanged.

    Raises RecordError for a file that cannot be written back the same, and for a list that could
    not be read again.
    """
    path = list_path(wanted.id)
    before = parse_reading_list(path, data) if data.strip() else None
    after = _data_lists.edit(data, path, lambda tree: _edit_tree(tree, before, wanted))
    if parse_reading_list(path, after) != wanted:
        raise RecordError(
            "the reading list cannot be saved without changing its content", subject=path
        )
    return after


def _id_of(path: str) -> str:
    name = PurePosixPath(path)
    if str(name.parent) != FOLDER or name.suffix not in _SUFFIXES or not is_list_id(name.stem):
        raise RecordError(
            "not a valid file name for a reading list",
            subject=path,
            hint=f"write {FOLDER}/ID.yaml; the id has 1 to 64 lower-case letters, digits, hyphens",
        )
    return name.stem


def _read_story(fields: TypedFields) -> ChosenStory:
    name = _read_name(fields.text("story"))
    if not name:
        raise fields.wrong("story", "empty", "write - story: and the name of a story file")
    return ChosenStory(name=name, words=_read_words(fields, "words"))


def _read_name(story: str) -> str:
    """Return a story record's name, given its path or a name that a person wrote."""
    return PurePosixPath(story).name.removesuffix(".md")


def _read_words(fields: TypedFields, key: str) -> str:
    words, most = text.tidy(fields.text(key)), _CHARACTERS[key]
    if len(words) > most:
        raise fields.wrong(key, f"longer than {most:,} characters", "shorten it")
    return words


def _edit_tree(tree: Tree, before: ReadingList | None, wanted: ReadingList) -> Tree:
    tree = _set_entry(tree, "title", _data_lists.words(wanted.title), before, wanted)
    tree = _set_entry(tree, "description", _data_lists.words(wanted.description), before, wanted)
    tree = _set_entry(tree, "by", _data_lists.words(wanted.by), before, wanted)
    if wanted.updated_at is not None and (before is None or before.updated_at != wanted.updated_at):
        tree = _put(tree, "updated", _data_lists.moment(wanted.updated_at))
    if before is not None and before.stories == wanted.stories:
        return tree
    return _data_lists.edit_list(tree, "stories", lambda old: _list_items(old, before, wanted))


def _set_entry(
    tree: Tree, key: str, value: Scalar, before: ReadingList | None, wanted: ReadingList
) -> Tree:
    """Return the YAML tree with one text of the reading list changed, or removed if it is empty."""
    if before is not None and getattr(before, key) == getattr(wanted, key):
        return tree
    if value.text:
        return _put(tree, key, value)
    return replace(tree, entries=tuple(entry for entry in tree.entries if entry.key.text != key))


def _put(tree: Tree, key: str, value: Node) -> Tree:
    if any(entry.key.text == key for entry in tree.entries):
        entries = (
            replace(entry, value=value) if entry.key.text == key else entry
            for entry in tree.entries
        )
        return replace(tree, entries=tuple(entries))
    new = MappingEntry(key=Scalar(text=key), value=value)
    at = next((i for i, entry in enumerate(tree.entries) if entry.key.text == "stories"), None)
    at = len(tree.entries) if at is None else at
    return replace(tree, entries=(*tree.entries[:at], new, *tree.entries[at:]))


def _list_items(old: Sequence, before: ReadingList | None, wanted: ReadingList) -> Sequence:
    """Return the stories of a reading list as YAML, with what a person added to them in the
    file.
    """
    values = {story.name: _story_fields(story) for story in wanted.stories}
    known = set(before.stories) if before else set()
    same = {story.name for story in wanted.stories if story in known}
    return _data_lists.items(old, "story", values, same, _read_name)


def _story_fields(story: ChosenStory) -> Mapping[str, Scalar | None]:
    words = _data_lists.words(story.words) if story.words else None
    return {"story": _data_lists.words(story.name), "words": words}
