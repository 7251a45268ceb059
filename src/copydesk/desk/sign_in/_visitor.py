"""Tell who asks and whether the desk is open to them: visitor, admission, cookies, clocks."""

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

from copydesk import engine
from copydesk.desk_store import ApiToken, Moment
from copydesk.desk_store.accounts import ROLES, Role

_KEY = "copydesk.visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody whose request was let in: signed in with a name and a role, or not yet (both "").

    `session` names the session, "" where a web server in front speaks for them; `since` is when it
    began. `token` is what a program brought to act for them, which opens no page.
    """

    admission: Admission
    address: str
    name: str = ""
    role: Role | None = None
    session: str = ""
    since: datetime | None = None
    token: ApiToken | None = None

    def may(self, role: Role) -> bool:
        """Decide whether they may do what somebody of this role may."""
        return self.role is not None and ROLES.index(self.role) <= ROLES.index(role)


def put_visitor(scope: Scope, visitor: Visitor) -> None:
    """Let routes know who asks; only the guard says it."""
    scope[_KEY] = visitor


def visitor_of(request: Request) -> Visitor:
    """Return who sends a request that the guard let in."""
    visitor: Visitor = request.scope[_KEY]
    return visitor


def require_role(request: Request, role: Role) -> Visitor:
    """Return who sends a request, if they may do what this role may; else it is answered 403."""
    visitor = visitor_of(request)
    if not visitor.may(role):
        raise HTTPException(403, f"only for: {role}")
    return visitor


_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:]*)(?::(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFrom:
    """What a request says of where it comes from, and what the server found of that to be true."""

    host: str
    is_from_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Under which origin somebody is at the desk, and by which name passkeys know it.

    `passkey_host` is "" where browsers keep none: at an address.
    """

    origin: str
    passkey_host: str

    @property
    def is_secure(self) -> bool:
        """Whether it is reached by https."""
        return self.origin.startswith("https:")


def decide_admission(asked: AskedFrom, desk_host: str, *, has_accounts: bool) -> Admission | None:
    """Decide under which origin a request may reach the desk, None where it may not.

    Beside the site for who sits at this machine. Else only at a host of its own, on which the site
    is not served, and only when somebody has an account: there is no one to sign in before.
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


_SECURE_NAME = "__Host-copydesk"  # RFC 6265bis 4.1.3.2: https, this host's alone, for all of it
_MOST_CHARACTERS = 200
DEVICE_LIFETIME = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class SecretCookie:
    """A secret that a browser keeps for the desk below `root`; `purpose` tells two apart."""

    admission: Admission
    root: str
    purpose: str = ""
    same_site: Literal["lax", "strict"] = "lax"

    @property
    def name(self) -> str:
        """Return its name: without TLS one for each port, since cookies know of none."""
        port = self.admission.origin.rpartition(":")[2].strip("/")
        name = _SECURE_NAME if self.admission.is_secure else f"copydesk-{port}"
        return f"{name}-{self.purpose}" if self.purpose else name

    def read(self, headers: Headers) -> str:
        """Return the secret that a request brings, "" where it brings none, or two."""
        parts = (part for header in headers.getlist("Cookie") for part in header.split(";"))
        pairs = (part.strip().partition("=") for part in parts)
        found = [value for name, _, value in pairs if name == self.name]
        return found[0][:_MOST_CHARACTERS] if len(found) == 1 else ""

    def set(self, response: Response, secret: str, lifetime: timedelta) -> None:
        """Let the browser keep it; no script reads it, no other site's post has it."""
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
        """Let the browser forget it."""
        self.set(response, "", timedelta(0))


def device_cookie(admission: Admission, root: str) -> SecretCookie:
    """Return the cookie by which a browser is known again after its sessions; it lets nobody in."""
    return SecretCookie(admission, root, "device", "strict")


ROOT = "/desk/"


def read_clocks() -> Moment:
    """Return what the clocks say now."""
    return Moment(now=datetime.now(UTC), uptime_seconds=engine.read_uptime())


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the desk is, and what the server finds out about who asks.

    `is_from_here` decides whether a request comes from this machine, `is_proxy` whether an address
    is that of a web server which was declared to stand in front, `client_of` returns the address
    of who asks. `host` and `user_header` are `[desk]`'s, `proxy_secret` is what such a web server
    sends with that header, "" for nothing;
    `provider` is that of `[desk.oidc]`, `api_requests_a_minute` how many each token may make.
    """

    is_from_here: Callable[[Scope], bool]
    is_proxy: Callable[[str], bool]
    client_of: Callable[[Scope], str]
    host: str = ""
    user_header: str = ""
    proxy_secret: str = field(default="", repr=False)
    provider: engine.IdentityProvider | None = None
    api_requests_a_minute: int = 600
    session_lifetime: timedelta = timedelta(days=14)
    read_clocks: Callable[[], Moment] = read_clocks
    root: str = ROOT

    @property
    def is_open_to_programs(self) -> bool:
        """Whether whatever runs on this machine may be anybody, by sending a header."""
        is_here = self.is_proxy("127.0.0.1") or self.is_proxy("::1")
        return bool(self.user_header) and not self.proxy_secret and is_here
