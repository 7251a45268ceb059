"""Sessions: somebody is signed in, in one browser, until a time or until it is ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from copydesk.desk_store._accounts import Role, account_key
from copydesk.desk_store._database import DeskDatabase
from copydesk.desk_store._secrets import digest_secret, make_public_id, make_secret
from copydesk.kit import dates

_SEEN_EVERY = timedelta(minutes=1)  # a write (fsync) for each request would be too much
_CLOCK_ERROR = timedelta(minutes=5)
_AGENT_CHARACTERS = 200
_QUERY = """
SELECT sessions.id, name, role, sessions.made, seen, expires, agent, address
FROM sessions JOIN accounts ON key = account WHERE
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which somebody is signed in; `id` names it and opens nothing."""

    id: str
    name: str
    role: Role
    made: datetime
    seen: datetime
    expires: datetime
    agent: str
    address: str


class Sessions:
    """The sessions; of each only a digest of the secret that its browser has.

    Methods raise DeskStoreError where the file fails.
    """

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def begin(
        self, name: str, now: datetime, lifetime: timedelta, agent: str = "", address: str = ""
    ) -> str:
        """Begin a session and return its secret, always a new one: none can be foisted on anybody.

        Raises DeskStoreError for a name of nobody: whoever signs in has an account.
        """
        secret, at = make_secret(), dates.rfc3339(now)
        self._database.run(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(digest_secret(secret), make_public_id(), account_key(name), at, at),
            *(dates.rfc3339(now + lifetime), agent[:_AGENT_CHARACTERS], address),
        )
        return secret

    def find(self, secret: str, now: datetime) -> Session | None:
        """Return the session of a secret, as seen now; None where it is none, or over.

        One from the future is over, too: the clock was set back, and it would live longer.
        """
        rows = self._database.run(f"{_QUERY} secret = ?", digest_secret(secret))
        if not rows:
            return None
        session = _session(rows[0])
        if not session.made - _CLOCK_ERROR <= now < session.expires:
            return None
        if abs(now - session.seen) >= _SEEN_EVERY:
            self._database.run(
                "UPDATE sessions SET seen = ? WHERE id = ?", dates.rfc3339(now), session.id
            )
        return session

    def of(self, name: str, now: datetime) -> tuple[Session, ...]:
        """Return somebody's sessions that are not over, the one that was seen last first."""
        query = f"{_QUERY} account = ? AND expires > ? ORDER BY seen DESC, sessions.id"
        return tuple(
            map(_session, self._database.run(query, account_key(name), dates.rfc3339(now)))
        )

    def end(self, name: str, session_id: str) -> None:
        """End a session of somebody's; one of another's goes on."""
        self._database.run(
            "DELETE FROM sessions WHERE id = ? AND account = ?", session_id, account_key(name)
        )

    def end_all(self, name: str) -> int:
        """End all sessions of somebody; return how many there were."""
        query = "DELETE FROM sessions WHERE account = ? RETURNING 1"
        return len(self._database.run(query, account_key(name)))

    def forget(self, now: datetime) -> None:
        """Forget the sessions that are over."""
        self._database.run("DELETE FROM sessions WHERE expires <= ?", dates.rfc3339(now))


def _session(row: tuple[Any, ...]) -> Session:
    session_id, name, role, made, seen, expires, agent, address = row
    return Session(
        id=session_id,
        name=name,
        role=role,
        made=datetime.fromisoformat(made),
        seen=datetime.fromisoformat(seen),
        expires=datetime.fromisoformat(expires),
        agent=agent,
        address=address,
    )
