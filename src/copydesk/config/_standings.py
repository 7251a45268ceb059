"""The files of `scoring.standings` to what is known of domains: CSV, the later file wins."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from copydesk.config._wrong import decoded, shown, unreadable, wrong
from copydesk.kit import within
from copydesk.news import DomainTrust

FILE = "_data/standings.csv"  # by default, where there is one
_MAX_BYTES = 20_000_000
_DOMAIN = ("domain",)
_TRUST = ("standing", "pc1", "credibility_score")  # ours, and those of two open ratings
_HINT = "it is named in scoring.standings"
_WHY = ("why", "category")


@dataclass(slots=True, kw_only=True)
class Read:
    """What the files say, by domain, and a sentence for each file with rows that were left out."""

    standings: dict[str, DomainTrust] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Columns:
    """Where the columns of one file stand; `why` is -1 where it has none."""

    domain: int
    trust: int
    why: int


def read(root: Path, names: Sequence[str]) -> Read:
    """Give the standing of every domain in the named files, below `root` or anywhere.

    A row that cannot be read is left out and counted in a warning; a rating of a part of a site
    (`paper.example/opinion`) is passed over. Raises ConfigError for a file that is not there,
    unless it is the default one, and for one without the columns.
    """
    found = Read()
    for name in names:
        data = _bytes_of(root, name)
        if data is not None:
            _read_rows(_rows(decoded(data, name), name), name, found)
    return found


def _bytes_of(root: Path, name: str) -> bytes | None:
    """Return a file's bytes, None where it is the default one and not there.

    One of the newsroom may be no link; one that beat.toml names elsewhere is the user's to arrange.
    """
    is_elsewhere = PurePath(name).is_absolute() or ".." in PurePath(name).parts
    try:
        if is_elsewhere:
            return within.read_named(root / name, _MAX_BYTES)
        return within.read(root, PurePath(name).as_posix(), _MAX_BYTES)
    except FileNotFoundError as error:
        if name == FILE:
            return None
        raise unreadable(error, name, _HINT) from error
    except OSError as error:
        raise unreadable(error, name, _HINT) from error


def _read_rows(rows: Iterator[tuple[int, list[str]]], name: str, found: Read) -> None:
    _, header = next(rows, (1, []))
    columns = _columns(header, name)
    bad: list[str] = []
    for line, row in rows:
        try:
            domain, standing = _standing(row, columns, PurePath(name).name)
        except ValueError as error:
            bad.append(f"line {line}: {error}")
        else:
            if domain:
                found.standings[domain] = standing
    if bad:
        count = "1 row is" if len(bad) == 1 else f"{len(bad):,} rows are"
        found.warnings.append(f"{name}: {count} left out; {bad[0]}")


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Give the rows with the number of the line where each ends; empty ones are left out."""
    import csv

    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in lines:
            if any(row):
                yield lines.line_num, row
    except csv.Error as error:
        raise wrong(name, f"line {lines.line_num}", f"no usable CSV ({error})") from error


def _columns(header: Sequence[str], name: str) -> _Columns:
    names = [column.strip().lower() for column in header]

    def at(wanted: tuple[str, ...]) -> int:
        return next((names.index(one) for one in wanted if one in names), -1)

    columns = _Columns(domain=at(_DOMAIN), trust=at(_TRUST), why=at(_WHY))
    if columns.domain < 0 or columns.trust < 0:
        what = f"line 1: expected the columns domain and standing, got {shown(', '.join(names))}"
        hint = f"the second may be called {', '.join(_TRUST[:-1])} or {_TRUST[-1]}"
        raise wrong(name, "", what, hint)
    return columns


def _standing(row: Sequence[str], columns: _Columns, source: str) -> tuple[str, DomainTrust]:
    """Give a row's domain and standing, "" for a part of a site; raises ValueError."""
    if len(row) <= max(columns.domain, columns.trust):
        raise ValueError("it ends too early")
    domain = row[columns.domain].strip().lower().removeprefix("www.").rstrip("/")
    if "." not in domain or " " in domain:
        raise ValueError(f"expected a domain, got {shown(row[columns.domain])}")
    trust = _number(row[columns.trust])
    said = row[columns.why].strip() if 0 <= columns.why < len(row) else ""
    why = f"{said} ({source})" if said else f"({source})"
    return "" if "/" in domain else domain, DomainTrust(trust=trust, why=why)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise ValueError(f"expected a standing from 0 to 1, got {shown(text)}")
    return number
