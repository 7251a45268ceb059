"""Content codings undone piece by piece, never past the limit."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

from copydesk.errors import FetchError
from copydesk.news import RefusedReason

ACCEPTED = "gzip, deflate, br"
_MAX_CODINGS = 3


class BodyError(FetchError):
    """Report a body that cannot be taken, with the reason that the answer will carry."""

    def __init__(self, what: str, reason: RefusedReason) -> None:
        super().__init__(what)
        self.reason: RefusedReason = reason


class _Coding(Protocol):
    def feed(self, data: bytes, room: int) -> bytes:
        """Return the next unpacked bytes, at most `room` + 1."""
        ...

    def is_whole(self) -> bool:
        """Decide whether the packed stream reached its end."""
        ...


class _Gzip:
    """gzip, any number of members; what follows the last is ignored, as browsers do."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def feed(self, data: bytes, room: int) -> bytes:
        out = self._member.decompress(data, room + 1)
        while self._member.eof and self._member.unused_data[:2] == b"\x1f\x8b" and len(out) <= room:
            rest = self._member.unused_data
            self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            out += self._member.decompress(rest, room + 1 - len(out))
        return out

    def is_whole(self) -> bool:
        return self._member.eof


class _Deflate:
    """deflate: zlib as RFC 9110 says, or bare as some servers send it; the first bytes tell."""

    def __init__(self) -> None:
        self._held = b""
        self._stream = zlib.decompressobj()
        self._is_open = False

    def feed(self, data: bytes, room: int) -> bytes:
        if not self._is_open:
            self._held += data
            if len(self._held) < 2:
                return b""
            data, self._is_open = self._held, True
            if data[0] & 0x0F != 8 or int.from_bytes(data[:2], "big") % 31:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._stream.decompress(data, room + 1)

    def is_whole(self) -> bool:
        return self._stream.eof


class _Brotli:
    def __init__(self) -> None:
        import brotli

        self._stream = brotli.Decompressor()

    def feed(self, data: bytes, room: int) -> bytes:
        out = bytes(self._stream.process(data, output_buffer_limit=room + 1))
        while len(out) <= room and not self._stream.can_accept_more_data():
            out += self._stream.process(b"", output_buffer_limit=room + 1 - len(out))
        return out

    def is_whole(self) -> bool:
        return bool(self._stream.is_finished())


_CODINGS: dict[str, Callable[[], _Coding]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
}


class Unpacker:
    """Take a body in pieces and give it unpacked, at most `limit` bytes.

    `content_encoding` is the header's value, the first coding applied first. Raises BodyError:
    "too-big" at the limit, "network" for an unknown coding, broken or cut-off bytes.
    """

    def __init__(self, content_encoding: str, limit: int) -> None:
        self._codings = _open_codings(content_encoding)
        self._limit = limit
        self._body = bytearray()
        self._received = 0

    def feed(self, data: bytes) -> None:
        """Take the next piece as it came over the wire."""
        self._received += len(data)
        if self._received > self._limit:
            raise BodyError(f"more than {self._limit} bytes", "too-big")
        for coding in self._codings:
            data = self._decode(coding, data)
        self._body += data
        if len(self._body) > self._limit:
            raise BodyError(f"more than {self._limit} bytes when unpacked", "too-big")

    def _decode(self, coding: _Coding, data: bytes) -> bytes:
        room = self._limit - len(self._body)
        try:
            unpacked = coding.feed(data, room)
        except Exception as error:  # zlib.error, and brotli.error that is not loaded here
            raise BodyError("broken compression", "network") from error
        if len(unpacked) > room:
            raise BodyError(f"more than {self._limit} bytes when unpacked", "too-big")
        return unpacked

    def finish(self) -> bytes:
        """Return the whole body; an empty one is whole whatever its coding says."""
        if self._received and not all(coding.is_whole() for coding in self._codings):
            raise BodyError("compressed body is cut off", "network")
        return bytes(self._body)

    def partial(self) -> bytes:
        """Return what there is, up to the limit, whole or not."""
        return bytes(self._body[: self._limit])


def _open_codings(content_encoding: str) -> Sequence[_Coding]:
    names = [name.strip().lower() for name in content_encoding.split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    unknown = [name for name in names if name not in _CODINGS]
    if unknown or len(names) > _MAX_CODINGS:
        raise BodyError(f"content coding that nobody asked for: {content_encoding}", "network")
    return [_CODINGS[name]() for name in reversed(names)]
