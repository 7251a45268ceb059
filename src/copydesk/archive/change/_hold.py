"""Hold: what a change needs of the newsroom that it is made in, and the right to make it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from copydesk.archive.change._journal import Journal
from copydesk.archive.git import Repository
from copydesk.kit import locks

PRIVATE = ".copydesk"


Remember = Callable[[bytes], None]


def remember_nothing(note: bytes) -> None:
    """Let a change be made of which nothing is remembered elsewhere."""


class Hold:
    """One newsroom's repository and journal, and its lock for writing.

    `remember` takes the note of a change as soon as the journal has it; where a kill came between,
    again from whoever finishes the change. `lot_seconds` is how long the lock is held in one go
    before others may have it.
    """

    lot_seconds = 0.4

    def __init__(self, root: Path, remember: Remember = remember_nothing) -> None:
        self.root = root
        self.remember = remember
        self.repository = Repository(root)
        self.journal = Journal(root / PRIVATE / "journal")
        self._lock = locks.Lock(root / PRIVATE / "write.lock")

    def note_missing_flock(self) -> bool:
        """Decide whether to say that the file system has no flock, and note that it was said.

        It is said once a newsroom: `.copydesk/no-flock` remembers. To be asked while it is held.
        """
        said = self.root / PRIVATE / "no-flock"
        if self._lock.has_flock or said.exists():
            return False
        with contextlib.suppress(OSError):  # a full disk: it is said once more
            said.touch()
        return True

    def require_hold(self) -> None:
        """Raise where nobody holds it: a fault of the caller."""
        assert self._lock.is_held, "a change without the write lock"

    def give_way(self) -> None:
        """Let those who wait write, then go on."""
        self._lock.give_way()

    def give_way_after(self, seconds: float) -> None:
        """Let those who wait write, where it has been held for longer in one go."""
        if self._lock.held_seconds > seconds:
            self.give_way()
