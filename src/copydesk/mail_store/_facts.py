"""Facts of the file itself: words by their names."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from copydesk.mail_store._database import MailDatabase

_ADDRESS_KEY = "address key"


class Facts:
    """Keep words of the file itself by their names; methods raise MailStoreError."""

    def __init__(self, database: MailDatabase) -> None:
        self._database = database

    def get(self, name: str) -> str:
        """Return a word, "" where none is kept."""
        rows = self._database.run("SELECT value FROM facts WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def put(self, name: str, value: str) -> None:
        """Keep a word in the place of what was kept."""
        self._database.run(
            "INSERT INTO facts VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            *(name, value),
        )

    def forget(self, name: str) -> None:
        """Keep a word no more."""
        self._database.run("DELETE FROM facts WHERE name = ?", name)

    def list_below(self, prefix: str) -> Mapping[str, str]:
        """Return the words whose names begin so, by the rest of their names."""
        rows = self._database.run(
            "SELECT name, value FROM facts WHERE substr(name, 1, ?) = ? ORDER BY name",
            *(len(prefix), prefix),
        )
        return {str(name)[len(prefix) :]: str(value) for name, value in rows}

    def address_key(self) -> bytes:
        """Return the key by which addresses are digested, made with the file."""
        with self._database.at_once():
            kept = self.get(_ADDRESS_KEY)
            if not kept:
                kept = secrets.token_hex(32)
                self.put(_ADDRESS_KEY, kept)
        return bytes.fromhex(kept)
