"""Read ratings of news domains from the CSV files in `scoring.standings`; the later file wins."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from copydesk.config._toml import decode_text, setting_error, show_value, unreadable_error
from copydesk.kit import within
from copydesk.news.beat import DomainTrust

FILE = "_data/standings.csv"  # the default, if it exists
_MAX_BYTES = 20_000_000
_DOMAIN = ("domain",)
_TRUST = ("standing", "pc1", "credibility_score")  # our column, and those of two open ratings
_HINT = "it is named in scoring.standings"
_WHY = ("why", "category")


@dataclass(slots=True, kw_only=True)
class TrustTable:
    """The rating (trust) of each domain, and a warning for each file with unreadable rows."""

    trust_by_domain: dict[str, DomainTrust] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class _Columns:
    """The column numbers of a CSV file with ratings; `why` is -1 if there is none."""

    domain: int
    trust: int
    why: int


def read_domain_trust(root: Path, names: Sequence[str]) -> TrustTable:
    """Return the ratings (trust) of domains in the named CSV files, below `root` or elsewhere.

    Rows that cannot be read are left out and counted in a warning; ratings of a part of a site
    (`paper.example/opinion`) are ignored. Raises ConfigError for a missing file, unless it is the
    default one, and for a file without the columns.
    """
    table = TrustTable()
    for name in names:
        data = _bytes_of(root, name)
        if data is not None:
            _read_rows(_read_lines(decode_text(data, name), name), name, table)
    return table


def _bytes_of(root: Path, name: str) -> bytes | None:
    """Return the bytes of a file with ratings, None if it is the default one and missing.

    A file of the newsroom may not be a link; a file elsewhere is the user's responsibility.
    """
    is_elsewhere = PurePath(name).is_absolute() or ".." in PurePath(name).parts
    try:
        if is_elsewhere:
            return within.read_user_file(root / name, _MAX_BYTES)
        return within.read(root, PurePath(name).as_posix(), _MAX_BYTES)
    except FileNotFoundError as error:
        if name == FILE:
            return None
        raise unreadable_error(error, name, _HINT) from error
    except OSError as error:
        raise unreadable_error(error, name, _HINT) from error


def _read_rows(rows: Iterator[tuple[int, list[str]]], name: str, table: TrustTable) -> None:
    _, header = next(rows, (1, []))
    columns = _columns(header, name)
    bad: list[str] = []
    for line, row in rows:
        try:
            domain, trust = _read_row(row, columns, PurePath(name).name)
        except ValueError as error:
            bad.append(f"line {line}: {error}")
        else:
            if domain:
                table.trust_by_domain[domain] = trust
    if bad:
        count = "1 row is" if len(bad) == 1 else f"{len(bad):,} rows are"
        table.warnings.append(f"{name}: {count} left out; {bad[0]}")


def _read_lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the CSV rows that are not empty, with the number of the line where each ends."""
    import csv

    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in lines:
            if any(row):
                yield lines.line_num, row
    except csv.Error as error:
        raise setting_error(name, f"line {lines.line_num}", f"no usable CSV ({error})") from error


def _columns(header: Sequence[str], name: str) -> _Columns:
    names = [column.strip().lower() for column in header]

    def at(wanted: tuple[str, ...]) -> int:
        return next((names.index(name) for name in wanted if name in names), -1)

    columns = _Columns(domain=at(_DOMAIN), trust=at(_TRUST), why=at(_WHY))
    if columns.domain < 0 or columns.trust < 0:
        what = (
            f"line 1: expected the columns domain and standing, got {show_value(', '.join(names))}"
        )
        hint = f"the second may be called {', '.join(_TRUST[:-1])} or {_TRUST[-1]}"
        raise setting_error(name, "", what, hint)
    return columns


def _read_row(row: Sequence[str], columns: _Columns, source: str) -> tuple[str, DomainTrust]:
    """Return the domain of a row ("" for a part of a site) and its rating; raise ValueError."""
    if len(row) <= max(columns.domain, columns.trust):
        raise ValueError("it ends too early")
    domain = row[columns.domain].strip().lower().removeprefix("www.").rstrip("/")
    if "." not in domain or " " in domain:
        raise ValueError(f"expected a domain, got {show_value(row[columns.domain])}")
    trust = _number(row[columns.trust])
    category = row[columns.why].strip() if 0 <= columns.why < len(row) else ""
    why = f"{category} ({source})" if category else f"({source})"
    return "" if "/" in domain else domain, DomainTrust(trust=trust, why=why)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise ValueError(f"expected a standing from 0 to 1, got {show_value(text)}")
    return number
