"""Who sends a request, whether the editors' web interface is open to it, and its cookies.

Also limits sign-in attempts, hashes passwords, reads the forms of sign-in, and renders its pages.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from copydesk.desk_store import DeskStore
from copydesk.desk_store.accounts import ROLES, Account, Role, account_key
from copydesk.desk_store.sessions import ApiToken, Moment
from copydesk.news import Beat
from copydesk.newsroom import accounts, identity
from copydesk.rendering import Renderer, language_tag, load_strings

if TYPE_CHECKING:
    from argon2 import PasswordHasher


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


def decide_admission(
    host: str, desk_host: str, *, is_from_here: bool, has_accounts: bool
) -> Admission | None:
    """Return the origin of a request with this Host header that may reach the desk, else None.

    From this machine the desk is open beside the site. From elsewhere it is open only at a host of
    its own, and only once somebody has an account.
    """
    host = host.lower()
    parts = _HOST.fullmatch(host)
    if parts is None:
        return None
    if is_from_here:
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


Way = Literal["password", "passkey", "provider"]

ATTEMPTS_OF_ACCOUNT, ATTEMPTS_OF_NETWORK = 10, 30  # within desk_store.WINDOW
ATTEMPTS_OF_DEVICE = 10  # within desk_store.DEVICE_WINDOW
_HASHES_AT_ONCE = 2  # each takes 64 MiB


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptKeys:
    """The keys under which a sign-in attempt is counted: a known device, or network and account."""

    device: str = ""
    network: str = ""
    account: str = ""


class SignInLimits:
    """Limits sign-in attempts per device, network address and account; reads the disk."""

    def __init__(self, store: DeskStore, door: Door) -> None:
        self._store = store
        self._door = door

    def find_keys(self, request: Request, way: Way, name: str = "") -> AttemptKeys:
        """Return the keys to count a sign-in attempt by; a password also counts for its account."""
        visitor, key = visitor_of(request), account_key(name)
        word = device_cookie(visitor.admission, self._door.root).read(request.headers)
        device = self._store.accounts.find_device(word) if word else None
        if device is not None and (way != "password" or account_key(device.name) == key):
            return AttemptKeys(device=f"{way} {device.id}")
        account = f"account {key}" if way == "password" else ""
        return AttemptKeys(network=f"{way} {visitor.address}", account=account)

    def count(self, keys: AttemptKeys) -> timedelta | None:
        """Count a sign-in attempt; return the time to wait after too many, else None."""
        now = self._door.read_clocks().now
        if keys.device:
            return self._store.device_attempts.admit({keys.device: ATTEMPTS_OF_DEVICE}, now)
        limits = {keys.network: ATTEMPTS_OF_NETWORK}
        if keys.account:
            limits[keys.account] = ATTEMPTS_OF_ACCOUNT
        return self._store.attempts.admit(limits, now)

    def count_refusal(self, way: Way, address: str) -> timedelta | None:
        """Count a wrong answer to a sign-in challenge; return the time to wait after too many.

        The challenge itself was counted when it was asked for.
        """
        key = f"{way} refused {address}"
        return self._store.attempts.admit({key: ATTEMPTS_OF_NETWORK}, self._door.read_clocks().now)

    def forgive(self, keys: AttemptKeys) -> None:
        """Remove a successful sign-in from the count of attempts.

        Otherwise the people of one office, who share a network address, would lock each other out.
        """
        with self._store.at_once():
            if keys.device:
                self._store.device_attempts.clear(keys.device)
            if keys.network:
                self._store.attempts.take_back(keys.network)
            if keys.account:
                self._store.attempts.clear(keys.account)


class PasswordCheck:
    """Checks passwords at sign-in, and when users change their own password.

    Each check takes the same time, and few run at once.
    """

    def __init__(self, store: DeskStore, limits: SignInLimits) -> None:
        self._store = store
        self._limits = limits
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)

    async def count(self, request: Request, name: str) -> timedelta | None:
        """Count a sign-in attempt; return the time to wait after too many, else None."""

        def count() -> timedelta | None:
            return self._limits.count(self._limits.find_keys(request, "password", name))

        return await asyncio.to_thread(count)

    async def find(self, request: Request, name: str, password: str) -> Account | None:
        """Return the account with this name and password, None if they do not fit."""
        account = await asyncio.to_thread(self._store.accounts.find, name)
        hashed = "" if account is None else account.password
        async with self._hashing:
            is_right = await asyncio.to_thread(verify_password, hashed, password)
        if account is None or not is_right:
            return None
        keys = await asyncio.to_thread(self._limits.find_keys, request, "password", name)
        await asyncio.to_thread(self._limits.forgive, keys)
        if _hasher().check_needs_rehash(hashed):
            stronger = await self.hash(password)
            await asyncio.to_thread(self._store.accounts.set_password, name, stronger)
        return account

    async def hash(self, password: str) -> str:
        """Return the argon2id hash of a new password."""
        async with self._hashing:
            return await asyncio.to_thread(hash_password, password)


LEAST_CHARACTERS, MOST_CHARACTERS = 12, 200
_FEWEST_DIFFERENT = 5
PasswordFault = Literal["password_length", "password_weak"]


def find_fault(password: str, name: str) -> PasswordFault | None:
    """Return what is wrong with a new password, None if it is allowed.

    Only length and repetition count (NIST SP 800-63B 3.1.1): no kinds of characters are required.
    """
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        return "password_length"
    if len(set(password)) < _FEWEST_DIFFERENT or name.casefold() in password.casefold():
        return "password_weak"
    return None


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its own salt (RFC 9106)."""
    return _hasher().hash(_encode(password))


