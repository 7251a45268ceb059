"""Checking passwords: so many within a time, few at once, and all of them for the same time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from copydesk.desk.sign_in import _passwords
from copydesk.desk.sign_in._door import Door
from copydesk.desk_store import Account, DeskStore, account_key

ATTEMPTS_OF_ACCOUNT, ATTEMPTS_OF_ADDRESS = 10, 30  # within desk_store.WINDOW
_HASHES_AT_ONCE = 2  # each takes 64 MiB


class PasswordCheck:
    """Whether somebody's password is right; asked by sign-in and by who changes their own.

    An account's limit keeps its owner out, too, while somebody guesses: passkeys and links stay.
    """

    def __init__(self, store: DeskStore, door: Door) -> None:
        self._store = store
        self._door = door
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)

    async def admit(self, name: str, address: str) -> timedelta | None:
        """Count an attempt before it is made; return how long to wait where it is one too many."""
        limits = {
            f"account {account_key(name)}": ATTEMPTS_OF_ACCOUNT,
            f"address {address}": ATTEMPTS_OF_ADDRESS,
        }
        now = self._door.read_clocks().now
        return await asyncio.to_thread(self._store.attempts.admit, limits, now)

    async def find(self, name: str, password: str, address: str) -> Account | None:
        """Return the account of a name and its password, None where they are none.

        A right one is no attempt any more: an office comes from one address.
        """
        account = await asyncio.to_thread(self._store.accounts.find, name)
        hashed = "" if account is None else account.password
        async with self._hashing:
            is_right = await asyncio.to_thread(_passwords.verify_password, hashed, password)
        if account is None or not is_right:
            return None
        await asyncio.to_thread(self._forgive, name, address)
        if _passwords.needs_new_hash(hashed):
            stronger = await self.hash(password)
            await asyncio.to_thread(self._store.accounts.set_password, name, stronger)
        return account

    def _forgive(self, name: str, address: str) -> None:
        with self._store.at_once():
            self._store.attempts.clear(f"account {account_key(name)}")
            self._store.attempts.take_back(f"address {address}")

    async def hash(self, password: str) -> str:
        """Return what is kept of a new password."""
        async with self._hashing:
            return await asyncio.to_thread(_passwords.hash_password, password)
