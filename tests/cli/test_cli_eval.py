"""eval extract and dates as a person calls them: figures on stdout, what went wrong on stderr."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import extract
from measure.labelled import TITLE, days, expectation, html, texts
from world.command import copydesk

TEXT_KEYS = {"pages", "precision", "recall", "f1", "accuracy", "titles", "authors", "dropped"}
DAY_KEYS = {"pages", "exact", "none", "wrong", "dropped", "sets"}


def test_extract_prints_its_figures_as_json(tmp_path: Path) -> None:
    said = copydesk("eval", "extract", expectation(tmp_path, title=TITLE), "--json")

    told = said.json()
    assert said.code == 0
    assert set(told) >= {*TEXT_KEYS, "images", "pages_per_second", "cpu_ms", "sets"}
    assert set(told["sets"][0]) >= TEXT_KEYS
    assert told["titles"] == {"cases": 1, "exact": 1}


def test_dates_prints_its_figures_as_json(tmp_path: Path) -> None:
    told = copydesk("eval", "dates", days(tmp_path, "2026-03-09"), "--json").json()

    assert set(told) >= DAY_KEYS
    assert (told["pages"], told["exact"], told["none"], told["wrong"]) == (1, 1, 0, 0)


def test_extract_tells_a_person_set_by_set_and_then_together(tmp_path: Path) -> None:
    texts(tmp_path / "gulls")
    texts(tmp_path / "herons", page="<p>Log in")

    said = copydesk("eval", "extract", tmp_path)

    assert "gulls: 1 pages, 0 dropped" in said.out
    assert (
        "1 texts: F1 1.000 (precision 1.000, recall 1.000), 100.0% of the texts exact" in said.out
    )
    assert "all sets: 2 pages, 1 dropped" in said.out
    assert said.err.startswith("dropped (not-an-article:")


def test_misses_are_listed_when_asked_for(tmp_path: Path) -> None:
    pages = expectation(tmp_path / "a", title="Another"), days(tmp_path / "b", "2026-03-08")

    assert copydesk("eval", "dates", *pages).err == ""
    assert "title 0.000" not in copydesk("eval", "extract", *pages).out
    assert "title 0.000: ferry (a)" in copydesk("eval", "extract", *pages, "--misses", "1").out
    assert "expected 2026-03-08" in copydesk("eval", "dates", *pages, "--misses").out


def test_pages_of_which_only_the_day_is_known_are_skipped_and_named(tmp_path: Path) -> None:
    told, dated = expectation(tmp_path / "a", title=TITLE), days(tmp_path / "b", "2026-03-08")

    said = copydesk("eval", "extract", told, dated)

    assert said.err.startswith(
        "skipped, because only days are labelled (use copydesk eval dates): b"
    )
    alone = copydesk("eval", "extract", dated)
    assert alone.code == 1
    assert alone.err == (
        "error: these pages are labelled with dates only: b\n"
        "hint: compare these pages with `copydesk eval dates`\n"
    )


@pytest.mark.parametrize("what", ["extract", "dates"])
def test_a_page_that_breaks_the_reader_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr(extract, "read", lambda *_: 1 / 0)  # no page is known that does
    pages = texts(tmp_path / "a"), days(tmp_path / "b", "2026-03-09")

    said = copydesk("eval", what, *pages)

    assert said.code == 1
    assert "dropped (error: ZeroDivisionError: division by zero)" in said.err


@pytest.mark.parametrize("what", ["extract", "dates"])
def test_data_in_no_layout_is_one_error_with_a_hint(tmp_path: Path, what: str) -> None:
    (tmp_path / "page.html").write_text(html(), "utf-8")

    said = copydesk("eval", what, tmp_path)

    assert said.code == 1
    assert said.err.startswith("error: found no labelled pages among the files\nhint: ")


def test_the_clock_is_that_of_the_fetch(tmp_path: Path) -> None:
    pages = days(tmp_path, "2026-03-09")

    # what lies in the future is not believed
    early, late = (
        copydesk("eval", "dates", pages, "--json", "--now", now).json()
        for now in ("2026-03-01T00:00:00Z", "2026-03-10T00:00:00Z")
    )

    assert (early["exact"], late["exact"]) == (0, 1)
