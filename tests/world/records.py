"""Records and other files of a newsroom put on the disk as a change would write them."""

from __future__ import annotations

from pathlib import Path

from copydesk import archive
from copydesk.archive import Archive, FileChange, Rulings
from copydesk.archive.ledger import Ledger, ledger_change
from copydesk.news import Story


def write(stories: Archive, story: Story) -> bool:
    """Write one record; return whether its bytes changed."""
    return put(stories.root, stories.change(story))


def write_rulings(root: Path, rulings: Rulings) -> bool:
    """Write the rulings; return whether their bytes changed."""
    return put(root, archive.rulings_change(root, rulings))


def write_ledger(root: Path, ledger: Ledger) -> bool:
    """Write the ledger of sources; return whether its bytes changed."""
    return put(root, ledger_change(root, ledger))


def put(root: Path, change: FileChange) -> bool:
    """Make a file what it becomes, without a commit; return whether its bytes changed."""
    if not change.is_new_bytes:
        return False
    file = root / change.path
    file.parent.mkdir(parents=True, exist_ok=True)
    if change.after is None:
        file.unlink()
    else:
        file.write_bytes(change.after)
    return True
