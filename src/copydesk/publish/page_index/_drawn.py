"""Drawings: which share picture each page shows, so that what nobody shows can be deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from copydesk.publish.page_index._page_index import PageIndex


class Drawings:
    """The share pictures of a site's pages, by the story's path or the page's heading."""

    def __init__(self, index: PageIndex) -> None:
        self._run = index.tables.run
        self._run_many = index.tables.run_many
        self._site = index.number

    def all(self) -> frozenset[str]:
        """Return the names of all files in use."""
        query = "SELECT DISTINCT file FROM paper_cards WHERE site = ?"
        return frozenset(file for (file,) in self._run(query, self._site))

    def replace(self, pages: Iterable[str], used: Mapping[str, str]) -> frozenset[str]:
        """Let these pages show what is `used` now, if anything; give the files none shows now."""
        keys = sorted({*pages, *used})
        before = {file for key in keys for file in self._files_of(key)}
        query = "DELETE FROM paper_cards WHERE site = ? AND page = ?"
        self._run_many(query, [(self._site, key) for key in keys])
        rows = [(self._site, key, file) for key, file in used.items()]
        self._run_many("INSERT INTO paper_cards VALUES (?, ?, ?)", rows)
        return frozenset(file for file in before if not self._is_shown(file))

    def reset(self, used: Mapping[str, str]) -> frozenset[str]:
        """Let all pages show this and nothing else; give the files that none shows any more."""
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
