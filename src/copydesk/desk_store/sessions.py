"""Store browser sessions, one-use links and API tokens of editors, each only as a digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from copydesk.desk_store._database import digest_secret, make_public_id, make_secret
from copydesk.desk_store.accounts import ROLES, Account, Role, account_key
from copydesk.errors import UsageError
from copydesk.kit import dates, text
from copydesk.kit.kept import KeptTables, read_row

_SEEN_EVERY = timedelta(minutes=1)  # a write (fsync) for each request would cost too much
_CLOCK_ERROR = timedelta(minutes=5)
_AGENT_CHARACTERS = 200
_QUERY = """
SELECT sessions.id, name, role, sessions.made, seen, expires, agent, address
FROM sessions JOIN accounts ON key = account WHERE
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in to the editors' web interface. `id` names it but
    gives no access.
    """

    id: str
    name: str
    role: Role
    made: datetime
    seen: datetime
    expires: datetime
    agent: str
    address: str


class Sessions(KeptTables):
    """The browser sessions of the editors' web interface. Only digests of their secrets are stored.

    Methods raise DeskStoreError if the file fails.
    """

    def begin(
        self,
        name: str,
        now: datetime,
        lifetime: timedelta,
        agent: str = "",
        address: str = "",
        *,
        provider_session: str = "",
    ) -> str:
        """Create a browser session and return its secret, which is always a new one.

        `provider_session` is the id of the OpenID provider's session (`sid`), "" if there is none.
        Raises DeskStoreError for a name without an account.
        """
        secret, at = make_secret(), dates.rfc3339(now)
        self._database.run(
            "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(digest_secret(secret), make_public_id(), account_key(name), at, at),
            *(dates.rfc3339(now + lifetime), agent[:_AGENT_CHARACTERS], address, provider_session),
        )
        return secret

    def find(self, secret: str, now: datetime) -> Session | None:
        """Return the browser session with a secret and note its use, None if unknown or expired.

        A session from the future is over, too: the clock was set back, and it would live longer.
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
        """Return an account's current browser sessions, the most recently used first."""
        query = f"{_QUERY} account = ? AND expires > ? ORDER BY seen DESC, sessions.id"
        return tuple(
            map(_session, self._database.run(query, account_key(name), dates.rfc3339(now)))
        )

    def end(self, name: str, session_id: str) -> None:
        """End a browser session of an account. An id of another account's session is ignored."""
        self._database.run(
            "DELETE FROM sessions WHERE id = ? AND account = ?", session_id, account_key(name)
        )

    def end_all(self, name: str) -> int:
        """End all browser sessions of an account, and return their number."""
        query = "DELETE FROM sessions WHERE account = ? RETURNING 1"
        return len(self._database.run(query, account_key(name)))

    def end_of_provider(self, issuer: str, subject: str, session: str) -> tuple[str, ...]:
        """End what an OpenID provider ended: one of its sessions, or all of a user's if that is "".

        Without a subject, the session is that of any user. Returns a name for each browser.
        """
        query = """
            DELETE FROM sessions WHERE provider_session = coalesce(nullif(?, ''), provider_session)
            AND account IN (
                SELECT key FROM accounts WHERE issuer = ? AND subject <> ''
                AND subject = coalesce(nullif(?, ''), subject)
            ) RETURNING (SELECT name FROM accounts WHERE key = account)
        """
        rows = self._database.run(query, session, issuer, subject) if session or subject else ()
        return tuple(name for (name,) in rows)

    def forget(self, now: datetime) -> None:
        """Delete expired browser sessions."""
        self._database.run("DELETE FROM sessions WHERE expires <= ?", dates.rfc3339(now))


def _session(row: tuple[Any, ...]) -> Session:
    return read_row(Session, "id, name, role, made, seen, expires, agent, address", row)


