"""The file: its tables, and what is said where it fails."""

from __future__ import annotations

import hmac
import os
import sqlite3
import threading
import unicodedata
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
        for name, fold in (("mailbox_key", fold_address), ("spelled_key", str.lower)):
            connection.create_function(
                name,
                2,
                lambda address, key, fold=fold: digest_words(bytes.fromhex(key), fold(address)),
                deterministic=True,
            )
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


def fold_address(address: str) -> str:
    """Return the spelling by which a mailbox is known: that of its name and that of its domain.

    The name by NFKC and case-folding (Unicode's compatibility caseless matching, D146), so that a
    full-width letter makes no second mailbox. The domain by NFKC in small letters, as IDNA maps it
    (UTS 46): case-folding would make one of straße.example and strasse.example.
    """
    if address.isascii():
        return address.lower()
    name, at, domain = unicodedata.normalize("NFKC", address).rpartition("@")
    for _ in range(2):
        name = unicodedata.normalize("NFKC", name.casefold())
    return f"{name}{at}{unicodedata.normalize('NFKC', domain.lower())}"


def digest_words(key: bytes, words: str) -> bytes:
    """Return the keyed digest (HMAC-SHA256) of words."""
    return hmac.digest(key, words.encode("utf-8", "surrogatepass"), "sha256")


def _holds(file: Path, words: bytes) -> bool:
    descriptor, place, before = _open_to_look(file), 0, b""
    while block := os.pread(descriptor, _BLOCK_BYTES, place):
        if words in before + block:
            return True
        before = block[-len(words) :]
        place += len(block)
    return False


def _open_to_look(file: Path) -> int:
    """Return a descriptor of a file that this process never closes.

    Closing one would let go of the locks that other connections of this process hold on the file
    (fcntl(2)): another process would then take the log away from under them.
    """
    with _LOOKING:
        status = file.stat()
        key = status.st_dev, status.st_ino
        if key not in _DESCRIPTORS:
            _DESCRIPTORS[key] = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        return _DESCRIPTORS[key]


_LOOKING = threading.Lock()
_DESCRIPTORS: dict[tuple[int, int], int] = {}  # by file: a restored backup is another one
