"""The manifest: what was published last time, so that only what changed is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Manifest(Protocol):
    """What was published last time: a hash for each path below the web root."""

    def get(self, path: str) -> str | None:
        """Return the hash that was put for this path, None where there is none."""
        ...

    def put(self, path: str, digest: str) -> None:
        """Remember the hash of what was published at this path."""
        ...

    def forget(self, path: str) -> None:
        """Drop a path that is published no longer."""
        ...

    def paths(self) -> Iterator[str]:
        """Return every path that is remembered."""
        ...

    def items(self) -> Iterator[tuple[str, str]]:
        """Return every path that is remembered with its hash."""
        ...


class MemoryManifest:
    """A manifest that lives as long as the process."""

    def __init__(self) -> None:
        self._hashes: dict[str, str] = {}

    def get(self, path: str) -> str | None:
        """Return the hash that was put for this path, None where there is none."""
        return self._hashes.get(path)

    def put(self, path: str, digest: str) -> None:
        """Remember the hash of what was published at this path."""
        self._hashes[path] = digest

    def forget(self, path: str) -> None:
        """Drop a path that is published no longer."""
        self._hashes.pop(path, None)

    def paths(self) -> Iterator[str]:
        """Return every path that is remembered, as of now."""
        return iter(list(self._hashes))

    def items(self) -> Iterator[tuple[str, str]]:
        """Return every path that is remembered with its hash, as of now."""
        return iter(list(self._hashes.items()))
