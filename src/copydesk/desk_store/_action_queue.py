"""Actions: kept from the browser's request until they are filed, each with what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from copydesk.desk_store._database import DeskDatabase
from copydesk.errors import UsageError
from copydesk.kit import dates
from copydesk.news import ActionOutcome, EditorAction

_PUT = """
INSERT INTO actions (id, editor, at, action) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
"""
# What was noted stays: a worker that was killed after its note files nothing a second time.
_NOTE = "UPDATE actions SET outcome = ? WHERE id = ? AND outcome IS NULL"
_ID_CHARACTERS = 100
_Kept = TypeVar("_Kept", EditorAction, ActionOutcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedAction:
    """An action, and what became of it: None as long as it waits."""

    action: EditorAction
    outcome: ActionOutcome | None = None


class ActionQueue:
    """The actions of all editors in the order in which they came in, each id once.

    Methods raise DeskStoreError where the file fails.
    """

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def put(self, actions: Iterable[EditorAction]) -> None:
        """Keep actions, all of them or none; they are on the disk (fsync) when this returns.

        One whose id is known is passed over: it was sent again. Raises UsageError for one that
        cannot be kept.
        """
        rows = [
            (action.id, action.by, dates.rfc3339(action.at), _encode(action)) for action in actions
        ]
        self._database.run_many(_PUT, rows)

    def waiting(self, limit: int) -> tuple[EditorAction, ...]:
        """Return so many of the actions that nothing has become of yet, the oldest first.

        One that cannot be read (its shape is that of another version) is noted as refused: those
        behind it would wait for ever.
        """
        query = "SELECT id, action FROM actions WHERE outcome IS NULL ORDER BY number LIMIT ?"
        rows = self._database.run(query, limit)
        decoded = {row_id: _decode(body, EditorAction) for row_id, body in rows}
        self.note(_refuse(row_id) for row_id, action in decoded.items() if action is None)
        return tuple(action for action in decoded.values() if action is not None)

    def note(self, outcomes: Iterable[ActionOutcome]) -> None:
        """Keep what became of actions; what is noted of one already stays."""
        self._database.run_many(_NOTE, [(_encode(outcome), outcome.id) for outcome in outcomes])

    def state(self, ids: Sequence[str]) -> Mapping[str, QueuedAction]:
        """Return the actions with these ids, by id; those that are not known are left out."""
        query = "SELECT action, outcome FROM actions WHERE id = ?"
        found = (_read_rows(self._database.run(query, action_id)) for action_id in ids)
        return {queued.action.id: queued for rows in found for queued in rows}

    def of(self, editor: str, since: datetime) -> tuple[QueuedAction, ...]:
        """Return what an editor did since a time, the first first."""
        query = """
            SELECT action, outcome FROM actions WHERE editor = ? AND at >= ? ORDER BY number
        """
        return tuple(_read_rows(self._database.run(query, editor, dates.rfc3339(since))))

    def forget(self, before: datetime) -> None:
        """Forget the actions before a time of which something has become: git has them."""
        self._database.run(
            "DELETE FROM actions WHERE at < ? AND outcome IS NOT NULL", dates.rfc3339(before)
        )


def encode_action(action: EditorAction) -> bytes:
    """Return an action as it is kept; raises UsageError for one that cannot be."""
    return _encode(action)


def decode_action(body: bytes) -> EditorAction | None:
    """Return an action that was kept, None where its shape is that of another version."""
    return _decode(body, EditorAction)


def _encode(value: EditorAction | ActionOutcome) -> bytes:
    import msgspec

    if not 0 < len(value.id) <= _ID_CHARACTERS:
        raise UsageError(
            "an action's id has between 1 and 100 characters", subject=value.id[:_ID_CHARACTERS]
        )
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError as error:
        raise UsageError(
            "half of a character pair is no text", hint="leave that character out"
        ) from error


def _decode(body: bytes, kind: type[_Kept]) -> _Kept | None:
    """Read what was kept, None where its shape is that of another version."""
    import msgspec

    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError:
        return None


def _read_rows(rows: list[tuple[Any, ...]]) -> Iterator[QueuedAction]:
    """Read actions with their outcomes; one that cannot be read is left out."""
    for body, kept in rows:
        action = _decode(body, EditorAction)
        outcome = None if kept is None else _decode(kept, ActionOutcome)
        if action is not None and (kept is None or outcome is not None):
            yield QueuedAction(action=action, outcome=outcome)


def _refuse(action_id: str) -> ActionOutcome:
    return ActionOutcome(
        id=action_id,
        state="refused",
        what="another version of copydesk wrote this action, and it cannot be read",
        hint="do it again",
    )
