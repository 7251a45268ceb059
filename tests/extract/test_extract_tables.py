"""The word lists and tables of extract: every pattern compiles, no row contradicts another."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk import extract
from copydesk.extract.when import moments
from extract.given import SENTENCES, article

EXTRACT = Path(extract.__file__).parent
TABLES = sorted(path for path in EXTRACT.rglob("tables/*") if path.is_file())


MONTHS = tomllib.loads((EXTRACT / "when" / "tables" / "months.toml").read_text("utf-8"))
AGENCIES = tomllib.loads((EXTRACT / "terms" / "tables" / "agencies.toml").read_text("utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(EXTRACT).as_posix()


def texts(value: object) -> Iterator[str]:
    """Yield every text of a table, keys left out."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def entries(path: Path) -> list[str]:
    content = path.read_text("utf-8")
    if path.suffix == ".toml":
        return list(texts(tomllib.loads(content)))
    return [line for line in content.splitlines() if line and not line.startswith("#")]


def fold(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


@pytest.mark.parametrize("path", TABLES, ids=name_of)
def test_every_entry_of_a_table_is_a_pattern_that_compiles(path: Path) -> None:
    for entry in entries(path):
        re.compile(entry)
        assert entry.strip(), "an empty entry matches everything"


@pytest.mark.parametrize("path", TABLES, ids=name_of)
def test_no_entry_of_a_table_matches_the_empty_text(path: Path) -> None:
    if path.name == "furniture.txt":
        return  # an empty line is

    assert [] == [entry for entry in entries(path) if re.fullmatch(entry, "")]


def test_a_year_of_month_names_has_twelve_and_no_name_means_two_months() -> None:
    meanings: dict[str, set[int]] = {}
    for line in entries(EXTRACT / "when" / "tables" / "months.toml"):
        names = line.split()
        assert 12 == len(names), line
        for number, name in enumerate(names, 1):
            meanings.setdefault(fold(name), set()).add(number)

    assert {} == {name: months for name, months in meanings.items() if len(months) > 1}


@pytest.mark.parametrize("language", MONTHS)
def test_every_name_of_a_month_is_read_in_a_date(language: str) -> None:
    for line in MONTHS[language]:
        for number, name in enumerate(line.split(), 1):
            if len(name) > 2:  # shorter words are read in no date
                moment = moments.parse(f"5 {name} 2018")
                assert moment is not None, name
                assert number == moment.at.month, name


@pytest.mark.parametrize("agency", AGENCIES)
def test_every_agency_is_known_by_its_dateline(agency: str) -> None:
    for sign in AGENCIES[agency]["signs"]:
        if not re.search(r"[\\()?|]", sign):  # the words themselves, and no pattern
            first = f"<p>SALTHOLM, March 10 ({sign}) - {SENTENCES[0]}</p>"
            found = article(body=first + "".join(f"<p>{line}</p>" for line in SENTENCES[1:]))
            assert agency == found.credit, sign


def test_no_site_belongs_to_two_agencies() -> None:
    folder = EXTRACT / "terms" / "tables"
    rows = {
        **tomllib.loads((folder / "agencies.toml").read_text("utf-8")),
        **tomllib.loads((folder / "press_release_services.toml").read_text("utf-8")),
    }
    domains = [domain for row in rows.values() for domain in row["domains"]]

    assert len(rows) > 50
    assert len(set(domains)) == len(domains)


def test_a_point_for_what_is_around_a_block_is_of_a_known_hint() -> None:
    folder = EXTRACT / "text" / "tables"
    hints = tomllib.loads((folder / "hint_words.toml").read_text("utf-8"))
    points = tomllib.loads((folder / "block_points.toml").read_text("utf-8"))
    around = {name.removeprefix("in ") for name in points if name.startswith("in ")}

    assert around
    assert set() == around - set(hints)
