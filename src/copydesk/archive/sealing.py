"""Seal (encrypt) the private part of a story record with the newsroom's key, and decrypt it.

Both forms are `base64(ciphertext);base64(nonce)`; the nonce's length tells them apart:

    12 bytes   ours: AES-256-GCM-SIV (RFC 8452) under the newsroom's key; associated data is the
               record's file name; the ciphertext ends with the 16-byte tag. The nonce is the
               first 12 bytes of HMAC-SHA256(k, len(name) ‖ name ‖ plaintext), where the length
               takes 8 bytes, big end first, and k = HMAC-SHA256(key, "copydesk seal nonce 1").
    16 bytes   everyday.cc's: AES-256-CBC with PKCS7 padding, the nonce is a random IV. It has no
               authentication.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from copydesk.errors import SealError
from copydesk.kit import files
from copydesk.news import Story

KEY_BYTES = 32
_NONCE_BYTES = 12
_IV_BYTES = 16
_BLOCK_BITS = 128
_LABEL = b"copydesk seal nonce 1"


def seal(plaintext: bytes, key: bytes, name: str) -> str:
    """Encrypt a plaintext for a story record. The same input always gives the same text.

    The input is the plaintext, the key and the file name. `name` may be a path; only the file name
    is authenticated, so that a record can move.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

    bound = _encode_name(name)
    nonce = _nonce(plaintext, _check_key(key), bound)
    return _join(AESGCMSIV(key).encrypt(nonce, plaintext, bound), nonce)


def unseal(sealed: str, keys: Sequence[bytes], name: str) -> bytes:
    """Decrypt a text that is sealed in a record, in copydesk's form or that of the older site
    everyday.cc, by the first of some keys that fits.

    Raises SealError if no key fits, for another record's sealed part, and for changed bytes. In the
    reference's form some wrong keys and changes go unnoticed, since it has no authentication: the
    last key, which is the oldest, is tried first.
    """
    ciphertext, nonce = _take_apart(sealed, name)
    is_ours = len(nonce) == _NONCE_BYTES
    for key in keys if is_ours else reversed(keys):
        _check_key(key)
        with contextlib.suppress(SealError):
            return (_open_ours if is_ours else _open_reference)(ciphertext, key, nonce, name)
    raise _wrong_key_error(name)


def read_private(story: Story, keys: Sequence[bytes]) -> Mapping[str, object]:
    """Return the values in the encrypted part of a record, {} if they cannot be read."""
    try:
        private = json.loads(unseal(story.secured, keys, story.path)) if story.secured else {}
    except (SealError, ValueError):
        return {}
    return private if isinstance(private, dict) else {}


def read_source(story: Story, keys: Sequence[bytes]) -> str:
    """Return the value "source" in the encrypted part of a record, "" if it cannot be decrypted."""
    source = read_private(story, keys).get("source")
    return source if isinstance(source, str) else ""


def replace_key(path: Path) -> tuple[bytes, ...]:
    """Put a new key before those in a key file, which only open from now on; return all of them.

    Raises SealError if the file cannot be replaced.
    """
    key = base64.b64encode(os.urandom(KEY_BYTES)).decode()
    with files.explain_errors(SealError, "could not save the key", path):
        if path.is_symlink():
            hint = "write a new key before the old one in the file that the link names"
            raise SealError("the key file is a link", subject=str(path), hint=hint)
        words = [key, *path.read_text("ascii").split()]
        files.write_atomic(path, "".join(f"{word}\n" for word in words).encode(), mode=0o600)
    return tuple(map(base64.b64decode, words))


def write_key(path: Path) -> bytes:
    """Make a new key, write it to a new file that only the file's owner can read, and return it.

    Raises SealError if the file exists or cannot be written.
    """
    key = os.urandom(KEY_BYTES)
    with files.explain_errors(SealError, "could not save the key", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or path.exists():
            raise SealError("a key file already exists", subject=str(path))
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as out:
            os.fchmod(out.fileno(), 0o600)  # whatever the umask is
            out.write(base64.b64encode(key) + b"\n")
            out.flush()
            os.fsync(out.fileno())
    return key


def _encode_name(name: str) -> bytes:
    return PurePosixPath(name).name.encode("utf-8", "surrogatepass")


def _nonce(plaintext: bytes, key: bytes, bound: bytes) -> bytes:
    own_key = hmac.digest(key, _LABEL, hashlib.sha256)
    message = len(bound).to_bytes(8, "big") + bound + plaintext
    return hmac.digest(own_key, message, hashlib.sha256)[:_NONCE_BYTES]


def _check_key(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise SealError(
            f"the encryption key must have {KEY_BYTES} bytes, not {len(key)}",
            hint="set COPYDESK_KEY to 32 bytes in base64",
        )
    return key


def _join(ciphertext: bytes, nonce: bytes) -> str:
    return f"{base64.b64encode(ciphertext).decode()};{base64.b64encode(nonce).decode()}"


def _take_apart(sealed: str, name: str) -> tuple[bytes, bytes]:
    try:
        ciphertext, nonce = (base64.b64decode(p, validate=True) for p in sealed.split(";"))
    except (ValueError, binascii.Error) as error:
        raise _cut_off_error(name) from error
    if len(nonce) not in {_NONCE_BYTES, _IV_BYTES}:
        raise _cut_off_error(name)
    return ciphertext, nonce


def _cut_off_error(name: str) -> SealError:
    return SealError(
        "the encrypted part of the story file is damaged",
        subject=name,
        hint="restore an earlier version of the file from git",
    )


def _wrong_key_error(name: str) -> SealError:
    return SealError(
        "could not decrypt the `secured` part of the story file",
        subject=name,
        hint="check that COPYDESK_KEY is the right key, and that the file was not renamed",
    )


def _open_ours(ciphertext: bytes, key: bytes, nonce: bytes, name: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

    try:
        return bytes(AESGCMSIV(key).decrypt(nonce, ciphertext, _encode_name(name)))
    except (InvalidTag, ValueError) as error:
        raise _wrong_key_error(name) from error


def _open_reference(ciphertext: bytes, key: bytes, iv: bytes, name: str) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.padding import PKCS7

    try:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        unpadder = PKCS7(_BLOCK_BITS).unpadder()
        return bytes(unpadder.update(padded) + unpadder.finalize())
    except ValueError as error:
        raise _wrong_key_error(name) from error
