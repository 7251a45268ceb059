"""Read the settings file beat.toml: check every value, and record where each one is set."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from functools import cache
from typing import TypeVar, cast

from copydesk.config import _toml
from copydesk.config._environment import Environment
from copydesk.config._sections import BLOCKS, ROOT, SECTIONS, Section
from copydesk.config._toml import FILE, setting_error, show_value
from copydesk.errors import ConfigError
from copydesk.kit import text
from copydesk.kit.kinds import secrets_of
from copydesk.kit.options import Option, Secret, Unfit

V = TypeVar("V")
Values = dict[str, object]


class Decoded:
    """The objects made from the settings file beat.toml, by class, and where each value is set."""

    def __init__(self, environ: Mapping[str, str], warnings: tuple[str, ...]) -> None:
        self.environ = Environment(environ)
        self.warnings = warnings
        self.origins = Origins()
        self.missing: list[str] = []  # warnings of variables that the file names
        self._built: dict[type, list[object]] = {}

    def one(self, holder: type[V]) -> V:
        """Return the object of the given class, made from a table of the settings file."""
        return self.all(holder)[0]

    def all(self, holder: type[V]) -> list[V]:
        """Return all objects of the given class, made from a repeated table such as
        `[[source]]`.
        """
        return cast("list[V]", self._built.get(holder, []))

    def add(self, holder: type, built: object) -> object:
        """Store an object made from a table of the settings file, by its class, and return it."""
        self._built.setdefault(holder, []).append(built)
        return built

    def read_variable(self, secret: Secret, path: str, variable: str) -> str:
        """Return the secret named `variable`, or "" with a warning if it is not set."""
        value, _ = self.environ.read_secret(variable)
        if not value:
            where = f"{FILE}: {path}.{secret.named_by}"
            self.missing.append(
                f"{where}: the environment variable {variable} is not set; {secret.without}"
            )
        return value


def decode(tables: dict[str, object], environ: Mapping[str, str]) -> Decoded:
    """Return the value of every setting: from the environment, else the file, else its default.

    The tables are upgraded to the newest format first.
    """
    decoded = Decoded(environ, tuple(_toml.upgrade_tables(tables)))
    _refuse_unknown(tables, ROOT, "")
    for section in ROOT.inner:
        for path, table in _find_tables(section, tables, section.name):
            given: set[str] = set()
            _build(section, _read(section, table, path, given, decoded), path, decoded)
            decoded.origins.add(section, given)
        _refuse_twins(section, decoded)
    return decoded


def _read(
    section: Section, table: Mapping[str, object], path: str, given: set[str], decoded: Decoded
) -> Values:
    """Read the options in a table and its inner tables, without those that have their default.

    `given` collects the paths of the options that are in the file.
    """
    _refuse_unknown(table, section, path)
    values: Values = {}
    for name, option in section.options.items():
        variables = section.variables.get(name, ())
        if variable := next(filter(decoded.environ.get, variables), ""):
            origin = f"environment {variable}"
            values[name] = _read_variable(option, decoded.environ.get(variable), origin)
            decoded.origins.record(f"{path}.{name}", origin)
        elif name in table:
            values[name] = _read_value(option, table[name], FILE, f"{path}.{name}")
            given.add(name)
        elif option.required:
            raise setting_error(FILE, f"{path}.{name}", "this setting is missing", "set a value")
    for inner in section.inner:
        if inner.key in table or not inner.optional:
            values |= _read_inner(inner, table, path, given, decoded)
    return values


def _read_inner(
    section: Section, table: Mapping[str, object], path: str, given: set[str], decoded: Decoded
) -> Values:
    """Read a table inside another one; return its values for the outer table's class."""
    built = []
    for where, entry in _find_tables(section, table, f"{path}.{section.key}"):
        own: set[str] = set()
        values = _read(section, entry, where, own, decoded)
        step = where[len(path) + 1 :]
        given |= {f"{step}.{name}" for name in own}
        if section.part:
            return values
        built.append(_build(section, values, where, decoded))
    return {section.field: tuple(built) if section.repeated else built[0]}


