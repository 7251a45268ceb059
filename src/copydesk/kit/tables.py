"""Read the word lists, tables and texts that are part of the package; each file is read only once.

A package has them in its folder `tables`: a list as `NAME.txt` with an entry per line, a table as
`NAME.toml` with a key per row. Lines that begin with `#` are comments; the first ones name source
and licence (checked by tests/shape). The tables of a database are an SQL file beside its code, and
so are long statements. The files change only with a release, so their content may be used as a
constant by pure functions, too.
"""

from __future__ import annotations

import functools
import pkgutil
import re
import tomllib
from collections.abc import Hashable, Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar, cast

from copydesk.errors import TableError

Row = TypeVar("Row")

_HINT = "install copydesk again: its files are damaged"


@functools.cache
def read_lines(package: str, name: str) -> tuple[str, ...]:
    """Return the entries of a word list of a package, in the order of the file.

    Raises TableError if there is no such list.
    """
    lines = (line.strip() for line in _text(package, name).splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


@functools.cache
def read_steps(package: str) -> tuple[str, ...]:
    """Return the SQL statements of each step in a package's `schema.sql`."""
    return tuple(
        re.split(r"^-- step .*\n", _text(package, "schema.sql", ""), flags=re.MULTILINE)[1:]
    )


@functools.cache
def read_queries(package: str) -> Mapping[str, str]:
    """Return the SQL statements in a package's `queries.sql`, by the names above them: `-- moved`.

    Lines that begin with `--` and two blanks are comments.
    """
    text = re.sub(r"(?m)^--  .*\n", "", _text(package, "queries.sql", ""))
    parts = re.split(r"(?m)^-- (\w+)\n", text)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def load_text(package: str, name: str) -> str:
    """Return the text of a file beside a package's code."""
    return _text(package, name, "")


def read_rows(package: str, name: str, row: type[Row]) -> Mapping[str, Row]:
    """Return the rows of a package's TOML table by their keys, in the order of the file.

    `row` is the type of a row: a frozen dataclass, a tuple, a frozenset, a text or a number; arrays
    are converted to it. Raises TableError if there is no such table or a row does not fit.
    """
    return cast("Mapping[str, Row]", _rows(package, name, cast(Hashable, row)))


def read_pattern(package: str, name: str) -> str:
    """Return a regex that matches any entry of a word list, or any text in any row of a table.

    Raises TableError if there is no such list or table.
    """
    if name.endswith(".txt"):
        return any_of(read_lines(package, name))
    rows = read_rows(package, name, tuple[str, ...])
    return any_of(pattern for patterns in rows.values() for pattern in patterns)


def any_of(patterns: Iterable[str]) -> str:
    """Join regexes into one that matches any of them; the first that matches wins."""
    return f"(?:{'|'.join(patterns)})"


@functools.cache
def _rows(package: str, name: str, row: object) -> Mapping[str, object]:
    import msgspec

    text = _text(package, name)
    try:
        rows = msgspec.convert(tomllib.loads(text), type=dict[str, row])  # type: ignore[valid-type]
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        what = f"could not read a data table of copydesk: {error}"
        raise TableError(what, subject=f"{package}: {name}", hint=_HINT) from error
    return MappingProxyType(rows)


def _text(package: str, name: str, folder: str = "tables/") -> str:
    try:
        content = pkgutil.get_data(package, f"{folder}{name}") or b""
        return content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(
            "a data table of copydesk is missing", subject=f"{package}: {name}", hint=_HINT
        ) from error
