"""Parse records (YAML front matter and text) and the YAML files of `_data`.

`parse_record` and `TypedFields` give values. To edit a file, take `parse_document` of
`document_tree`: it keeps spelling and layout.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple, TypeVar

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.resolver import Resolver

from copydesk.errors import RecordError
from copydesk.kit import dates
from copydesk.news import Record

# ---- Front matter and body; byte order mark and line ends

MARK = "\ufeff"
_CRLF = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteForm:
    """How a file's text is encoded: with byte order mark or not, with CRLF in head and body or not.

    `head_crlf` covers all up to the closing fence with its line end, `body_crlf` the rest.
    """

    has_mark: bool = False
    head_crlf: bool = False
    body_crlf: bool = False

    def encode(self, head: str, body: str) -> bytes:
        """Return the bytes of a text, encoded in this form; raise UnicodeEncodeError for a lone
        surrogate.
        """
        if self.head_crlf:
            head = head.replace("\n", _CRLF)
        if self.body_crlf:
            body = body.replace("\n", _CRLF)
        return f"{MARK if self.has_mark else ''}{head}{body}".encode()


PLAIN = ByteForm()


def is_in_crlf(text: str) -> bool:
    """Return whether a text's first line ends in CRLF; the same is then assumed of all lines."""
    return text[: text.find("\n") + 1].endswith(_CRLF)


def normalize(text: str) -> str:
    """Replace each CRLF by a line feed."""
    return text.replace(_CRLF, "\n")


def find_form(text: str, head_lines: int) -> ByteForm:
    """Return the `ByteForm` (byte order mark, line ends) of a text whose head has `head_lines`
    lines.

    If line ends are mixed within one part, no form fits, and encoding gives other bytes.
    """
    has_mark = text.startswith(MARK)
    if not is_in_crlf(text):
        return ByteForm(has_mark=has_mark)
    body = text.split("\n", head_lines)[head_lines]
    body_crlf = body.count(_CRLF) == body.count("\n")
    return ByteForm(has_mark=has_mark, head_crlf=True, body_crlf=body_crlf)


MAX_BYTES = 16 * 1024 * 1024
MAX_FRONT = 256 * 1024  # a record with 23 related stories has 16 KB
MAX_BARE = 4 * 1024 * 1024  # 20,000 rulings


class Halves(NamedTuple):
    """The two parts of a record: its YAML front matter, and the rest from the closing `---` on.

    `form` is the file's byte form.
    """

    front: str
    tail: str
    form: ByteForm = PLAIN

    @property
    def body(self) -> str:
        """The text after the closing `---`, "" if that is only the usual empty line."""
        after = self.tail[4:]
        return "" if after == "\n" else after


def split_front_matter(path: str, data: bytes) -> Halves:
    """Split a record's bytes into front matter and the rest; note byte order mark and line ends.

    Raises RecordError for a file that is too big, not UTF-8 or without front matter.
    """
    raw = _decode(path, data)
    is_usual = raw.startswith("---\n")
    text = raw if is_usual else _read_over_form(raw)
    end = -1
    if text.startswith("---\n"):
        end = text.find("\n---\n", 3)
        if end < 0 and text.endswith("\n---"):
            end = len(text) - 4
    if end < 0:
        raise RecordError(
            "the file has no front matter",
            subject=path,
            hint="begin the file with a line ---, and end its YAML with a second line ---",
        )
    if end > MAX_FRONT:
        raise RecordError(f"the front matter has more than {MAX_FRONT:,} characters", subject=path)
    form = PLAIN if is_usual else find_form(raw, text.count("\n", 0, end + len("\n---\n")))
    return Halves(text[4 : end + 1], text[end + 1 :], form)


def decode_yaml(path: str, data: bytes) -> str:
    """Decode the bytes of a file that is all YAML; raise RecordError."""
    if len(data) > MAX_BARE:
        raise RecordError(f"the file has more than {MAX_BARE:,} bytes", subject=path)
    return _read_over_form(_decode(path, data))


