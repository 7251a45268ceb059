"""Store editors' unsent form texts (drafts), saved searches (views) and story lists (stashes)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from copydesk.errors import UsageError
from copydesk.kit import dates, text
from copydesk.kit.kept import KeptTables, read_row

_DRAFT_CHARACTERS = 200_000
_KEPT_OF_EACH = 1_000  # drafts of one editor; the oldest are deleted
_QUERY = "SELECT story, field, text, at FROM drafts WHERE editor = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The unsent text in one field of an editor's story form. `story` is "" for a new story."""

    story: str
    field: str
    text: str
    at: datetime


class Drafts(KeptTables):
    """The unsent texts in all editors' forms. Methods raise DeskStoreError if the file fails."""

    def keep(self, editor: str, draft: Draft) -> None:
        """Store an unsent form text in place of the earlier one. Raises UsageError if it is too
        long.
        """
        if len(draft.text) > _DRAFT_CHARACTERS:
            raise UsageError("a draft can have at most 200,000 characters", subject=draft.story)
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
        """Return an editor's unsent form texts about a story, sorted by field."""
        rows = self._database.run(f"{_QUERY} AND story = ? ORDER BY field", editor, story)
        return tuple(map(_draft, rows))

    def of(self, editor: str) -> tuple[Draft, ...]:
        """Return all unsent form texts of an editor, the latest first."""
        rows = self._database.run(f"{_QUERY} ORDER BY at DESC, story, field", editor)
        return tuple(map(_draft, rows))

    def drop(self, editor: str, story: str, field: str = "") -> None:
        """Delete an editor's unsent text of one form field, or of all fields of a story without
        `field`.
        """
        self._database.run(
            "DELETE FROM drafts WHERE editor = ? AND story = ? AND ? IN (field, '')",
            *(editor, story, field),
        )


def _draft(row: tuple[Any, ...]) -> Draft:
    return read_row(Draft, "story, field, text, at", row)


