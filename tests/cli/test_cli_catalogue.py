"""copydesk catalogue: what was edited is in the next answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import newsroom, record_web, small_web

NOW = "2026-11-20T08:00:00Z"
WALL = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = newsroom(tmp_path / "beat")
    web = record_web(tmp_path / "web.warc.gz", small_web())
    assert copydesk("-C", root, "run", "--web", web, "--now", NOW).code == 0
    return root


def test_an_edit_is_in_the_next_answer(root: Path) -> None:
    search = ("-C", root, "stories", "--search", "herons", "--json")
    assert [] == copydesk(*search).json()["stories"]  # it knows the last commit
    text = (root / WALL).read_text("utf-8")
    (root / WALL).write_text(text.replace("Sea wall", "Herons and the wall"), "utf-8")
    assert [] == copydesk(*search).json()["stories"]

    report = copydesk("-C", root, "catalogue", "--json").json()

    assert {"stories", "read", "lost", "seconds", "failed"} == report.keys()
    assert (2, 0, []) == (report["stories"], report["lost"], report["failed"])
    assert [WALL] == [story["path"] for story in copydesk(*search).json()["stories"]]


def test_it_says_what_it_did_and_what_cannot_be_read(root: Path) -> None:
    (root / WALL).write_text("no record", "utf-8")

    said = copydesk("-C", root, "catalogue")

    assert said.code == 0
    assert said.out.startswith("1 stories in the search index: ")
    assert WALL in said.err


def test_a_catalogue_that_cannot_be_written_is_one_clear_error(root: Path) -> None:
    place = root / ".copydesk" / "catalogue.sqlite"
    place.unlink()
    place.mkdir()

    said = copydesk("-C", root, "catalogue")

    assert said.code == 1
    assert "catalogue cannot be" in said.err
    assert "Traceback" not in said.err
