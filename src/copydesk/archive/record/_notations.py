"""Write one value of a story record, parse it by YAML, or faster if it is as copydesk writes it.

The fast parsers accept only what we write ourselves; at any doubt they raise UnusualError, and the
caller lets YAML read the record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar, get_args

from copydesk.archive import document
from copydesk.archive.document import TypedFields
from copydesk.news import Reason
from copydesk.news.ruling import Said


class UnusualError(Exception):
    """Raised by a fast parser for a text that copydesk itself may not have written."""


_V = TypeVar("_V")
_ESCAPE = re.compile(r'\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([\\"nr0]))')
_SHORT = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "0": "\0"}
# Never written between our fences: control characters, and YAML's other line ends and marks.
_CONTROLS = {*range(0x20), 0x7F} - {0x09, 0x0A}
_ZERO_FOR_CONTROLS = bytes(0 if byte in _CONTROLS else 1 for byte in range(256))
_C1 = re.compile(b"\xc2[\x80-\x9f]")
_MARKS = tuple(mark.encode() for mark in "\u2028\u2029\ufeff\ufffe\uffff")
# Names, topics and reasons repeat: this many are cached, up to this length.
_REMEMBERED = 4096
_LONGEST_REMEMBERED = 300


def remember(reader: Callable[[str], _V]) -> Callable[[str], _V]:
    """Return a cached version of a function that parses a short text."""
    kept = lru_cache(maxsize=_REMEMBERED)(reader)

    def read(raw: str) -> _V:
        return kept(raw) if len(raw) <= _LONGEST_REMEMBERED else reader(raw)

    return read


def has_controls(front: str) -> bool:
    """Return whether a record's text has a character that copydesk would have escaped."""
    data = front.encode()
    if 0 in data.translate(_ZERO_FOR_CONTROLS):
        return True
    if len(data) == len(front):
        return False
    return bool(b"\xc2" in data and _C1.search(data)) or any(mark in data for mark in _MARKS)


def parse_text(raw: str) -> str:
    """Return the text between two quotes, with escapes resolved."""
    if '"' not in raw and "\\" not in raw:
        return raw
    plain = _ESCAPE.sub(_unescape, raw)
    if document.spell_quoted(plain) != f'"{raw}"':
        raise UnusualError
    return plain


def _unescape(match: re.Match[str]) -> str:
    two, four, short = match.groups()
    return _SHORT[short] if short else chr(int(two or four, 16))


@remember
def parse_word(raw: str) -> str:
    """Return the text of a value that is without quotes if YAML allows that, else in quotes."""
    if not raw.startswith('"'):
        if not document.is_plain(raw):
            raise UnusualError
        return raw
    text = parse_text(raw[1:-1])
    if len(raw) == 1 or not raw.endswith('"') or document.is_plain(text):
        raise UnusualError
    return text


def parse_quoted(raw: str) -> str:
    """Return the text of a string in quotes."""
    if len(raw) < 2 or raw[0] != '"' or raw[-1] != '"':
        raise UnusualError
    return parse_text(raw[1:-1])


@remember
def parse_reason(raw: str) -> Reason:
    """Parse a string in quotes to a `Reason`."""
    return Reason.parse(parse_quoted(raw))


def parse_words(raw: str) -> tuple[str, ...]:
    """Return the words on one line, which are separated by commas."""
    words = tuple(parse_word(raw).split(", "))
    if any(not word or word != word.strip() or "," in word for word in words):
        raise UnusualError
    return words


def split_items(lines: str, dash: str) -> list[str]:
    """Return the text after the dash in each line of a YAML list."""
    head, *items = lines.split(dash)
    if head or not items or len(items) != lines.count("\n"):
        raise UnusualError
    return items


def split_mappings(lines: str, lead: str) -> list[str]:
    """Return the lines of each mapping of a YAML list; `lead` is the text before each dash."""
    head, *mappings = lines.split(f"{lead}- ")
    if head or not mappings:
        raise UnusualError
    return [f"{lead}  {mapping}" for mapping in mappings]


class MappingPosition(NamedTuple):
    """Where a mapping is written in a record: indent of its keys, dotted path, and unknown lines.

    `unknown` holds lines by the dotted path of the key before them. They are removed when they are
    written, so that two pictures of one URL do not both get them.
    """

    unknown: dict[str, str]
    path: str = ""
    column: int = 0

    def inside(self, key: str) -> MappingPosition:
        """Return the position (indent, dotted path) of the mapping that is the value of a key."""
        path = f"{self.path}{key}." if self.unknown else ""
        return MappingPosition(self.unknown, path, self.column + 2)

    def item(self, index: int, address: str) -> MappingPosition:
        """Return the position (indent, dotted path) of a mapping that is an item of a list."""
        path = f"{self.path}{name_item(index, address)}." if self.unknown else ""
        return MappingPosition(self.unknown, path, self.column + 2)


def name_item(index: int, address: str) -> str:
    """Return a name for a list's item, made of its URL, so that unknown keys stay with the item."""
    if not address:
        return str(index)
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:8]


