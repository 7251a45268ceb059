"""A manifest of a built site that is kept in memory."""

from __future__ import annotations

from collections.abc import Iterator


class MemoryManifest:
    """A manifest in the memory of this process."""

    def __init__(self) -> None:
        self._hashes: dict[str, str] = {}

    def get(self, path: str) -> str | None:
        """Return the hash for a path, None if there is none."""
        return self._hashes.get(path)

    def put(self, path: str, digest: str) -> None:
        """Keep the hash of a published file."""
        self._hashes[path] = digest

    def forget(self, path: str) -> None:
        """Delete a path that is no longer published."""
        self._hashes.pop(path, None)

    def paths(self) -> Iterator[str]:
        """Return all paths at the time of the call."""
        return iter(list(self._hashes))

    def items(self) -> Iterator[tuple[str, str]]:
        """Return all paths with their hashes at the time of the call."""
        return iter(list(self._hashes.items()))
