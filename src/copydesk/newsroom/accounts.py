"""Accounts: a newsroom and somebody's name go in; who may use its desk comes out, or a link in.

A link opens the desk once, within a quarter of an hour, for whoever has no other proof yet.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from copydesk.desk_store import (
    LINK_LIFETIME,
    AuditEntry,
    AuditKind,
    DeskStore,
    Moment,
    TokenGrant,
    TokenScope,
    open_desk,
)
from copydesk.desk_store.accounts import Account, Role
from copydesk.errors import UsageError
from copydesk.kit import urls
from copydesk.newsroom._newsroom import Newsroom

# Who may use a newsroom's desk, as its owner says at the command line.

COMMAND_LINE = "command line"  # who it is in the audit log


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """Somebody who may use the desk: by which proofs, and in how many browsers they are."""

    name: str
    role: Role
    made: datetime
    password: bool
    passkeys: int
    provider: str
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLink:
    """The address that lets somebody in, once, until it expires."""

    name: str
    role: Role
    link: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedSessions:
    """In how many browsers somebody was signed in, and is no longer."""

    name: str
    sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """What a program brings with its requests to act for somebody; it is shown this once."""

    name: str
    label: str
    token: str = field(repr=False)
    scopes: tuple[TokenScope, ...]
    expires: datetime


def list_accounts(newsroom: Newsroom) -> tuple[AccountRow, ...]:
    """Return everybody who may use the desk, by name; raises DeskStoreError."""
    with _open(newsroom) as desk:
        return tuple(
            AccountRow(
                name=account.name,
                role=account.role,
                made=account.made,
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
    """Let somebody use the desk and return their link in; `serve` listens at `port`.

    By `subject` the OpenID provider knows them. Raises UsageError for a name that is none or taken,
    or where no provider is named, DeskStoreError.
    """
    issuer = newsroom.settings.desk.oidc.issuer
    if subject and not issuer:
        raise UsageError("no provider is named", subject="desk.oidc.issuer", hint="set it first")
    with _open(newsroom) as desk, desk.at_once():
        changes = _changes(desk, newsroom)
        secret = changes.add(name, role)
        if subject:
            changes.bind(name, issuer, subject)
        return _link(newsroom, desk.accounts.get(name), secret, port)


def reset_account(newsroom: Newsroom, name: str, port: int) -> AccountLink:
    """Take somebody's proofs, tokens and sessions away, and return a new link in.

    Raises UsageError where nobody has the name, DeskStoreError.
    """
    with _open(newsroom) as desk:
        secret = _changes(desk, newsroom).reset(name)
        return _link(newsroom, desk.accounts.get(name), secret, port)


def make_token(newsroom: Newsroom, name: str, grant: TokenGrant) -> NewToken:
    """Return a token with which a program acts for somebody at the desk's API.

    Raises UsageError where nobody has the name or may do so much, DeskStoreError.
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
    """Sign somebody out everywhere; they may sign in again.

    Raises UsageError where nobody has the name, DeskStoreError.
    """
    with _open(newsroom) as desk:
        account = desk.accounts.get(name)
        count = _changes(desk, newsroom).end_sessions(name)
        return EndedSessions(name=account.name, sessions=count)


def remove_account(newsroom: Newsroom, name: str) -> EndedSessions:
    """Let somebody use the desk no more; what they did stays, and is still theirs.

    Raises UsageError where nobody has the name, DeskStoreError.
    """
    with _open(newsroom) as desk:
        account = desk.accounts.get(name)
        count = _changes(desk, newsroom).remove(name)
        return EndedSessions(name=account.name, sessions=count)


