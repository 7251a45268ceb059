"""Check the values of beat.toml against the options of its sections, and note their origins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from copydesk.config import _toml
from copydesk.config._sections import (
    BLOCKS,
    HOST,
    LETTER,
    LETTER_PART,
    LISTING,
    SECTIONS,
    SOURCE,
    WEBHOOK,
    Section,
)
from copydesk.config._toml import FILE, find_nearest, setting_error, show_value
from copydesk.errors import ConfigError
from copydesk.kit import urls
from copydesk.kit.options import Option, Unfit

V = TypeVar("V")
Values = dict[str, object]

_LISTING = "listing"  # the only option of a source that is a table
_PART = "part"  # the only option of a newsletter that is a list of tables
_INNER = {SOURCE.name: _LISTING, LETTER.name: _PART}


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatValues:
    """Checked values by section, blocks in file order, and the origin of each value.

    A block has only the values that are in the file; a section has all.
    """

    sections: Mapping[str, Values]
    sources: tuple[Values, ...]
    hosts: tuple[Values, ...]
    webhooks: tuple[Values, ...]
    letters: tuple[Values, ...]
    origins: Origins
    warnings: tuple[str, ...]

    def build(self, holder: type[V]) -> V:
        """Build a settings class from the values of its sections."""
        make: Callable[..., V] = holder
        values: Values = {}
        for section in SECTIONS:
            if any(issubclass(holder, held) for held in section.holders):
                values |= self.sections[section.name]
        return make(**values)


def decode(tables: dict[str, object], environ: Mapping[str, str]) -> BeatValues:
    """Read every option from the environment, else from the tables, else from its default.

    The tables are upgraded to the newest format first.
    """
    warnings = _toml.upgrade_tables(tables)
    _refuse_unknown_tables(tables)
    origins = Origins()
    sections = {}
    for section in SECTIONS:
        table = _find_table(tables, section.name)
        _refuse_unknown(table, section, section.name)
        sections[section.name] = _read_section(table, section, environ, origins)
    hosts = _read_blocks(tables, HOST, origins)
    sources = _read_blocks(tables, SOURCE, origins)
    webhooks = _read_blocks(tables, WEBHOOK, origins)
    letters = _read_blocks(tables, LETTER, origins)
    _record_parts(letters, origins)
    _refuse_twin_hosts(hosts)
    _refuse_twin_webhooks(webhooks)
    _refuse_twins(sources)
    return BeatValues(
        sections=sections,
        sources=sources,
        hosts=hosts,
        webhooks=webhooks,
        letters=letters,
        origins=origins,
        warnings=tuple(warnings),
    )


def _find_table(tables: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Return the table with a dotted name, empty if the file does not have it."""
    here: object = tables
    walked: list[str] = []
    for part in name.split("."):
        walked.append(part)
        here = here.get(part, {}) if isinstance(here, dict) else {}
        if not isinstance(here, dict):
            path = ".".join(walked)
            raise setting_error(
                FILE, path, f"expected a table, got {show_value(here)}", f"write [{path}]"
            )
    return here if isinstance(here, dict) else {}


def _read_blocks(
    tables: Mapping[str, object], section: Section, origins: Origins
) -> tuple[Values, ...]:
    """Read all blocks of one name; equal sets of given options are stored once."""
    values = []
    given: list[frozenset[str]] = []
    sets: dict[frozenset[str], frozenset[str]] = {}
    entries = _list_tables(tables.get(section.name, []), section.name, section.name)
    for index, entry in enumerate(entries):
        read = _read_block(entry, section, f"{section.name}[{index}]")
        values.append(read)
        names = _names_in(read)
        given.append(sets.setdefault(names, names))
    inner = LISTING.options if section is SOURCE else ()
    every = (*section.options, *(f"{_LISTING}.{name}" for name in inner))
    origins.add_blocks(section.name, every, given)
    return tuple(values)


def _list_tables(entries: object, name: str, path: str) -> list[Mapping[str, object]]:
    """Return the blocks of a name."""
    if not isinstance(entries, list):
        what = f"expected a list of tables, got {show_value(entries)}"
        raise setting_error(FILE, path, what, f"write [[{name}]] with two brackets, once for each")
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise setting_error(
                FILE, f"{path}[{index}]", f"expected a table, got {show_value(entry)}"
            )
    return entries


