"""The SQLite file of the editors' web interface: its tables, migrations, and digests of secrets."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from copydesk.errors import DeskStoreError
from copydesk.kit import tables
from copydesk.kit.kept import KeptDatabase, KeptSchema

_SECRET_BYTES = 32

STEPS = tables.read_steps(__package__)
VERSION = len(STEPS)

SCHEMA = KeptSchema(
    what="the desk database",
    error=DeskStoreError,
    damaged=(
        "restore the database from a backup; or move it away to start anew with a setup link: "
        "accounts, drafts and stashes are then lost, stories are not"
    ),
    steps=STEPS,
)


class DeskDatabase(KeptDatabase):
    """The connection to the SQLite file of the editors' web interface. Methods raise
    DeskStoreError.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(file, SCHEMA)


def make_secret() -> str:
    """Return a new random secret that is safe in URLs and cookies."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def digest_secret(secret: str) -> bytes:
    """Return the SHA-256 digest of a secret. As the secret is random, it needs no salt.

    Looking it up by the digest leaks nothing by timing: an attacker cannot steer a digest.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def make_public_id() -> str:
    """Return a random public id for something that has a secret. The id gives no access."""
    return secrets.token_hex(8)
