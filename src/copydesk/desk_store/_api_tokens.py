"""Tokens: programs act for an account, within scopes, until they expire or are taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from copydesk.desk_store._accounts import ROLES, Account, Role, account_key
from copydesk.desk_store._database import DeskDatabase
from copydesk.desk_store._secrets import digest_secret, make_public_id, make_secret
from copydesk.errors import UsageError
from copydesk.kit import dates, text

TokenScope = Literal["read", "propose", "decide", "manage"]
TOKEN_SCOPES: tuple[TokenScope, ...] = get_args(TokenScope)
"""To look, to suggest what an editor takes or refuses, to act as an editor, to change accounts."""
_LEAST_ROLES: Mapping[TokenScope, Role] = {
    "read": "viewer",
    "propose": "viewer",
    "decide": "editor",
    "manage": "owner",
}
_LABEL_CHARACTERS = 60
_LONGEST = timedelta(days=366)
_MOST = 50  # of one account


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """What a program may do, for whom, until when; `id` names the token and opens nothing."""

    id: str
    name: str
    role: Role
    label: str
    scopes: tuple[TokenScope, ...]
    made: datetime
    expires: datetime

    def may(self, scope: TokenScope) -> bool:
        """Decide whether it is good for this, by its scopes and by its account's role of today."""
        return scope in self.scopes and role_allows(self.role, scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGrant:
    """What a new token is to be good for, what its program is called, and for how long."""

    label: str
    scopes: tuple[TokenScope, ...]
    lifetime: timedelta


class ApiTokens:
    """The tokens, of each only a digest. Methods raise DeskStoreError where the file fails."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def make(self, account: Account, grant: TokenGrant, now: datetime) -> str:
        """Make a token for an account and return it: it is shown this once.

        Raises UsageError for more than the account's role may do, or a measure that is none.
        """
        scopes = _check_grant(account, grant)
        label = text.fold(grant.label)
        secret = make_secret()
        with self._database.at_once():
            self.forget(now)
            if len(self.of(account.name, now)) >= _MOST:
                hint = "end one of them on the account page"
                raise UsageError(f"an account has {_MOST} tokens at most", hint=hint)
            self._database.run(
                "INSERT INTO tokens (secret, id, account, label, scopes, made, expires)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(digest_secret(secret), make_public_id(), account_key(account.name), label),
                *(" ".join(scopes), dates.rfc3339(now), dates.rfc3339(now + grant.lifetime)),
            )
        return secret

    def find(self, secret: str, now: datetime) -> ApiToken | None:
        """Return what a token is good for, None where it is none or has expired."""
        return next(iter(self._list("secret = ?", now, digest_secret(secret))), None)

    def of(self, name: str, now: datetime) -> tuple[ApiToken, ...]:
        """Return the tokens of an account that are good still, the oldest first."""
        return self._list("account = ? ORDER BY tokens.made, tokens.id", now, account_key(name))

    def end(self, name: str, token_id: str) -> bool:
        """Take back a token that is somebody's own, and return whether they had it."""
        query = "DELETE FROM tokens WHERE id = ? AND account = ? RETURNING id"
        return bool(self._database.run(query, token_id, account_key(name)))

    def forget(self, now: datetime) -> None:
        """Forget tokens that have expired."""
        self._database.run("DELETE FROM tokens WHERE expires <= ?", dates.rfc3339(now))

    def _list(self, condition: str, now: datetime, value: object) -> tuple[ApiToken, ...]:
        query = f"""
            SELECT tokens.id, name, role, label, scopes, tokens.made, expires
            FROM tokens JOIN accounts ON key = account WHERE {condition}
        """
        found = (
            ApiToken(
                id=token_id,
                name=name,
                role=role,
                label=label,
                scopes=tuple(scope for scope in TOKEN_SCOPES if scope in scopes.split()),
                made=datetime.fromisoformat(made),
                expires=datetime.fromisoformat(expires),
            )
            for token_id, name, role, label, scopes, made, expires in self._database.run(
                query, value
            )
        )
        return tuple(token for token in found if now < token.expires)


def role_allows(role: Role, scope: TokenScope) -> bool:
    """Decide whether somebody of a role may do what a scope is for."""
    return ROLES.index(role) <= ROLES.index(_LEAST_ROLES[scope])


def _check_grant(account: Account, grant: TokenGrant) -> tuple[TokenScope, ...]:
    """Return the scopes of a grant in their order; raises UsageError for one that cannot be."""
    label = text.fold(grant.label)
    if not 0 < len(label) <= _LABEL_CHARACTERS or not label.isprintable():
        raise UsageError("a token's label has 1 to 60 characters", subject=ascii(label[:60]))
    if not timedelta(0) < grant.lifetime <= _LONGEST:
        raise UsageError("a token lives for a year at most", subject=str(grant.lifetime))
    scopes = tuple(scope for scope in TOKEN_SCOPES if scope in grant.scopes)
    for scope in scopes:
        if not role_allows(account.role, scope):
            least = _LEAST_ROLES[scope]
            raise UsageError(f"the scope {scope} is for: {least}", subject=account.name)
    if not scopes:
        raise UsageError("a token has a scope at least", hint=", ".join(TOKEN_SCOPES))
    return scopes
