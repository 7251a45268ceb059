"""The store: one file, and each thing in it by its name."""

from __future__ import annotations

from pathlib import Path

from copydesk.desk_store._action_queue import ActionQueue
from copydesk.desk_store._database import DeskDatabase

_NAME = "desk.sqlite"


class DeskStore:
    """What the desk keeps: `actions` under way and what became of them.

    Methods of its parts raise DeskStoreError where the file fails. Used by any thread, one at a
    time; a process that was forked opens its own.
    """

    def __init__(self, file: Path) -> None:
        self._database = DeskDatabase(file)
        self.actions = ActionQueue(self._database)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def open_desk(private: Path) -> DeskStore:
    """Open what the desk keeps below a newsroom's private folder, made new where there is none.

    Raises DeskStoreError for a file that is locked, damaged, of a newer version or out of reach.
    """
    return DeskStore(private / _NAME)
