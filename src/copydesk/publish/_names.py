"""Names that strangers give: whether one is a domain, and a language as HTML wants it."""

from __future__ import annotations

import re
from functools import lru_cache

from copydesk.publish import _links

_TONGUES = 1024  # that are remembered: records say them
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def domain(name: str) -> str:
    """Give a domain if its name can stand in an address and in a line of text, else ""."""
    is_one = name.isprintable() and not any(map(str.isspace, name)) and _links.is_folder(name)
    return name if is_one else ""


@lru_cache(_TONGUES)
def language_tag(locale: str) -> str:
    """Give a locale as HTML wants it: `en-us` as `en-US`; "" for what is none."""
    if not _LANGUAGE.fullmatch(locale):
        return ""
    first, _, rest = locale.partition("-")
    return first.lower() + (f"-{rest.upper() if len(rest) == 2 else rest}" if rest else "")
