"""The file: its tables, and what is said where it fails."""

from __future__ import annotations

from pathlib import Path

from copydesk.errors import MailStoreError
from copydesk.kit.kept import KeptDatabase, KeptSchema
from copydesk.mail_store._tables import STEPS

SCHEMA = KeptSchema(
    what="what is kept of readers",
    error=MailStoreError,
    damaged=(
        "restore it from a backup (copydesk restore); nothing is sent meanwhile, for nobody could "
        "say who got what"
    ),
    steps=STEPS,
)


class MailDatabase(KeptDatabase):
    """The connection to the readers' file; methods raise MailStoreError where it fails."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, SCHEMA)
