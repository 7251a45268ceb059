"""Accounts of the desk (the editors' web interface): add, list, reset, remove; links and tokens.

A link works once, within fifteen minutes. It signs in somebody who has no passkey or other way to
sign in yet.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from copydesk.desk_store import AuditEntry, AuditKind, DeskStore, open_desk
from copydesk.desk_store.accounts import ROLES, Account, Role, account_key, check_name
from copydesk.desk_store.sessions import LINK_LIFETIME, Moment, TokenGrant, TokenScope
from copydesk.errors import UsageError
from copydesk.kit import urls
from copydesk.kit.options import fill
from copydesk.newsroom._newsroom import Newsroom
from copydesk.newsroom.identity import Identity, list_names

COMMAND_LINE = "command line"  # the actor in the audit log


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An editor's account in the web interface: role, ways to sign in, signed-in browsers."""

    name: str
    role: Role
    made: datetime
    password: bool
    passkeys: int
    provider: str
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLink:
    """A sign-in link to the editors' web interface; it works once, until it expires."""

    name: str
    role: Role
    link: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSessions:
    """The number of browsers that were signed out of an editor's account."""

    name: str
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """An API token with which a program acts for an editor's account; it is shown only once."""

    name: str
    label: str
    token: str = field(repr=False)
    scopes: tuple[TokenScope, ...]
    expires: datetime


def list_accounts(newsroom: Newsroom) -> tuple[AccountRow, ...]:
    """Return all editors' accounts, sorted by name; raises DeskStoreError."""
    with _open(newsroom) as desk:
        return tuple(
            fill(
                AccountRow,
                account,
                password=bool(account.password),
                passkeys=len(desk.accounts.passkeys(account.name)),
                provider=account.issuer,
                sessions=len(desk.sessions.of(account.name, newsroom.now)),
            )
            for account in desk.accounts.list()
        )


def add_account(
    newsroom: Newsroom, name: str, role: Role, port: int, subject: str = ""
) -> AccountLink:
    """Add an editor's account and return its sign-in link; `port` is the port of `serve`.

    `subject` is the account's identifier at the OpenID provider. Raises UsageError if the name is
    invalid or taken, or if a subject is given and no provider is set; raises DeskStoreError.
    """
    issuer = newsroom.settings.desk.oidc.issuer
    if subject and not issuer:
        raise UsageError("no OpenID provider is set", hint="set desk.oidc.issuer in beat.toml")
    with _open(newsroom) as desk, desk.at_once():
        changes = _changes(desk, newsroom)
        secret = changes.add(name, role)
        if subject:
            changes.bind(name, issuer, subject)
        return _link(newsroom, desk.accounts.get(name), secret, port)


def link_account(newsroom: Newsroom, name: str, port: int) -> AccountLink:
    """Return a new sign-in link for an account, whose other ways to sign in stay.

    Raises UsageError if no account has the name, DeskStoreError.
    """
    with _open(newsroom) as desk:
        secret = _changes(desk, newsroom).link(name)
        return _link(newsroom, desk.accounts.get(name), secret, port)


def reset_account(newsroom: Newsroom, name: str, port: int) -> AccountLink:
    """Delete an account's sign-in methods, tokens and sessions, and return a new sign-in link.

    Raises UsageError if no account has the name, DeskStoreError.
    """
    with _open(newsroom) as desk:
        secret = _changes(desk, newsroom).reset(name)
        return _link(newsroom, desk.accounts.get(name), secret, port)


def make_token(newsroom: Newsroom, name: str, grant: TokenGrant) -> NewToken:
    """Return a new API token, with which a program acts for an editor's account.

    Raises UsageError if no account has the name or its role does not allow the grant;
    DeskStoreError.
    """
    with _open(newsroom) as desk:
        token = _changes(desk, newsroom).make_token(name, grant)
        return NewToken(
            name=desk.accounts.get(name).name,
            label=grant.label,
            token=token,
            scopes=grant.scopes,
            expires=newsroom.now + grant.lifetime,
        )


def end_sessions(newsroom: Newsroom, name: str) -> EndedSessions:
    """Sign an editor's account out of all browsers; the editor can sign in again.

    Raises UsageError if no account has the name, DeskStoreError.
    """
    with _open(newsroom) as desk:
        account = desk.accounts.get(name)
        count = _changes(desk, newsroom).end_sessions(name)
        return EndedSessions(name=account.name, sessions=count)


