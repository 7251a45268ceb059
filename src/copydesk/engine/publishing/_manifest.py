"""DeployManifest: what a place holds as memory keeps it, written down in batches.

A transaction for each file would wait for the disk as often as the network. What a batch loses when
the process is killed is sent once more.
"""

from __future__ import annotations

from collections.abc import Iterator

from copydesk.memory import Memory

_BATCH = 500


class DeployManifest:
    """The ledger of one place; nothing of it is kept before `save`, then every batch is."""

    def __init__(self, memory: Memory, name: str) -> None:
        self._memory = memory
        self._kept = memory.manifest(f"deploy {name}")
        self._now = {path: str(self._kept.get(path)) for path in self._kept.paths()}
        self._changed: dict[str, str | None] = {}
        self._is_saving = False

    def get(self, path: str) -> str | None:
        """Return the text that was put for this path, None where there is none."""
        return self._now.get(path)

    def put(self, path: str, digest: str) -> None:
        """Note that the place holds this."""
        self._now[path] = digest
        self._note(path, digest)

    def forget(self, path: str) -> None:
        """Note that it holds the path no longer."""
        self._now.pop(path, None)
        self._note(path, None)

    def paths(self) -> Iterator[str]:
        """Yield every path that is noted."""
        return iter(tuple(self._now))

    def save(self) -> None:
        """Write down what changed, and from now on each batch of changes."""
        self._is_saving = True
        with self._memory.together():
            for path, digest in self._changed.items():
                if digest is None:
                    self._kept.forget(path)
                else:
                    self._kept.put(path, digest)
        self._changed.clear()

    def _note(self, path: str, digest: str | None) -> None:
        self._changed[path] = digest
        if self._is_saving and len(self._changed) >= _BATCH:
            self.save()
