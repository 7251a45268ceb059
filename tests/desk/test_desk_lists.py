"""Reading lists at the desk: made from a stash, put in order, changed, ended, without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from copydesk.archive.reading_lists import parse_reading_list
from copydesk.news.edition import ReadingList
from world.command import copydesk
from world.newsroom import newsroom, record_web, small_web
from world.served_desk import Answer, Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom, until

WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
SEALS = "2026-11-19-grey-seals-are-back-on-the-coast"
PATH = "_data/lists/best-of-the-coast.yaml"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    folder = tmp_path_factory.mktemp("lists")
    root = newsroom(folder / "beat")
    web = record_web(folder / "web.warc.gz", small_web())
    assert copydesk("-C", root, "run", "--web", web, "--now", "2026-11-20T08:00:00Z").code == 0
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    browser = served.owner()
    stash = [("do", "add"), ("story", WALL), ("story", SEALS)]
    browser.post("/desk/stash/", urlencode(stash).encode())
    return browser


def send(browser: Browser, *fields: tuple[str, str]) -> Answer:
    return browser.post("/desk/list/", urlencode(fields).encode())


def row(name: str, place: int | str, words: str = "") -> tuple[tuple[str, str], ...]:
    return (("story", name), ("place", str(place)), ("words", words))


def seen(browser: Browser) -> str:
    body = browser.get("/desk/list/?id=best-of-the-coast").body
    return body.partition('name="seen" value="')[2].partition('"')[0]


def filed(root: Path) -> ReadingList:
    return parse_reading_list(PATH, (root / PATH).read_bytes())


def test_a_stash_becomes_a_list_that_is_changed_and_ended(
    served: ServedNewsroom, anna: Browser
) -> None:
    assert "New reading list" in anna.get("/desk/stash/").body
    form = anna.get("/desk/list/?stash=1&id=").body
    assert 'value="My collection"' in form
    assert form.index(WALL) < form.index(SEALS)

    head = (("title", "Best of the coast"), ("description", "What *we* read."), ("seen", ""))
    answer = send(anna, *head, *row(WALL, 2), *row(SEALS, 1, "Begin here."), ("do", "set"))
    assert (303, "/desk/today/") == (answer.status, answer.headers["location"])
    until((served.root / PATH).exists)
    made = filed(served.root)
    assert ("Best of the coast", "What *we* read.") == (made.title, made.description)
    assert [(SEALS, "Begin here."), (WALL, "")] == [(one.name, one.words) for one in made.stories]
    assert "Best of the coast" in anna.get("/desk/list/").body
    assert '<option value="best-of-the-coast">' in anna.get("/desk/stash/").body
    site = served.root / ".copydesk/site/lists/best-of-the-coast/index.html"
    until(site.exists)
    assert "What <em>we</em> read." in site.read_text("utf-8")

    version = seen(anna)
    assert 400 == send(anna, *head, *row(WALL, 1)).status  # there is a list of that name
    known = (("list", "best-of-the-coast"), ("seen", version))
    send(anna, *known, ("title", "The best"), *row(SEALS, "x"), *row(WALL, 1), ("out", SEALS))
    until(lambda: filed(served.root).title == "The best")
    assert [WALL] == [story.name for story in filed(served.root).stories]

    send(anna, *known, ("title", "Mine"), *row(SEALS, 1))  # by what was seen before
    until(lambda: "Edit the reading list again" in anna.get("/desk/today/").body)
    assert "The best" == filed(served.root).title
    again = anna.get("/desk/today/").body.partition("/desk/list/?action=")[2].partition('"')[0]
    mine = anna.get(f"/desk/list/?action={again}").body
    assert ('value="Mine"' in mine, f'value="{seen(anna)}"' in mine) == (True, True)

    send(anna, ("list", "best-of-the-coast"), ("seen", seen(anna)), ("do", "end"))
    until(lambda: not (served.root / PATH).exists())
    assert "Removed the reading list" in anna.get("/desk/today/").body
    until(lambda: not site.exists())


def test_what_cannot_be_meant_is_refused(served: ServedNewsroom, anna: Browser) -> None:
    for wrong in (
        (("title", ""), ("list", "")),
        (("title", "日本"), ("list", "")),
        (("title", "T"), ("list", "../a")),
        (("title", "t" * 301),),
        (("title", "T"), ("story", WALL)),
        (("title", "T"), ("id", "no id !")),
        (("title", "T"), *row(WALL, 1), *row(WALL, 2)),
    ):
        assert 400 == send(anna, *wrong).status, wrong
    for asked in ("id=none", "stash=x", "stash=99", "action=none", "id=%2e%2e%2frulings"):
        assert 400 == anna.get(f"/desk/list/?{asked}").status, asked


def test_a_broken_file_is_told_and_hostile_words_are_text(
    served: ServedNewsroom, anna: Browser
) -> None:
    folder = served.root / "_data" / "lists"
    folder.mkdir(exist_ok=True)
    (folder / "bad.yaml").write_text("title: [", "utf-8")
    (folder / "x.yaml").write_text('title: "<script>alert(1)</script>"\n', "utf-8")
    body = anna.get("/desk/list/").body
    assert "_data/lists/bad.yaml: invalid YAML" in body
    for page in (body, anna.get("/desk/list/?id=x").body, anna.get("/desk/stash/").body):
        assert ("<script>alert" in page, "&lt;script&gt;alert" in page) == (False, True)
