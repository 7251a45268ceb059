"""The fields of a story record: for each its key, attribute, order, and how its value is written.

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
from copydesk.errors import RecordError
from copydesk.kit import tables
from copydesk.news import Image, Provider, Reason, Story, Verdict
from copydesk.news.article import Author
from copydesk.news.story import Addition, Related
from copydesk.news.summary import CitedSentence, ReadArticle, Summary, TextReview, Translation

# Values by attribute.
Values = dict[str, Any]


class Notation(Protocol):
    """How a record's value is written and parsed, by YAML or faster; the value `missing` is left
    out.
    """

    @property
    def name(self) -> str:
        """The notation's name in the reference documentation."""
        ...

    @property
    def missing(self) -> Any:
        """The value for which nothing is written, such as an empty text."""
        ...

    @property
    def has_lines(self) -> bool:
        """Whether the value is on separate lines below its key."""
        ...

    def write(self, key: str, value: Any, position: MappingPosition) -> list[str]:
        """Return the lines of a record that hold a key and its value."""
        ...

    def read(self, fields: TypedFields, key: str, absent: Any) -> Any:
        """Return the value of a key from parsed YAML, `absent` if there is none; raise
        RecordError.
        """
        ...

    def pattern(self, column: int, *, is_filled: bool) -> str:
        """Return a regular expression for the value as copydesk writes it after the key, as one
        group.
        """
        ...

    def parser(self, column: int) -> Callable[[str], Any]:
        """Return a function that parses the group matched by `pattern`; it raises UnusualError if
        unsure.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A key of a story record, with the attribute of the Story that it holds and its notation.

    `always` means that it is written even if it is empty, `is_ours` that the reference's records do
    not have it.
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
        """Return the lines of a record that hold this field, [] if it is left out."""
        value, missing = self._value_in(noun), self.notation.missing
        is_missing = value is None or (missing is not None and not value)
        if is_missing and not self.always:
            return []
        return self.notation.write(self.key, value, position)

    def pattern(self, column: int) -> str:
        """Return a regular expression for the field's lines as copydesk writes them."""
        value = self.notation.pattern(column, is_filled=not self.always)
        lines = f"\n{' ' * column}{self.key}:{value}"
        return lines if self.always else f"(?:{lines})?"


@dataclass(frozen=True, slots=True)
class Table:
    """The record fields of a class (Story, Image, …), in the order of the record's keys.

    `address` is the key that identifies one item of a list. Left-out fields get the default of the
    class; `bare` holds values for those that have none.
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
        """The keys of the table's fields, in order."""
        return tuple(field.key for field in self.fields)

    def address_of(self, noun: object) -> str:
        """Return the value that identifies an object within a list, such as a picture's URL."""
        names = (field.attribute for field in self.fields if field.key == self.address)
        return str(getattr(noun, next(names)))

    def read(self, fields: TypedFields) -> Values:
        """Return the value of each field from parsed YAML; raise RecordError for a wrong type."""
        absent = self._absent
        return {
            field.attribute: field.notation.read(fields, field.key, absent[field.attribute])
            for field in self.fields
        }

    def lines(self, noun: object, position: MappingPosition, *, dash: bool = False) -> list[str]:
        """Return the record lines of an object as a YAML mapping; with `dash` as an item of a
        list.
        """
        lines = Lines(position, dash=dash)
        for field in self.fields:
            lines.add(field.key, field.lines(noun, position))
        return lines.lines

    def parser(self, column: int) -> Callable[[str], Any]:
        """Return a function that parses the record lines of a mapping to an object."""
        noun, bare, parse = self.noun, self.bare, parse_lines(self.fields, column)
        return lambda lines: noun(**parse(lines, bare.copy()))


def parse_lines(fields: tuple[Field, ...], column: int) -> Callable[[str, Values], Values]:
    """Return a fast function that parses the record lines of these fields, as copydesk writes them.

    It adds to the given values and returns them. Each line begins with its line feed. At any doubt
    it raises UnusualError.
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
    """The base of notations with lines below the key: it matches all lines with more indent."""

    name: str
    missing: Any = ()
    has_lines = True

    def pattern(self, column: int, *, is_filled: bool) -> str:
        """Return a regular expression for all lines with more indent, as one group."""
        return f"((?:\n{' ' * column}  .*)++)"


class TextList(_BelowKey, Generic[_T]):
    """The notation of a list of texts in a record: each on a line after a dash."""

    name = "list of strings"

    def __init__(
        self, *, spell: Callable[[_T], str], make: Callable[[str], _T], parse: Callable[[str], _T]
    ) -> None:
        self.spell = spell
        self.make = make
        self.parse = parse

    def write(self, key: str, values: tuple[_T, ...], position: MappingPosition) -> list[str]:
        """Return the key's line and one line for each text."""
        lead = " " * (position.column + 2)
        return [f"{key}:", *(f"{lead}- {self.spell(value)}" for value in values)]

    def read(self, fields: TypedFields, key: str, absent: tuple[_T, ...]) -> tuple[_T, ...]:
        """Return the texts of the list, each converted by `make`."""
        return tuple(map(self.make, fields.texts(key)))

    def parser(self, column: int) -> Callable[[str], tuple[_T, ...]]:
        """Return a function that parses the lines below a key to the list's texts."""
        parse, dash = self.parse, "\n" + " " * (column + 2) + "- "
        return lambda lines: tuple(map(parse, own.split_items(lines, dash)))