def _build(section: Section, values: Values, path: str, decoded: Decoded) -> object:
    """Make the objects of the classes that hold a table, with their secrets; return the first."""
    built = [
        decoded.add(holder, _make(holder, values, path, decoded)) for holder in section.holders
    ]
    return built[0]


def _make(holder: type, values: Values, path: str, decoded: Decoded) -> object:
    names = _names_of(holder)
    own = {name: value for name, value in values.items() if name in names}
    for name, secret in secrets_of(holder).items():
        if secret.named_by:
            own[name] = decoded.read_variable(secret, path, str(values[secret.named_by]))
        else:
            found, origin = decoded.environ.read_secret(secret.variable)
            if found.strip():
                own[name] = _read_secret(secret, found.strip(), origin)
                decoded.origins.record(f"{path}.{name}", origin)
    make: Callable[..., object] = holder
    return make(**own) if own else _make_plain(holder)


def _read_secret(secret: Secret, found: str, origin: str) -> str:
    try:
        return secret.kind.read(found)
    except Unfit as unfit:
        raise setting_error(origin, "", f"expected {unfit.expected}") from None


@cache
def _names_of(holder: type) -> frozenset[str]:
    return frozenset(field.name for field in fields(holder))


@cache
def _make_plain(holder: type) -> object:
    """Return an object with default values only, which most of 50,000 sources share."""
    make: Callable[..., object] = holder
    return make()


