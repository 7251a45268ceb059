"""Drafts: what an editor has typed and not filed yet; it survives a closed browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copydesk.desk_store._database import DeskDatabase
from copydesk.errors import UsageError
from copydesk.kit import dates

_CHARACTERS = 200_000
_KEPT_OF_EACH = 1_000  # drafts of one editor: the oldest give way
_QUERY = "SELECT story, field, text, at FROM drafts WHERE editor = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was typed into one field of a story, "" as its name for one that is not filed."""

    story: str
    field: str
    text: str
    at: datetime


class Drafts:
    """The drafts of all editors. Methods raise DeskStoreError where the file fails."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def keep(self, editor: str, draft: Draft) -> None:
        """Keep a draft in the place of the earlier one; raises UsageError for one of no measure."""
        if len(draft.text) > _CHARACTERS:
            raise UsageError("a draft has 200,000 characters at most", subject=draft.story)
        with self._database.at_once():
            self._database.run(
                "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?)",
                *(editor, draft.story, draft.field, draft.text, dates.rfc3339(draft.at)),
            )
            self._database.run(
                """
                DELETE FROM drafts WHERE editor = ? AND (story, field) NOT IN (
                    SELECT story, field FROM drafts WHERE editor = ? ORDER BY at DESC LIMIT ?
                )
                """,
                *(editor, editor, _KEPT_OF_EACH),
            )

    def of_story(self, editor: str, story: str) -> tuple[Draft, ...]:
        """Return an editor's drafts of a story, by field."""
        rows = self._database.run(f"{_QUERY} AND story = ? ORDER BY field", editor, story)
        return tuple(map(_draft, rows))

    def of(self, editor: str) -> tuple[Draft, ...]:
        """Return all drafts of an editor, the latest first."""
        rows = self._database.run(f"{_QUERY} ORDER BY at DESC, story, field", editor)
        return tuple(map(_draft, rows))

    def drop(self, editor: str, story: str, field: str = "") -> None:
        """Drop an editor's draft of a field, without one all of the story."""
        self._database.run(
            "DELETE FROM drafts WHERE editor = ? AND story = ? AND ? IN (field, '')",
            *(editor, story, field),
        )


def _draft(row: tuple[Any, ...]) -> Draft:
    story, field, text, at = row
    return Draft(story=story, field=field, text=text, at=datetime.fromisoformat(at))
