"""Repair: the faults that keep a feed from being XML and that can be mended without a guess."""

from __future__ import annotations

import re
from html.entities import html5

_AMPERSAND = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});)?")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


def repair(document: str) -> str:
    """Write raw ampersands as `&amp;` and HTML's named characters by number, outside of CDATA.

    feedparser's forgiving parser makes `AT&T: now` into `AT&T;: now`; this way it is not needed.
    """
    head, *sections = document.split("<![CDATA[")
    parts = [_AMPERSAND.sub(_escape, head)]
    for section in sections:
        content, end, after = section.partition("]]>")
        parts.append(f"<![CDATA[{content}{end}{_AMPERSAND.sub(_escape, after)}")
    return "".join(parts)


def _escape(match: re.Match[str]) -> str:
    name = match[1]
    if name is None:
        return "&amp;"
    if name in _OF_XML or name.startswith("#"):
        return match[0]
    characters = html5.get(f"{name};")
    if characters is None:
        return f"&amp;{match[0][1:]}"
    return "".join(f"&#{ord(character)};" for character in characters)
