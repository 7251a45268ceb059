"""Standings: the CSV files that say how far a domain is trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import config
from copydesk.config import Settings
from copydesk.errors import ConfigError
from copydesk.news.beat import DomainTrust
from world.shared import SHARED, needs_shared

OPEN_RATINGS = SHARED / "data" / "quality"


def loaded(room: Path, *files: str | Path, **texts: str | bytes) -> Settings:
    """Load a newsroom that names these files, or none of them; `texts` are the files in _data."""
    named = ", ".join(f'"{file}"' for file in files)
    scoring = f"[scoring]\nstandings = [{named}]\n" if files else ""
    (room / "beat.toml").write_text(f'[site]\ntitle = "T"\n{scoring}')
    (room / "_data").mkdir(exist_ok=True)
    for name, text in texts.items():
        data = text.encode() if isinstance(text, str) else text
        (room / "_data" / f"{name}.csv").write_bytes(data)
    return config.load(room, {})


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert ({}, ()) == (settings.beat.standings, settings.warnings)


def test_the_newsrooms_own_file_is_read_without_being_named(tmp_path: Path) -> None:
    text = (
        '\ufeffdomain,standing,why\r\nWWW.Gazette.example,0.74,"fair, and corrects itself"\r\n\r\n'
    )
    known = loaded(tmp_path, standings=text).beat.standings
    assert {
        "gazette.example": DomainTrust(trust=0.74, why="fair, and corrects itself (standings.csv)")
    } == known


def test_the_later_file_wins(tmp_path: Path) -> None:
    known = loaded(
        tmp_path,
        "_data/ratings.csv",
        "_data/standings.csv",
        ratings="domain,pc1\na.example,0.2\nb.example,1\n",
        standings="standing,domain\n0.9,a.example\n",
    ).beat.standings
    assert {
        "a.example": DomainTrust(trust=0.9, why="(standings.csv)"),
        "b.example": DomainTrust(trust=1.0, why="(ratings.csv)"),
    } == known


def test_a_rating_of_a_part_of_a_site_says_nothing_of_the_whole(tmp_path: Path) -> None:
    settings = loaded(tmp_path, standings="domain,standing\na.example/opinion,0.1\nb.example/,1\n")
    assert ["b.example"] == list(settings.beat.standings)
    assert settings.warnings == ()


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("a.example,85", 'line 2: expected a trust rating from 0 to 1, got "85"'),
        ("a.example,-0.1", 'line 2: expected a trust rating from 0 to 1, got "-0.1"'),
        ("a.example,nan", 'line 2: expected a trust rating from 0 to 1, got "nan"'),
        ("a.example,high", 'line 2: expected a trust rating from 0 to 1, got "high"'),
        ("a.example,", 'line 2: expected a trust rating from 0 to 1, got ""'),
        ("a.example", "line 2: the row has too few columns"),
        ("The Gazette,0.5", 'line 2: expected a domain, got "The Gazette"'),
        ("gazette,0.5", 'line 2: expected a domain, got "gazette"'),
    ],
)
def test_a_bad_row_costs_itself_and_a_warning(row: str, what: str, tmp_path: Path) -> None:
    settings = loaded(tmp_path, standings=f"domain,standing\n{row}\nb.example,1\n")
    assert ["b.example"] == list(settings.beat.standings)
    assert (f"_data/standings.csv: 1 row was skipped; {what}",) == settings.warnings


def test_many_bad_rows_are_one_warning(tmp_path: Path) -> None:
    settings = loaded(tmp_path, standings="domain,standing\n" + "a.example,x\n" * 1200)
    [warning] = settings.warnings
    assert warning.startswith("_data/standings.csv: 1,200 rows were skipped; line 2: expected")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "line 1: expected the columns domain and standing"),
        ("a.example,0.5\n", "line 1: expected the columns domain and standing"),
        ("domain,score\na.example,1\n", "line 1: expected the columns domain and standing"),
        (b"domain,standing\n\xe9.example,1\n", "the file is not UTF-8"),
        ("domain,standing\na.example," + "1" * 200_000, "invalid CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(text: str | bytes, what: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, standings=text)
    assert str(caught.value).startswith("_data/standings.csv: ")
    assert what in str(caught.value)


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, "_data/ratings.csv")
    assert str(caught.value) == "_data/ratings.csv: cannot be read (No such file or directory)"


def test_what_a_file_says_of_a_domain_is_one_short_line(tmp_path: Path) -> None:
    lie = "best\x1b[31m   of all " + "and again " * 10_000
    settings = loaded(tmp_path, standings=f'domain,why,standing,more\na.example,"{lie}",1,x,y\n')

    why = settings.beat.standings["a.example"].why
    assert why.startswith("best[31m of all and again")
    assert len(why) < 250


def test_a_file_of_millions_of_lines_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    with path.open("wb") as file:
        file.truncate(150_000_000)  # five million lines

    with pytest.raises(ConfigError, match="larger than 20,000,000 bytes"):
        loaded(tmp_path, path)


@needs_shared
def test_the_open_ratings_load_as_they_are(tmp_path: Path) -> None:
    files = (OPEN_RATINGS / "domain_pc1.csv", OPEN_RATINGS / "cred1_current.csv")
    settings = loaded(tmp_path, *files)
    assert len(settings.beat.standings) > 11_000
    assert all(0 <= domain.trust <= 1 for domain in settings.beat.standings.values())
    assert "unreliable" in {
        domain.why.partition(" (")[0] for domain in settings.beat.standings.values()
    }
    [warning] = settings.warnings  # one domain is written with a blank
    assert "1 row was skipped" in warning
