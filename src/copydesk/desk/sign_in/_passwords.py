"""Passwords: hashed by argon2id, compared in the same time whoever is asked for."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST_CHARACTERS, MOST_CHARACTERS = 12, 200
_FEWEST_DIFFERENT = 5
PasswordFault = Literal["password_length", "password_weak"]


def find_fault(password: str, name: str) -> PasswordFault | None:
    """Return what is wrong with a password that somebody wants, None where nothing is.

    Its length is what counts (NIST SP 800-63B 3.1.1): no kinds of characters are asked for.
    """
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        return "password_length"
    if len(set(password)) < _FEWEST_DIFFERENT or name.casefold() in password.casefold():
        return "password_weak"
    return None


def hash_password(password: str) -> str:
    """Return what is kept of a password: an argon2id hash with its own salt (RFC 9106)."""
    return _hasher().hash(_encode(password))


def verify_password(hashed: str, password: str) -> bool:
    """Decide whether a password is the one that was hashed.

    Without a hash the same work is done on another one: how long it takes tells nobody whether
    there is such an account, or one with a password.
    """
    from argon2.exceptions import Argon2Error, InvalidHashError

    known = hashed or _nobodys_hash()
    if len(password) > MOST_CHARACTERS:
        password = ""  # it is no account's, and takes as long as any
    try:
        is_right = _hasher().verify(known, _encode(password))
    except (Argon2Error, InvalidHashError):
        return False
    return is_right and bool(hashed)


def _encode(password: str) -> bytes:
    """Return a password as bytes: keyboards write one letter in several ways (SP 800-63B)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def needs_new_hash(hashed: str) -> bool:
    """Decide whether a hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(hashed)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # RFC 9106's second recommended option: 64 MiB, 3 passes


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody's password")
