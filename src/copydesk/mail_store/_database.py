"""The file: its tables, and what is said where it fails."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from copydesk.errors import MailStoreError
from copydesk.kit.kept import KeptDatabase, KeptSchema
from copydesk.mail_store._tables import STEPS

_BLOCK_BYTES = 1_000_000
SCHEMA = KeptSchema(
    what="what is kept of readers",
    error=MailStoreError,
    damaged=(
        "restore it from a backup (copydesk restore); nothing is sent meanwhile, for nobody could "
        "say who got what"
    ),
    steps=STEPS,
    cache_kilobytes=32_000,  # readers lie by a hash: of 60,000 each is on another page
)


class MailDatabase(KeptDatabase):
    """The connection to the readers' file; methods raise MailStoreError where it fails."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, SCHEMA)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        super()._prepare(connection)
        # what is deleted is overwritten: most pages keep nothing of an address that is gone
        connection.execute("PRAGMA secure_delete = ON")

    def scrub(self, words: str) -> bool:
        """Leave no byte of deleted words in the file; False where somebody at work hinders that.

        Pages that SQLite rearranged may still hold copies of rows that were deleted since. The file
        is written anew only where it does hold the words, or where they are "".
        """
        try:
            if not self._empty_log():
                return False
            if not words or _holds(self._file, words.encode("utf-8", "surrogatepass")):
                self.run("VACUUM")
                return self._empty_log()
        except (MailStoreError, OSError):
            return False
        return True

    def _empty_log(self) -> bool:
        """Bring what was written ahead into the file itself, and leave nothing beside it."""
        ((is_hindered, *_),) = self.run("PRAGMA wal_checkpoint(TRUNCATE)")
        return not is_hindered


def _holds(file: Path, words: bytes) -> bool:
    with file.open("rb") as opened:
        before = b""
        while block := opened.read(_BLOCK_BYTES):
            if words in before + block:
                return True
            before = block[-len(words) :]
    return False
