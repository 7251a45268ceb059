"""Actions: what editors did of late at their desk, so that nothing is done twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime

from copydesk.kit import dates


class Actions:
    """The filed actions of the desk by their ids, each with what takes it back."""

    def __init__(self, run: Callable[..., sqlite3.Cursor]) -> None:
        self._run = run

    def get(self, action_id: str) -> bytes | None:
        """Return what takes an action back, None where none such was filed of late."""
        row = self._run("SELECT kept FROM actions WHERE id = ?", action_id).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, action_id: str, at: datetime, kept: bytes) -> None:
        """Remember that an action was filed, when, and what takes it back."""
        moment = dates.rfc3339(at)
        self._run("INSERT OR REPLACE INTO actions VALUES (?, ?, ?)", action_id, moment, kept)

    def forget(self, before: datetime) -> None:
        """Forget the actions from before a time."""
        self._run("DELETE FROM actions WHERE at < ?", dates.rfc3339(before))