def _find_tables(
    section: Section, table: Mapping[str, object], path: str
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Yield the tables of a section with their paths: one, maybe empty, or every repeated one."""
    found = table.get(section.key, [] if section.repeated else {})
    if not section.repeated:
        yield path, _check_table(found, path, section.hint or f"write it as a table: [{path}]")
        return
    if not isinstance(found, list):
        what = f"expected a list of tables, got {show_value(found)}"
        hint = f"write [[{section.name}]] with double brackets, once for each block"
        raise setting_error(FILE, path, what, hint)
    for index, entry in enumerate(found):
        yield f"{path}[{index}]", _check_table(entry, f"{path}[{index}]")


def _check_table(found: object, path: str, hint: str = "") -> Mapping[str, object]:
    if not isinstance(found, dict):
        raise setting_error(FILE, path, f"expected a table, got {show_value(found)}", hint)
    return found


def _read_value(option: Option, given: object, file: str, where: str) -> object:
    try:
        value = option.kind.read(given)
    except Unfit as unfit:
        got = "something else" if option.kind.private or option.kind.delicate else show_value(given)
        what = unfit.what or f"expected {unfit.expected}, got {got}"
        raise setting_error(file, where, what, unfit.hint) from None
    if option.required and not value:
        raise setting_error(file, where, "expected text, got an empty text")
    return value


def _read_variable(option: Option, found: str, origin: str) -> object:
    """Return the value of a variable: a text as it is, any other value as TOML writes it."""
    given: object = found
    try:
        option.kind.read(found)
    except Unfit:
        with suppress(ValueError, RecursionError):
            [given] = tomllib.loads(f"given = {found}").values()
    return _read_value(option, given, origin, "")


def _refuse_twins(section: Section, decoded: Decoded) -> None:
    """Raise ConfigError if two repeated tables have the same value of their unique option."""
    unique = section.unique
    if unique is None:
        return
    first: dict[str, int] = {}
    blocks: list[object] = decoded.all(section.holders[0])
    for index, block in enumerate(blocks):
        value = getattr(block, unique.key)
        seen = first.setdefault(unique.identity(value), index)
        if seen != index:
            what = f"{section.name}[{seen}] already has this {unique.noun}: {show_value(value)}"
            path = f"{section.name}[{index}].{unique.key}"
            raise setting_error(FILE, path, what, unique.hint)


def _refuse_unknown(table: Mapping[str, object], section: Section, path: str) -> None:
    known = section.known if path else section.known | {_toml.KEY}
    for name in table:
        if name not in known:
            raise _unknown_key(name, f"{path}.{name}" if path else name, known)


def _unknown_key(name: str, path: str, known: Iterable[str]) -> ConfigError:
    """Return the error for an unknown key of beat.toml, which suggests a similar one."""
    elsewhere = [
        f"{section.name}.{name}" for section in (*SECTIONS, *BLOCKS) if name in section.options
    ]
    near = elsewhere[0] if elsewhere else text.find_nearest(name, known)
    hint = f'did you mean "{near}"?' if near else "known keys: " + ", ".join(sorted(known))
    return setting_error(FILE, path, "unknown key", hint)


DEFAULT = "default"
_PLACE = re.compile(r"(\w+)(?:\[(\d{1,9})\])?\.(.+)")


class Origins(Mapping[str, str]):
    """Map each setting's dotted path to its origin: "default", "beat.toml", a variable, a `_data`
    file.

    A newsroom may have 50,000 sources with 14 options each. So only the set of the options that are
    in the file is stored for a block, equal sets once, and origins are computed on demand.
    """

    def __init__(self) -> None:
        self._recorded: dict[str, str] = {}
        self._given: dict[str, list[frozenset[str]]] = {}
        self._sets: dict[frozenset[str], frozenset[str]] = {}

    def record(self, path: str, origin: str) -> None:
        """Store where the value of one setting is set, in place of what was stored before."""
        self._recorded[path] = origin

    def add(self, section: Section, given: Iterable[str]) -> None:
        """Store which options the settings file sets in a table, or in the next of repeated tables.

        The path of an option in an inner table has the table's name first: `listing.item`.
        """
        names = frozenset(given)
        self._given.setdefault(section.name, []).append(self._sets.setdefault(names, names))

    def __getitem__(self, path: str) -> str:
        """Return where a setting's value is set; raise KeyError for an unknown dotted path."""
        if path in self._recorded:
            return self._recorded[path]
        found = _PLACE.fullmatch(path)
        section = _find_section(found[1]) if found else None
        if found is None or section is None or section.repeated != bool(found[2]):
            raise KeyError(path)
        blocks, index, name = self._given.get(section.name, []), int(found[2] or 0), found[3]
        if index >= len(blocks) or name not in _list_options(section, blocks[index]):
            raise KeyError(path)
        return FILE if name in blocks[index] else DEFAULT

    def __iter__(self) -> Iterator[str]:
        """Yield the dotted paths of all settings, first those stored by `record`."""
        yield from self._recorded
        for name, blocks in self._given.items():
            section = next(section for section in ROOT.inner if section.name == name)
            for index, given in enumerate(blocks):
                place = f"{name}[{index}]" if section.repeated else name
                paths = (f"{place}.{option}" for option in _list_options(section, given))
                yield from (path for path in paths if path not in self._recorded)

    def __len__(self) -> int:
        """Return the number of settings."""
        return sum(1 for _ in self)


@cache
def _find_section(name: str) -> Section | None:
    return next((section for section in ROOT.inner if section.name == name), None)


@cache
def _list_options(section: Section, given: frozenset[str]) -> tuple[str, ...]:
    """Return the paths of a section's options, and of those in the inner tables that it has."""
    found = list(section.options)
    for inner in section.inner:
        steps = {name.partition(".")[0] for name in given if _is_in(name, inner.key)}
        for step in steps if inner.repeated or inner.optional else {inner.key}:
            start = f"{step}."
            below = {name.removeprefix(start) for name in given if name.startswith(start)}
            found += [f"{start}{name}" for name in _list_options(inner, frozenset(below))]
    return tuple(found)


def _is_in(path: str, key: str) -> bool:
    """Return whether the path of an option begins with the name of a table: `part[0].kind`."""
    return path.startswith((f"{key}.", f"{key}["))
