"""Encode JSON as the first API has it, compact or indented; drop URLs that are not http(s).

The first API shows a record's fields as they are, and its readers make links of them. A record
written by hand may have `javascript:…` where a URL belongs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import orjson

from copydesk.kit import urls

_DEEPER = b"\n    "
# Keys of everyday.cc's records whose values are URLs, whatever they hold.
_ADDRESSES = re.compile(
    r"(?i).*(?:url|uri|href|link|links|endpoint)|website|image|video|videos|logo\w*|twitter"
    r"|linkedin|googleScholar|weibo|youtube|facebook|instagram|twitch|wikipedia|crunchbase|github"
)
_PROSE = frozenset(
    {
        *("path", "title", "excerpt", "content", "name", "bio", "overview", "description"),
        *("highlight", "attribution", "type", "tags", "topics", "shortname", "otherNames"),
    }
)
# URLs that a browser runs or shows; for the values of fields that we do not know.
_RUNS = re.compile(r"(?i)(?:javascript|vbscript):\S*|data:(?:[\w.+-]+/[\w.+-]+)?[;,]\S*")


def compact(value: object) -> bytes:
    """Encode as `json.dumps(value, separators=(",", ":"), ensure_ascii=False)` does, in UTF-8."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a number beyond 64 bits
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def pretty(value: object) -> bytes:
    """Encode as `json.dumps(value, indent=2, ensure_ascii=False)` does, in UTF-8 and faster."""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:  # a number beyond 64 bits
        return json.dumps(value, indent=2, ensure_ascii=False).encode()


def fragment(value: object) -> bytes:
    """Encode a value as an item of the `value` list of an API page, indented by four spaces."""
    return pretty(value).replace(b"\n", _DEEPER)


def page(
    head: Mapping[str, object], fragments: Sequence[bytes], tail: Mapping[str, object]
) -> bytes:
    """Return one page of an API list as JSON: the keys of `head`, `value` with items, the keys of
    `tail`.
    """
    items = b",\n    ".join(fragments)
    value = b"[\n    " + items + b"\n  ]" if items else b"[]"
    members = [_member(key, pretty(inner)) for key, inner in head.items()]
    members.append(_member("value", value))
    members.extend(_member(key, pretty(inner)) for key, inner in tail.items())
    return b"{\n  " + b",\n  ".join(members) + b"\n}"


def _member(key: str, value: bytes) -> bytes:
    return pretty(key) + b": " + value


def web_only(fields: Mapping[str, object]) -> dict[str, object]:
    """Return a record's fields with None in place of every URL that does not begin with http(s)."""
    return {str(key): _safe(value, str(key)) for key, value in fields.items()}


def _safe(value: object, key: str) -> object:
    if isinstance(value, str):
        return value if ":" not in value or _may_leave(value, key) else None
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return web_only(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_safe(inner, key) for inner in value]
    return value


def _may_leave(value: str, key: str) -> bool:
    if key in _PROSE:
        return True
    if _is_of_address(key):
        return urls.may_be_of_web(value)
    return urls.may_be_of_web(value) or not _RUNS.fullmatch(urls.as_browsers_read(value))


@lru_cache(maxsize=1024)
def _is_of_address(key: str) -> bool:
    return bool(_ADDRESSES.fullmatch(key))