def remove_account(newsroom: Newsroom, name: str) -> EndedSessions:
    """Remove an editor's account; changes that it made keep its name.

    Raises UsageError if no account has the name, DeskStoreError.
    """
    with _open(newsroom) as desk:
        account = desk.accounts.get(name)
        count = _changes(desk, newsroom).remove(name)
        return EndedSessions(name=account.name, sessions=count)


def make_setup_link(newsroom: Newsroom, now: datetime, port: int) -> str:
    """Return a link that creates the web interface's first owner account, "" if there is an owner.

    A new link replaces the earlier one. Before the first account exists, the editors' web interface
    answers only requests from this machine. With a `desk.host`, or a `serve.public_url` that others
    can reach, no request counts as local, so the link is "" then, too. Raises DeskStoreError.
    """
    settings = newsroom.settings
    is_public = bool(settings.desk.host) or urls.is_for_others(settings.serve.public_url)
    with _open(newsroom) as desk, desk.at_once():
        is_first = not desk.accounts.has_any()
        if desk.accounts.has_owner() or (is_first and is_public):
            return ""
        moment = Moment(now=now, uptime_seconds=read_uptime())
        place = _local_address(port) if is_first else desk_address(newsroom, port)
        return f"{place}enter/{desk.links.make('setup', moment)}"


def make_guest_link(newsroom: Newsroom, name: str, port: int) -> str:
    """Return a sign-in link for an owner account with this name, as the demo uses it.

    Creates the account if there is none. Raises DeskStoreError.
    """
    with _open(newsroom) as desk:
        is_known = desk.accounts.find(name) is not None
    if is_known:
        made = reset_account(newsroom, name, port)
    else:
        made = add_account(newsroom, name, "owner", port)
    return f"{made.link}?next=/desk/"


def desk_address(newsroom: Newsroom, port: int) -> str:
    """Return the URL of the editors' web interface: on its own host, or else on the site's host.

    It uses a host name, as browsers store no passkeys for IP addresses.
    """
    host = newsroom.settings.desk.host
    return f"https://{host}/desk/" if host else _local_address(port)


def _local_address(port: int) -> str:
    return f"http://localhost:{port}/desk/"


def read_uptime() -> float:
    """Return the seconds since this machine started; setting the clock does not change them."""
    boot_clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux: counts on during sleep
    return time.monotonic() if boot_clock is None else time.clock_gettime(boot_clock)


def _link(newsroom: Newsroom, account: Account, secret: str, port: int) -> AccountLink:
    return AccountLink(
        name=account.name,
        role=account.role,
        link=f"{desk_address(newsroom, port)}enter/{secret}",
        expires=newsroom.now + LINK_LIFETIME,
    )


def _changes(desk: DeskStore, newsroom: Newsroom) -> AccountChanges:
    moment = Moment(now=newsroom.now, uptime_seconds=read_uptime())
    return AccountChanges(desk, moment, COMMAND_LINE)


@contextlib.contextmanager
def _open(newsroom: Newsroom) -> Iterator[DeskStore]:
    with contextlib.closing(open_desk(newsroom.private)) as desk:
        yield desk


# Each change is written together with its line in the audit log.


