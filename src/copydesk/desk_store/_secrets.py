"""Secrets that we hand out: long random words, of which only a digest is kept."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 32


def make_secret() -> str:
    """Make a word that nobody guesses, fit for addresses and cookies."""
    return secrets.token_urlsafe(_BYTES)


def digest_secret(secret: str) -> bytes:
    """Return what is kept of a secret. It is random already, so that no salt or stretching helps.

    Who looks it up by this digest learns nothing from how long that takes: it cannot be steered.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def make_public_id() -> str:
    """Make a name for something that has a secret, which opens nothing."""
    return secrets.token_hex(8)
