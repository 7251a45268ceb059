"""copydesk stories: what is filed, as an editor asks for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from copydesk.cli import terminal
from copydesk.news import Standing
from world.command import copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    web = record_web(folder / "web.warc.gz", small_web())
    root = newsroom(folder / "beat", more="[scoring]\npublish_at = 60\n")
    copydesk("-C", str(root), "--now", NOW.isoformat(), "run", "--web", str(web))
    return root


def listed(root: Path, *options: str) -> dict[str, Any]:
    done = copydesk("-C", str(root), "--now", NOW.isoformat(), "stories", "--json", *options)
    found: dict[str, Any] = json.loads(done.out)
    return found


def titles(root: Path, *options: str) -> list[str]:
    return [story["title"] for story in listed(root, *options)["stories"]]


def test_all_stories_the_newest_first(root: Path) -> None:
    every = listed(root)

    times = [story["published_at"] for story in every["stories"]]
    assert times == sorted(times, reverse=True)
    assert every["total"] == len(list((root / "_news").glob("*.md"))) > 1


def test_standing_topic_words_and_limit_narrow(root: Path) -> None:
    every = listed(root)["stories"]
    one = every[0]

    assert titles(root, "--search", one["title"]) == [one["title"]]
    assert listed(root, "--standing", one["standing"], "--limit", "1")["stories"] == [
        next(story for story in every if story["standing"] == one["standing"])
    ]
    words = terminal.STANDINGS[Standing(one["standing"])]
    assert listed(root, "--standing", words) == listed(root, "--standing", one["standing"])
    near = listed(root, "--near-gate")["stories"]
    assert near == [story for story in every if 40 <= story["quality"] <= 80]


def test_today_has_what_the_rounds_filed_and_dropped(root: Path) -> None:
    today = listed(root, "--today")

    assert {one["path"] for one in today["stories"]} == {
        one["path"] for one in listed(root)["stories"]
    }
    assert today["dropped_total"] == len(today["dropped"])
    assert all(lead["reason"] for lead in today["dropped"])


def test_an_edit_that_nobody_committed_is_shown_as_it_is(root: Path) -> None:
    record = root / listed(root)["stories"][0]["path"]
    before = record.read_text()
    try:
        record.write_text(before.replace("title: ", "title: Edited ", 1))
        assert any("Edited" in title for title in titles(root))
    finally:
        run_git(root, "checkout", "--", str(record))
    assert record.read_text() == before


def test_a_line_for_each_story(root: Path) -> None:
    done = copydesk("-C", str(root), "--now", NOW.isoformat(), "stories", "--limit", "1")

    assert len(done.out.splitlines()) == 1
    assert "1 of 2 stories" in done.err


def test_a_topic_that_the_beat_has_not_is_refused_with_those_it_has(root: Path) -> None:
    done = copydesk("-C", str(root), "stories", "--topic", "Nothing")

    assert done.code == 2
    assert "unknown topic: Nothing" in done.err
    assert "the topics are: " in done.err
