"""How one value stands in a record: written, read as YAML has it, read where it stands as we write.

A notation of one line is spelled after its key; one of lines below its key is in `_nested`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, get_args

from copydesk.archive.document import (
    TypedFields,
    spell_date,
    spell_flag,
    spell_plain,
    spell_quoted,
)
from copydesk.archive.record import _own_spelling as own
from copydesk.archive.record._position import MappingPosition
from copydesk.archive.record._unusual import UnusualError
from copydesk.news import Said

_T = TypeVar("_T")
_Reader = Callable[[TypedFields, str, _T], _T]
_DATE = "([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z)"
_SAID: tuple[Said, ...] = get_args(Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLine(Generic[_T]):
    """A value on its key's line.

    `standing` is what it looks like in our own spelling, the value as a group, `filled` the same
    where `missing` would have been left out.
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
        """Return the one line of a key."""
        return [f"{key}: {self.spell(value)}"]

    def pattern(self, column: int, *, is_filled: bool) -> str:
        """Return a blank and what the value looks like."""
        return f" {self.filled if is_filled and self.filled else self.standing}"

    def parser(self, column: int) -> Callable[[str], _T]:
        """Return what makes a value of its spelling."""
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
        raise fields.wrong(key, "none of " + ", ".join(_SAID), "write said: publish")
    return said


def _parse_said(raw: str) -> Said:
    said = next((known for known in _SAID if known == raw), None)
    if said is None:
        raise UnusualError
    return said


spell_word = own.remember(spell_plain)  # the same names and topics come again and again

TEXT = OneLine(
    name="text in quotes",
    spell=spell_quoted,
    read=TypedFields.text,
    standing='"(.*)"',
    filled='"(.+)"',
    parse=own.parse_text,
    missing="",
)
WORD = OneLine(
    name="bare text, in quotes where YAML needs them",
    spell=spell_word,
    read=TypedFields.text,
    standing="(.+)",
    filled='((?!"").+)',
    parse=own.parse_word,
    missing="",
)
WORDS: OneLine[tuple[str, ...]] = OneLine(
    name="words, set apart by commas",
    spell=lambda words: spell_plain(", ".join(words)),
    read=_read_words,
    standing='((?!"").+)',
    parse=own.parse_words,
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
    name="pixels, at least 1",
    spell=lambda pixels: f"{pixels:d}",
    read=_or_absent(TypedFields.number),
    standing="([1-9][0-9]{0,17})",
    parse=int,
    missing=0,
)
FLAG: OneLine[Any] = OneLine(
    name="`true` or `false`",
    spell=spell_flag,
    read=_or_absent(TypedFields.flag),
    standing="(true|false)",
    parse=lambda raw: raw == "true",
    missing=None,
)
DATE: OneLine[Any] = OneLine(
    name="time in UTC, as `2023-07-24T09:36:00Z`",
    spell=spell_date,
    read=_or_absent(TypedFields.date),
    standing=_DATE,
    parse=datetime.fromisoformat,
    missing=None,
)
MOMENT: OneLine[Any] = OneLine(
    name="time in UTC, as `2023-07-24T09:36:00Z`",
    spell=spell_date,
    read=_read_moment,
    standing=_DATE,
    parse=datetime.fromisoformat,
    missing=None,
)
SAID: OneLine[Any] = OneLine(
    name="`publish`, `hold`, `reject` or `remove`",
    spell=spell_plain,
    read=_read_said,
    standing="(.+)",
    parse=_parse_said,
    missing=None,
)
