"""The SQLite file of newsletter subscribers: its tables, migrations, and a key-value table."""

from __future__ import annotations

import hmac
import os
import secrets
import sqlite3
import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from copydesk.errors import MailStoreError
from copydesk.kit import tables
from copydesk.kit.kept import KeptDatabase, KeptSchema, KeptTables

NOT_ASCII = "address GLOB '*[^ -~]*'"
STEPS = tables.read_steps(__package__)
QUERIES = tables.read_queries(__package__)
VERSION = len(STEPS)


# ---- The file

_BLOCK_BYTES = 1_000_000
SCHEMA = KeptSchema(
    what="the mail database",
    error=MailStoreError,
    damaged=(
        "restore the database from a backup (copydesk restore); until then copydesk sends no "
        "newsletters"
    ),
    steps=STEPS,
    cache_kilobytes=32_000,  # readers are ordered by a hash: 60,000 are on as many pages
)


class MailDatabase(KeptDatabase):
    """The connection to the subscribers' SQLite file. Methods raise MailStoreError if the file
    fails.
    """

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
        # deleted rows are overwritten, so that most pages keep nothing of an erased address
        connection.execute("PRAGMA secure_delete = ON")

    def scrub(self, words: str) -> bool:
        """Overwrite deleted text in the database file. Return False if another connection prevents
        that.

        Pages that SQLite rearranged may still hold copies of deleted rows. The file is rewritten
        only if it still holds `words`, or if they are "".
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
        """Move the write-ahead log into the file. Return False if another connection
        prevents that.
        """
        ((is_hindered, *_),) = self.run("PRAGMA wal_checkpoint(TRUNCATE)")
        return not is_hindered


def fold_address(address: str) -> str:
    """Return the canonical spelling of an e-mail address, the same for all spellings of one
    mailbox.

    The local part by NFKC and case-folding (Unicode's compatibility caseless matching, D146), so
    that a full-width letter makes no second mailbox. The domain by NFKC in lower case, as IDNA maps
    it (UTS 46): case-folding would merge straße.example and strasse.example.
    """
    if address.isascii():
        return address.lower()
    name, at, domain = unicodedata.normalize("NFKC", address).rpartition("@")
    for _ in range(2):
        name = unicodedata.normalize("NFKC", name.casefold())
    return f"{name}{at}{unicodedata.normalize('NFKC', domain.lower())}"


def digest_words(key: bytes, words: str) -> bytes:
    """Return the HMAC-SHA256 of a text under a key."""
    return hmac.digest(key, words.encode("utf-8", "surrogatepass"), "sha256")


def _holds(file: Path, words: bytes) -> bool:
    descriptor, place, before = _open_for_reading(file), 0, b""
    while block := os.pread(descriptor, _BLOCK_BYTES, place):
        if words in before + block:
            return True
        before = block[-len(words) :]
        place += len(block)
    return False


def _open_for_reading(file: Path) -> int:
    """Open a file for reading by a descriptor that this process never closes.

    Closing one would release the locks that other connections of this process hold on the file
    (fcntl(2)), and another process could delete the log under them.
    """
    with _OPENING:
        status = file.stat()
        key = status.st_dev, status.st_ino
        if key not in _DESCRIPTORS:
            _DESCRIPTORS[key] = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        return _DESCRIPTORS[key]


_OPENING = threading.Lock()
_DESCRIPTORS: dict[tuple[int, int], int] = {}  # by file: a restored backup is another file


# ---- Named values

_ADDRESS_KEY = "address key"


class Facts(KeptTables):
    """A table of named text values in the subscribers' database. Methods raise MailStoreError."""

    def get(self, name: str) -> str:
        """Return the value stored under a name, "" if there is none."""
        rows = self._database.run("SELECT value FROM facts WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def put(self, name: str, value: str) -> None:
        """Store a value under a name. It replaces an older value."""
        self._database.run(
            "INSERT INTO facts VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            *(name, value),
        )

    def forget(self, name: str) -> None:
        """Delete the value stored under a name."""
        self._database.run("DELETE FROM facts WHERE name = ?", name)

    def list_below(self, prefix: str) -> Mapping[str, str]:
        """Return the values whose names begin with a prefix, keyed by the rest of their names."""
        rows = self._database.run(
            "SELECT name, value FROM facts WHERE substr(name, 1, ?) = ? ORDER BY name",
            *(len(prefix), prefix),
        )
        return {str(name)[len(prefix) :]: str(value) for name, value in rows}

    def address_key(self) -> bytes:
        """Return the secret key for digests of e-mail addresses. The first call creates it."""
        with self._database.at_once():
            kept = self.get(_ADDRESS_KEY)
            if not kept:
                kept = secrets.token_hex(32)
                self.put(_ADDRESS_KEY, kept)
        return bytes.fromhex(kept)
