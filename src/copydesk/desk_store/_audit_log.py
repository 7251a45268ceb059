"""The audit log: who came in, who was kept out, who changed accounts, who looked at readers.

No password, no secret; a reader is named by their number, never by their address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from copydesk.desk_store._database import DeskDatabase
from copydesk.kit import dates

AuditKind = Literal[
    "sign-in",
    "sign-in-refused",
    "sign-out",
    "session-ended",
    "sessions-ended",
    "account-added",
    "account-removed",
    "account-reset",
    "role-changed",
    "link-used",
    "password-changed",
    "passkey-added",
    "provider-bound",
    "passkey-removed",
    "token-made",
    "token-ended",
    "reader-looked-at",
    "reader-added",
    "reader-removed",
    "reader-erased",
    "address-suppressed",
    "suppression-lifted",
    "suppressions-looked-at",
    "readers-imported",
    "readers-exported",
]
_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what to whom, when, and from which address; "" where there is none."""

    at: datetime
    who: str
    what: AuditKind
    about: str = ""
    address: str = ""


class AuditLog:
    """The entries, in order. Methods raise DeskStoreError where the file fails."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def add(self, entry: AuditEntry) -> None:
        """Keep an entry; texts are cut to 200 characters."""
        words = (word[:_CHARACTERS] for word in (entry.who, entry.what, entry.about, entry.address))
        self._database.run(
            "INSERT INTO audit (at, who, what, about, address) VALUES (?, ?, ?, ?, ?)",
            *(dates.rfc3339(entry.at), *words),
        )

    def latest(self, limit: int) -> tuple[AuditEntry, ...]:
        """Return so many entries, the latest first."""
        query = "SELECT at, who, what, about, address FROM audit ORDER BY number DESC LIMIT ?"
        return tuple(
            AuditEntry(
                at=datetime.fromisoformat(at), who=who, what=what, about=about, address=address
            )
            for at, who, what, about, address in self._database.run(query, limit)
        )

    def forget(self, before: datetime) -> None:
        """Forget the entries before a time."""
        self._database.run("DELETE FROM audit WHERE at < ?", dates.rfc3339(before))