def verify_password(hashed: str, password: str) -> bool:
    """Return whether a password is the one that was hashed.

    Without a hash the same work is done on another one: how long it takes tells nobody whether
    there is such an account, or one with a password.
    """
    from argon2.exceptions import Argon2Error, InvalidHashError

    known = hashed or _nobodys_hash()
    if len(password) > MOST_CHARACTERS:
        password = ""  # the check fails, and takes as long as any other
    try:
        is_right = _hasher().verify(known, _encode(password))
    except (Argon2Error, InvalidHashError):
        return False
    return is_right and bool(hashed)


def _encode(password: str) -> bytes:
    """Return a password as NFKC bytes, since keyboards write one letter in several ways.

    See NIST SP 800-63B.
    """
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # RFC 9106's second recommended option: 64 MiB, 3 passes


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody's password")


_MOST_BYTES = 100_000
_MOST_FIELDS = 20


async def read_body(request: Request) -> bytes:
    """Return the body of a request; a body over 100,000 bytes is answered with 413."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise HTTPException(413, "the request body is too large")
    return bytes(body)


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a sent form by name, the last of each; 400 for too many."""
    body = (await read_body(request)).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400, "the form has too many fields") from error


def own_page(address: str, root: str) -> str:
    """Return the URL path `address` if it is a page below `root`, else `root`.

    Browsers read `//` and a backslash as the beginning of another host's address.
    """
    is_own = address.startswith(root) and address.isprintable() and address.isascii()
    return address if is_own and "//" not in address and "\\" not in address else root


_DESK = Path(__file__).parents[1]
STRINGS = Path(__file__).parent / "strings"
ASSETS = {
    "desk.css": (_DESK / "assets" / "desk.css", "text/css; charset=utf-8"),
    "desk.svg": (_DESK / "assets" / "desk.svg", "image/svg+xml"),
    "sign_in.css": (_DESK / "assets" / "sign_in.css", "text/css; charset=utf-8"),
    "passkey.js": (_DESK / "assets" / "passkey.js", "text/javascript; charset=utf-8"),
}


class SignInPages:
    """Renders the sign-in pages of one site, reached through a Door."""

    def __init__(self, beat: Beat, door: Door) -> None:
        self.title = beat.title
        self.root = door.root
        self._is_only = bool(door.provider and door.provider.only)
        self._language = language_tag(beat.locale)
        self._strings = load_strings(beat.locale, more=STRINGS)
        self._renderer = Renderer(folder=_DESK / "templates")
        self._renderer.set_strings(self._strings)

    def say(self, key: str, **values: object) -> str:
        """Return a text of the sign-in pages by its key, as plain text."""
        return self._strings.say(key, **values)

    def say_wait(self, wait: timedelta) -> str:
        """Return a sentence with the time to wait before the next sign-in attempt."""
        return self.say("sign_in_wait", count=int(wait.total_seconds()) // 60 + 1)

    def answer(
        self, template: str, title: str, status: int = 200, problem: str = "", **values: object
    ) -> HTMLResponse:
        """Return a sign-in page as a response; `title` is a text's key, `problem` an error."""
        page = self._renderer.render_page(
            template,
            site={
                "title": self.title,
                "language": self._language,
                "root": self.root,
                "is_turned": self._strings.direction == "rtl",
                "is_only": self._is_only,
            },
            title=self.say(title),
            problem=problem,
            **values,
        )
        return HTMLResponse(page, status)
