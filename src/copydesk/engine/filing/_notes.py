"""Notes: what a person is told of a change beside that it was made."""

from __future__ import annotations

from copydesk.archive.change import Committed

_NO_FLOCK = (
    "this file system has no locks (flock): copydesk keeps its own processes apart by files, on one"
    " host; let no second host that shares the folder work in it"
)


def notes_on(done: Committed, what: str) -> tuple[str, ...]:
    """Return what a person is told of a change; `what` is "it is" or so.

    That no commit holds it, and, once a newsroom, that its file system has no locks.
    """
    notes = (_NO_FLOCK,) if done.lacks_flock else ()
    if done.obstacle:
        return (f"not committed ({done.obstacle}): {what} on disk, uncommitted", *notes)
    if not done.has_git and done.written:
        return (f"no git repository here: {what} on disk, without a history", *notes)
    return notes