def _decode(path: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise RecordError(f"the file has more than {MAX_BYTES:,} bytes", subject=path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(
            f"the file is not UTF-8 at byte {error.start}",
            subject=path,
            hint="save the file as UTF-8",
        ) from error


def _read_over_form(text: str) -> str:
    text = text.removeprefix(MARK)
    return normalize(text) if is_in_crlf(text) else text


def split(path: str, data: bytes) -> Halves:
    """Split the bytes of a record, or of a file that is all YAML, which has no tail."""
    if path.endswith(BARE):
        return Halves(front=decode_yaml(path, data), tail="")
    return split_front_matter(path, data)


def whole_lines(halves: Halves) -> str:
    """Return the YAML of a record, its last line with a line feed."""
    return halves.front if halves.front.endswith("\n") else halves.front + "\n"


def parse_record(path: str, data: bytes) -> Record:
    """Parse a record that is not a story to plain Python values; raise RecordError."""
    halves = split(path, data)
    fields = plain(compose(whole_lines(halves), path), path)
    return Record(
        path=path,
        collection=path.partition("/")[0].removeprefix("_"),
        fields=fields if isinstance(fields, dict) else {},
        body=halves.body,
    )


# ---- YAML by PyYAML's C loader: checked nodes, typed fields, plain Python values

MAX_DEPTH = 40
# Files without front matter, all YAML.
BARE = (".yaml", ".yml")
_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(
    _TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
) | {_TAG + "merge", _TAG + "value"}

NOTHING = yaml.MappingNode(_TAG + "map", [])


def compose(text: str, path: str) -> yaml.MappingNode:
    """Parse a YAML text whose top level is a mapping; return its root node.

    Raises RecordError for broken YAML, for something else than a mapping, and for what no record
    contains: aliases (a few lines can expand to millions), foreign tags, duplicate keys.
    """
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f" in line {mark.line + _first_line(path)}" if mark else ""
        raise RecordError(f"invalid YAML{line}", subject=path, hint=_one_line(error)) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise RecordError("invalid YAML", subject=path, hint=_one_line(error)) from error
    if not isinstance(root, yaml.MappingNode):
        raise RecordError(
            "the YAML is not a list of keys", subject=path, hint="write lines such as title: …"
        )
    _inspect(root, path)
    return root


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _inspect(root: yaml.Node, path: str) -> None:
    """Check every YAML node; raise RecordError for what a record may not contain, such as
    aliases.
    """
    seen: set[int] = set()
    todo = [(root, 0)]
    while todo:
        node, depth = todo.pop()
        if id(node) in seen:
            raise _at(node, path, "unsupported YAML alias", "write the value in both places")
        seen.add(id(node))
        if node.tag not in _KNOWN_TAGS:
            raise _at(node, path, f"unsupported YAML tag {node.tag}", "remove the tag")
        if depth > MAX_DEPTH:
            raise _at(node, path, "values nested too deeply", f"use at most {MAX_DEPTH} levels")
        todo.extend((child, depth + 1) for child in _children(node, path))


def _children(node: yaml.Node, path: str) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if not isinstance(node, yaml.MappingNode):
        return []
    keys: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _at(key, path, "invalid key (not a string)", "write lines such as title: …")
        if key.value in keys:
            raise _at(key, path, f"duplicate key {key.value!r}", "remove one of the two keys")
        keys.add(key.value)
    return [node for pair in node.value for node in pair]


def _at(node: yaml.Node, path: str, what: str, hint: str) -> RecordError:
    return RecordError(f"{what} in line {line_of(node, path)}", subject=path, hint=hint)


def line_of(node: yaml.Node, path: str) -> int:
    """Return the line number of a file where a YAML node begins."""
    return int(node.start_mark.line) + _first_line(path)


def _first_line(path: str) -> int:
    """Return the line number where a file's YAML begins: after the opening `---`, if there is
    one.
    """
    return 1 if path.endswith(BARE) else 2


def kind_of(node: yaml.Node) -> str:
    """Return the short name of a YAML node's type: "str", "int", "map" …"""
    return str(node.tag).removeprefix(_TAG)


def span(text: str, key: yaml.Node, value: yaml.Node) -> tuple[int, int]:
    """Return the index where the lines of a YAML key and its value begin, and the index of their
    end.
    """
    start = text.rfind("\n", 0, key.start_mark.index) + 1
    last = value
    while is_block(last):
        child = last.value[-1]
        last = child[1] if isinstance(child, tuple) else child
    stop = text.find("\n", end_of(text, last))
    return start, len(text) if stop < 0 else stop


def end_of(text: str, node: yaml.Node) -> int:
    """Return the index where a YAML value ends: a scalar or flow value; of a block scalar without
    empty lines.
    """
    index = int(node.end_mark.index)
    if isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}:
        return len(text[node.start_mark.index : index].rstrip()) + int(node.start_mark.index)
    return index


def is_block(node: yaml.Node) -> bool:
    """Return whether a YAML mapping or list is written on lines of its own, not as `{…}` or
    `[…]`.
    """
    return isinstance(node, yaml.CollectionNode) and bool(node.value) and not node.flow_style


_T = TypeVar("_T")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_YES = frozenset({"true", "yes", "on"})


class TypedFields:
    """Typed access to the keys of a YAML mapping. A missing or empty key gives "", None or ().

    A value of another type raises a RecordError that names the file, the line and the key.
    """

    def __init__(self, node: yaml.MappingNode, path: str, at: str = "") -> None:
        self._values: dict[str, yaml.Node] = {key.value: value for key, value in node.value}
        self._path = path
        self._at = at

    def __iter__(self) -> Iterator[str]:
        """Yield the keys of the YAML mapping in the file's order."""
        return iter(self._values)

    def text(self, key: str, missing: str = "") -> str:
        """Return the text of a key's YAML scalar of any type: `title: 2024` gives the text 2024."""
        node = self._scalar(key)
        return missing if node is None else str(node.value)

    def number(self, key: str) -> int | None:
        """Return the integer value of a key, None if it is missing."""
        node = self._scalar(key)
        if node is None:
            return None
        if not _WHOLE.fullmatch(node.value):
            raise self.wrong(key, "not a whole number", "write it as 72")
        return int(node.value)

    def flag(self, key: str) -> bool | None:
        """Return the boolean value of a key, None if it is missing."""
        node = self._scalar(key)
        if node is None:
            return None
        if kind_of(node) != "bool":
            raise self.wrong(key, "neither true nor false", "write true or false, unquoted")
        return str(node.value).lower() in _YES

    def date(self, key: str) -> datetime | None:
        """Return the time that is the value of a key, in UTC, None if it is missing."""
        node = self._scalar(key)
        if node is None:
            return None
        moment = dates.parse(node.value)
        if moment is None:
            raise self.wrong(key, "not a date", "write it as 2023-07-24T09:36:00Z")
        return moment

    def within(self, key: str) -> TypedFields | None:
        """Return the typed fields of the mapping that is the value of a key, None if it is
        missing.
        """
        node = self._values.get(key)
        if node is None or _is_null(node):
            return None
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(key, "not a list of keys", "indent the keys below it by two spaces")
        return TypedFields(node, self._path, f"{self._at}{key}.")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of the list that is the value of a key, () if it is missing."""
        texts = []
        for item in self._items(key):
            if not isinstance(item, yaml.ScalarNode):
                raise self.wrong(
                    key,
                    "a list whose items are not all strings",
                    "write each item after a dash: - text",
                )
            texts.append(str(item.value))
        return tuple(texts)

    def each(self, key: str, make: Callable[[TypedFields], _T]) -> tuple[_T, ...]:
        """Return the results of `make` for each mapping in the list that is the value of a key."""
        made = []
        for index, item in enumerate(self._items(key)):
            if not isinstance(item, yaml.MappingNode):
                raise self.wrong(key, "a list whose items do not all have keys", "write - url: …")
            made.append(make(TypedFields(item, self._path, f"{self._at}{key}.{index}.")))
        return tuple(made)

    def require(self, key: str, value: _T | None) -> _T:
        """Return `value`, or raise RecordError if the YAML mapping does not have the key."""
        if value is None or key not in self._values:
            raise RecordError(
                f"the key {self._at}{key} is missing", subject=self._path, hint=f"add {key}: …"
            )
        return value

    def _items(self, key: str) -> list[yaml.Node]:
        node = self._values.get(key)
        if node is None or _is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.wrong(key, "not a list", "write each item on its own line after -")
        return list(node.value)

    def _scalar(self, key: str) -> yaml.ScalarNode | None:
        node = self._values.get(key)
        if node is None or _is_null(node):
            return None
        if not isinstance(node, yaml.ScalarNode):
            raise self.wrong(key, "a list instead of one value", "write it on one line")
        return node

    def wrong(self, key: str, what: str, hint: str) -> RecordError:
        """Return the error to raise for a key with a wrong value."""
        node = self._values.get(key)
        if node is None:
            return RecordError(f"the key {self._at}{key} is missing", subject=self._path, hint=hint)
        shown = f" ({node.value[:40]!r})" if isinstance(node, yaml.ScalarNode) else ""
        return RecordError(
            f"{self._at}{key} in line {line_of(node, self._path)} is {what}{shown}",
            subject=self._path,
            hint=hint,
        )


def _is_null(node: yaml.Node) -> bool:
    return kind_of(node) == "null"


_JUDGE = SafeConstructor()


def plain(node: yaml.Node, subject: str) -> object:
    """Convert a YAML node to str, int, float, bool, datetime, list or dict; None for an empty
    value.

    Keys and items without a value are left out. A date becomes midnight in UTC, a time keeps its
    offset. Raises RecordError for an impossible date or number.
    """
    if isinstance(node, yaml.MappingNode):
        return _plain_mapping(node, subject)
    if isinstance(node, yaml.SequenceNode):
        return _plain_list(node, subject)
    assert isinstance(node, yaml.ScalarNode)
    kind = kind_of(node)
    if kind == "null":
        return None
    try:
        return _construct(node, kind)
    except (ValueError, OverflowError, ConstructorError) as error:
        raise RecordError(
            f"not a valid {kind} ({node.value[:40]!r})",
            subject=subject,
            hint="write the value in quotes if it is a string",
        ) from error


def _plain_mapping(node: yaml.MappingNode, subject: str) -> dict[str, object]:
    pairs = ((str(key.value), plain(value, subject)) for key, value in node.value)
    return {key: value for key, value in pairs if value is not None}


def _plain_list(node: yaml.SequenceNode, subject: str) -> list[object]:
    values = (plain(item, subject) for item in node.value)
    return [value for value in values if value is not None]


def _construct(node: yaml.ScalarNode, kind: str) -> str | int | float | bool | datetime:
    match kind:
        case "int":
            return int(_JUDGE.construct_yaml_int(node))
        case "bool":
            return bool(_JUDGE.construct_yaml_bool(node))
        case "float":
            return _finite(float(_JUDGE.construct_yaml_float(node)))
        case "timestamp":
            return _aware(_JUDGE.construct_yaml_timestamp(node))
        case _:
            return str(node.value)


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(number)
    return number


def _aware(moment: date | datetime) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# What YAML 1.1 cannot hold raw in double quotes: the escape characters themselves, all controls
# but the tab, the line breaks U+0085 U+2028 U+2029, the byte order mark and the non-characters.
_ESCAPED = re.compile('["\\\\\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\0": "\\0"}

_UNPLAIN = re.compile(
    r"""(?x)
      \A[\s\-?:,\[\]{}\#&*!|>'"%@`]     # an indicator first
    | :(\s|\Z) | \s\# | \s\Z            # a key, a comment, an end that would be cut off
    | [\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]
    """
)
# Numbers for YAML 1.2 and Ruby's Psych, but not for PyYAML (Jekyll reads records, too).
_NUMBER = re.compile(r"[-+.\d][\d_,.:]*([eE][-+]?\d+)?|0[xo][\da-fA-F_]+")
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = Resolver.yaml_implicit_resolvers


def spell_quoted(text: str) -> str:
    r"""Return a text as a YAML scalar in double quotes, escaping only what must be escaped."""
    if _SURROGATE.search(text):
        raise RecordError(
            "the text has an invalid character (half of a surrogate pair)", subject=ascii(text[:60])
        )
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    short = _SHORT.get(character)
    if short:
        return short
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def spell_plain(text: str) -> str:
    """Return a text as a YAML scalar: without quotes if YAML parses it as the same text, else
    with.
    """
    return text if is_plain(text) else spell_quoted(text)


def is_plain(text: str) -> bool:
    """Return whether YAML parses a text without quotes as that text, not as number, key or
    comment.
    """
    if not text or _UNPLAIN.search(text) or _SURROGATE.search(text) or _NUMBER.fullmatch(text):
        return False
    rules = _RESOLVERS.get(text[0], []) + _RESOLVERS.get("", [])
    return not any(rule.match(text) for _, rule in rules)


def spell_flag(value: bool) -> str:
    """Return a boolean as YAML: `true` or `false`."""
    return "true" if value else "false"


def spell_date(moment: datetime) -> str:
    """Return a time as YAML (`2023-07-24T09:36:00Z`): UTC, whole seconds, four-digit year."""
    return dates.utc(moment).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
