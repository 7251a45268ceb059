"""The tables of beat.toml to checked values, by the table of options alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from copydesk.config._kinds import Unfit, Value
from copydesk.config._options import SECTIONS, SOURCE, Option, Section
from copydesk.config._toml import FILE
from copydesk.config._wrong import nearest, shown, wrong
from copydesk.errors import ConfigError
from copydesk.kit import urls

Values = dict[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """Checked values by section, the sources in file order, and where each value came from."""

    sections: Mapping[str, Values]
    sources: tuple[Values, ...]
    origins: dict[str, str]


def decode(tables: Mapping[str, object], environ: Mapping[str, str]) -> Decoded:
    """Give every option its value: from the environment, else from the tables, else its default."""
    _refuse_unknown_tables(tables)
    origins: dict[str, str] = {}
    sections = {}
    for section in SECTIONS:
        table = _table(tables, section.name)
        _refuse_unknown(table, section, section.name)
        sections[section.name] = _values(table, section, section.name, environ, origins)
    sources = tuple(
        _source(entry, index, origins) for index, entry in enumerate(_source_tables(tables))
    )
    _refuse_twins(sources)
    return Decoded(sections=sections, sources=sources, origins=origins)


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


def _source_tables(tables: Mapping[str, object]) -> list[Mapping[str, object]]:
    entries = tables.get("source", [])
    if not isinstance(entries, list):
        what = f"expected a list of tables, got {shown(entries)}"
        raise wrong(FILE, "source", what, "write [[source]] with two brackets, once for each")
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise wrong(FILE, f"source[{index}]", f"expected a table, got {shown(entry)}")
    return entries


def _source(entry: Mapping[str, object], index: int, origins: dict[str, str]) -> Values:
    path = f"source[{index}]"
    _refuse_unknown(entry, SOURCE, path)
    return _values(entry, SOURCE, path, {}, origins)


def _values(
    table: Mapping[str, object],
    section: Section,
    path: str,
    environ: Mapping[str, str],
    origins: dict[str, str],
) -> Values:
    """Read each option of one table; write down its origin."""
    values: Values = {}
    for option in section.options:
        where = f"{path}.{option.name}"
        if option.variable and environ.get(option.variable):
            origins[where] = f"environment {option.variable}"
            given = environ[option.variable]
            values[option.name] = _value(option, given, origins[where], "")
        elif option.name in table:
            origins[where] = FILE
            values[option.name] = _value(option, table[option.name], FILE, where)
        elif option.required:
            raise wrong(FILE, where, "missing", "there is no default for it")
        else:
            origins[where] = "default"
            values[option.name] = option.default
    return values


def _value(option: Option, given: object, file: str, where: str) -> Value:
    try:
        value = option.kind.read(given)
    except Unfit as unfit:
        got = "something else" if option.private else shown(given)
        raise wrong(file, where, f"expected {unfit.expected}, got {got}", unfit.hint) from None
    if option.required and not value:
        raise wrong(file, where, "expected text, got nothing")
    return value


def _refuse_twins(sources: Iterable[Values]) -> None:
    """Refuse a source that is there twice, in whatever spelling of its address."""
    first: dict[str, int] = {}
    for index, source in enumerate(sources):
        same = urls.identity(str(source["url"]))
        if same in first:
            what = f"the same source as source[{first[same]}], {shown(source['url'])}"
            raise wrong(FILE, f"source[{index}].url", what, "keep one of the two")
        first[same] = index


def _refuse_unknown_tables(tables: Mapping[str, object]) -> None:
    known = {section.name.split(".")[0] for section in SECTIONS} | {"source"}
    for name in tables:
        if name not in known:
            raise _unknown(name, name, known)


def _refuse_unknown(table: Mapping[str, object], section: Section, path: str) -> None:
    known = {option.name for option in section.options}
    inner = f"{section.name}."
    known |= {other.name.removeprefix(inner) for other in SECTIONS if other.name.startswith(inner)}
    for name in table:
        if name not in known:
            raise _unknown(name, f"{path}.{name}", known)


def _unknown(name: str, path: str, known: Iterable[str]) -> ConfigError:
    """Say which key was probably meant: the same one of another table, or a near one."""
    elsewhere = [
        f"{section.name}.{option.name}"
        for section in (*SECTIONS, SOURCE)
        for option in section.options
        if option.name == name
    ]
    near = elsewhere[0] if elsewhere else nearest(name, known)
    hint = f'did you mean "{near}"?' if near else "known here: " + ", ".join(sorted(known))
    return wrong(FILE, path, "unknown key", hint)
