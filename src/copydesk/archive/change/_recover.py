"""What a kill left, or what waited for git: finished by whoever takes the write lock next."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from copydesk.archive import _paths
from copydesk.archive.change import _steps
from copydesk.archive.change._hold import Hold
from copydesk.archive.change._journal import OpenEntry
from copydesk.errors import CopydeskError, RecordError
from copydesk.kit import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A change that another process left: its first line, its paths, the commit that holds it.

    Without a commit it still waits, for `obstacle`, or changed nothing (a plain folder, or other
    hands were faster).
    """

    subject: str
    paths: tuple[str, ...]
    commit: str | None = None
    obstacle: str = ""


def recover(lock: Hold) -> tuple[Recovered, ...]:
    """Finish the changes that nobody is at any more; return what came of each.

    What their writers had to remember is remembered, then the newest is written first: a word that
    came while a round was at work goes over what the round had still to write. They are committed
    in the order in which they were begun.
    """
    if lock.journal.is_empty():
        return ()
    waiting = lock.journal.hold_waiting()
    for pending in waiting:
        if pending.entry.note:
            lock.remember(pending.entry.note)
    _sweep(lock, waiting)
    broken = {id(pending) for pending in reversed(waiting) if not _roll_forward(lock, pending)}
    return tuple(_settle(lock, pending, is_whole=id(pending) not in broken) for pending in waiting)


def _sweep(lock: Hold, waiting: Iterable[OpenEntry]) -> None:
    """Remove the halves of files that a kill left in the folders of some changes.

    Those folders are written with the write lock held, and never while it is given away.
    """
    paths = (path for pending in waiting for file in pending.entry.files for path in file.paths)
    for path in {PurePosixPath(path).parent: path for path in paths}.values():
        with contextlib.suppress(RecordError):  # a link took the folder's place: none of ours
            files.sweep_leftovers(_paths.inside(lock.root, path).parent)


def _roll_forward(lock: Hold, pending: OpenEntry) -> bool:
    """Write what is left to write; return whether the disk took all of it."""
    entry = pending.entry
    if entry.is_written or _steps.other_branch(lock, entry):
        return True
    is_whole = True
    for entry_file in entry.files:
        try:
            _steps.write(lock.root, entry_file)
        except CopydeskError:  # it stays in the journal, and the next one tries again
            is_whole = False
    return is_whole


def _settle(lock: Hold, pending: OpenEntry, *, is_whole: bool) -> Recovered:
    entry = pending.entry
    if not entry.is_written and _steps.other_branch(lock, entry):
        _steps.leave(pending)
        done = _steps.Committed(obstacle=_steps.other_branch(lock, entry))
    else:
        done = _steps.settle(lock, pending, is_whole=is_whole)
    return Recovered(
        subject=entry.subject,
        paths=tuple(entry_file.path for entry_file in entry.files),
        commit=done.commit,
        obstacle=done.obstacle,
    )
