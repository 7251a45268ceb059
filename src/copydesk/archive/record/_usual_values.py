"""The values of a record in our own spelling: read where they surely are, refused at a doubt."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from copydesk.archive.document import is_plain, spell_quoted
from copydesk.news import Reason

_T = TypeVar("_T")
# How a value may stand. The dot is all but a line feed.
_KINDS = {
    "text": '"(.*)"',
    "some": '"(.+)"',
    "word": "(.+)",
    "number": "(0|-?[1-9][0-9]{0,17})",
    "size": "([1-9][0-9]{0,17})",
    "flag": "(true|false)",
    "date": "([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z)",
}
_ESCAPE = re.compile(r'\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([\\"nr0]))')
_SHORT = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "0": "\0"}
# What stands nowhere between our fences: controls, and YAML's other line ends and marks.
_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A})
_C1 = re.compile(b"\xc2[\x80-\x9f]")
_MARKS = tuple(mark.encode() for mark in "\u2028\u2029\ufeff\ufffe\uffff")
# Names, topics and reasons come again and again: so many of no greater length are remembered.
_REMEMBERED = 4096
_LONGEST_REMEMBERED = 300


class UnusualError(Exception):
    """This is not surely in our own form."""


def form(keys: str, column: int = 0) -> re.Pattern[str]:
    """Compile `title:text quality?:number images?:*` to lines with their keys at a column.

    A key with `?` may be left out, one of kind `*` has lines below it, two blanks deeper.
    """
    lead = "\n" + " " * column
    pattern = ""
    for one in keys.split():
        key, _, kind = one.partition(":")
        value = f"((?:{lead}  .*)++)" if kind == "*" else f" {_KINDS[kind]}"
        line = f"{lead}{key.removesuffix('?')}:{value}"
        pattern += f"(?:{line})?" if key.endswith("?") else line
    return re.compile(pattern)


def match(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    """Give the groups of a text that is wholly of this form, "" for one left out."""
    found = pattern.fullmatch(text)
    if found is None:
        raise UnusualError
    return found.groups("")


def remembering(reader: Callable[[str], _T]) -> Callable[[str], _T]:
    """Give a reader that knows what it read lately; a long text is read each time."""
    kept = lru_cache(maxsize=_REMEMBERED)(reader)

    def read(raw: str) -> _T:
        return kept(raw) if len(raw) <= _LONGEST_REMEMBERED else reader(raw)

    return read


def has_controls(front: str) -> bool:
    """Say whether a character stands there that we would have escaped."""
    data = front.encode()
    if len(data.translate(None, _CONTROLS)) != len(data):
        return True
    if len(data) == len(front):
        return False
    return bool(b"\xc2" in data and _C1.search(data)) or any(mark in data for mark in _MARKS)


def text(raw: str) -> str:
    """Give the text that stands so between two quotes."""
    if '"' not in raw and "\\" not in raw:
        return raw
    found = _ESCAPE.sub(_unescape, raw)
    if spell_quoted(found) != f'"{raw}"':
        raise UnusualError
    return found


def _unescape(found: re.Match[str]) -> str:
    two, four, short = found.groups()
    return _SHORT[short] if short else chr(int(two or four, 16))


@remembering
def word(raw: str) -> str:
    """Give a text that stands bare where YAML reads it so, and in quotes where not."""
    if not raw.startswith('"'):
        if not is_plain(raw):
            raise UnusualError
        return raw
    found = text(raw[1:-1])
    if len(raw) == 1 or not raw.endswith('"') or is_plain(found):
        raise UnusualError
    return found


def quoted(raw: str) -> str:
    """Give the text that stands so with its quotes."""
    if len(raw) < 2 or raw[0] != '"' or raw[-1] != '"':
        raise UnusualError
    return text(raw[1:-1])


@remembering
def reason(raw: str) -> Reason:
    """Give the reason that stands so, with its quotes."""
    return Reason.parse(quoted(raw))


def label(raw: str) -> str:
    """Give a word, "" for one left out; one that is empty would be left out."""
    if raw == '""':
        raise UnusualError
    return word(raw) if raw else ""


def words(raw: str) -> tuple[str, ...]:
    """Give the words of one line, set apart by commas."""
    found = tuple(label(raw).split(", ")) if raw else ()
    if any(not one or one != one.strip() or "," in one for one in found):
        raise UnusualError
    return found


def number(raw: str) -> int | None:
    """Give a whole number, None for one left out."""
    return int(raw) if raw else None


def flag(raw: str) -> bool | None:
    """Give true or false, None for one left out."""
    return raw == "true" if raw else None


def moment(raw: str) -> datetime:
    """Give a time; one that cannot be is a ValueError."""
    return datetime.fromisoformat(raw)


def date(raw: str) -> datetime | None:
    """Give a time, None for one left out; one that cannot be is a ValueError."""
    return datetime.fromisoformat(raw) if raw else None


def items(section: str, key: str) -> list[str]:
    """Give what stands after each dash of a list of single lines."""
    head, *found = section.split("\n  - ")
    if head != f"{key}:" or not found or len(found) != section.count("\n"):
        raise UnusualError
    return found


def blocks(lines: str, column: int) -> list[str]:
    """Give the lines of each mapping of a list, their keys all at the column."""
    lead = "\n" + " " * (column - 2)
    head, *found = lines.split(f"{lead}- ")
    if head or not found:
        raise UnusualError
    return [f"{lead}  {block}" for block in found]
