"""Editors' reading lists of stories: read them for an edit, and change or delete one.

set ID, title, description, stories with notes │ end ID ──> a file of `_data/lists`, in an edit
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from copydesk import archive
from copydesk.archive import reading_lists
from copydesk.editing._edit import CommitWords, Edit, EditStep
from copydesk.errors import CopydeskError, RecordError, UsageError
from copydesk.kit import text
from copydesk.news import EditorAction
from copydesk.news.edition import ChosenStory, ReadingList
from copydesk.news.ruling import EditConflict
from copydesk.newsroom import Newsroom

_SUBJECT = 200
_ID_CHARACTERS = 64
_FIRST_WORDS = 3  # an action's values before the stories: id, title and description


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledList:
    """A stored reading list; `version` changes with its file, and is "" if the file is missing."""

    listed: ReadingList
    version: str = ""


def list_key(list_id: str) -> str:
    """Return the key "lists/ID" of a reading list's version in the mapping `EditorAction.seen`."""
    return f"lists/{list_id}"


def find_lists(newsroom: Newsroom) -> tuple[tuple[FiledList, ...], tuple[CopydeskError, ...]]:
    """Return the site's reading lists by id, and an error for each that cannot be read."""
    troubles: list[CopydeskError] = []
    lists = [
        FiledList(listed=listed, version=_version(newsroom, listed.id))
        for listed in reading_lists.find_reading_lists(newsroom.root, troubles.append)
    ]
    return tuple(lists), tuple(troubles)


def _version(newsroom: Newsroom, list_id: str) -> str:
    try:
        return _digest(newsroom.archive.file_bytes(reading_lists.list_path(list_id)))
    except RecordError:  # it is called .yml, or was just deleted
        return ""


def _digest(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest()[:16] if data else ""


def name_list(title: str) -> str:
    """Return a reading list's id, made from its title; "" if the title has no Latin letters."""
    return archive.slug(title)[:_ID_CHARACTERS].strip("-")


def read_own_list(action: EditorAction) -> ReadingList:
    """Parse the values of an editor's action as a reading list; UsageError if they are invalid.

    The values are its id, title and description, and a note on each of its stories.
    """
    list_id, title, description = (*action.values[:_FIRST_WORDS], "", "", "")[:_FIRST_WORDS]
    if not reading_lists.is_list_id(list_id):
        raise UsageError(
            "invalid name of a reading list",
            subject=list_id[:80],
            hint="use lower-case letters, digits and hyphens, such as the-best-of-2026",
        )
    words = action.values[_FIRST_WORDS:]
    words += ("",) * (len(action.stories) - len(words))
    listed = ReadingList(
        id=list_id,
        title=text.fold(title),
        description=text.tidy(description),
        by=action.by,
        updated_at=action.at.replace(microsecond=0),
        stories=tuple(
            ChosenStory(name=name, words=text.tidy(said))
            for name, said in zip(action.stories, words, strict=False)
        ),
    )
    _must_be_readable(listed)
    return listed


def _must_be_readable(listed: ReadingList) -> None:
    """Raise UsageError for a reading list that cannot be written to a file."""
    try:
        reading_lists.edit_reading_list(b"", listed)
    except RecordError as error:
        raise UsageError(error.what, subject=listed.id, hint=error.hint) from error


def put_list(edit: Edit, action: EditorAction) -> EditStep:
    """Set or delete a reading list in a pending edit; UsageError or RecordError if it is invalid.

    If somebody else has changed the list since the editor saw it, the step has a conflict instead.
    """
    listed = _find_list_of(action)
    path = reading_lists.list_path(listed.id)
    present = edit.find_bytes(path)
    words = CommitWords(
        subject=f"list: {listed.title or listed.id}"[:_SUBJECT],
        why=action.why,
        by=action.by,
        action=f"list {action.said} {listed.id}",
    )
    wanted = None
    if action.said == "set":
        wanted = reading_lists.edit_reading_list(
            present or b"", _as_it_stands(listed, path, present)
        )
    elif present is None:
        raise UsageError("the reading list no longer exists", subject=listed.id)
    if wanted == present:
        return EditStep(edit=edit, words=words)
    seen = action.seen.get(list_key(listed.id))
    if seen is not None and seen != _digest(present) and path not in edit.own_fields:
        conflict = EditConflict(
            path=path, field="list", left=_describe(path, wanted), now=_describe(path, present)
        )
        return EditStep(edit=edit, words=words, differences=(conflict,))
    after = edit.with_bytes(path, wanted)
    return EditStep(edit=replace(after, needed=after.needed | {path}), words=words)


def _find_list_of(action: EditorAction) -> ReadingList:
    if action.said == "set":
        return read_own_list(action)
    list_id = "".join(action.values[:1])
    if action.said != "end" or not reading_lists.is_list_id(list_id):
        raise UsageError("expected the action set or end", subject=f"{action.said} {list_id}"[:80])
    return ReadingList(id=list_id, title="")


def _as_it_stands(wanted: ReadingList, path: str, present: bytes | None) -> ReadingList:
    """Return the stored reading list if `wanted` differs only in editor and time, else `wanted`."""
    if not present:
        return wanted
    now = reading_lists.parse_reading_list(path, present)
    same = replace(wanted, by=now.by, updated_at=now.updated_at)
    return same if same == now else wanted


def _describe(path: str, data: bytes | None) -> str:
    """Return a reading list's title and the names of its stories, as text for people."""
    if data is None:
        return "nothing"
    try:
        listed = reading_lists.parse_reading_list(path, data)
    except RecordError as error:
        return error.what
    return f"{listed.title}: {', '.join(story.name for story in listed.stories)}"[:300]
