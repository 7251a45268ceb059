"""Who sends a request, whether the editors' web interface is open to it, and its cookies."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from copydesk.desk_store.accounts import ROLES, Role
from copydesk.desk_store.sessions import ApiToken, Moment
from copydesk.newsroom import accounts, identity

_KEY = "copydesk.visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """The sender of a request to the web interface; without name and role before sign-in.

    `session` is the session's id, "" where a proxy signs in; `since` is when it began. `token` is
    the API token of a program.
    """

    admission: Admission
    address: str
    name: str = ""
    role: Role | None = None
    session: str = ""
    since: datetime | None = None
    token: ApiToken | None = None

    def may(self, role: Role) -> bool:
        """Return whether the visitor's role includes the rights of `role`."""
        return self.role is not None and ROLES.index(self.role) <= ROLES.index(role)


def put_visitor(scope: Scope, visitor: Visitor) -> None:
    """Attach the Visitor (sender) to a request; only the session check calls this."""
    scope[_KEY] = visitor


def visitor_of(request: Request) -> Visitor:
    """Return the Visitor (sender) that the session check attached to a request."""
    visitor: Visitor = request.scope[_KEY]
    return visitor


def require_role(request: Request, role: Role) -> Visitor:
    """Return the sender of a request if they have at least this role, else answer with 403."""
    visitor = visitor_of(request)
    if not visitor.may(role):
        raise HTTPException(403, f"this page needs an account with the role {role}")
    return visitor


_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:]*)(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFrom:
    """Where a request comes from: its Host header, and whether it is from this machine."""

    host: str
    is_from_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The origin (scheme and host) that a request uses, and the host for its passkeys.

    `passkey_host` is "" at an IP address, where browsers keep no passkeys.
    """

    origin: str
    passkey_host: str

    @property
    def is_secure(self) -> bool:
        """Return whether the origin uses https."""
        return self.origin.startswith("https:")


def decide_admission(asked: AskedFrom, desk_host: str, *, has_accounts: bool) -> Admission | None:
    """Return the origin of a request that may reach the web interface, else None.

    From this machine the desk is open beside the site. From elsewhere it is open only at a host of
    its own, and only once somebody has an account.
    """
    host = asked.host.lower()
    parts = _HOST.fullmatch(host)
    if parts is None:
        return None
    if asked.is_from_here:
        name = "localhost" if parts["name"] == "localhost" else ""
        return Admission(origin=f"http://{host}", passkey_host=name)
    if desk_host and has_accounts and host in {desk_host, f"{desk_host}:443"}:
        return Admission(origin=f"https://{desk_host}", passkey_host=desk_host)
    return None


_SECURE_NAME = "__Host-copydesk"  # RFC 6265bis 4.1.3.2: https, this host only, all paths
_MOST_CHARACTERS = 200
DEVICE_LIFETIME = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class SecretCookie:
    """A cookie with a secret for the web interface; two `purpose`s make two cookies."""

    admission: Admission
    root: str
    purpose: str = ""
    same_site: Literal["lax", "strict"] = "lax"

    @property
    def name(self) -> str:
        """Return the cookie's name. Without TLS it has the port, as cookies ignore ports."""
        port = self.admission.origin.rpartition(":")[2].strip("/")
        name = _SECURE_NAME if self.admission.is_secure else f"copydesk-{port}"
        return f"{name}-{self.purpose}" if self.purpose else name

    def read(self, headers: Headers) -> str:
        """Return the secret in a request's cookie, "" if there is none or more than one."""
        parts = (part for header in headers.getlist("Cookie") for part in header.split(";"))
        pairs = (part.strip().partition("=") for part in parts)
        found = [value for name, _, value in pairs if name == self.name]
        return found[0][:_MOST_CHARACTERS] if len(found) == 1 else ""

    def set(self, response: Response, secret: str, lifetime: timedelta) -> None:
        """Set the cookie in a response; scripts cannot read it."""
        response.set_cookie(
            self.name,
            secret,
            max_age=int(lifetime.total_seconds()),
            path="/" if self.admission.is_secure else self.root,
            secure=self.admission.is_secure,
            httponly=True,
            samesite=self.same_site,
        )

    def clear(self, response: Response) -> None:
        """Delete the cookie."""
        self.set(response, "", timedelta(0))


def device_cookie(admission: Admission, root: str) -> SecretCookie:
    """Return the cookie that recognises a known browser after sign-out; it signs nobody in."""
    return SecretCookie(admission, root, "device", "strict")


ROOT = "/desk/"


def read_clocks() -> Moment:
    """Return the current time, and the machine's uptime in seconds."""
    return Moment(now=datetime.now(UTC), uptime_seconds=accounts.read_uptime())


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Settings of how the editors' web interface is reached, and how senders are recognised.

    `is_from_here` decides whether a request comes from this machine, `is_proxy` whether an address
    is a trusted web server in front, and `client_of` returns the client's address. `host` and
    `user_header` are from `[desk]`. `proxy_secret` is what a trusted web server sends with that
    header, "" for nothing. `provider` is that of `[desk.oidc]`, and `api_requests_a_minute` the
    limit for each token.
    """

    is_from_here: Callable[[Scope], bool]
    is_proxy: Callable[[str], bool]
    client_of: Callable[[Scope], str]
    host: str = ""
    user_header: str = ""
    proxy_secret: str = field(default="", repr=False)
    provider: identity.IdentityProvider | None = None
    api_requests_a_minute: int = 600
    session_lifetime: timedelta = timedelta(days=14)
    read_clocks: Callable[[], Moment] = read_clocks
    root: str = ROOT

    @property
    def is_open_to_programs(self) -> bool:
        """Return whether any program on this machine can sign in by sending a header."""
        is_here = self.is_proxy("127.0.0.1") or self.is_proxy("::1")
        return bool(self.user_header) and not self.proxy_secret and is_here