def make_setup_link(newsroom: Newsroom, now: datetime, port: int) -> str:
    """Return an address at which the first owner makes their account, "" where there is an owner.

    It ends the one before it. Before anybody has an account only this machine is let in, and with
    a `desk.host` or a `serve.public_url` for others nobody counts as being at it: "" there, too.
    Raises DeskStoreError.
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
    """Return an address that leads somebody to the desk as an owner of that name, as the demo does.

    Their account is made where there is none. Raises DeskStoreError.
    """
    with _open(newsroom) as desk:
        is_known = desk.accounts.find(name) is not None
    if is_known:
        made = reset_account(newsroom, name, port)
    else:
        made = add_account(newsroom, name, "owner", port)
    return f"{made.link}?next=/desk/"


def desk_address(newsroom: Newsroom, port: int) -> str:
    """Return where the desk is: at its own host, else beside the site on this machine.

    By name, since browsers keep no passkey for an address.
    """
    host = newsroom.settings.desk.host
    return f"https://{host}/desk/" if host else _local_address(port)


def _local_address(port: int) -> str:
    return f"http://localhost:{port}/desk/"


def read_uptime() -> float:
    """Return for how many seconds this machine has been running: a clock that nobody sets."""
    boot_clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux: it goes on while the machine sleeps
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


# Changes to accounts, each made at once with its line in the audit log.


class AccountChanges:
    """Change the accounts of a desk as somebody (`by`) says, at one moment, from one address.

    Methods raise UsageError for a name that is none, taken or nobody's, and DeskStoreError.
    """

    def __init__(self, desk: DeskStore, moment: Moment, by: str, address: str = "") -> None:
        self._desk = desk
        self._moment = moment
        self._by = by
        self._address = address

    def add(self, name: str, role: Role) -> str:
        """Let somebody use the desk; return the secret of their link in."""
        with self._desk.at_once():
            account = self._desk.accounts.add(name, role, self._moment.now)
            self._note("account-added", f"{account.name} ({role})")
            return self._desk.links.make("enter", self._moment, account.name)

    def bind(self, name: str, issuer: str, subject: str) -> None:
        """Let an OpenID provider speak for somebody by what it calls them."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._desk.accounts.bind(name, issuer, subject)
            self._note("provider-bound", f"{account.name} ({issuer})")

    def reset(self, name: str) -> str:
        """Take somebody's proofs, tokens and sessions away; return the secret of a new link in."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._desk.accounts.forget_proofs(name)
            self._desk.sessions.end_all(name)
            self._note("account-reset", account.name)
            return self._desk.links.make("enter", self._moment, account.name)

    def end_sessions(self, name: str) -> int:
        """Sign somebody out everywhere; return in how many browsers they were."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._note("sessions-ended", account.name)
            return self._desk.sessions.end_all(name)

    def remove(self, name: str) -> int:
        """Let somebody use the desk no more; return in how many browsers they were."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            count = self._desk.sessions.end_all(name)
            self._desk.accounts.remove(name)
            self._note("account-removed", account.name)
            return count

    def set_role(self, name: str, role: Role) -> None:
        """Let somebody do more or less."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            self._desk.accounts.set_role(name, role)
            self._note("role-changed", f"{account.name} ({role})")

    def make_token(self, name: str, grant: TokenGrant) -> str:
        """Let a program act for somebody; return its token, which is kept nowhere."""
        with self._desk.at_once():
            account = self._desk.accounts.get(name)
            token = self._desk.tokens.make(account, grant, self._moment.now)
            self._note("token-made", f"{account.name} ({grant.label}: {' '.join(grant.scopes)})")
            return token

    def end_token(self, name: str, token_id: str) -> None:
        """Let a program act for somebody no more; a token of another's stays."""
        with self._desk.at_once():
            if self._desk.tokens.end(name, token_id):
                self._note("token-ended", self._desk.accounts.get(name).name)

    def check_owner_stays(self, name: str) -> None:
        """Raise UsageError where somebody is the only owner: nobody could undo what comes next."""
        owners = [each.name for each in self._desk.accounts.list() if each.role == "owner"]
        if owners == [self._desk.accounts.get(name).name]:
            raise UsageError(
                "a desk has an owner",
                subject=owners[0],
                hint="make somebody else an owner first",
            )

    def _note(self, what: AuditKind, about: str) -> None:
        self._desk.audit.add(
            AuditEntry(
                at=self._moment.now, who=self._by, what=what, about=about, address=self._address
            )
        )
