"""The values of a record in our own spelling: read where they surely are, refused at a doubt."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from copydesk.archive.document import is_plain, spell_quoted
from copydesk.archive.record._unusual import UnusualError
from copydesk.news import Reason

_T = TypeVar("_T")
_ESCAPE = re.compile(r'\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([\\"nr0]))')
_SHORT = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "0": "\0"}
# What stands nowhere between our fences: controls, and YAML's other line ends and marks.
_CONTROLS = {*range(0x20), 0x7F} - {0x09, 0x0A}
_ZERO_FOR_CONTROLS = bytes(0 if byte in _CONTROLS else 1 for byte in range(256))
_C1 = re.compile(b"\xc2[\x80-\x9f]")
_MARKS = tuple(mark.encode() for mark in "\u2028\u2029\ufeff\ufffe\uffff")
# Names, topics and reasons come again and again: so many of no greater length are remembered.
_REMEMBERED = 4096
_LONGEST_REMEMBERED = 300


def remember(reader: Callable[[str], _T]) -> Callable[[str], _T]:
    """Return a reader that knows what it read lately; a long text is read each time."""
    kept = lru_cache(maxsize=_REMEMBERED)(reader)

    def read(raw: str) -> _T:
        return kept(raw) if len(raw) <= _LONGEST_REMEMBERED else reader(raw)

    return read


def has_controls(front: str) -> bool:
    """Decide whether a character stands there that we would have escaped."""
    data = front.encode()
    if 0 in data.translate(_ZERO_FOR_CONTROLS):
        return True
    if len(data) == len(front):
        return False
    return bool(b"\xc2" in data and _C1.search(data)) or any(mark in data for mark in _MARKS)


def parse_text(raw: str) -> str:
    """Return the text that stands so between two quotes."""
    if '"' not in raw and "\\" not in raw:
        return raw
    plain = _ESCAPE.sub(_unescape, raw)
    if spell_quoted(plain) != f'"{raw}"':
        raise UnusualError
    return plain


def _unescape(match: re.Match[str]) -> str:
    two, four, short = match.groups()
    return _SHORT[short] if short else chr(int(two or four, 16))


@remember
def parse_word(raw: str) -> str:
    """Return a text that stands bare where YAML reads it so, and in quotes where not."""
    if not raw.startswith('"'):
        if not is_plain(raw):
            raise UnusualError
        return raw
    text = parse_text(raw[1:-1])
    if len(raw) == 1 or not raw.endswith('"') or is_plain(text):
        raise UnusualError
    return text


def parse_quoted(raw: str) -> str:
    """Return the text that stands so with its quotes."""
    if len(raw) < 2 or raw[0] != '"' or raw[-1] != '"':
        raise UnusualError
    return parse_text(raw[1:-1])


@remember
def parse_reason(raw: str) -> Reason:
    """Return the reason that stands so, with its quotes."""
    return Reason.parse(parse_quoted(raw))


def parse_words(raw: str) -> tuple[str, ...]:
    """Return the words of one line, set apart by commas."""
    words = tuple(parse_word(raw).split(", "))
    if any(not word or word != word.strip() or "," in word for word in words):
        raise UnusualError
    return words


def split_items(lines: str, dash: str) -> list[str]:
    """Return what stands on each line of a list after its dash, which the line begins with."""
    head, *items = lines.split(dash)
    if head or not items or len(items) != lines.count("\n"):
        raise UnusualError
    return items


def split_mappings(lines: str, lead: str) -> list[str]:
    """Return the lines of each mapping of a list; `lead` stands before each of its dashes."""
    head, *mappings = lines.split(f"{lead}- ")
    if head or not mappings:
        raise UnusualError
    return [f"{lead}  {mapping}" for mapping in mappings]
