"""Sign and check subscribers' personal links: URLs for one person and one purpose.

    token = base64url(version, purpose, key, subscriber, made, letter, extra, MAC)

Links are not stored, only the keys that sign them. Old keys still verify their links, so that the
unsubscribe link of a newsletter sent years ago works.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from copydesk.errors import UsageError
from copydesk.kit import dates
from copydesk.mail_store._database import MailDatabase

LinkPurpose = Literal["confirm", "unsubscribe", "choices", "manage", "change"]
LINK_LIFETIME = timedelta(hours=48)  # of links mailed to prove an address
# For so long after sending, a message's return path proves that it came back. A server tries for
# five days (RFC 5321 4.5.4.1); people to whom it was forwarded, with the Return-Path that the
# reader's server wrote into it, have no more time.
RETURN_LIFETIME = timedelta(days=14)
_PURPOSES: tuple[LinkPurpose, ...] = ("confirm", "unsubscribe", "choices", "manage", "change")
_LASTING: frozenset[LinkPurpose] = frozenset({"unsubscribe", "choices"})
_HEAD = struct.Struct(">BBHIIB")  # version, purpose, key, subscriber, made, length of the letter
_RETURN = struct.Struct(">HII")  # key, sending, subscriber
_VERSION = 1
_MAC_BYTES = 16
_RETURN_MAC_BYTES = 10  # 80 bits: a mail address has room for few
# What a token was signed for: each is valid in its own place only.
_RETURN_USE, _MESSAGE_ID_USE, _SHARED_USE = b"return path", b"message id", b"return"
_KEY_BYTES = 32
_LONGEST = 1_000  # characters of a token


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderLink:
    """The data in a personal link: its subscriber, newsletter and purpose, and when it was made."""

    purpose: LinkPurpose
    subscriber: int
    made: datetime
    letter: str = ""
    extra: str = ""

    def is_over(self, now: datetime) -> bool:
        """Return whether the link has expired. Unsubscribe and choices links never expire."""
        return self.purpose not in _LASTING and not -LINK_LIFETIME < now - self.made < LINK_LIFETIME


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPath:
    """The message that a bounce address (return path) belongs to, as the numbers of its issue and
    subscriber.
    """

    sending: int
    subscriber: int


class Links:
    """Signs and checks subscribers' personal links and bounce addresses. Methods raise
    MailStoreError.
    """

    def __init__(self, database: MailDatabase) -> None:
        self._database = database
        self._keys: dict[int, bytes] = {}
        self._newest = 0

    def sign(self, link: ReaderLink) -> str:
        """Return the signed token of a link, to be used in a URL. Raises UsageError if it is too
        long.
        """
        letter, extra = link.letter.encode(), link.extra.encode()
        if len(letter) > 0xFF or len(extra) > 0x1FF:
            raise UsageError(
                "the newsletter's id is too long for a link", hint="set a shorter id in beat.toml"
            )
        number, key = self._newest_key()
        head = _HEAD.pack(
            *(_VERSION, _PURPOSES.index(link.purpose), number, link.subscriber),
            *(int(link.made.timestamp()), len(letter)),
        )
        payload = head + letter + extra
        return _encode(payload + _mac(key, b"link", payload, _MAC_BYTES))

    def read(self, token: str) -> ReaderLink | None:
        """Return the link that a token encodes, None if the token was not signed here."""
        return _read_link(token, self._key)

    def recognize(self, token: str) -> ReaderLink | None:
        """Return the link that a token encodes, None if it is not signed by a key in memory. The
        file is not read.

        It takes microseconds, so that a flood of false tokens costs next to nothing.
        """
        return _read_link(token, self._keys.get)

    def learn_keys(self) -> None:
        """Load all signing keys from the database into memory."""
        self._keys.update(self._database.run("SELECT number, key FROM link_keys"))

    def sign_return(self, path: ReturnPath) -> str:
        """Return the token for a message's bounce address (VERP), in small letters and digits.

        It is in the envelope only: a reader of the message does not know it.
        """
        return self._sign_delivery(path, _RETURN_USE)

    def sign_message_id(self, path: ReturnPath) -> str:
        """Return the token for a message's Message-ID. It identifies the message but proves
        nothing.
        """
        return self._sign_delivery(path, _MESSAGE_ID_USE)

    def read_return(self, token: str) -> ReturnPath | None:
        """Return which message a bounce address's token belongs to, None if it was not
        signed here.
        """
        return self._read_delivery(token, (_RETURN_USE,))

    def read_message_id(self, token: str) -> ReturnPath | None:
        """Return which message a Message-ID's token belongs to, None if it was not signed here.

        Older messages have one token in both places, which is accepted too.
        """
        return self._read_delivery(token, (_MESSAGE_ID_USE, _SHARED_USE))

    def _sign_delivery(self, path: ReturnPath, use: bytes) -> str:
        number, key = self._newest_key()
        payload = _RETURN.pack(number, path.sending, path.subscriber)
        data = payload + _mac(key, use, payload, _RETURN_MAC_BYTES)
        return _encode_small(data)

    def _read_delivery(self, token: str, uses: Sequence[bytes]) -> ReturnPath | None:
        size = _RETURN.size + _RETURN_MAC_BYTES
        try:
            data = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except (binascii.Error, ValueError):
            return None
        if len(data) != size or _encode_small(data) != token.lower():
            return None
        payload, mac = data[: _RETURN.size], data[_RETURN.size :]
        number, sending, subscriber = _RETURN.unpack(payload)
        key = self._key(number)
        if key is None:
            return None
        macs = [_mac(key, use, payload, _RETURN_MAC_BYTES) for use in uses]
        if not any(hmac.compare_digest(mac, expected) for expected in macs):
            return None
        return ReturnPath(sending=sending, subscriber=subscriber)

    def rotate(self, now: datetime) -> None:
        """Create a new signing key. Tokens signed with earlier keys stay valid."""
        self._database.run(
            "INSERT INTO link_keys (key, made) VALUES (?, ?)",
            *(secrets.token_bytes(_KEY_BYTES), dates.rfc3339(now)),
        )
        self._newest = 0

    def _newest_key(self) -> tuple[int, bytes]:
        if not self._newest:
            with self._database.at_once():
                query = "SELECT max(number) FROM link_keys"
                if self._database.run(query) == [(None,)]:
                    self.rotate(datetime.now(UTC))
                ((self._newest,),) = self._database.run(query)
        key = self._key(self._newest)
        assert key is not None
        return self._newest, key

    def _key(self, number: int) -> bytes | None:
        if number not in self._keys:
            rows = self._database.run("SELECT key FROM link_keys WHERE number = ?", number)
            if not rows:
                return None
            self._keys[number] = rows[0][0]
        return self._keys[number]


def _read_link(token: str, find_key: Callable[[int], bytes | None]) -> ReaderLink | None:
    data = _decode(token)
    payload, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
    if len(payload) < _HEAD.size:
        return None
    version, purpose, number, subscriber, made, length = _HEAD.unpack_from(payload)
    key = find_key(number)
    if key is None or not hmac.compare_digest(mac, _mac(key, b"link", payload, _MAC_BYTES)):
        return None
    if version != _VERSION:
        return None
    rest = payload[_HEAD.size :]
    return ReaderLink(
        purpose=_PURPOSES[purpose],
        subscriber=subscriber,
        made=datetime.fromtimestamp(made, UTC),
        letter=rest[:length].decode(),
        extra=rest[length:].decode(),
    )


def _mac(key: bytes, use: bytes, payload: bytes, size: int) -> bytes:
    return hmac.digest(key, use + b"\0" + payload, "sha256")[:size]


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _encode_small(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _decode(token: str) -> bytes:
    """Return the bytes of a token, b"" for any spelling but the one that `_encode` writes.

    RFC 4648 3.5: the last character of base64 may have bits that mean nothing.
    """
    if len(token) > _LONGEST or not token.isascii():
        return b""
    try:
        data = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if _encode(data) == token else b""