class Nested(_BelowKey):
    """The notation of an object in a record, on lines below its key; recently parsed ones are
    cached.
    """

    name = "keys, listed below"
    missing = None

    def __init__(self, table: Table) -> None:
        self.table = table

    def write(self, key: str, value: object, position: MappingPosition) -> list[str]:
        """Return the key's line and the lines of the object."""
        return _below(key, self.table.lines(value, position.inside(key)))

    def read(self, fields: TypedFields, key: str, absent: Any) -> Any:
        """Return the object that is the value of a key, `absent` if there is none."""
        inner = fields.within(key)
        return absent if inner is None else self.table.noun(**self.table.read(inner))

    def parser(self, column: int) -> Callable[[str], Any]:
        """Return a function that parses the lines below a key to the object."""
        return own.remember(self.table.parser(column + 2))


class WrittenText(Nested):
    """The notation of a summary or translation; a key of that name and any other form is kept."""

    def read(self, fields: TypedFields, key: str, absent: Any) -> Any:
        """Return the text, or `absent` if the key holds something else."""
        try:
            return super().read(fields, key, absent)
        except RecordError:
            return absent


class NestedList(_BelowKey):
    """The notation of a list of objects in a record; one value of each object identifies it."""

    name = "list of items with keys"

    def __init__(self, table: Table) -> None:
        self.table = table

    def write(self, key: str, values: tuple[Any, ...], position: MappingPosition) -> list[str]:
        """Return the key's line and the lines of each object."""
        table, dashes = self.table, position.inside(key)
        lines = []
        for index, value in enumerate(values):
            item = dashes.item(index, table.address_of(value))
            lines += table.lines(value, item, dash=True)
        return _below(key, lines)

    def read(self, fields: TypedFields, key: str, absent: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the objects of the list that is the value of a key."""
        table = self.table
        return fields.each(key, lambda item: table.noun(**table.read(item)))

    def parser(self, column: int) -> Callable[[str], tuple[Any, ...]]:
        """Return a function that parses the lines below a key to the list's objects."""
        parse, lead = self.table.parser(column + 4), "\n" + " " * (column + 2)
        return lambda lines: tuple(map(parse, own.split_mappings(lines, lead)))


class Authors(NestedList):
    """The notation of authors; a key `authors` of any other form is the editor's own and kept."""

    def read(self, fields: TypedFields, key: str, absent: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the authors, or `absent` if the key holds something else."""
        try:
            return super().read(fields, key, absent)
        except RecordError:
            return absent


class Digests(_BelowKey):
    """The notation of field names in a record, each with the digest of the value last written."""

    name = "one line for each field: its name and 8 hex digits"

    def write(
        self, key: str, pairs: tuple[tuple[str, str], ...], position: MappingPosition
    ) -> list[str]:
        """Return the key's line and one line for each field name and digest."""
        lines = Lines(position.inside(key))
        for name, digest in pairs:
            lines.add(name, [f"{spell_plain(name)}: {spell_plain(digest)}"])
        return _below(key, lines.lines)

    def read(self, fields: TypedFields, key: str, absent: Any) -> tuple[tuple[str, str], ...]:
        """Return the pairs of field name and digest, in the record's order."""
        pairs = fields.within(key)
        return () if pairs is None else tuple((name, pairs.text(name)) for name in pairs)

    def parser(self, column: int) -> Callable[[str], tuple[tuple[str, str], ...]]:
        """Return a function that parses the lines below a key to field names and digests."""
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
    """Return a record field that is not written if it is empty."""
    return Field(key=key, attribute=attribute, notation=notation)


def _ours(key: str, attribute: str, notation: Notation) -> Field:
    """Return a record field that only copydesk has, not the older site everyday.cc; not written if
    empty.
    """
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
AUTHOR = Table(Author, (_always("name", "name", WORD), _some("kind", "kind", WORD)), address="name")
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
ADDITION = Table(
    Addition,
    (_always("text", "text", TEXT), _always("story", "story", WORD), _always("why", "why", TEXT)),
    address="story",
)
TEXT_REVIEW = Table(
    TextReview,
    (
        _always("by", "by", TEXT),
        _always("at", "at", MOMENT),
        _some("opened", "opened", WORDS),
        _some("changed", "changed", FLAG),
    ),
)
SENTENCE = Table(
    CitedSentence,
    (_always("text", "text", TEXT), _some("from", "stories", WORDS)),
    address="text",
)
READ_ARTICLE = Table(
    ReadArticle,
    (_always("story", "story", WORD), _always("article", "article", WORD)),
    address="story",
)
SUMMARY = Table(
    Summary,
    (
        _always("sentences", "sentences", NestedList(SENTENCE)),
        _some("language", "language", WORD),
        _always("by", "by", TEXT),
        _always("at", "at", MOMENT),
        _some("from", "sources", NestedList(READ_ARTICLE)),
        _some("digest", "digest", WORD),
        _some("stale", "stale", FLAG),
        _some("review", "review", Nested(TEXT_REVIEW)),
    ),
)
_SUMMARY = WrittenText(SUMMARY)
TRANSLATION = Table(
    Translation,
    (
        _always("title", "title", TEXT),
        _always("original", "original", TEXT),
        _always("language", "language", WORD),
        _always("by", "by", TEXT),
        _always("at", "at", MOMENT),
        _some("digest", "digest", WORD),
        _some("review", "review", Nested(TEXT_REVIEW)),
    ),
)
# Sections are separated by an empty line.
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
    (_ours("copyOf", "copy_of", WORD), _ours("group", "group", WORD)),
    (_ours("background", "background", _WORD_LIST),),
    (_ours("additions", "additions", NestedList(ADDITION)),),
    (_ours("reasons", "reasons", _REASONS),),
    (_ours("history", "history", _TEXT_LIST),),
    (_ours("matter", "matter", WORD),),
    (_ours("authors", "authors", Authors(AUTHOR)),),
    (_ours("note", "note", TEXT),),
    (_ours("summary", "summary", _SUMMARY),),
    (_ours("translation", "translation", WrittenText(TRANSLATION)),),
    (_ours("verdict", "verdict", Nested(VERDICT)),),
    (_ours("machine", "machine", Digests()),),
    (_some("secured", "secured", TEXT),),
)
STORY = Table(Story, tuple(field for section in SECTIONS for field in section))
SECTION_OF = {field.key: number for number, fields in enumerate(SECTIONS) for field in fields}
LAST_KEY = STORY.keys[-1]  # no empty line follows it
OF_TEXTS = (SUMMARY, SENTENCE, READ_ARTICLE, TRANSLATION, TEXT_REVIEW)
TABLES = (STORY, RELATED, PROVIDER, IMAGE, ADDITION, AUTHOR, VERDICT, *OF_TEXTS)


def read_verdict(fields: TypedFields) -> Verdict:
    """Return an editor's decision on a story, parsed from a record or from rulings.yaml."""
    return Verdict(**VERDICT.read(fields))


def write_summary(key: str, summary: Summary) -> list[str]:
    """Return the front matter lines of a summary below a key."""
    return _SUMMARY.write(key, summary, MappingPosition({}))


def read_summary(fields: TypedFields, key: str) -> Summary | None:
    """Return the summary below a key of a front matter, None if there is none."""
    summary: Summary | None = _SUMMARY.read(fields, key, None)
    return summary


def record_page() -> str:
    """Return the reference page on story records (docs/reference/record.md), in Markdown."""
    nested = {"provider": PROVIDER, "images": IMAGE, "related": RELATED}
    nested |= {"additions": ADDITION, "authors": AUTHOR, "verdict": VERDICT}
    nested |= {"summary": SUMMARY, "sentences": SENTENCE, "from": READ_ARTICLE}
    nested |= {"translation": TRANSLATION, "review": TEXT_REVIEW}
    blocks = [_table(field for section in SECTIONS for field in section)]
    blocks += [f"## Below `{key}`\n\n{_table(table.fields)}" for key, table in nested.items()]
    return "\n".join((tables.load_text(__package__, "record.md"), *blocks))


def _table(fields: Iterable[Field]) -> str:
    rows = ["| key | value | |", "|---|---|---|", *map(_row, fields)]
    return "".join(f"{row}\n" for row in rows)


def _row(field: Field) -> str:
    when = "always" if field.always else "ours" if field.is_ours else ""
    return f"| `{field.key}` | {field.notation.name} | {when} |"
