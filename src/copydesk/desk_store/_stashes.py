"""Stashes: stories that somebody gathered, in an order, their own or shared by all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copydesk.desk_store._database import DeskDatabase
from copydesk.errors import UsageError
from copydesk.kit import text

_NAME_CHARACTERS = 100
_STORIES = 1_000
_OPEN_TO = "owner IN ('', ?)"  # shared ones are everybody's


@dataclass(frozen=True, slots=True, kw_only=True)
class Stash:
    """Names of stories in order; `owner` is "" where it is shared."""

    id: int
    name: str
    owner: str
    stories: tuple[str, ...] = ()

    @property
    def is_shared(self) -> bool:
        """Whether every editor sees and changes it."""
        return not self.owner


class Stashes:
    """The stashes that an editor may see: their own and the shared ones.

    One that is another's is as good as none. Methods raise UsageError for a stash that is none, or
    a name or a number of stories that is no measure; DeskStoreError where the file fails.
    """

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def make(self, editor: str, name: str, *, shared: bool = False) -> int:
        """Make an empty stash and return its id."""
        name, owner = text.fold(name), "" if shared else editor
        if not 0 < len(name) <= _NAME_CHARACTERS:
            raise UsageError("a stash's name has between 1 and 100 characters", subject=name[:100])
        with self._database.at_once():
            query = "SELECT 1 FROM stashes WHERE owner = ? AND name = ?"
            if self._database.run(query, owner, name):
                raise UsageError("there is a stash of that name", subject=name)
            query = "INSERT INTO stashes (owner, name) VALUES (?, ?) RETURNING id"
            ((stash_id,),) = self._database.run(query, owner, name)
        return int(stash_id)

    def of(self, editor: str) -> tuple[Stash, ...]:
        """Return all stashes that an editor may see, with their stories, by name."""
        query = f"SELECT id, name, owner FROM stashes WHERE {_OPEN_TO} ORDER BY name, id"
        return tuple(
            Stash(id=stash_id, name=name, owner=owner, stories=self._stories(stash_id))
            for stash_id, name, owner in self._database.run(query, editor)
        )

    def list_common(self) -> tuple[Stash, ...]:
        """Return the stashes that every editor sees, with their stories, by name."""
        return tuple(stash for stash in self.of("") if stash.is_shared)

    def find(self, editor: str, stash_id: int) -> Stash:
        """Return a stash with its stories."""
        query = f"SELECT name, owner FROM stashes WHERE id = ? AND {_OPEN_TO}"
        rows = self._database.run(query, stash_id, editor)
        if not rows:
            raise UsageError("no such stash", subject=str(stash_id))
        ((name, owner),) = rows
        return Stash(id=stash_id, name=name, owner=owner, stories=self._stories(stash_id))

    def add(self, editor: str, stash_id: int, stories: Sequence[str]) -> None:
        """Put stories at the end of a stash; one that is there already stays where it is."""
        with self._database.at_once():
            known = self.find(editor, stash_id).stories
            self._write(stash_id, tuple(dict.fromkeys((*known, *stories))))

    def take_out(self, editor: str, stash_id: int, stories: Sequence[str]) -> None:
        """Take stories out of a stash; of those that are not in it nothing is said."""
        with self._database.at_once():
            known = self.find(editor, stash_id).stories
            self._write(stash_id, tuple(story for story in known if story not in set(stories)))

    def order(self, editor: str, stash_id: int, stories: Sequence[str]) -> None:
        """Put the stories of a stash into an order; what somebody added meanwhile comes last."""
        with self._database.at_once():
            known = self.find(editor, stash_id).stories
            first = [story for story in dict.fromkeys(stories) if story in set(known)]
            self._write(stash_id, tuple(dict.fromkeys((*first, *known))))

    def remove(self, editor: str, stash_id: int) -> None:
        """Remove a stash; its stories stay."""
        with self._database.at_once():
            self.find(editor, stash_id)
            self._database.run("DELETE FROM stashes WHERE id = ?", stash_id)

    def _stories(self, stash_id: int) -> tuple[str, ...]:
        query = "SELECT story FROM stashed WHERE stash = ? ORDER BY place"
        return tuple(story for (story,) in self._database.run(query, stash_id))

    def _write(self, stash_id: int, stories: tuple[str, ...]) -> None:
        if len(stories) > _STORIES:
            raise UsageError("a stash has 1,000 stories at most", hint="make a second one")
        self._database.run("DELETE FROM stashed WHERE stash = ?", stash_id)
        rows = [(stash_id, place, story) for place, story in enumerate(stories)]
        self._database.run_many("INSERT INTO stashed VALUES (?, ?, ?)", rows)
