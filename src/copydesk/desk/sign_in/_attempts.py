"""Attempts to sign in: how many a browser or a network may make, and whether a password is right.

A browser in which somebody signed in before has a counter of its own for their account. All others
share that of their network and, for passwords, that of the account: so strangers who guess lock
nobody out of the browser that they use (OWASP, *Slow Down Online Guessing Attacks with Device
Cookies*), also where a web server in front makes all addresses one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from starlette.requests import Request

from copydesk.desk.sign_in import _passwords
from copydesk.desk.sign_in._cookies import device_cookie
from copydesk.desk.sign_in._door import Door
from copydesk.desk.sign_in._visitor import visitor_of
from copydesk.desk_store import DeskStore
from copydesk.desk_store.accounts import Account, account_key

Way = Literal["password", "passkey", "provider"]

ATTEMPTS_OF_ACCOUNT, ATTEMPTS_OF_NETWORK = 10, 30  # within desk_store.WINDOW
ATTEMPTS_OF_DEVICE = 10  # within desk_store.DEVICE_WINDOW
_HASHES_AT_ONCE = 2  # each takes 64 MiB


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptKeys:
    """By what an attempt is counted: by `device` alone, or where that is "" by the others."""

    device: str = ""
    network: str = ""
    account: str = ""


class SignInLimits:
    """Count attempts before they are made; methods ask the disk."""

    def __init__(self, store: DeskStore, door: Door) -> None:
        self._store = store
        self._door = door

    def find_keys(self, request: Request, way: Way, name: str = "") -> AttemptKeys:
        """Return by what an attempt is counted; one with a password is for the account `name`."""
        visitor, key = visitor_of(request), account_key(name)
        word = device_cookie(visitor.admission, self._door.root).read(request.headers)
        device = self._store.accounts.find_device(word) if word else None
        if device is not None and (way != "password" or account_key(device.name) == key):
            return AttemptKeys(device=f"{way} {device.id}")
        account = f"account {key}" if way == "password" else ""
        return AttemptKeys(network=f"{way} {visitor.address}", account=account)

    def count(self, keys: AttemptKeys) -> timedelta | None:
        """Count an attempt; return how long to wait where it is one too many."""
        now = self._door.read_clocks().now
        if keys.device:
            return self._store.device_attempts.admit({keys.device: ATTEMPTS_OF_DEVICE}, now)
        limits = {keys.network: ATTEMPTS_OF_NETWORK}
        if keys.account:
            limits[keys.account] = ATTEMPTS_OF_ACCOUNT
        return self._store.attempts.admit(limits, now)

    def count_refusal(self, way: Way, address: str) -> timedelta | None:
        """Count an answer that proves nothing; return how long to wait where it is one too many.

        What it should answer was counted when it was asked for.
        """
        key = f"{way} refused {address}"
        return self._store.attempts.admit({key: ATTEMPTS_OF_NETWORK}, self._door.read_clocks().now)

    def forgive(self, keys: AttemptKeys) -> None:
        """Count an attempt no longer: it was right, and an office comes from one address."""
        with self._store.at_once():
            if keys.device:
                self._store.device_attempts.clear(keys.device)
            if keys.network:
                self._store.attempts.take_back(keys.network)
            if keys.account:
                self._store.attempts.clear(keys.account)


class PasswordCheck:
    """Whether somebody's password is right; asked by sign-in and by who changes their own.

    Each try takes the same time, and few are made at once.
    """

    def __init__(self, store: DeskStore, limits: SignInLimits) -> None:
        self._store = store
        self._limits = limits
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)

    async def count(self, request: Request, name: str) -> timedelta | None:
        """Count an attempt before it is made; return how long to wait where it is one too many."""

        def count() -> timedelta | None:
            return self._limits.count(self._limits.find_keys(request, "password", name))

        return await asyncio.to_thread(count)

    async def find(self, request: Request, name: str, password: str) -> Account | None:
        """Return the account of a name and its password, None where they are none."""
        account = await asyncio.to_thread(self._store.accounts.find, name)
        hashed = "" if account is None else account.password
        async with self._hashing:
            is_right = await asyncio.to_thread(_passwords.verify_password, hashed, password)
        if account is None or not is_right:
            return None
        keys = await asyncio.to_thread(self._limits.find_keys, request, "password", name)
        await asyncio.to_thread(self._limits.forgive, keys)
        if _passwords.needs_new_hash(hashed):
            stronger = await self.hash(password)
            await asyncio.to_thread(self._store.accounts.set_password, name, stronger)
        return account

    async def hash(self, password: str) -> str:
        """Return what is kept of a new password."""
        async with self._hashing:
            return await asyncio.to_thread(_passwords.hash_password, password)
