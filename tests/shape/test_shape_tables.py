"""Tables beside the code: each says where it comes from and on what terms, and is used."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

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


def test_a_table_is_a_list_or_rows() -> None:
    assert LISTS
    assert ROWS
    assert [] == [name_of(path) for path in TABLES if path.suffix not in {".txt", ".toml"}]


def test_a_table_says_its_source_and_its_licence() -> None:
    for path in TABLES:
        lines = path.read_text("utf-8").splitlines()
        head = list(takewhile(lambda line: line.startswith("#"), lines))
        for said in ("# Source: ", "# Licence: "):
            assert [line for line in head if line.startswith(said)], (name_of(path), said)


def test_a_table_is_composed_utf_8_without_loose_ends() -> None:
    for path in TABLES:
        name, text = name_of(path), path.read_bytes().decode("utf-8")
        assert text == unicodedata.normalize("NFC", text), name
        assert [] == [line for line in text.splitlines() if line != line.rstrip()], name
        assert text.endswith("\n"), name
        assert not text.endswith("\n\n"), name


def test_a_list_is_sorted_between_blank_lines_and_has_each_entry_once() -> None:
    for path in LISTS:
        entries = [entry for stanza in stanzas(path) for entry in stanza]
        assert entries, name_of(path)
        assert len(entries) == len(set(entries)), name_of(path)
        if "\n# Order: " not in path.read_text("utf-8"):  # which says why they are not
            for stanza in stanzas(path):
                assert sorted(stanza) == stanza, name_of(path)


def test_a_table_has_rows_and_no_entry_of_an_array_twice() -> None:
    for path in ROWS:
        rows = tomllib.loads(path.read_text("utf-8"))
        assert rows, name_of(path)
        for array in arrays(rows):
            entries = [repr(entry) for entry in array]
            assert len(entries) == len(set(entries)), (name_of(path), array)


def test_a_table_is_read_by_its_package() -> None:
    folders = {path: next(up for up in path.parents if up.name == "tables") for path in TABLES}
    packages = {folder.parent for folder in folders.values()}
    texts = {
        package: "".join(source.read_text("utf-8") for source in package.rglob("*.py"))
        for package in packages
    }
    unread = [
        name_of(path)
        for path, folder in folders.items()
        if path.name not in texts[folder.parent] and path.stem not in texts[folder.parent]
    ]

    assert [] == unread


def test_only_the_reader_of_tables_asks_for_files_of_the_package() -> None:
    asking = {
        name_of(source)
        for source in PACKAGE.rglob("*.py")
        if "pkgutil" in source.read_text("utf-8")
    }

    assert {"kit/tables.py"} == asking
