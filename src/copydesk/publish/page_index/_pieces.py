"""Data in the page index besides entries: stories' list fragments, share pictures in use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.publish._entries import StoryEntry

if TYPE_CHECKING:
    from copydesk.publish.page_index._page_index import PageIndex

_AT_ONCE = 500  # pieces in memory, of a thousand bytes each
Make = Callable[[StoryEntry], bytes | None]


class Pieces:
    """Stories encoded for the API's lists ("fragments"), stored in the page index, if given."""

    def __init__(self, index: PageIndex | None = None) -> None:
        self._index = index

    def prepare(self, entries: Iterable[StoryEntry], make: Make) -> None:
        """Make and store the missing fragments of the given stories."""
        for _ in self.each(entries, make):
            pass

    def each(self, entries: Iterable[StoryEntry], make: Make) -> Iterator[tuple[StoryEntry, bytes]]:
        """Yield stories with their list fragments, making missing ones; skip those without one."""
        stories = iter(entries)
        while some := list(islice(stories, _AT_ONCE)):
            known = self._find(some)
            fresh = [entry for entry in some if entry.path not in known]
            made = {entry.path: piece for entry in fresh if (piece := make(entry)) is not None}
            self._keep([entry for entry in fresh if entry.path in made], made)
            found = {**known, **made}
            yield from ((entry, found[entry.path]) for entry in some if entry.path in found)

    def forget(self, paths: Iterable[str]) -> None:
        """Delete the fragments of the stories at the given paths."""
        if self._index is not None:
            rows = [(self._index.number, path) for path in paths]
            drop = "DELETE FROM paper_pieces WHERE site = ? AND path = ?"
            self._index.tables.run_many(drop, rows)

    def forget_all(self) -> None:
        """Delete all fragments, after a change to anything else that they depend on."""
        if self._index is not None:
            drop = "DELETE FROM paper_pieces WHERE site = ?"
            self._index.tables.run(drop, self._index.number)

    def _find(self, entries: Sequence[StoryEntry]) -> dict[str, bytes]:
        """Return the fragments of those stories that did not change since."""
        if self._index is None:
            return {}
        stamps = {entry.path: _stamp(entry) for entry in entries}
        marks = ", ".join("?" * len(stamps))
        query = f"SELECT path, stamp, piece FROM paper_pieces WHERE site = ? AND path IN ({marks})"  # noqa: S608 - question marks alone
        rows = self._index.tables.run(query, self._index.number, *stamps)
        return {path: piece for path, stamp, piece in rows if stamp == stamps[path]}

    def _keep(self, entries: Sequence[StoryEntry], made: dict[str, bytes]) -> None:
        if self._index is not None and entries:
            site = self._index.number
            rows = [(site, entry.path, _stamp(entry), made[entry.path]) for entry in entries]
            keep = "INSERT OR REPLACE INTO paper_pieces VALUES (?, ?, ?, ?)"
            self._index.tables.run_many(keep, rows)


def _stamp(entry: StoryEntry) -> str:
    return f"{entry.stamp} {entry.shown}"


class Drawings:
    """The share pictures that a site's pages show, by the story's path or the page's heading."""

    def __init__(self, index: PageIndex) -> None:
        self._run = index.tables.run
        self._run_many = index.tables.run_many
        self._site = index.number

    def all(self) -> frozenset[str]:
        """Return the names of all share picture files in use."""
        query = "SELECT DISTINCT file FROM paper_cards WHERE site = ?"
        return frozenset(file for (file,) in self._run(query, self._site))

    def replace(self, pages: Iterable[str], used: Mapping[str, str]) -> frozenset[str]:
        """Store which share pictures some pages show now; return the files that no page shows."""
        keys = sorted({*pages, *used})
        before = {file for key in keys for file in self._files_of(key)}
        query = "DELETE FROM paper_cards WHERE site = ? AND page = ?"
        self._run_many(query, [(self._site, key) for key in keys])
        rows = [(self._site, key, file) for key, file in used.items()]
        self._run_many("INSERT INTO paper_cards VALUES (?, ?, ?)", rows)
        return frozenset(file for file in before if not self._is_shown(file))

    def reset(self, used: Mapping[str, str]) -> frozenset[str]:
        """Store that `used` are all share pictures in use; return the files no longer shown."""
        before = self.all()
        self._run("DELETE FROM paper_cards WHERE site = ?", self._site)
        rows = [(self._site, key, file) for key, file in used.items()]
        self._run_many("INSERT INTO paper_cards VALUES (?, ?, ?)", rows)
        return before - set(used.values())

    def _files_of(self, page: str) -> list[str]:
        query = "SELECT file FROM paper_cards WHERE site = ? AND page = ?"
        return [file for (file,) in self._run(query, self._site, page)]

    def _is_shown(self, file: str) -> bool:
        query = "SELECT 1 FROM paper_cards WHERE site = ? AND file = ?"
        return bool(self._run(query, self._site, file))
