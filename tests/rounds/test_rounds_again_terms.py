"""What a publisher refuses after a page was filed is obeyed, and told as no correction."""

from __future__ import annotations

from pathlib import Path

import pytest

from illustrate.draw import drawn, encoded
from world.later import TITLE, WALL_PAGE, at, head, run, story
from world.newsroom import WALL, Answer, newsroom, page, record_web, small_web

pytestmark = pytest.mark.slow

PICTURE = "https://gull.example/img/sea-wall.jpg"
OPEN = (
    f'<meta property="og:image" content="{PICTURE}">'
    '<meta name="description" content="The council of Port Sable wants two metres more of wall.">'
)


def robots(words: str) -> str:
    return f'{OPEN}<meta name="robots" content="{words}">'


def web(tmp_path: Path, first: str, later: str) -> Path:
    """Record the small web with a wall story that says other words to robots after an hour."""
    wall = [page(TITLE, WALL, head=first), at(1, page(TITLE, WALL, head=later))]
    photo = Answer(body=encoded(drawn(1200, 800)), kind="image/jpeg")
    return record_web(tmp_path / "web.warc.gz", {**small_web(), WALL_PAGE: wall, PICTURE: photo})


@pytest.mark.parametrize(
    ("words", "refuses", "excerpt", "pictures"),
    [
        ("noimageindex", "image", "The council of Port Sable wants two metres more of wall.", 0),
        ("nosnippet", "snippet", "", 1),
        ("max-snippet:20", "", "", 1),
    ],
)
def test_a_refusal_that_comes_later_is_obeyed_without_a_word(
    tmp_path: Path, words: str, refuses: str, excerpt: str, pictures: int
) -> None:
    root = newsroom(tmp_path / "beat")
    recorded = web(tmp_path, OPEN, robots(words))
    run(root, recorded)
    assert (1, ()) == (len(story(root).images), story(root).refuses)
    run(root, recorded, 2)

    after = story(root)
    assert (excerpt, pictures) == (after.excerpt, len(after.images))
    assert refuses in (*after.refuses, "")
    assert ((), None) == (after.history, after.updated_at)


def test_a_leave_that_comes_later_brings_the_excerpt_back(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    recorded = web(tmp_path, robots("nosnippet"), OPEN)
    run(root, recorded)
    assert "" == story(root).excerpt
    run(root, recorded, 2)

    assert story(root).excerpt.startswith("The council of Port Sable")
    assert ((), ()) == (story(root).refuses, story(root).history)


def test_what_is_refused_once_changes_nothing_again(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    recorded = web(tmp_path, OPEN, robots("nosnippet, noimageindex"))
    run(root, recorded)
    run(root, recorded, 2)
    commit = head(root)
    run(root, recorded, 7)

    assert commit == head(root)
