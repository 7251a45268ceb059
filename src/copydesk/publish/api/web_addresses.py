"""Addresses that records name: only those of the web leave the house.

The first API gives a record's fields as they stand, and its readers make links of them. A record
that was written by hand may say `javascript:…` where an address belongs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from copydesk.kit import urls

# Keys of the reference's records whose values are addresses, whatever they hold.
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
# What a browser runs or shows by itself, where a field of a name unknown to us holds nothing else.
_RUNS = re.compile(r"(?i)(?:javascript|vbscript):\S*|data:(?:[\w.+-]+/[\w.+-]+)?[;,]\S*")


def web_only(fields: Mapping[str, object]) -> dict[str, object]:
    """Return fields with None for each address, however deep, that is none of the web's."""
    return {str(key): _safe(value, str(key)) for key, value in fields.items()}


def _safe(value: object, key: str) -> object:
    if isinstance(value, str):
        return value if ":" not in value or _may_leave(value, key) else None
    if isinstance(value, Mapping):
        return web_only(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [_safe(inner, key) for inner in value]
    return value


def _may_leave(value: str, key: str) -> bool:
    if key in _PROSE:
        return True
    if _ADDRESSES.fullmatch(key):
        return urls.may_be_of_web(value)
    return urls.may_be_of_web(value) or not _RUNS.fullmatch(urls.as_browsers_read(value))