LinkPurpose = Literal["setup", "enter"]
LINK_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment on two clocks of one machine: the time, and the seconds since the machine started.

    Nobody can set the uptime: only both together tell how long ago something was.
    """

    now: datetime
    uptime_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OneUseLink:
    """The permission of a one-use link: `setup` creates the first owner, `enter` signs an account
    in.
    """

    purpose: LinkPurpose
    name: str


class OneUseLinks(KeptTables):
    """The unused one-use links to the editors' web interface. Only digests of secrets are stored.

    A link works once and for LINK_LIFETIME, by both clocks: setting the time back does not lengthen
    that, and after a restart of the machine the time alone must fit as well. Methods raise
    DeskStoreError if the file fails.
    """

    def make(self, purpose: LinkPurpose, moment: Moment, name: str = "") -> str:
        """Create a one-use link and return its secret. Earlier links for the same purpose and
        account end.
        """
        secret = make_secret()
        key = account_key(name) if name else None
        with self._database.at_once():
            self._database.run("DELETE FROM links WHERE purpose = ? AND account IS ?", purpose, key)
            self._database.run(
                "INSERT INTO links VALUES (?, ?, ?, ?, ?)",
                *(digest_secret(secret), purpose, key),
                *(dates.rfc3339(moment.now), moment.uptime_seconds),
            )
        return secret

    def look_at(self, secret: str, moment: Moment) -> OneUseLink | None:
        """Return what a one-use link permits, None if it is unknown, used or too old.

        The link can still be used after that.
        """
        query = """
            SELECT purpose, name, links.made, uptime FROM links
            LEFT JOIN accounts ON key = account WHERE secret = ?
        """
        rows = self._database.run(query, digest_secret(secret))
        return _link(rows[0], moment) if rows else None

    def use(self, secret: str, moment: Moment) -> OneUseLink | None:
        """Return what a one-use link permits, as `look_at` does, and delete the link."""
        with self._database.at_once():
            link = self.look_at(secret, moment)
            self._database.run("DELETE FROM links WHERE secret = ?", digest_secret(secret))
        return link

    def forget(self, purpose: LinkPurpose) -> None:
        """Delete all one-use links of a purpose."""
        self._database.run("DELETE FROM links WHERE purpose = ?", purpose)


def _link(row: tuple[Any, ...], moment: Moment) -> OneUseLink | None:
    purpose, name, made, uptime_seconds = row
    age = moment.now - datetime.fromisoformat(made)
    run = timedelta(seconds=moment.uptime_seconds - uptime_seconds)
    # stored times have no fraction of a second
    is_good = all(timedelta(seconds=-1) < it <= LINK_LIFETIME for it in (age, run))
    return OneUseLink(purpose=purpose, name=name or "") if is_good else None


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
    """An API token of an account: its scopes and when it expires. `id` names it but gives no
    access.
    """

    id: str
    name: str
    role: Role
    label: str
    scopes: tuple[TokenScope, ...]
    made: datetime
    expires: datetime

    def may(self, scope: TokenScope) -> bool:
        """Return whether the token and its account's current role permit a scope."""
        return scope in self.scopes and role_allows(self.role, scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGrant:
    """A request for a new API token: its scopes, label and lifetime."""

    label: str
    scopes: tuple[TokenScope, ...]
    lifetime: timedelta


class ApiTokens(KeptTables):
    """The API tokens, stored as digests. Methods raise DeskStoreError if the file fails."""

    def make(self, account: Account, grant: TokenGrant, now: datetime) -> str:
        """Create an API token for an account and return its secret, which is not stored.

        Raises UsageError for scopes that the account's role does not allow, or an invalid label.
        """
        scopes = _check_grant(account, grant)
        label = text.fold(grant.label)
        secret = make_secret()
        with self._database.at_once():
            self.forget(now)
            if len(self.of(account.name, now)) >= _MOST:
                hint = "delete a token on the account page"
                raise UsageError(f"an account can have at most {_MOST} API tokens", hint=hint)
            self._database.run(
                "INSERT INTO tokens (secret, id, account, label, scopes, made, expires)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                *(digest_secret(secret), make_public_id(), account_key(account.name), label),
                *(" ".join(scopes), dates.rfc3339(now), dates.rfc3339(now + grant.lifetime)),
            )
        return secret

    def find(self, secret: str, now: datetime) -> ApiToken | None:
        """Return the API token with a secret, None if it is unknown or has expired."""
        return next(iter(self._list("secret = ?", now, digest_secret(secret))), None)

    def of(self, name: str, now: datetime) -> tuple[ApiToken, ...]:
        """Return the valid API tokens of an account, oldest first."""
        return self._list("account = ? ORDER BY tokens.made, tokens.id", now, account_key(name))

    def end(self, name: str, token_id: str) -> bool:
        """Delete an API token of an account. Return whether the account had it."""
        query = "DELETE FROM tokens WHERE id = ? AND account = ? RETURNING id"
        return bool(self._database.run(query, token_id, account_key(name)))

    def forget(self, now: datetime) -> None:
        """Delete expired API tokens."""
        self._database.run("DELETE FROM tokens WHERE expires <= ?", dates.rfc3339(now))

    def _list(self, condition: str, now: datetime, value: object) -> tuple[ApiToken, ...]:
        query = f"""
            SELECT tokens.id, name, role, label, tokens.made, expires, scopes
            FROM tokens JOIN accounts ON key = account WHERE {condition}
        """
        found = map(_token, self._database.run(query, value))
        return tuple(token for token in found if now < token.expires)


def _token(row: tuple[Any, ...]) -> ApiToken:
    *others, scopes = row
    known = [scope for scope in TOKEN_SCOPES if scope in scopes.split()]
    return read_row(ApiToken, "id, name, role, label, made, expires, scopes", [*others, known])


def role_allows(role: Role, scope: TokenScope) -> bool:
    """Return whether an account's role permits an API token's scope."""
    return ROLES.index(role) <= ROLES.index(_LEAST_ROLES[scope])


def _check_grant(account: Account, grant: TokenGrant) -> tuple[TokenScope, ...]:
    """Return the scopes of a new API token in order. Raises UsageError if they are invalid."""
    label = text.fold(grant.label)
    if not 0 < len(label) <= _LABEL_CHARACTERS or not label.isprintable():
        raise UsageError("an API token's label has 1 to 60 characters", subject=ascii(label[:60]))
    if not timedelta(0) < grant.lifetime <= _LONGEST:
        raise UsageError(
            "an API token can be valid for at most a year", subject=str(grant.lifetime)
        )
    scopes = tuple(scope for scope in TOKEN_SCOPES if scope in grant.scopes)
    for scope in scopes:
        if not role_allows(account.role, scope):
            least = _LEAST_ROLES[scope]
            raise UsageError(
                f"the scope {scope} needs the role {least} or higher", subject=account.name
            )
    if not scopes:
        raise UsageError(
            "an API token needs at least one scope", hint=f"use one of: {', '.join(TOKEN_SCOPES)}"
        )
    return scopes