def _read_block(entry: Mapping[str, object], section: Section, path: str) -> Values:
    """Read the options that are in one block."""
    values: Values = {}
    for name, given in entry.items():
        where = f"{path}.{name}"
        if name in section.options:
            values[name] = _read_value(section.options[name], given, FILE, where)
        elif section is SOURCE and name == _LISTING:
            values[name] = _read_listing(given, where)
        elif section is LETTER and name == _PART:
            values[name] = _read_parts(given, where)
        else:
            known = {*section.options, *filter(None, [_INNER.get(section.name)])}
            raise _unknown_key(name, where, known)
    for name, option in section.options.items():
        if option.required and name not in values:
            raise setting_error(FILE, f"{path}.{name}", "missing", "there is no default for it")
    return values


def _read_listing(given: object, where: str) -> Mapping[str, object]:
    if not isinstance(given, dict):
        hint = 'write listing = { item = "article", link = "h2 a", written = 2026-11-24 }'
        raise setting_error(FILE, where, f"expected a table, got {show_value(given)}", hint)
    return _read_block(given, LISTING, where)


def _read_parts(given: object, path: str) -> tuple[Values, ...]:
    """Read the parts of a newsletter one after the other."""
    entries = _list_tables(given, LETTER_PART.name, path)
    return tuple(
        _read_block(entry, LETTER_PART, f"{path}[{index}]") for index, entry in enumerate(entries)
    )


def _record_parts(letters: Iterable[Values], origins: Origins) -> None:
    """Record the origins of the options of all parts."""
    for index, letter in enumerate(letters):
        parts = letter.get(_PART)
        for number, part in enumerate(parts if isinstance(parts, tuple) else ()):
            for name in LETTER_PART.options:
                path = f"letter[{index}].{_PART}[{number}].{name}"
                origins.record(path, FILE if name in part else "default")


def _names_in(values: Values) -> frozenset[str]:
    """Return the names of the options in a block; those of a listing rule as `listing.item`."""
    rule = values.get(_LISTING)
    if not isinstance(rule, Mapping):
        return frozenset(values)
    return frozenset(values).difference((_LISTING,)).union(f"{_LISTING}.{name}" for name in rule)


def _read_section(
    table: Mapping[str, object], section: Section, environ: Mapping[str, str], origins: Origins
) -> Values:
    """Read each option of one section and record its origin."""
    values: Values = {}
    for name, option in section.options.items():
        where = f"{section.name}.{name}"
        if option.variable and environ.get(option.variable):
            origin = f"environment {option.variable}"
            values[name] = _read_value(option, environ[option.variable], origin, "")
        elif name in table:
            origin = FILE
            values[name] = _read_value(option, table[name], FILE, where)
        elif option.required:
            raise setting_error(FILE, where, "missing", "there is no default for it")
        else:
            origin = "default"
            values[name] = option.default
        origins.record(where, origin)
    return values


def _read_value(option: Option, given: object, file: str, where: str) -> object:
    try:
        value = option.kind.read(given)
    except Unfit as unfit:
        got = "something else" if option.kind.private or option.kind.delicate else show_value(given)
        raise setting_error(
            file, where, f"expected {unfit.expected}, got {got}", unfit.hint
        ) from None
    if option.required and not value:
        raise setting_error(file, where, "expected text, got nothing")
    return value


def _refuse_twins(sources: Iterable[Values]) -> None:
    """Refuse a source that is there twice, in whatever spelling of its URL."""
    first: dict[str, int] = {}
    for index, source in enumerate(sources):
        seen = first.setdefault(urls.identity(str(source["url"])), index)
        if seen != index:
            what = f"the same source as source[{seen}], {show_value(source['url'])}"
            raise setting_error(FILE, f"source[{index}].url", what, "keep one of the two")


