"""Tables beside the code: each says where it comes from and on what terms, and is used."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "copydesk"
TABLES = sorted(path for path in PACKAGE.rglob("tables/**/*") if path.is_file())
LISTS = [path for path in TABLES if path.suffix == ".txt"]
ROWS = [path for path in TABLES if path.suffix == ".toml"]


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def stanzas(path: Path) -> Iterator[list[str]]:
    """Yield the entries of a list between blank lines."""
    for stanza in path.read_text("utf-8").split("\n\n"):
        yield [line for line in stanza.splitlines() if not line.startswith("#")]


def arrays(value: object) -> Iterator[list[object]]:
    """Yield every array in a table."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from arrays(inner)
    elif isinstance(value, list):
        yield value
        for inner in value:
            yield from arrays(inner)


@pytest.mark.parametrize("path", TABLES, ids=name_of)
def test_a_table_is_a_list_or_rows(path: Path) -> None:
    assert path.suffix in {".txt", ".toml"}


@pytest.mark.parametrize("path", TABLES, ids=name_of)
def test_a_table_says_its_source_and_its_licence(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    head = list(takewhile(lambda line: line.startswith("#"), lines))

    assert [line for line in head if line.startswith("# Source: ")], "# Source: … is missing"
    assert [line for line in head if line.startswith("# Licence: ")], "# Licence: … is missing"


@pytest.mark.parametrize("path", TABLES, ids=name_of)
def test_a_table_is_composed_utf_8_without_loose_ends(path: Path) -> None:
    text = path.read_bytes().decode("utf-8")

    assert text == unicodedata.normalize("NFC", text)
    assert [] == [line for line in text.splitlines() if line != line.rstrip()]
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("path", LISTS, ids=name_of)
def test_a_list_is_sorted_between_blank_lines_and_has_each_entry_once(path: Path) -> None:
    entries = [entry for stanza in stanzas(path) for entry in stanza]

    assert entries
    assert len(entries) == len(set(entries))
    if "\n# Order: " not in path.read_text("utf-8"):  # which says why they are not
        for stanza in stanzas(path):
            assert sorted(stanza) == stanza


@pytest.mark.parametrize("path", ROWS, ids=name_of)
def test_a_table_has_rows_and_no_entry_of_an_array_twice(path: Path) -> None:
    rows = tomllib.loads(path.read_text("utf-8"))

    assert rows
    for array in arrays(rows):
        entries = [repr(entry) for entry in array]
        assert len(entries) == len(set(entries)), array


@pytest.mark.parametrize("path", TABLES, ids=name_of)
def test_a_table_is_read_by_its_package(path: Path) -> None:
    folder = next(parent for parent in path.parents if parent.name == "tables")
    sources = "".join(source.read_text("utf-8") for source in folder.parent.rglob("*.py"))

    assert path.name in sources or path.stem in sources


def test_only_the_reader_of_tables_asks_for_files_of_the_package() -> None:
    asking = {
        name_of(source)
        for source in PACKAGE.rglob("*.py")
        if "pkgutil" in source.read_text("utf-8")
    }

    assert {"kit/tables.py"} == asking
