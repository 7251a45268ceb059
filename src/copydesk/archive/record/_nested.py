"""What stands on lines below its key: lists of texts, mappings, lists of mappings, digests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from copydesk.archive.document import TypedFields, spell_plain
from copydesk.archive.record import _own_spelling as own
from copydesk.archive.record._position import Lines, MappingPosition
from copydesk.archive.record._table import Table
from copydesk.archive.record._unusual import UnusualError

_T = TypeVar("_T")
_LONGEST_KEY = 100


class _BelowKey:
    """What all of them have in common: the pattern of lines that stand deeper than their key."""

    name: str
    missing: Any = ()
    has_lines = True

    def pattern(self, column: int, *, is_filled: bool) -> str:
        """Return the pattern of deeper lines, all of them as one group."""
        return f"((?:\n{' ' * column}  .*)++)"


class TextList(_BelowKey, Generic[_T]):
    """A list of texts, each on a line after its dash."""

    name = "list of texts"

    def __init__(
        self,
        *,
        spell: Callable[[_T], str],
        make: Callable[[str], _T],
        parse: Callable[[str], _T],
    ) -> None:
        self.spell = spell
        self.make = make
        self.parse = parse

    def write(self, key: str, values: tuple[_T, ...], position: MappingPosition) -> list[str]:
        """Return the key's line and one for each text."""
        lead = " " * (position.column + 2)
        return [f"{key}:", *(f"{lead}- {self.spell(value)}" for value in values)]

    def read(self, fields: TypedFields, key: str, absent: tuple[_T, ...]) -> tuple[_T, ...]:
        """Return the texts, made into what they stand for."""
        return tuple(map(self.make, fields.texts(key)))

    def parser(self, column: int) -> Callable[[str], tuple[_T, ...]]:
        """Return what reads the lines below a key at the column."""
        parse, dash = self.parse, "\n" + " " * (column + 2) + "- "
        return lambda lines: tuple(map(parse, own.split_items(lines, dash)))


class Nested(_BelowKey):
    """A noun below its key; one that was read lately is known again."""

    name = "keys of its own"
    missing = None

    def __init__(self, table: Table) -> None:
        self.table = table

    def write(self, key: str, value: object, position: MappingPosition) -> list[str]:
        """Return the key's line and those of the noun."""
        return _below(key, self.table.lines(value, position.inside(key)))

    def read(self, fields: TypedFields, key: str, absent: Any) -> Any:
        """Return the noun, `absent` where there is none."""
        inner = fields.within(key)
        return absent if inner is None else self.table.noun(**self.table.read(inner))

    def parser(self, column: int) -> Callable[[str], Any]:
        """Return what reads the lines below a key at the column."""
        return own.remember(self.table.parser(column + 2))


class NestedList(_BelowKey):
    """A list of nouns below its key, each known by its address."""

    name = "list, each with keys of its own"

    def __init__(self, table: Table) -> None:
        self.table = table

    def write(self, key: str, values: tuple[Any, ...], position: MappingPosition) -> list[str]:
        """Return the key's line and those of each noun."""
        table, dashes = self.table, position.inside(key)
        lines = []
        for index, value in enumerate(values):
            item = dashes.item(index, table.address_of(value))
            lines += table.lines(value, item, dash=True)
        return _below(key, lines)

    def read(self, fields: TypedFields, key: str, absent: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the nouns."""
        table = self.table
        return fields.each(key, lambda item: table.noun(**table.read(item)))

    def parser(self, column: int) -> Callable[[str], tuple[Any, ...]]:
        """Return what reads the lines below a key at the column."""
        parse, lead = self.table.parser(column + 4), "\n" + " " * (column + 2)
        return lambda lines: tuple(map(parse, own.split_mappings(lines, lead)))


class Digests(_BelowKey):
    """Pairs of a field's name and the digest of what was last written there."""

    name = "a field's name and 8 hex digits on each line"

    def write(
        self, key: str, pairs: tuple[tuple[str, str], ...], position: MappingPosition
    ) -> list[str]:
        """Return the key's line and one for each pair."""
        lines = Lines(position.inside(key))
        for name, digest in pairs:
            lines.add(name, [f"{spell_plain(name)}: {spell_plain(digest)}"])
        return _below(key, lines.lines)

    def read(self, fields: TypedFields, key: str, absent: Any) -> tuple[tuple[str, str], ...]:
        """Return the pairs in the record's order."""
        pairs = fields.within(key)
        return () if pairs is None else tuple((name, pairs.text(name)) for name in pairs)

    def parser(self, column: int) -> Callable[[str], tuple[tuple[str, str], ...]]:
        """Return what reads the lines below a key at the column."""
        lead = "\n" + " " * (column + 2)
        return lambda lines: _parse_digests(lines, lead)


def _parse_digests(lines: str, lead: str) -> tuple[tuple[str, str], ...]:
    head, *pairs = lines.split(lead)
    parted = [pair.partition(": ") for pair in pairs]
    digests = {name: own.parse_word(digest) for name, _, digest in parted}
    if head or not digests or len(digests) != lines.count("\n"):
        raise UnusualError
    if any(len(name) > _LONGEST_KEY or own.parse_word(name) != name for name in digests):
        raise UnusualError
    return tuple(digests.items())


def _below(key: str, lines: list[str]) -> list[str]:
    return [f"{key}:", *lines] if lines else []