def _refuse_twin_hosts(hosts: Iterable[Values]) -> None:
    first: dict[object, int] = {}
    for index, host in enumerate(hosts):
        seen = first.setdefault(host["name"], index)
        if seen != index:
            what = f"the same host as host[{seen}], {show_value(host['name'])}"
            raise setting_error(FILE, f"host[{index}].name", what, "keep one of the two")


def _refuse_twin_webhooks(webhooks: Iterable[Values]) -> None:
    first: dict[object, int] = {}
    for index, webhook in enumerate(webhooks):
        seen = first.setdefault(webhook["url"], index)
        if seen != index:
            what = f"the same address as webhook[{seen}], {show_value(webhook['url'])}"
            raise setting_error(FILE, f"webhook[{index}].url", what, "keep one of the two")


def _refuse_unknown_tables(tables: Mapping[str, object]) -> None:
    known = {section.name.split(".")[0] for section in (*SECTIONS, *BLOCKS)} | {_toml.KEY}
    for name in tables:
        if name not in known:
            raise _unknown_key(name, name, known)


def _refuse_unknown(table: Mapping[str, object], section: Section, path: str) -> None:
    known = set(section.options)
    inner = f"{section.name}."
    known |= {other.name.removeprefix(inner) for other in SECTIONS if other.name.startswith(inner)}
    for name in table:
        if name not in known:
            raise _unknown_key(name, f"{path}.{name}", known)


def _unknown_key(name: str, path: str, known: Iterable[str]) -> ConfigError:
    """Return the error for an unknown key, with a suggestion: in another table, or similar."""
    elsewhere = [
        f"{section.name}.{name}" for section in (*SECTIONS, *BLOCKS) if name in section.options
    ]
    near = elsewhere[0] if elsewhere else find_nearest(name, known)
    hint = f'did you mean "{near}"?' if near else "known here: " + ", ".join(sorted(known))
    return setting_error(FILE, path, "unknown key", hint)


_DEFAULT = "default"
_IN_A_BLOCK = re.compile(r"(\w+)\[(\d{1,9})\]\.(.+)")


class Origins(Mapping[str, str]):
    """Map a dotted path to "default", "beat.toml", an environment variable or a file in `_data`.

    A newsroom may have 50,000 sources with 14 options each. So only the names of the options that
    are in the file are stored for a block, and origins are computed on demand.
    """

    def __init__(self) -> None:
        self._recorded: dict[str, str] = {}
        self._names: dict[str, Sequence[str]] = {}
        self._given: dict[str, Sequence[frozenset[str]]] = {}

    def record(self, path: str, origin: str) -> None:
        """Record the origin of one value; it replaces an earlier one."""
        self._recorded[path] = origin

    def add_blocks(self, block: str, names: Sequence[str], given: Sequence[frozenset[str]]) -> None:
        """Record the options that blocks of one name can have, and those that each block has.

        An option of a table within a block has the table's name first: `listing.item`.
        """
        self._names[block] = names
        self._given[block] = given

    def __getitem__(self, path: str) -> str:
        """Return the origin of one value; raise KeyError for an unknown path."""
        if path in self._recorded:
            return self._recorded[path]
        found = _IN_A_BLOCK.fullmatch(path)
        if found is None:
            raise KeyError(path)
        block, index, name = found[1], int(found[2]), found[3]
        given = self._given.get(block, ())
        if index >= len(given) or name not in self._names_of(block, given[index]):
            raise KeyError(path)
        return FILE if name in given[index] else _DEFAULT

    def __iter__(self) -> Iterator[str]:
        """Yield every path: those of sections and of `_data` first, then block by block."""
        yield from self._recorded
        for block, sets in self._given.items():
            for index, given in enumerate(sets):
                for name in self._names_of(block, given):
                    path = f"{block}[{index}].{name}"
                    if path not in self._recorded:
                        yield path

    def _names_of(self, block: str, given: frozenset[str]) -> Iterator[str]:
        """Yield the names of a block's options; of an inner table only if the block has it."""
        tables = {name.partition(".")[0] for name in given if "." in name}
        for name in self._names[block]:
            table, dot, _ = name.partition(".")
            if not dot or table in tables:
                yield name

    def __len__(self) -> int:
        """Return the number of paths."""
        return sum(1 for _ in self)