_MOST_VIEWS = 30  # of one editor
_VIEW_CHARACTERS = {"name": 60, "query": 4_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A saved search of an editor: its name, and the query string for the list of stories."""

    name: str
    query: str


class SavedViews(KeptTables):
    """The saved searches of all editors. Methods raise DeskStoreError if the file fails."""

    def keep(self, editor: str, view: SavedView) -> None:
        """Store a saved search of an editor. It replaces an earlier one of the same name.

        Raises UsageError for a name or query that is too long, or for too many views.
        """
        if not 0 < len(view.name) <= _VIEW_CHARACTERS["name"]:
            raise UsageError("expected a view name of 1 to 60 characters", subject=view.name[:60])
        if len(view.query) > _VIEW_CHARACTERS["query"]:
            raise UsageError("the query of the view is too long", subject=view.name)
        with self._database.at_once():
            known = {kept.name for kept in self.of(editor)}
            if view.name not in known and len(known) >= _MOST_VIEWS:
                raise UsageError(
                    f"you already have {_MOST_VIEWS} saved views", hint="delete a view first"
                )
            values = (editor, view.name, view.query)
            self._database.run("INSERT OR REPLACE INTO saved_views VALUES (?, ?, ?)", *values)

    def of(self, editor: str) -> tuple[SavedView, ...]:
        """Return an editor's saved searches, sorted by name."""
        query = "SELECT name, query FROM saved_views WHERE editor = ? ORDER BY name"
        rows = self._database.run(query, editor)
        return tuple(SavedView(name=name, query=asked) for name, asked in rows)

    def drop(self, editor: str, name: str) -> None:
        """Delete a saved search if it exists."""
        query = "DELETE FROM saved_views WHERE editor = ? AND name = ?"
        self._database.run(query, editor, name)


_STASH_CHARACTERS = 100
_MOST_STASHED = 1_000
_OPEN_TO = "owner IN ('', ?)"  # own and shared stashes


@dataclass(frozen=True, slots=True, kw_only=True)
class Stash:
    """A list of stories that an editor collected. `owner` is "" if all editors share it."""

    id: int
    name: str
    owner: str
    stories: tuple[str, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Whether all editors see and change the list."""
        return not self.owner


class Stashes(KeptTables):
    """Lists of collected stories: each editor's own ones, and those that all editors share.

    Another editor's stash does not exist for them. Methods raise UsageError for an unknown stash,
    an invalid name or too many stories; DeskStoreError if the file fails.
    """

    def make(self, editor: str, name: str, *, shared: bool = False) -> int:
        """Create an empty list for collected stories and return its id."""
        name, owner = text.fold(name), "" if shared else editor
        if not 0 < len(name) <= _STASH_CHARACTERS:
            raise UsageError("expected a name of 1 to 100 characters", subject=name[:100])
        with self._database.at_once():
            query = "SELECT 1 FROM stashes WHERE owner = ? AND name = ?"
            if self._database.run(query, owner, name):
                raise UsageError("a collection with this name already exists", subject=name)
            query = "INSERT INTO stashes (owner, name) VALUES (?, ?) RETURNING id"
            ((stash_id,),) = self._database.run(query, owner, name)
        return int(stash_id)

    def of(self, editor: str) -> tuple[Stash, ...]:
        """Return all lists of collected stories that an editor may see, sorted by name."""
        query = f"SELECT id, name, owner FROM stashes WHERE {_OPEN_TO} ORDER BY name, id"
        return tuple(
            Stash(id=stash_id, name=name, owner=owner, stories=self._stories(stash_id))
            for stash_id, name, owner in self._database.run(query, editor)
        )

    def list_common(self) -> tuple[Stash, ...]:
        """Return the lists of collected stories that all editors share, sorted by name."""
        return tuple(stash for stash in self.of("") if stash.is_shared)

    def find(self, editor: str, stash_id: int) -> Stash:
        """Return a list of collected stories by its id."""
        query = f"SELECT name, owner FROM stashes WHERE id = ? AND {_OPEN_TO}"
        rows = self._database.run(query, stash_id, editor)
        if not rows:
            raise UsageError("no such collection", subject=str(stash_id))
        ((name, owner),) = rows
        return Stash(id=stash_id, name=name, owner=owner, stories=self._stories(stash_id))

    def add(self, editor: str, stash_id: int, stories: Sequence[str]) -> None:
        """Append stories to a list of collected stories. Those already in it keep their places."""
        with self._database.at_once():
            known = self.find(editor, stash_id).stories
            self._write(stash_id, tuple(dict.fromkeys((*known, *stories))))

    def take_out(self, editor: str, stash_id: int, stories: Sequence[str]) -> None:
        """Remove stories from a list of collected stories. Those not in it are ignored."""
        with self._database.at_once():
            known = self.find(editor, stash_id).stories
            self._write(stash_id, tuple(story for story in known if story not in set(stories)))

    def order(self, editor: str, stash_id: int, stories: Sequence[str]) -> None:
        """Reorder a list of collected stories. Stories added meanwhile come last."""
        with self._database.at_once():
            known = self.find(editor, stash_id).stories
            first = [story for story in dict.fromkeys(stories) if story in set(known)]
            self._write(stash_id, tuple(dict.fromkeys((*first, *known))))

    def remove(self, editor: str, stash_id: int) -> None:
        """Delete a list of collected stories. The stories themselves stay."""
        with self._database.at_once():
            self.find(editor, stash_id)
            self._database.run("DELETE FROM stashes WHERE id = ?", stash_id)

    def _stories(self, stash_id: int) -> tuple[str, ...]:
        query = "SELECT story FROM stashed WHERE stash = ? ORDER BY place"
        return tuple(story for (story,) in self._database.run(query, stash_id))

    def _write(self, stash_id: int, stories: tuple[str, ...]) -> None:
        if len(stories) > _MOST_STASHED:
            raise UsageError("a collection has at most 1,000 stories", hint="create another")
        self._database.run("DELETE FROM stashed WHERE stash = ?", stash_id)
        rows = [(stash_id, place, story) for place, story in enumerate(stories)]
        self._database.run_many("INSERT INTO stashed VALUES (?, ?, ?)", rows)
