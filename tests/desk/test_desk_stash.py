"""Stories that editors gather: into their own stash or a shared one, and one event out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlencode

import pytest

from world.command import copydesk
from world.newsroom import newsroom, record_web, small_web
from world.served_desk import Answer, Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom, until

WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
SEALS = "2026-11-19-grey-seals-are-back-on-the-coast"

pytestmark = pytest.mark.slow


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedNewsroom]:
    root = newsroom(tmp_path / "beat")
    web = record_web(tmp_path / "web.warc.gz", small_web())
    assert copydesk("-C", root, "run", "--web", web, "--now", "2026-11-20T08:00:00Z").code == 0
    with serve_newsroom(root) as served:
        yield served


def change(browser: Browser, do: str, *fields: tuple[str, str], script: bool = False) -> Answer:
    body = urlencode([("do", do), *fields]).encode()
    return browser.post("/desk/stash/", body, {"Accept": "application/json"} if script else {})


def stories(names: Sequence[str]) -> list[tuple[str, str]]:
    return [("story", name) for name in names]


def page(browser: Browser) -> str:
    return browser.get("/desk/stash/").body


def test_stories_are_gathered_taken_out_and_merged(served: ServedNewsroom) -> None:
    anna = served.owner()
    assert "You have no collection yet" in page(anna)

    told = change(anna, "add", *stories([WALL]), script=True).json()
    assert {"name": "My collection", "count": 1} == told
    assert {"name": "My collection", "count": 2} == change(
        anna, "add", *stories([WALL, SEALS]), script=True
    ).json()
    body = page(anna)
    assert body.index("Sea wall to rise") < body.index("Grey seals are back")

    merged = urlencode([("do", "rule merge"), ("return", "/desk/stash/"), *stories([WALL, SEALS])])
    answer = anna.post("/desk/act", merged.encode())
    assert (303, "/desk/stash/") == (answer.status, answer.headers["location"].partition("?")[0])
    until((served.root / "_data/rulings.yaml").exists)
    assert "merge" in (served.root / "_data/rulings.yaml").read_text("utf-8")

    assert 303 == change(anna, "take_out", ("stash", "1"), ("story", WALL)).status
    assert "Sea wall to rise" not in page(anna)
    assert 303 == change(anna, "remove", ("stash", "1")).status
    assert "You have no collection yet" in page(anna)


def test_a_shared_stash_is_everybodys_and_an_own_one_nobody_elses(served: ServedNewsroom) -> None:
    anna = served.owner()
    link = copydesk("-C", served.root, "desk", "user", "add", "Ben", "--role", "editor").out
    ben = served.browser()
    place = next(word for word in link.split() if "/desk/enter/" in word)
    assert 303 == ben.post("/desk/enter/" + place.rsplit("/", 1)[-1]).status

    change(anna, "make", ("name", "For Friday"), ("shared", "1"))
    change(anna, "make", ("name", "Mine alone"))
    assert ("For Friday" in page(ben), "Mine alone" in page(ben)) == (True, False)

    assert 303 == change(ben, "add", ("stash", "1"), *stories([WALL])).status
    assert "Sea wall to rise" in page(anna)
    assert 400 == change(ben, "add", ("stash", "2"), *stories([WALL])).status
    assert 400 == change(ben, "remove", ("stash", "2")).status


def test_what_cannot_be_meant_is_refused(served: ServedNewsroom) -> None:
    anna = served.owner()
    for do, *fields in (
        ("",),
        ("make",),
        ("make", ("name", "n" * 101)),
        ("add", ("stash", "7"), ("story", WALL)),
        ("add", ("stash", "x"), ("story", WALL)),
        ("add", ("stash", "9" * 30), ("story", WALL)),
        ("add", ("story", "s" * 301)),
        ("add", *stories([f"story-{number}" for number in range(1_001)])),
        ("remove",),
        ("steal", ("story", WALL)),
    ):
        assert 400 == change(anna, do, *fields).status, (do, fields)  # type: ignore[arg-type]
    assert "You have no collection yet" in page(anna)


def test_a_story_that_is_gone_is_told_by_its_name(served: ServedNewsroom) -> None:
    anna = served.owner()
    change(anna, "add", ("story", "<b>nothing"))
    assert "&lt;b&gt;nothing" in page(anna)


def test_an_answer_leads_to_no_other_site(served: ServedNewsroom) -> None:
    anna = served.owner()
    answer = change(anna, "add", ("story", WALL), ("return", "https://tern.example/"))
    assert "/desk/stash/" == answer.headers["location"]
