"""The two byte forms of the reference's JSON, and lists joined from fragments."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import orjson

_DEEPER = b"\n    "


def compact(value: object) -> bytes:
    """Return the bytes of `json.dumps(value, separators=(",", ":"), ensure_ascii=False)`."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a number beyond 64 bits
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def pretty(value: object) -> bytes:
    """Return the bytes of `json.dumps(value, indent=2, ensure_ascii=False)`, much faster."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:  # a number beyond 64 bits
        return json.dumps(value, indent=2, ensure_ascii=False).encode()


def fragment(value: object) -> bytes:
    """Return a value as it stands in the `value` list of a page: one line feed, four blanks."""
    return pretty(value).replace(b"\n", _DEEPER)


def page(
    head: Mapping[str, object], fragments: Sequence[bytes], tail: Mapping[str, object]
) -> bytes:
    """Return a list page: the keys of `head`, the fragments under `value`, the keys of `tail`."""
    items = b",\n    ".join(fragments)
    value = b"[\n    " + items + b"\n  ]" if items else b"[]"
    members = [_member(key, pretty(inner)) for key, inner in head.items()]
    members.append(_member("value", value))
    members.extend(_member(key, pretty(inner)) for key, inner in tail.items())
    return b"{\n  " + b",\n  ".join(members) + b"\n}"


def _member(key: str, value: bytes) -> bytes:
    return pretty(key) + b": " + value
