"""The tables of beat.toml to checked values, by the table of options alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from copydesk.config import _format
from copydesk.config._origins import Origins
from copydesk.config._sections import BLOCKS, HOST, LISTING, SECTIONS, SOURCE, Section
from copydesk.config._toml import FILE
from copydesk.config._wrong import nearest, shown, wrong
from copydesk.errors import ConfigError
from copydesk.kit import urls
from copydesk.kit.kinds import Unfit
from copydesk.kit.options import Option

V = TypeVar("V")
Values = dict[str, object]

_RULE = "listing"  # the one option of a source that is a table of options


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Checked values by section, blocks in file order, and where each value came from.

    A block has the values that stand in the file; those of a section are complete.
    """

    sections: Mapping[str, Values]
    sources: tuple[Values, ...]
    hosts: tuple[Values, ...]
    origins: Origins
    warnings: tuple[str, ...]

    def build(self, holder: type[V]) -> V:
        """Build one holder of sections from the values of those that it holds."""
        make: Callable[..., V] = holder
        values: Values = {}
        for section in SECTIONS:
            if any(issubclass(holder, held) for held in section.holders):
                values |= self.sections[section.name]
        return make(**values)


def decode(tables: dict[str, object], environ: Mapping[str, str]) -> Decoded:
    """Give every option its value: from the environment, else from the tables, else its default.

    The tables are brought to the newest format on the way.
    """
    warnings = _format.upgrade_tables(tables)
    _refuse_unknown_tables(tables)
    origins = Origins()
    sections = {}
    for section in SECTIONS:
        table = _table(tables, section.name)
        _refuse_unknown(table, section, section.name)
        sections[section.name] = _values(table, section, environ, origins)
    hosts = _blocks(tables, HOST, origins)
    sources = _blocks(tables, SOURCE, origins)
    _refuse_twin_hosts(hosts)
    _refuse_twins(sources)
    return Decoded(
        sections=sections,
        sources=sources,
        hosts=hosts,
        origins=origins,
        warnings=tuple(warnings),
    )


