"""Pieces of lists that are made once for a story: of the API, whose lists shift as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from copydesk.publish._entries import StoryEntry
from copydesk.publish.page_index._page_index import PageIndex


class Pieces:
    """The pieces that an index keeps; without one, or where they are not `usable`, none is."""

    def __init__(self, index: PageIndex | None = None, *, usable: bool = False) -> None:
        self._index = index
        self._usable = usable
        self._kept: dict[str, tuple[str, bytes]] | None = None
        self._made: list[tuple[str, str, bytes]] = []

    def of(self, entry: StoryEntry, make: Callable[[], bytes | None]) -> bytes | None:
        """Return a story's piece, made where it is not kept; None where it cannot be made."""
        stamp = f"{entry.stamp} {entry.shown}"
        known = self._pieces().get(entry.path)
        if known is not None and known[0] == stamp:
            return known[1]
        made = make()
        if made is not None:
            self._pieces()[entry.path] = (stamp, made)
            if self._index is not None:
                self._made.append((entry.path, stamp, made))
        return made

    def save(self, gone: Iterable[str] = ()) -> None:
        """Keep what was made, and nothing of stories that are `gone`, by their paths."""
        if self._index is None:
            return
        tables, site = self._index.tables, self._index.number
        if not self._usable:
            tables.run("DELETE FROM paper_pieces WHERE site = ?", site)
        drop = "DELETE FROM paper_pieces WHERE site = ? AND path = ?"
        tables.run_many(drop, ((site, path) for path in gone))
        rows = ((site, *piece) for piece in self._made)
        tables.run_many("INSERT OR REPLACE INTO paper_pieces VALUES (?, ?, ?, ?)", rows)

    def _pieces(self) -> dict[str, tuple[str, bytes]]:
        if self._kept is None:
            self._kept = {}
            if self._index is not None and self._usable:
                query = "SELECT path, stamp, piece FROM paper_pieces WHERE site = ?"
                rows = self._index.tables.run(query, self._index.number)
                self._kept = {path: (stamp, piece) for path, stamp, piece in rows}
        return self._kept
