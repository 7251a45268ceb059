"""Edited fields: what one action of the desk changed in its records, from what takes it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.archive import Archive, record
from copydesk.engine.editing.applying._field_digests import describe_fields
from copydesk.engine.editing.applying._undo_note import read_undo_note
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import RecordError


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedField:
    """A field of a record as an action found it and as it left it, as texts for people."""

    path: str
    field: str
    was: str
    now: str


def list_edited_fields(newsroom: Newsroom, action_id: str) -> list[EditedField]:
    """Return what an action made of titles, excerpts, topics, pictures, addresses and notes.

    Nothing where the memory of it is lost, or where another version wrote that.
    """
    kept = newsroom.memory.actions.get(action_id)
    note = read_undo_note(kept) if kept else None
    files = note.files if note is not None else {}
    return [
        change
        for path in Archive.story_paths_among(files)
        for change in _compare(path, *files[path])
    ]


def _compare(path: str, before: bytes | None, after: bytes | None) -> Iterator[EditedField]:
    """Walk the fields in which two states of a record differ; one that was made has none."""
    if before is None or after is None:
        return
    try:
        was, now = (describe_fields(record.parse_story(path, data)) for data in (before, after))
    except RecordError:  # a file that somebody broke by hand, and an editor mended
        return
    for field, value in was.items():
        if value != now[field]:
            yield EditedField(path=path, field=field, was=value, now=now[field])
