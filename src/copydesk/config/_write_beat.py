"""Edit the settings file beat.toml by program, without changing comments, order and layout."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from copydesk.config import _toml
from copydesk.config._decode import decode
from copydesk.config._sections import BLOCKS, SECTIONS
from copydesk.config._toml import setting_error
from copydesk.errors import ConfigError
from copydesk.kit import urls
from copydesk.kit.options import FileSetting, SettingValue
from copydesk.news import Source
from copydesk.news.source import ListingRule

_MOST_BYTES = 2_000_000  # 50,000 sources take seconds
_INDEXED = re.compile(r"(\w+)\[(\d{1,9})\]")
_BY_HAND = "edit the file by hand"


def append_sources(before: bytes, sources: Iterable[Source]) -> tuple[bytes, list[Source]]:
    """Return beat.toml with entries for those of the sources that it lacks, and these sources.

    Two spellings of one URL are one source. Raises ConfigError if the result could not be read.
    """
    known = {urls.identity(source.url) for source in decode(_toml.parse(before), {}).all(Source)}
    added = []
    for source in sources:
        same = urls.identity(source.url)
        if same not in known:
            known.add(same)
            added.append(source)
    if not added:
        return before, added
    newline = "\r\n" if b"\r\n" in before else "\n"
    blocks = newline + newline.join(format_block(source, newline) for source in added)
    gap = b"" if before.endswith(b"\n") or not before else newline.encode()
    after = before + gap + blocks.encode()
    _refuse_unreadable(after)
    return after, added


def _refuse_unreadable(after: bytes) -> None:
    """Refuse a beat.toml that cannot be read: a source with a wrong option, or inline tables."""
    try:
        tables = _toml.parse(after)
    except ConfigError as error:  # the old file was valid, so the new block does not fit
        hint = "write each source as its own [[source]] block"
        raise setting_error(
            _toml.FILE, "source", "no [[source]] block can follow a one-line list", hint
        ) from error
    decode(tables, {})


def format_block(source: Source, newline: str = "\n") -> str:
    """Return a source as a `[[source]]` table in TOML, without options that have defaults."""
    lines = ["[[source]]", *_format_lines(source, Source(url=""))]
    return newline.join([*lines, ""])


def _format_lines(values: Source | ListingRule, plain: Source | ListingRule) -> Iterator[str]:
    for name in values.__dataclass_fields__:
        value = getattr(values, name)
        if value != getattr(plain, name):
            yield f"{name} = {_format_value(value)}"


def _format_value(value: object) -> str:
    """Return a value as TOML; a listing rule as an inline table."""
    if isinstance(value, ListingRule):
        return f"{{ {', '.join(_format_lines(value, ListingRule(item='', written=date.min)))} }}"
    return _toml.format_value(value)


def read_values(data: bytes, keys: Iterable[str]) -> list[FileSetting]:
    """Return the settings with these keys in a beat.toml; of a repeated table those of each block.

    The environment is not asked. Raises ConfigError for an invalid file.
    """
    tables = _toml.parse(data)
    decode(copy.deepcopy(tables), {})
    return [setting for key in keys for setting in _read_key(tables, key)]


def _read_key(tables: Mapping[str, Any], key: str) -> Iterator[FileSetting]:
    table, _, name = key.rpartition(".")
    section = next(section for section in (*SECTIONS, *BLOCKS) if section.name == table)
    option, blocks = section.options[name], tables.get(table, [] if section.repeated else {})
    for number, block in enumerate(blocks if section.repeated else [blocks]):
        yield FileSetting(
            key=key,
            path=f"{table}[{number}].{name}" if section.repeated else key,
            option=option,
            value=option.kind.read(block[name]) if name in block else option.default,
            is_set=name in block,
        )


def change_values(data: bytes, values: Mapping[str, SettingValue]) -> bytes:
    """Return the bytes of a settings file beat.toml with some values changed or added.

    Keys are paths as in messages: `scoring.publish_at`, `source[3].trust`. All other bytes stay.
    Raises ConfigError if the result would not be a valid beat.toml that differs in these values
    alone.
    """
    wanted = _parse(data)
    text = data.decode("utf-8-sig")
    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        for path, value in values.items():
            _put(wanted, path, value)
            text = _write_value(text, path, _toml.format_value(value), newline)
    except (TypeError, LookupError, ValueError) as error:
        raise _cannot_keep() from error
    return _check(data, text, wanted)


def _parse(data: bytes) -> dict[str, Any]:
    if len(data) > _MOST_BYTES:
        raise setting_error(_toml.FILE, "", "the file is too big for a program to edit", _BY_HAND)
    return _toml.parse(data)


def _check(data: bytes, text: str, wanted: dict[str, Any]) -> bytes:
    """Return a changed beat.toml as bytes if it has the wanted values, and they are valid."""
    bom = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    after = bom + text.encode("utf-8", "replace")
    try:
        is_sound = _toml.parse(after) == wanted
    except ConfigError:
        is_sound = False
    if not is_sound:
        raise _cannot_keep()
    decode(copy.deepcopy(wanted), {})
    return after


def drop_source(data: bytes, place: int, url: str | None = None) -> bytes:
    """Return the bytes of a settings file beat.toml without the source at index `place`.

    The lines from its head to its last value are deleted, and the blank lines after it; comments
    around them stay. Raises ConfigError if the result would not be a valid beat.toml that lacks
    this source alone, and if the source of that number does not have this `url`.
    """
    wanted = _parse(data)
    _check_source(wanted, place, url)
    del wanted["source"][place]
    if not wanted["source"]:
        del wanted["source"]
    text, path = data.decode("utf-8-sig"), f"source[{place}]"
    block = [line for line in _read_lines(text) if f"{line.table}.".startswith(f"{path}.")]
    if not block:  # the sources are an inline list
        raise _cannot_keep()
    rest = re.sub(r"\A\s*\n", "", text[block[-1].end :])
    above = text[: block[0].start].rstrip(" \t")
    if not rest:
        above = re.sub(r"(\r?\n)\s*\Z", r"\1", above)  # the blank line before the last block
    return _check(data, above + rest, wanted)


def _check_source(values: Mapping[str, Any], place: int, url: str | None) -> None:
    """Raise ConfigError if source number `place` does not have this `url`; None accepts any."""
    there = [source.get("url", "") for source in values.get("source", [])[place : place + 1]]
    if url is not None and [urls.identity(found) for found in there] != [urls.identity(url)]:
        what = "another source is now at this position"
        raise setting_error(_toml.FILE, f"source[{place}]", what, "try again")


def _put(tables: Any, path: str, value: object) -> None:
    """Set the value at a dotted path, and create the tables above it if needed."""
    *above, name = path.split(".")
    here = tables
    for part in above:
        indexed = _INDEXED.fullmatch(part)
        here = here[indexed[1]][int(indexed[2])] if indexed else here.setdefault(part, {})
    here[name] = value


def _cannot_keep() -> ConfigError:
    what = "this cannot be changed without changing the layout of the file"
    return setting_error(_toml.FILE, "", what, _BY_HAND)


# Where values are in the text of a beat.toml. tomlkit would move blocks such as [[source]] that
# have another table between them.

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\''
    r"|#[^\n]*|\n|[\[\]{}=]|[^\S\n]+|[^\s\[\]{}=\"'#]+",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A table's head or a key with its value: the dotted path ("" for a head), that of its table.

    The rest are offsets: of the value, which `last` follows, and of the end of the line, behind a
    comment.
    """

    path: str
    table: str
    start: int
    value: int
    last: int
    end: int

    @property
    def holder(self) -> str:
        """Return the path of the table that has the key, or whose head this is."""
        return self.path.rpartition(".")[0] if self.path else self.table


