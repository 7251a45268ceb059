"""Languages as HTML names them, and the direction in which they are written."""

from __future__ import annotations

import re
from functools import lru_cache

from copydesk.kit import tables

_REMEMBERED = 1024  # tags: records say them, so there may be any number
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


@lru_cache(_REMEMBERED)
def language_tag(locale: str) -> str:
    """Return a locale as HTML wants it: `en-us` as `en-US`; "" for what is none."""
    if not _LANGUAGE.fullmatch(locale):
        return ""
    first, _, rest = locale.partition("-")
    return first.lower() + (f"-{rest.upper() if len(rest) == 2 else rest}" if rest else "")


def language_name(code: str) -> str:
    """Return what a language calls itself, as a heading; its code where we do not know."""
    return tables.read_rows("copydesk.rendering", "language_names.toml", str).get(code, code)


def text_direction(tag: str) -> str:
    """Return "rtl" or "ltr" for a language tag; a script in it goes before the language."""
    language, *rest = tag.lower().split("-")
    if "latn" in rest or "cyrl" in rest:
        return "ltr"
    return "rtl" if language in _RIGHT_TO_LEFT or {"arab", "hebr"} & {*rest} else "ltr"