class Lines:
    """Collects the lines of one mapping for a record, with unknown lines at their old places.

    With `dash` the mapping is an item of a list.
    """

    def __init__(self, position: MappingPosition, *, dash: bool = False) -> None:
        self.lines: list[str] = []
        self._unknown = position.unknown
        self._path = position.path
        self._indent = " " * position.column
        self._lead = " " * (position.column - 2) + "- " if dash else self._indent
        self._put_unknown("")

    def add(self, key: str, lines: list[str]) -> None:
        """Add a key's line, the indented lines below it, and unknown lines that follow it."""
        if lines:
            self.lines.append(self._lead + lines[0])
            self.lines += lines[1:]
            self._lead = self._indent
        self._put_unknown(key)

    def _put_unknown(self, key: str) -> None:
        unknown = self._unknown.pop(self._path + key, None) if self._unknown else None
        if unknown is not None:
            self.lines.append(unknown)
            self._lead = self._indent


_T = TypeVar("_T")
_Reader = Callable[[TypedFields, str, _T], _T]
_DATE = "([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z)"
_SAID: tuple[Said, ...] = get_args(Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLine(Generic[_T]):
    """The notation of a record's value on the same line as its key.

    `standing` is a pattern of our own spelling with the value as a group, `filled` the same for a
    value that is not empty.
    """

    name: str
    spell: Callable[[_T], str]
    read: _Reader[_T]
    standing: str
    parse: Callable[[str], _T]
    missing: _T
    filled: str = ""
    has_lines: bool = False

    def write(self, key: str, value: _T, position: MappingPosition) -> list[str]:
        """Return the record line with a key and its value."""
        return [f"{key}: {self.spell(value)}"]

    def pattern(self, column: int, *, is_filled: bool) -> str:
        """Return a regular expression for a blank and the value."""
        return f" {self.filled if is_filled and self.filled else self.standing}"

    def parser(self, column: int) -> Callable[[str], _T]:
        """Return the function that parses the value."""
        return self.parse


def _or_absent(
    read: Callable[[TypedFields, str], _T | None],
) -> Callable[[TypedFields, str, Any], Any]:
    def read_or_absent(fields: TypedFields, key: str, absent: Any) -> Any:
        value = read(fields, key)
        return absent if value is None else value

    return read_or_absent


def _read_moment(fields: TypedFields, key: str, absent: datetime | None) -> datetime:
    return fields.require(key, fields.date(key))


def _read_words(fields: TypedFields, key: str, absent: tuple[str, ...]) -> tuple[str, ...]:
    words = (part.strip() for part in fields.text(key).split(","))
    return tuple(word for word in words if word)


def _read_said(fields: TypedFields, key: str, absent: Said | None) -> Said:
    word = fields.text(key)
    said = next((known for known in _SAID if known == word), None)
    if said is None:
        raise fields.wrong(key, "not one of " + ", ".join(_SAID), "write said: publish")
    return said


def _parse_said(raw: str) -> Said:
    said = next((known for known in _SAID if known == raw), None)
    if said is None:
        raise UnusualError
    return said


spell_word = remember(document.spell_plain)  # names and topics repeat

TEXT = OneLine(
    name="text in quotes",
    spell=document.spell_quoted,
    read=TypedFields.text,
    standing='"(.*)"',
    filled='"(.+)"',
    parse=parse_text,
    missing="",
)
WORD = OneLine(
    name="text, in quotes if YAML needs quotes",
    spell=spell_word,
    read=TypedFields.text,
    standing="(.+)",
    filled='((?!"").+)',
    parse=parse_word,
    missing="",
)
WORDS: OneLine[tuple[str, ...]] = OneLine(
    name="words, separated by commas",
    spell=lambda words: document.spell_plain(", ".join(words)),
    read=_read_words,
    standing='((?!"").+)',
    parse=parse_words,
    missing=(),
)
NUMBER: OneLine[Any] = OneLine(
    name="whole number",
    spell=lambda number: f"{number:d}",
    read=_or_absent(TypedFields.number),
    standing="(0|-?[1-9][0-9]{0,17})",
    parse=int,
    missing=None,
)
SIZE = OneLine(
    name="number of pixels, at least 1",
    spell=lambda pixels: f"{pixels:d}",
    read=_or_absent(TypedFields.number),
    standing="([1-9][0-9]{0,17})",
    parse=int,
    missing=0,
)
FLAG: OneLine[Any] = OneLine(
    name="`true` or `false`",
    spell=document.spell_flag,
    read=_or_absent(TypedFields.flag),
    standing="(true|false)",
    parse=lambda raw: raw == "true",
    missing=None,
)
DATE: OneLine[Any] = OneLine(
    name="time in UTC, as `2023-07-24T09:36:00Z`",
    spell=document.spell_date,
    read=_or_absent(TypedFields.date),
    standing=_DATE,
    parse=datetime.fromisoformat,
    missing=None,
)
MOMENT: OneLine[Any] = OneLine(
    name="time in UTC, as `2023-07-24T09:36:00Z`",
    spell=document.spell_date,
    read=_read_moment,
    standing=_DATE,
    parse=datetime.fromisoformat,
    missing=None,
)
SAID: OneLine[Any] = OneLine(
    name="`publish`, `hold`, `reject` or `remove`",
    spell=document.spell_plain,
    read=_read_said,
    standing="(.+)",
    parse=_parse_said,
    missing=None,
)