def _write_value(text: str, path: str, written: str, newline: str) -> str:
    """Return the text with another value at a path: in its place, in its table, in a new table."""
    lines = list(_read_lines(text))
    for line in lines:
        if line.path == path:
            return text[: line.value] + written + text[line.last :]
    table, _, name = path.rpartition(".")
    if near := [line for line in lines if line.holder == table]:
        end, own = near[-1].end, path.removeprefix(f"{near[-1].table}.")
        return f"{text[:end]}{newline}{own} = {written}{text[end:]}"
    block = f"{newline}[{table}]{newline}{name} = {written}"
    above = f"{table.rpartition('.')[0] or table}."  # or tables below it
    if family := [line for line in lines if f"{line.table}.".startswith(above)]:
        end = family[-1].end
        return f"{text[:end]}{newline}{block}{text[end:]}"
    gap = "" if text.endswith(newline) else newline
    return f"{text}{gap}{block}{newline}"


def _read_lines(text: str) -> Iterator[_Line]:
    """Yield the heads of tables and the keys in the text of a valid beat.toml, in order."""
    table, counts = "", dict[str, int]()
    for start, value, last, end in _find_lines(text):
        if value == last:
            path, table = "", _name_table(tomllib.loads(text[start:last]), counts)
        else:
            keys = _name_table(tomllib.loads(f"{text[start:value].rstrip()}0"), {})
            path = f"{table}.{keys}" if table else keys
        yield _Line(path=path, table=table, start=start, value=value, last=last, end=end)


def _name_table(nested: Any, counts: dict[str, int]) -> str:
    """Return the dotted path of a parsed head or key; `counts` numbers the repeated tables."""
    path = ""
    while isinstance(nested, dict) and nested:
        (part, nested), *_ = nested.items()
        path = f"{path}.{part}" if path else part
        if isinstance(nested, list):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return path


def _find_lines(text: str) -> Iterator[tuple[int, int, int, int]]:
    """Yield the offsets of each head or key in a TOML text: start, value, end of both, line end."""
    start = value = last = -1
    depth, awaits = 0, False
    for token in _TOKEN.finditer(f"{text}\n"):
        word = token[0]
        if word == "\n" and start >= 0 and not depth:
            end = token.start()
            yield start, last if value < 0 else value, last, end - (text[end - 1] == "\r")
            start = value = -1
        elif not word.isspace() and not word.startswith("#"):
            start = token.start() if start < 0 else start
            if awaits:
                value, awaits = token.start(), False
            elif word == "=" and value < 0:
                awaits = True
            depth += (word in "[{") - (word in "]}")
            last = token.end()