def _table(tables: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Give the table with a dotted name, empty where the file has none."""
    here: object = tables
    walked: list[str] = []
    for part in name.split("."):
        walked.append(part)
        here = here.get(part, {}) if isinstance(here, dict) else {}
        if not isinstance(here, dict):
            path = ".".join(walked)
            raise wrong(FILE, path, f"expected a table, got {shown(here)}", f"write [{path}]")
    return here if isinstance(here, dict) else {}


def _blocks(tables: Mapping[str, object], section: Section, origins: Origins) -> tuple[Values, ...]:
    """Read all blocks of one name; each set of given options is held once, however many have it."""
    values = []
    given: list[frozenset[str]] = []
    sets: dict[frozenset[str], frozenset[str]] = {}
    for index, entry in enumerate(_block_tables(tables, section.name)):
        read = _block(entry, section, f"{section.name}[{index}]")
        values.append(read)
        names = _given(read)
        given.append(sets.setdefault(names, names))
    inner = LISTING.options if section is SOURCE else ()
    every = (*section.options, *(f"{_RULE}.{name}" for name in inner))
    origins.add_blocks(section.name, every, given)
    return tuple(values)


def _block_tables(tables: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    entries = tables.get(name, [])
    if not isinstance(entries, list):
        what = f"expected a list of tables, got {shown(entries)}"
        raise wrong(FILE, name, what, f"write [[{name}]] with two brackets, once for each")
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise wrong(FILE, f"{name}[{index}]", f"expected a table, got {shown(entry)}")
    return entries


def _block(entry: Mapping[str, object], section: Section, path: str) -> Values:
    """Read the options that stand in one block."""
    values: Values = {}
    for name, given in entry.items():
        where = f"{path}.{name}"
        if name in section.options:
            values[name] = _value(section.options[name], given, FILE, where)
        elif section is SOURCE and name == _RULE:
            values[name] = _rule(given, where)
        else:
            known = {*section.options, _RULE} if section is SOURCE else section.options
            raise _unknown(name, where, known)
    for name, option in section.options.items():
        if option.required and name not in values:
            raise wrong(FILE, f"{path}.{name}", "missing", "there is no default for it")
    return values


def _rule(given: object, where: str) -> Mapping[str, object]:
    if not isinstance(given, dict):
        hint = 'write listing = { item = "article", link = "h2 a", written = 2026-11-24 }'
        raise wrong(FILE, where, f"expected a table, got {shown(given)}", hint)
    return _block(given, LISTING, where)


def _given(values: Values) -> frozenset[str]:
    """Name the options that stand in a block, those of a listing rule as `listing.item`."""
    rule = values.get(_RULE)
    if not isinstance(rule, Mapping):
        return frozenset(values)
    return frozenset(values).difference((_RULE,)).union(f"{_RULE}.{name}" for name in rule)


def _values(
    table: Mapping[str, object], section: Section, environ: Mapping[str, str], origins: Origins
) -> Values:
    """Read each option of one section; write down its origin."""
    values: Values = {}
    for name, option in section.options.items():
        where = f"{section.name}.{name}"
        if option.variable and environ.get(option.variable):
            origin = f"environment {option.variable}"
            values[name] = _value(option, environ[option.variable], origin, "")
        elif name in table:
            origin = FILE
            values[name] = _value(option, table[name], FILE, where)
        elif option.required:
            raise wrong(FILE, where, "missing", "there is no default for it")
        else:
            origin = "default"
            values[name] = option.default
        origins.say(where, origin)
    return values


def _value(option: Option, given: object, file: str, where: str) -> object:
    try:
        value = option.kind.read(given)
    except Unfit as unfit:
        got = "something else" if option.kind.private or option.kind.delicate else shown(given)
        raise wrong(file, where, f"expected {unfit.expected}, got {got}", unfit.hint) from None
    if option.required and not value:
        raise wrong(file, where, "expected text, got nothing")
    return value


def _refuse_twins(sources: Iterable[Values]) -> None:
    """Refuse a source that is there twice, in whatever spelling of its address."""
    first: dict[str, int] = {}
    for index, source in enumerate(sources):
        seen = first.setdefault(urls.identity(str(source["url"])), index)
        if seen != index:
            what = f"the same source as source[{seen}], {shown(source['url'])}"
            raise wrong(FILE, f"source[{index}].url", what, "keep one of the two")


def _refuse_twin_hosts(hosts: Iterable[Values]) -> None:
    first: dict[object, int] = {}
    for index, host in enumerate(hosts):
        seen = first.setdefault(host["name"], index)
        if seen != index:
            what = f"the same host as host[{seen}], {shown(host['name'])}"
            raise wrong(FILE, f"host[{index}].name", what, "keep one of the two")


def _refuse_unknown_tables(tables: Mapping[str, object]) -> None:
    known = {section.name.split(".")[0] for section in (*SECTIONS, *BLOCKS)} | {_format.KEY}
    for name in tables:
        if name not in known:
            raise _unknown(name, name, known)


def _refuse_unknown(table: Mapping[str, object], section: Section, path: str) -> None:
    known = set(section.options)
    inner = f"{section.name}."
    known |= {other.name.removeprefix(inner) for other in SECTIONS if other.name.startswith(inner)}
    for name in table:
        if name not in known:
            raise _unknown(name, f"{path}.{name}", known)


def _unknown(name: str, path: str, known: Iterable[str]) -> ConfigError:
    """Say which key was probably meant: the same one of another table, or a near one."""
    elsewhere = [
        f"{section.name}.{name}" for section in (*SECTIONS, *BLOCKS) if name in section.options
    ]
    near = elsewhere[0] if elsewhere else nearest(name, known)
    hint = f'did you mean "{near}"?' if near else "known here: " + ", ".join(sorted(known))
    return wrong(FILE, path, "unknown key", hint)
