"""File changes: which files changed, as far as anybody knows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanges:
    """Files that were written, moved or deleted, by path; `everything` where nobody knows which."""

    paths: frozenset[str] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.paths)

    def __or__(self, later: FileChanges) -> FileChanges:
        return FileChanges(
            paths=self.paths | later.paths, everything=self.everything or later.everything
        )
