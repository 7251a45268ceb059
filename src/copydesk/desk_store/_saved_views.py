"""Saved views: questions to the queue that an editor asks again and again, by their names."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.desk_store._database import DeskDatabase
from copydesk.errors import UsageError

_MOST = 30  # of one editor
_CHARACTERS = {"name": 60, "query": 4_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A question as the query of an address, and what its editor calls it."""

    name: str
    query: str


class SavedViews:
    """The saved views of all editors. Methods raise DeskStoreError where the file fails."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def keep(self, editor: str, view: SavedView) -> None:
        """Keep a view in the place of the earlier one of its name.

        Raises UsageError for a name or a query of no measure, or one view too many.
        """
        if not 0 < len(view.name) <= _CHARACTERS["name"]:
            raise UsageError("a view's name has 1 to 60 characters", subject=view.name[:60])
        if len(view.query) > _CHARACTERS["query"]:
            raise UsageError("too long a question for a view", subject=view.name)
        with self._database.at_once():
            known = {kept.name for kept in self.of(editor)}
            if view.name not in known and len(known) >= _MOST:
                raise UsageError(f"{_MOST} views are the most", hint="delete one first")
            values = (editor, view.name, view.query)
            self._database.run("INSERT OR REPLACE INTO saved_views VALUES (?, ?, ?)", *values)

    def of(self, editor: str) -> tuple[SavedView, ...]:
        """Return an editor's views by their names."""
        query = "SELECT name, query FROM saved_views WHERE editor = ? ORDER BY name"
        rows = self._database.run(query, editor)
        return tuple(SavedView(name=name, query=asked) for name, asked in rows)

    def drop(self, editor: str, name: str) -> None:
        """Drop a view; one that is not there is none."""
        query = "DELETE FROM saved_views WHERE editor = ? AND name = ?"
        self._database.run(query, editor, name)
