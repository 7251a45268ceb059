"""The bytes of the API: compact JSON, a line feed at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from copydesk.publish.api import encoding


def document(value: object) -> bytes:
    """Return the bytes of one file."""
    return encoding.compact(value) + b"\n"


def listing(head: Mapping[str, object], key: str, fragments: Iterable[bytes]) -> bytes:
    """Return the bytes of an object that ends with a list whose items are written already."""
    opening = encoding.compact(head)[:-1]
    comma = b"," if head else b""
    return opening + comma + encoding.compact(key) + b":[" + b",".join(fragments) + b"]}\n"
