"""The bytes of the API: compact JSON, a line feed at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from copydesk.publish.api import _json


def document(value: object) -> bytes:
    """Give the bytes of one file."""
    return _json.compact(value) + b"\n"


def listing(head: Mapping[str, object], key: str, fragments: Iterable[bytes]) -> bytes:
    """Give the bytes of an object that ends with a list whose items are written already."""
    opening = _json.compact(head)[:-1]
    comma = b"," if head else b""
    return opening + comma + _json.compact(key) + b":[" + b",".join(fragments) + b"]}\n"
