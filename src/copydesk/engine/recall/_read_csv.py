"""A table of addresses and titles: CSV as people and spreadsheets write it, however odd."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 65_536  # characters, by which a document is known
_FEW_LINES = 20
_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("url", "address", "link", "loc", "permalink", "web_url"), "url"),
    **dict.fromkeys(("title", "headline", "name"), "title"),
    **dict.fromkeys(("published", "published_at", "date", "pubdate", "lastmod"), "published"),
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """What one line says: "" for what it does not."""

    url: str = ""
    title: str = ""
    published: str = ""


def is_csv(body: bytes) -> bool:
    """Decide whether a document is a table: its first lines are a header, or name addresses.

    A list of addresses alone, one a line, is a table of one column.
    """
    head = _read_head(body).lstrip()
    if not head or head[0] in "<{[":
        return False
    lines = head.splitlines()[:_FEW_LINES]
    names = {name.strip(' "').casefold() for name in _split(lines[0], _find_delimiter(lines))}
    return "url" in {_NAMES.get(name) for name in names} or any(map(_ADDRESS.search, lines))


def read_csv(body: bytes) -> Iterator[CsvRow]:
    """Yield a row for each line but the header; one that cannot be read has nothing.

    Columns are told by their names, without a header by what is in them.
    """
    delimiter = _find_delimiter(_read_head(body).splitlines()[:_FEW_LINES])
    places: dict[str, int] | None = None
    for cells in _read_rows(_open_text(body), delimiter):
        if places is None:
            places = _find_places(cells)
            if places:
                continue
        yield _by_name(cells, places) if places else _by_looks(cells)


def _read_head(body: bytes) -> str:
    return _open_text(body).read(_HEAD)


def _open_text(body: bytes) -> TextIO:
    """Return the text, to be read line by line: it would be four times as long in one piece."""
    return io.TextIOWrapper(
        io.BytesIO(body), encoding=_find_encoding(body), errors="replace", newline=""
    )


def _find_encoding(body: bytes) -> str:
    """Return UTF-8 or UTF-16 by the mark, else UTF-8, else what Western offices write."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _find_delimiter(lines: Sequence[str]) -> str:
    """Return what stands between cells: the mark that most of the lines have."""
    return max(_DELIMITERS, key=lambda mark: sum(mark in line for line in lines))


def _split(line: str, delimiter: str) -> list[str]:
    return next(_read_rows([line], delimiter), [])


def _read_rows(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the cells of each row that has any, [] for one that is no CSV or too long a field."""
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a quotation that never ends, a field of megabytes
            yield []
        else:
            if any(cells):
                yield cells


def _find_places(cells: Sequence[str]) -> dict[str, int]:
    """Return in which column what stands, {} where the row is no header."""
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _NAMES.get(cell.strip().casefold())
        if name:
            places.setdefault(name, place)
    return places if "url" in places else {}


def _by_name(cells: Sequence[str], places: Mapping[str, int]) -> CsvRow:
    values = {name: cells[place].strip() for name, place in places.items() if place < len(cells)}
    return CsvRow(**values)


def _by_looks(cells: Sequence[str]) -> CsvRow:
    """Tell the address by its scheme; the time begins with a year, the title is the longest."""
    stripped = [cell.strip() for cell in cells]
    url = next(filter(_ADDRESS.match, stripped), "")
    published = next((cell for cell in stripped if re.match(r"\d{4}-\d\d-\d\d", cell)), "")
    others = [cell for cell in stripped if cell not in {url, published}]
    return CsvRow(url=url, published=published, title=max(others, key=len, default=""))
