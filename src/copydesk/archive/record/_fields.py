"""The fields of a news record: each key once, with its attribute, its order and its notation.

Writing, both ways of reading, the keeping of unknown lines and the reference page all follow from
these tables (SPEC 1.2; the keys from `language` to `machine` are our own).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from copydesk.archive.document import TypedFields, spell_plain, spell_quoted
from copydesk.archive.record import _notations as own
from copydesk.archive.record._notations import (
    DATE,
    FLAG,
    MOMENT,
    NUMBER,
    SAID,
    SIZE,
    TEXT,
    WORD,
    WORDS,
    Lines,
    MappingPosition,
    UnusualError,
    spell_word,
)
from copydesk.news import Image, Provider, Reason, Related, Story, Verdict

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


def _always(key: str, attribute: str, notation: Notation) -> Field:
    return Field(key=key, attribute=attribute, notation=notation, always=True)


def _some(key: str, attribute: str, notation: Notation) -> Field:
    """Return a field that is left out where there is nothing to write."""
    return Field(key=key, attribute=attribute, notation=notation)


def _ours(key: str, attribute: str, notation: Notation) -> Field:
    """Return such a field of our own: no record in `everyday` has it."""
    return Field(key=key, attribute=attribute, notation=notation, is_ours=True)


_WORD_LIST = TextList(spell=spell_word, make=str, parse=own.parse_word)
_TEXT_LIST = TextList(spell=spell_quoted, make=str, parse=own.parse_quoted)
_REASONS = TextList(
    spell=lambda reason: spell_quoted(str(reason)), make=Reason.parse, parse=own.parse_reason
)

IMAGE = Table(
    Image,
    (
        _always("url", "url", TEXT),
        _some("width", "width", SIZE),
        _some("height", "height", SIZE),
        _some("isCached", "is_cached", FLAG),
        _some("title", "title", TEXT),
        _some("attribution", "attribution", TEXT),
    ),
    address="url",
)
PROVIDER = Table(
    Provider,
    (
        _always("name", "name", WORD),
        _always("domain", "domain", WORD),
        _some("images", "images", NestedList(IMAGE)),
    ),
)
RELATED = Table(
    Related,
    (
        _always("title", "title", TEXT),
        _always("excerpt", "excerpt", TEXT),
        _always("publishedDateTime", "published_at", MOMENT),
        _always("webUrl", "web_url", TEXT),
        _some("ampWebUrl", "amp_web_url", TEXT),
        _some("cdnAmpWebUrl", "cdn_amp_web_url", TEXT),
        _always("type", "type", WORD),
        _some("provider", "provider", Nested(PROVIDER)),
        _some("quality", "quality", NUMBER),
        _some("images", "images", NestedList(IMAGE)),
    ),
    address="webUrl",
)
VERDICT = Table(
    Verdict,
    (
        _always("by", "by", TEXT),
        _always("at", "at", MOMENT),
        _always("said", "said", SAID),
        _always("why", "why", TEXT),
    ),
)
# An empty line stands between two sections.
SECTIONS: tuple[tuple[Field, ...], ...] = (
    (
        _always("category", "category", WORD),
        _always("title", "title", TEXT),
        _always("excerpt", "excerpt", TEXT),
        _some("publishedDateTime", "published_at", DATE),
        _some("updatedDateTime", "updated_at", DATE),
        _some("originalUrl", "original_url", TEXT),
        _some("webUrl", "web_url", TEXT),
        _some("ampWebUrl", "amp_web_url", TEXT),
        _some("cdnAmpWebUrl", "cdn_amp_web_url", TEXT),
        _always("type", "type", WORD),
        _some("quality", "quality", NUMBER),
        _some("heat", "heat", NUMBER),
        _some("published", "published", FLAG),
    ),
    (_some("featuredContent", "featured_content", TEXT),),
    (_some("provider", "provider", Nested(PROVIDER)),),
    (_some("topics", "topics", _WORD_LIST),),
    (_some("images", "images", NestedList(IMAGE)),),
    (_some("related", "related", NestedList(RELATED)),),
    (
        _ours("language", "language", WORD),
        _ours("access", "access", WORD),
        _ours("credit", "credit", WORD),
        _ours("length", "length", WORD),
        _ours("refuses", "refuses", WORDS),
        _ours("trust", "trust", NUMBER),
    ),
    (
        _ours("copyOf", "copy_of", WORD),
        _ours("group", "group", WORD),
    ),
    (_ours("background", "background", _WORD_LIST),),
    (_ours("reasons", "reasons", _REASONS),),
    (_ours("history", "history", _TEXT_LIST),),
    (_ours("note", "note", TEXT),),
    (_ours("verdict", "verdict", Nested(VERDICT)),),
    (_ours("machine", "machine", Digests()),),
    (_some("secured", "secured", TEXT),),
)
STORY = Table(Story, tuple(field for section in SECTIONS for field in section))
SECTION_OF = {field.key: number for number, fields in enumerate(SECTIONS) for field in fields}
LAST_KEY = STORY.keys[-1]  # no empty line stands after it
TABLES = (STORY, RELATED, PROVIDER, IMAGE, VERDICT)


def read_verdict(fields: TypedFields) -> Verdict:
    """Return an editor's verdict as it stands in a record or in the rulings."""
    return Verdict(**VERDICT.read(fields))


_HEAD = """\
# The fields of a record

Every key of a file in `_news/`, in its order. This page is generated from the tables by which
records are written and read (`./run.sh docs`), so it is complete. What the fields are for stands in
[Records](../concepts/records.md).

A key that has nothing to say is left out, unless it is *always* there. Between the groups of the
first table stands an empty line. *Ours* are keys that no record in the profile `everyday` has.
"""


def record_page() -> str:
    """Return docs/reference/record.md."""
    nested = {"provider": PROVIDER, "images": IMAGE, "related": RELATED, "verdict": VERDICT}
    blocks = [_table(field for section in SECTIONS for field in section)]
    blocks += [f"## Below `{key}`\n\n{_table(table.fields)}" for key, table in nested.items()]
    return "\n".join((_HEAD, *blocks))


def _table(fields: Iterable[Field]) -> str:
    rows = ["| key | value | |", "|---|---|---|", *map(_row, fields)]
    return "".join(f"{row}\n" for row in rows)


def _row(field: Field) -> str:
    when = "always" if field.always else "ours" if field.is_ours else ""
    return f"| `{field.key}` | {field.notation.name} | {when} |"
