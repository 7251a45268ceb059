"""The write lock: who holds it may change what is in git, and has finished what others left."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from copydesk.archive.change._hold import PRIVATE, Hold, Remember, remember_nothing
from copydesk.archive.change._journal import EntryFile, Journal, JournalEntry, digest_of
from copydesk.archive.change._recover import Recovered, recover
from copydesk.archive.git import AUTHOR
from copydesk.errors import BusyError, RecordError
from copydesk.kit import dates

WAIT_SECONDS = 10.0


def is_cut_short(root: Path) -> bool:
    """Return whether a change is under way in a newsroom, or was left to whoever comes next."""
    return not Journal(root / PRIVATE / "journal").is_empty()


class WriteLock(Hold):
    """The right to write into one newsroom, held for parts of a second by one process at a time.

    `recovered` says what was finished since it was taken, `adopted` what an earlier version left
    and nothing is remembered of. Locks are taken in this order: round, write, git, SQLite.
    """

    def __init__(self, root: Path, remember: Remember = remember_nothing) -> None:
        super().__init__(root, remember)
        self.recovered: tuple[Recovered, ...] = ()
        self.adopted: frozenset[str] = frozenset()

    @contextlib.contextmanager
    def hold(self, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold the lock for the block, what a kill left being finished first.

        Raises BusyError where another holds it so long, RecordError where the folder cannot be
        written or a newer version left a change.
        """
        try:
            is_mine = self._lock.acquire(wait_seconds)
        except OSError as error:
            raise RecordError(
                f"the newsroom cannot be written ({error.strerror})",
                subject=str(self.root / PRIVATE),
                hint="look at the folder's rights",
            ) from error
        if not is_mine:
            raise BusyError(
                "another copydesk is writing in this newsroom",
                subject=str(self.root),
                hint="try again in a moment",
            )
        self.recovered = ()
        try:
            self.recover()
            yield
        finally:
            self.journal.leave_all()
            self._lock.release()

    def recover(self) -> None:
        """Finish what others left in the journal, and add it to `recovered`."""
        self.recovered = (*self.recovered, *recover(self))

    def adopt(self, paths: Iterable[str], message: str, when: datetime) -> None:
        """Commit files as they lie on the disk, missing ones as deleted: they are ours.

        A new newsroom's, and what a version without a journal wrote and did not commit.
        """
        self.require_hold()
        ours = tuple(EntryFile(path=path, after=digest_of(self.root, path)) for path in paths)
        entry = JournalEntry(
            message=message,
            author=AUTHOR,
            when=dates.rfc3339(when),
            branch=self.repository.branch(),
            files=ours,
            is_written=True,
        )
        self.journal.open(entry).leave()
        self.adopted |= {file.path for file in ours}
        self.recover()
