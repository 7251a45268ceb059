"""Resident: a newsroom that stays open in a process that goes on, such as a server's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from copydesk.engine.newsroom._marks import Mark, files_below, git_files, mark_files
from copydesk.engine.newsroom._newsroom import (
    PRIVATE,
    TEMPLATES,
    Newsroom,
    read_settings,
    with_stores,
)
from copydesk.errors import ConfigError
from copydesk.memory import Memory


class ResidentNewsroom:
    """Keep a newsroom open; its settings are read again only after they may have changed.

    `error` says what is wrong with the settings that are on the disk now, None for nothing: those
    that were read last stay in use. Used by one thread at a time, and closed by who opened it.
    """

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """Open the newsroom in `root`; raises ConfigError, MemoryStoreError."""
        self.error: ConfigError | None = None
        self._root = root
        self._environ = environ
        self._settings = read_settings(root, environ)
        self._mark = Mark(taken_ns=0, stamps={})  # the files were not looked at before: once more
        self._memory = Memory(root / PRIVATE / "memory.sqlite")

    def newsroom(self, now: datetime) -> Newsroom:
        """Return the newsroom as of a moment (UTC), by the settings that are on the disk."""
        mark = mark_files(self._setting_files())
        if not self._mark.still_holds(mark):
            self._mark = mark
            try:
                self._settings = read_settings(self._root, self._environ)
                self.error = None
            except ConfigError as error:
                self.error = error
        return with_stores(self._settings, now, self._memory, self._root / PRIVATE)

    def mark(self) -> Mark:
        """Return the mark of settings, data, theme and git's branches.

        While it still holds, whatever was made of them is as it would be made now.
        """
        theme = files_below(self._root / TEMPLATES)
        return mark_files([*self._setting_files(), *theme, *git_files(self._root)])

    def close(self) -> None:
        """Close the memory."""
        self._memory.close()

    def _setting_files(self) -> Iterator[Path]:
        yield self._root / "beat.toml"
        yield self._root / PRIVATE / "key"
        yield from files_below(self._root / "_data")
        for name in self._settings.beat.scoring.standings:
            yield self._root / name
