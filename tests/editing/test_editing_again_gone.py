"""That a page is gone is known in both profiles, and found again where the memory was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import editing
from copydesk.editing import stories
from copydesk.newsroom import open_newsroom
from world.later import (
    GONE,
    SEALS_RECORD,
    TITLE,
    WALL_PAGE,
    WALL_RECORD,
    at,
    forget_memory,
    head,
    planned,
    run,
    web_with,
)
from world.newsroom import NOW, WALL, newsroom, page, run_git

pytestmark = pytest.mark.slow

DEARER = WALL.replace("41 million crowns", "14 million crowns")
EVERYDAY = '[scoring]\nprofile = "everyday"\npublish_at = 1\n'


def is_gone(root: Path, path: str = WALL_RECORD) -> bool:
    with open_newsroom(root, NOW, {}) as opened:
        every = stories.list_stories(opened, stories.StoryQuestion()).stories
        asked = stories.StoryQuestion(standings=frozenset({"gone"}))
        gone = stories.list_stories(opened, asked)
        told = editing.explain(opened, path).gone
    assert [one.path for one in every if one.gone] == [one.path for one in gone.stories]
    assert (len(gone.stories), told) == (gone.total, path in {one.path for one in gone.stories})
    return told


@pytest.fixture(params=["", EVERYDAY], ids=["copydesk", "everyday"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", more=request.param)


everyday = pytest.mark.parametrize("root", [EVERYDAY], ids=["everyday"], indirect=True)


def test_two_looks_a_day_apart_say_that_a_page_is_gone(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(5, GONE)]})
    run(root, web)
    run(root, web, 6)
    assert not is_gone(root)

    run(root, web, 30)

    assert (is_gone(root), is_gone(root, SEALS_RECORD)) == (True, False)


def test_it_stays_known_when_nobody_looks_any_more(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(5, GONE)]})
    for hours in (0, 6, 30, 73, 169, 400):
        run(root, web, hours)

    assert is_gone(root)
    assert 0 == run(root, web, 401).looked_again


def test_with_the_memory_lost_two_looks_find_it_again(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(5, GONE)]})
    for hours in (0, 6, 30):
        run(root, web, hours)
    commit = head(root)
    forget_memory(root)

    for hours in (31, 57, 82):
        run(root, web, hours)

    assert is_gone(root)
    assert (head(root), run_git(root, "status", "--porcelain")) == (commit, "")


def test_a_page_that_goes_after_the_memory_was_lost_is_found_gone(
    root: Path, tmp_path: Path
) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(3, GONE)]})
    run(root, web)
    forget_memory(root)
    run(root, web, 2)

    run(root, web, 27)
    assert not is_gone(root)
    run(root, web, 52)

    assert is_gone(root)


def test_a_page_that_comes_back_is_gone_no_longer(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {WALL_PAGE: [at(5, GONE), at(60, page(TITLE, WALL))]})
    for hours in (0, 6, 30):
        run(root, web, hours)
    assert is_gone(root)

    run(root, web, 73)

    assert not is_gone(root)


@everyday
def test_with_the_memory_lost_a_record_is_looked_at_but_never_changed(
    root: Path, tmp_path: Path
) -> None:
    changed = page("Sea wall to rise by three metres", DEARER)
    web = web_with(tmp_path, {WALL_PAGE: [at(5, changed)]})
    run(root, web)
    commit = head(root)
    forget_memory(root)

    looks = [run(root, web, hours).looked_again for hours in (6, 31, 73)]

    assert [0, 2, 2] == looks
    assert (head(root), run_git(root, "status", "--porcelain")) == (commit, "")


@everyday
def test_a_record_whose_article_is_lost_too_is_not_looked_at(root: Path, tmp_path: Path) -> None:
    web = web_with(tmp_path, {})
    run(root, web)
    forget_memory(root)
    for article in (root / ".copydesk/articles").rglob("*"):
        if article.is_file():
            article.unlink()

    assert 0 == run(root, web, 26).looked_again
    assert {} == planned(root)
