"""Limit sign-in attempts, hash passwords, read the forms of sign-in, and render its pages."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from copydesk.desk.sign_in._visitor import Door, device_cookie, visitor_of
from copydesk.desk_store import DeskStore
from copydesk.desk_store.accounts import Account, account_key
from copydesk.news import Beat
from copydesk.rendering import Renderer, language_tag, load_strings

if TYPE_CHECKING:
    from argon2 import PasswordHasher

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
    """Renders the sign-in pages of one site; `root` is the path of the web interface."""

    def __init__(self, beat: Beat, root: str) -> None:
        self.title = beat.title
        self.root = root
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
            },
            title=self.say(title),
            problem=problem,
            **values,
        )
        return HTMLResponse(page, status)
