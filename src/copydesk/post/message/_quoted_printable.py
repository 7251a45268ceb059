"""Bodies as quoted-printable (RFC 2045, section 6.7), with places that are filled in later.

A place stands alone between two soft ends of lines, and so does what is filled in: the rest of a
body is encoded once for all readers.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Callable, Mapping

SOFT_END = b"=\r\n"
_MOST_OCTETS = 76  # of a line, its "=" counted


def encode(words: str) -> bytes:
    """Return words encoded; ends of lines of every kind become CRLF."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    return b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")


def encode_alone(words: str) -> bytes:
    """Return words encoded so that any others may follow in the same line."""
    encoded = encode(words)
    start = encoded.rfind(b"\n") + 1
    if len(encoded) - start >= _MOST_OCTETS:  # no room for the soft end
        cut = start + _MOST_OCTETS - 10
        escape = encoded.rfind(b"=", cut - 2, cut)  # its two digits stay with it
        cut = cut if escape < 0 else escape
        encoded = encoded[:cut] + SOFT_END + encoded[cut:]
    return encoded + SOFT_END


def encode_parts(body: str, places: Mapping[str, int]) -> list[bytes | int]:
    """Return a body in encoded pieces, with the number of a place between them."""
    pattern = re.compile("(" + "|".join(map(re.escape, places)) + ")")
    pieces = pattern.split(body)
    parts: list[bytes | int] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            parts.append(places[piece])
        elif number < len(pieces) - 1:
            parts.append(encode_alone(piece) if piece else b"")
        else:
            parts.append(encode(piece))
    return parts


def fill(parts: list[bytes | int], value: Callable[[int], bytes]) -> bytes:
    """Return the body with what each place is filled with, encoded alone."""
    return b"".join(value(part) if isinstance(part, int) else part for part in parts)
