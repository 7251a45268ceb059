"""Tables of fields: each field once, and all that is done with it follows from its line."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol

from copydesk.archive.document import TypedFields
from copydesk.archive.record._position import Lines, MappingPosition
from copydesk.archive.record._unusual import UnusualError

# Values by the attribute of their noun.
Values = dict[str, Any]


class Notation(Protocol):
    """How a value is written, and read back in two ways; a key with `missing` is left out."""

    @property
    def name(self) -> str:
        """What it is called in the reference."""
        ...

    @property
    def missing(self) -> Any:
        """What a record has nothing of."""
        ...

    @property
    def has_lines(self) -> bool:
        """Whether the value stands on lines below its key."""
        ...

    def write(self, key: str, value: Any, position: MappingPosition) -> list[str]:
        """Return the lines of a key that stands at the position."""
        ...

    def read(self, fields: TypedFields, key: str, absent: Any) -> Any:
        """Return what YAML finds at a key, `absent` for nothing; raise RecordError."""
        ...

    def pattern(self, column: int, *, is_filled: bool) -> str:
        """Return what stands after a key at the column where we wrote it, the value as a group."""
        ...

    def parser(self, column: int) -> Callable[[str], Any]:
        """Return what makes a value of that group; it raises UnusualError at the least doubt."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A key of a record, the attribute of the noun that it is, and how its value stands.

    `always` says that it is written where the noun has nothing for it, too, `is_ours` that no
    record in `everyday` has it.
    """

    key: str
    attribute: str
    notation: Notation
    always: bool = False
    is_ours: bool = False
    _value_in: Callable[[object], Any] = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_value_in", attrgetter(self.attribute))

    def lines(self, noun: object, position: MappingPosition) -> list[str]:
        """Return the lines of this field of a noun, none where it is left out."""
        value, missing = self._value_in(noun), self.notation.missing
        is_missing = value is None or (missing is not None and not value)
        if is_missing and not self.always:
            return []
        return self.notation.write(self.key, value, position)

    def pattern(self, column: int) -> str:
        """Return the pattern of its lines in our own spelling, its key at the column."""
        value = self.notation.pattern(column, is_filled=not self.always)
        lines = f"\n{' ' * column}{self.key}:{value}"
        return lines if self.always else f"(?:{lines})?"


@dataclass(frozen=True, slots=True)
class Table:
    """The fields of a noun in the order of its keys.

    `address` is the key by which one of several in a list is known. What a record leaves out is
    what the noun has by itself; `bare` holds what it must be told then.
    """

    noun: type[Any]
    fields: tuple[Field, ...]
    address: str = ""
    bare: Values = dataclasses.field(init=False, repr=False)
    _absent: Values = dataclasses.field(init=False, repr=False)

    def __post_init__(self) -> None:
        of_noun = dataclasses.fields(self.noun)
        own = {
            field.name: field.default
            for field in of_noun
            if field.default is not dataclasses.MISSING
        }
        missing = {field.attribute: field.notation.missing for field in self.fields}
        optional = (field.attribute for field in self.fields if not field.always)
        bare = {name: missing[name] for name in optional if name not in own}
        absent = {name: own.get(name, nothing) for name, nothing in missing.items()}
        object.__setattr__(self, "bare", bare)
        object.__setattr__(self, "_absent", absent)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are known, in order."""
        return tuple(field.key for field in self.fields)

    def address_of(self, noun: object) -> str:
        """Return the address by which a noun is known among others."""
        names = (field.attribute for field in self.fields if field.key == self.address)
        return str(getattr(noun, next(names)))

    def read(self, fields: TypedFields) -> Values:
        """Return what YAML finds of each field; raise RecordError for a value of another kind."""
        absent = self._absent
        return {
            field.attribute: field.notation.read(fields, field.key, absent[field.attribute])
            for field in self.fields
        }

    def lines(self, noun: object, position: MappingPosition, *, dash: bool = False) -> list[str]:
        """Return the lines of a noun's mapping; with `dash` it is an item of a list."""
        lines = Lines(position, dash=dash)
        for field in self.fields:
            lines.add(field.key, field.lines(noun, position))
        return lines.lines

    def parser(self, column: int) -> Callable[[str], Any]:
        """Return what reads a noun out of the lines of its mapping, their keys at the column."""
        noun, bare, parse = self.noun, self.bare, parse_lines(self.fields, column)
        return lambda lines: noun(**parse(lines, bare.copy()))


def parse_lines(fields: tuple[Field, ...], column: int) -> Callable[[str, Values], Values]:
    """Return what reads the lines of these fields where they stand just as we write them.

    It adds to the values that are given, and gives them back. The lines each begin with their line
    feed. At the least doubt it raises UnusualError.
    """
    pattern = re.compile("".join(field.pattern(column) for field in fields))
    parsers = tuple((field.attribute, field.notation.parser(column)) for field in fields)

    def parse(lines: str, values: Values) -> Values:
        match = pattern.fullmatch(lines)
        if match is None:
            raise UnusualError
        for (attribute, parse_value), raw in zip(parsers, match.groups(), strict=False):
            if raw is not None:
                values[attribute] = parse_value(raw)
        return values

    return parse
