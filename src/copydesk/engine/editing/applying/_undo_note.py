"""Undo note: what takes one action of the desk back, whatever else its commit holds.

an edit before and after the action ── its own records, what is new among the rulings ──> bytes
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

import msgspec

from copydesk import archive
from copydesk.archive import Rulings, letters, reading_lists
from copydesk.engine.editing._edit import Edit, EditStep
from copydesk.engine.editing._undo import States
from copydesk.engine.filing import RULINGS_PATH

_T = TypeVar("_T", bound=Hashable)


def list_changes(before: Edit, after: Edit) -> Iterator[str]:
    """Walk the files that one step of an edit changes."""
    if before.rulings != after.rulings:
        yield RULINGS_PATH
    records = {path for path, story in after.stories.items() if story != before.stories.get(path)}
    made = {path for path in after.restored if path != RULINGS_PATH}
    yield from sorted(records | {path for path in made if _is_changed(before, after, path)})


def _is_changed(before: Edit, after: Edit, path: str) -> bool:
    """Decide whether a file comes, goes or, of a reading list, says something else."""
    was, left = before.find_bytes(path), after.find_bytes(path)
    is_whole = reading_lists.is_list_path(path) or letters.is_letter_path(path)
    return was != left and (is_whole or None in {was, left})


class UndoNote(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of an action: its commit's words on it, its files before and after it."""

    subject: str
    files: dict[str, States]


def write_undo_note(before: Edit, step: EditStep) -> bytes:
    """Return what takes back a step of an edit.

    Of the rulings it has what the step put in and took out alone. Records beside those of the step
    are left out: they are set among others anew. So are letters: what left them stays out.
    """
    after, states = step.edit, dict[str, States]()
    for path in list_changes(before, after):
        if path == RULINGS_PATH:
            states[path] = (
                _write_difference(before.rulings, after.rulings),
                _write_difference(after.rulings, before.rulings),
            )
        elif path in after.own_paths and not letters.is_letter_path(path):
            states[path] = (before.find_bytes(path), after.find_bytes(path))
    note = UndoNote(subject=step.words.subject, files=states)
    return zlib.compress(msgspec.json.encode(note))


def read_undo_note(note: bytes) -> UndoNote | None:
    """Return what was kept of an action; None for a note of another shape."""
    try:
        return msgspec.json.decode(zlib.decompress(note), type=UndoNote)
    except (zlib.error, msgspec.DecodeError):
        return None


def _write_difference(rulings: Rulings, others: Rulings) -> bytes | None:
    """Return what rulings have beside others, as a file of its own, None for nothing."""
    verdicts = {
        path: verdict
        for path, verdict in rulings.verdicts.items()
        if others.verdicts.get(path) != verdict
    }
    alone = replace(
        rulings,
        verdicts=verdicts,
        removed=_less(rulings.removed, others.removed),
        rules=_less(rulings.rules, others.rules),
    )
    return archive.edit_rulings(b"", alone) or None


def _less(items: Iterable[_T], others: Iterable[_T]) -> tuple[_T, ...]:
    known = frozenset(others)
    return tuple(item for item in items if item not in known)
