"""Tables: lists and rows that lie beside the code, and what a damaged one gets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from copydesk.errors import TableError
from copydesk.kit import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A row of a table."""

    name: str
    domains: tuple[str, ...] = ()


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Return the name of a package whose folder of tables is `tmp_path/NAME/tables`."""
    name = f"package_of_{tmp_path.name}"  # one that no other test has imported
    (tmp_path / name / "tables").mkdir(parents=True)
    (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def write(tmp_path: Path, package: str, name: str, content: bytes | str) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / package / "tables" / name).write_bytes(data)


def test_a_list_has_an_entry_a_line(tmp_path: Path, package: str) -> None:
    write(tmp_path, package, "walls.txt", "# Source: ours\n\n# German\n Weiterlesen \n\nlire #2\n")

    assert ("Weiterlesen", "lire #2") == tables.read_lines(package, "walls.txt")


def test_a_table_has_a_row_a_key_in_the_order_of_the_file(tmp_path: Path, package: str) -> None:
    write(
        tmp_path,
        package,
        "agencies.toml",
        '[Kyodo]\nname = "共同通信"\n[ANSA]\nname = "ANSA"\ndomains = ["ansa.it"]\n',
    )

    rows = tables.read_rows(package, "agencies.toml", Agency)

    assert [
        ("Kyodo", Agency(name="共同通信")),
        ("ANSA", Agency(name="ANSA", domains=("ansa.it",))),
    ] == list(rows.items())


def test_a_row_is_what_was_asked_for(tmp_path: Path, package: str) -> None:
    write(tmp_path, package, "words.toml", 'de = ["und", "oder"]\n')

    assert {"de": ("und", "oder")} == tables.read_rows(package, "words.toml", tuple[str, ...])
    assert {"de": {"oder", "und"}} == tables.read_rows(package, "words.toml", frozenset[str])


def test_a_table_is_read_once_and_cannot_be_changed(tmp_path: Path, package: str) -> None:
    write(tmp_path, package, "zones.toml", "UTC = 0\n")
    write(tmp_path, package, "zones.txt", "UTC\n")
    rows = tables.read_rows(package, "zones.toml", int)
    lines = tables.read_lines(package, "zones.txt")
    write(tmp_path, package, "zones.toml", "UTC = 60\n")
    write(tmp_path, package, "zones.txt", "GMT\n")

    assert rows is tables.read_rows(package, "zones.toml", int)
    assert lines is tables.read_lines(package, "zones.txt")
    with pytest.raises(TypeError):
        rows["UTC"] = 60  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("UTC = \n", "could not read a data table of copydesk: Invalid value"),
        ('UTC = "0"\n', "could not read a data table of copydesk: Expected `int`, got `str`"),
        ("UTC = 0\nUTC = 1\n", "could not read a data table of copydesk: Cannot overwrite a value"),
        (b"UTC = 0 # \xff\n", "a data table of copydesk is missing"),
        (None, "a data table of copydesk is missing"),
    ],
)
def test_a_damaged_table_is_named(
    tmp_path: Path, package: str, content: bytes | str | None, why: str
) -> None:
    if content is not None:
        write(tmp_path, package, "zones.toml", content)

    with pytest.raises(TableError) as raised:
        tables.read_rows(package, "zones.toml", int)

    assert str(raised.value).startswith(why)
    assert f"{package}: zones.toml" == raised.value.subject
    assert "install copydesk again: its files are damaged" == raised.value.hint


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("walls.txt", "# English\nread on\nlog ?in\n"),
        ("walls.toml", "en = ['read on']\nde = ['log ?in']\n"),
    ],
)
def test_a_list_and_a_table_of_patterns_match_what_any_of_them_does(
    tmp_path: Path, package: str, name: str, content: str
) -> None:
    write(tmp_path, package, name, content)

    assert "(?:read on|log ?in)" == tables.read_pattern(package, name)


def test_a_list_that_is_missing_is_named(package: str) -> None:
    with pytest.raises(
        TableError, match=rf"a data table of copydesk is missing: {package}: walls\.txt"
    ):
        tables.read_lines(package, "walls.txt")
