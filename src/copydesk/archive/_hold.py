"""Hold: what a change needs of the newsroom that it is made in, and the right to make it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from copydesk.archive._journal import Journal
from copydesk.archive._repository import Repository
from copydesk.kit import locks

PRIVATE = ".copydesk"


Remember = Callable[[bytes], None]


def remember_nothing(note: bytes) -> None:
    """Let a change be made of which nothing is remembered elsewhere."""


class Hold:
    """One newsroom's repository and journal, and its lock for writing.

    `remember` takes the note of a change as soon as the journal has it; where a kill came between,
    again from whoever finishes the change.
    """

    def __init__(self, root: Path, remember: Remember = remember_nothing) -> None:
        self.root = root
        self.remember = remember
        self.repository = Repository(root)
        self.journal = Journal(root / PRIVATE / "journal")
        self._lock = locks.Lock(root / PRIVATE / "write.lock")

    @property
    def has_flock(self) -> bool:
        """Whether the file system knows locks of the system's own (asked while it is held)."""
        return self._lock.has_flock

    def must_be_held(self) -> None:
        """Raise where nobody holds it: a fault of the caller."""
        assert self._lock.is_held, "a change without the write lock"

    def give_way(self) -> None:
        """Let those who wait write, then go on."""
        self._lock.give_way()
