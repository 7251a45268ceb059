"""Tokens: programs act for an account, within scopes, until the token is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from copydesk.desk_store._accounts import Role, account_key
from copydesk.desk_store._database import DeskDatabase
from copydesk.desk_store._secrets import digest_secret, make_public_id, make_secret
from copydesk.kit import dates


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program may do, for whom; `id` names the token and opens nothing."""

    id: str
    name: str
    role: Role
    label: str
    scopes: tuple[str, ...]
    made: datetime


class ApiTokens:
    """The tokens, of each only a digest. Methods raise DeskStoreError where the file fails."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def make(self, name: str, label: str, scopes: tuple[str, ...], now: datetime) -> str:
        """Make a token for an account and return it: it is shown this once."""
        secret = make_secret()
        self._database.run(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)",
            *(digest_secret(secret), make_public_id(), account_key(name), label),
            *(" ".join(scopes), dates.rfc3339(now)),
        )
        return secret

    def find(self, secret: str) -> ApiToken | None:
        """Return what a token is good for, None where it is none."""
        return next(iter(self._list("secret = ?", digest_secret(secret))), None)

    def of(self, name: str) -> tuple[ApiToken, ...]:
        """Return the tokens of an account, the oldest first."""
        return self._list("account = ? ORDER BY tokens.made, tokens.id", account_key(name))

    def end(self, name: str, token_id: str) -> None:
        """Take a token of somebody's back; one of another's stays."""
        self._database.run(
            "DELETE FROM tokens WHERE id = ? AND account = ?", token_id, account_key(name)
        )

    def _list(self, condition: str, value: object) -> tuple[ApiToken, ...]:
        query = f"""
            SELECT tokens.id, name, role, label, scopes, tokens.made
            FROM tokens JOIN accounts ON key = account WHERE {condition}
        """
        return tuple(
            ApiToken(
                id=token_id,
                name=name,
                role=role,
                label=label,
                scopes=tuple(scopes.split()),
                made=datetime.fromisoformat(made),
            )
            for token_id, name, role, label, scopes, made in self._database.run(query, value)
        )
