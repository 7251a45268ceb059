"""The file: its tables, and what is said where it fails."""

from __future__ import annotations

from pathlib import Path

from copydesk.desk_store._tables import STEPS
from copydesk.errors import DeskStoreError
from copydesk.kit.kept import KeptDatabase, KeptSchema

SCHEMA = KeptSchema(
    what="what the desk keeps",
    error=DeskStoreError,
    damaged=(
        "restore it from a backup; or move it away, and the desk begins anew with a setup link: "
        "accounts, drafts and stash are lost then, stories are not"
    ),
    steps=STEPS,
)


class DeskDatabase(KeptDatabase):
    """The connection to the desk's file; methods raise DeskStoreError where it fails."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, SCHEMA)
