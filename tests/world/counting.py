"""Count posts as networks do: an implementation of the tests' own, by code points and UAX 29.

It shares nothing with `copydesk.building.posts`: graphemes are put together by the rules, one code
point after the other, from the general categories of Python's Unicode data.
"""

from __future__ import annotations

import re
import unicodedata

_ZWJ = 0x200D
# Marks of general category Mc that do not extend a grapheme are few and none is in our texts.
_EXTENDING = {"Mn", "Me", "Mc"}
_URL = re.compile(r"https?://[!-;=?-~]*[A-Za-z0-9/_=&#%-]")
_FAR_MENTION = re.compile(r"(?<![=/\w])@([A-Za-z0-9_]+)@[\w.-]*\w")


def _is_picture(point: int) -> bool:
    """Return whether a code point may stand on both sides of a joiner: an emoji."""
    return 0x1F000 <= point <= 0x1FAFF or 0x2190 <= point <= 0x2BFF or point in {0xA9, 0xAE}


def _is_extending(point: int) -> bool:
    is_tag = 0xE0020 <= point <= 0xE007F
    is_tone = 0x1F3FB <= point <= 0x1F3FF
    return is_tag or is_tone or unicodedata.category(chr(point)) in _EXTENDING or point == 0x200C


def _hangul(point: int) -> str:
    if 0x1100 <= point <= 0x115F:
        return "L"
    if 0x1160 <= point <= 0x11A7:
        return "V"
    if 0x11A8 <= point <= 0x11FF:
        return "T"
    if 0xAC00 <= point <= 0xD7A3:
        return "LV" if (point - 0xAC00) % 28 == 0 else "LVT"
    return ""


_HANGUL = {
    *(("L", right) for right in ("L", "V", "LV", "LVT")),
    *((left, right) for left in ("V", "LV") for right in ("V", "T")),
    *((left, "T") for left in ("T", "LVT")),
}


def graphemes(text: str) -> list[str]:
    """Split a text into extended grapheme clusters, without the rule for Indic conjuncts."""
    clusters: list[str] = []
    for point in map(ord, text):
        if clusters and _is_joined(clusters[-1], point):
            clusters[-1] += chr(point)
        else:
            clusters.append(chr(point))
    return clusters


def _is_joined(cluster: str, point: int) -> bool:
    last = ord(cluster[-1])
    if (last, point) == (0x0D, 0x0A):
        return True
    if last < 0x20 or point < 0x20:
        return False
    if _is_extending(point) or point == _ZWJ:
        return True
    if last == _ZWJ:
        return _is_picture(ord(cluster[0])) and _is_picture(point)
    if 0x1F1E6 <= point <= 0x1F1FF and 0x1F1E6 <= last <= 0x1F1FF:
        return len(cluster) % 2 == 1
    return (_hangul(last), _hangul(point)) in _HANGUL


def of_mastodon(text: str, link: int = 23) -> int:
    """Count a status: graphemes, links as 23, mentions without their server."""
    text = _URL.sub("x" * link, text)
    return len(graphemes(_FAR_MENTION.sub(r"@\1", text)))


def utf16_units(text: str) -> int:
    """Count as Telegram does: two for each code point above the first plane."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def utf8_bytes(text: str) -> int:
    """Count bytes by the ranges of code points."""
    sizes = (1 + (point > 0x7F) + (point > 0x7FF) + (point > 0xFFFF) for point in map(ord, text))
    return sum(sizes)