class AccountChanges:
    """Changes accounts of editors in the name of `by`, at one moment, from one IP address.

    Without `allows_links`, nothing makes a sign-in link. Methods raise UsageError for that, and if
    a name is invalid, taken or unknown; DeskStoreError.
    """

    def __init__(
        self,
        desk: DeskStore,
        moment: Moment,
        by: str,
        address: str = "",
        *,
        allows_links: bool = True,
    ) -> None:
        self._desk = desk
        self._moment = moment
        self._by = by
        self._address = address
        self._allows_links = allows_links

    def add(self, name: str, role: Role) -> str:
        """Add an editor's account; return the secret part of its sign-in link."""
        with self._desk.at_once():
            account = self._desk.accounts.add(name, role, self._moment.now)
            self._note("account-added", f"{account.name} ({role})")
            return self._make_link(account.name)

    def admit(self, user: Identity) -> Account | None:
        """Make an account with the lowest role for a user of the OpenID provider, and return it.

        None for a user whose account was removed or reset. The caller checks the rule.
        """
        with self._desk.at_once():
            if self._desk.accounts.is_barred(user.issuer, user.subject):
                return None
            name = self._choose_name(user)
            account = self._desk.accounts.add(name, ROLES[-1], self._moment.now)
            self._desk.accounts.bind(name, user.issuer, user.subject, by_rule=True)
            self._note("account-added", f"{name} ({account.role}, {user.issuer})")
            return account

    def suspend(self, name: str) -> None:
        """End an account's sessions, and delete its password, passkeys, links and API tokens.

        Its user at the OpenID provider stays: the rule may let that user in again.
        """
        with self._desk.at_once():
            self.end_sessions(name)
            self._desk.accounts.forget_local_proofs(name)

    def link(self, name: str) -> str:
        """Return the secret part of a new sign-in link for an account; nothing else changes."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._note("link-made", account.name)
            return self._make_link(account.name)

    def bind(self, name: str, issuer: str, subject: str) -> None:
        """Connect an editor's account with a user (`subject`) of an OpenID provider (`issuer`)."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._desk.accounts.bind(name, issuer, subject)
            self._note("provider-bound", f"{account.name} ({issuer})")

    def reset(self, name: str) -> str:
        """Delete an account's sign-in methods, tokens and sessions; return a new link's secret."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._desk.accounts.forget_proofs(name)
            self._desk.sessions.end_all(name)
            self._note("account-reset", account.name)
            return self._make_link(account.name)

    def end_sessions(self, name: str) -> int:
        """Sign an editor's account out of all browsers; return the number of browsers."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._note("sessions-ended", account.name)
            return self._desk.sessions.end_all(name)

    def remove(self, name: str) -> int:
        """Remove an editor's account; return the number of browsers that were signed in."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            count = self._desk.sessions.end_all(name)
            self._desk.accounts.remove(name)
            self._note("account-removed", account.name)
            return count

    def remove_unless_only_owner(self, name: str) -> int:
        """Remove an editor's account as `remove` does, but not that of the only owner."""
        with self._desk.at_once():
            self._check_owner_stays(name)
            return self.remove(name)

    def set_role(self, name: str, role: Role) -> None:
        """Change the role of an editor's account. The only owner must stay an owner."""
        with self._desk.at_once():
            if role != "owner":
                self._check_owner_stays(name)
            account = self._desk.accounts.get(name)
            self._desk.accounts.set_role(name, role)
            self._note("role-changed", f"{account.name} ({role})")

    def make_token(self, name: str, grant: TokenGrant) -> str:
        """Return a new API token for a program that acts for an account; it is not stored."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            token = self._desk.tokens.make(account, grant, self._moment.now)
            self._note("token-made", f"{account.name} ({grant.label}: {' '.join(grant.scopes)})")
            return token

    def end_token(self, name: str, token_id: str) -> None:
        """Delete an API token of an editor's account; a token of another account is not deleted."""
        with self._desk.at_once():
            if self._desk.tokens.end(name, token_id):
                self._note("token-ended", self._desk.accounts.get(name).name)

    def _make_link(self, name: str) -> str:
        if not self._allows_links:
            raise UsageError(
                "sign-in links are switched off by desk.oidc.only",
                subject=name,
                hint="run `copydesk desk user link` on the server",
            )
        return self._desk.links.make("enter", self._moment, name)

    def _choose_name(self, user: Identity) -> str:
        """Return a free name for a user's account, "user-" and a number if all are invalid."""
        fallback = f"user-{hashlib.sha256(user.subject.encode()).hexdigest()[:8]}"
        for wanted in (*list_names(user), fallback):
            with contextlib.suppress(UsageError):
                first = check_name(wanted)
                for name in (first, *(f"{first} {number}" for number in range(2, 100))):
                    if self._is_free(check_name(name)):
                        return name
        return f"user-{secrets.token_hex(8)}"

    def _is_free(self, name: str) -> bool:
        """Return whether nobody has a name, or had it: what they did would seem to be another's."""
        is_ours = account_key(name) == COMMAND_LINE or self._desk.audit.has_actor(name)
        return not is_ours and self._desk.accounts.find(name) is None

    def _check_owner_stays(self, name: str) -> None:
        """Raise UsageError if the account is the only owner, whose loss nobody could undo."""
        owners = [each.name for each in self._desk.accounts.list() if each.role == "owner"]
        if owners == [self._desk.accounts.get(name).name]:
            raise UsageError(
                "the desk needs at least one owner",
                subject=owners[0],
                hint="make another account an owner first",
            )

    def _note(self, what: AuditKind, about: str) -> None:
        self._desk.audit.add(
            AuditEntry(
                at=self._moment.now, who=self._by, what=what, about=about, address=self._address
            )
        )
