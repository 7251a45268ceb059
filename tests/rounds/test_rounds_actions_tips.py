"""A page that an editor files at the desk waits for the next round, and for no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk import newsroom, rounds
from copydesk.news.ruling import ActionOutcome
from copydesk.newsroom import reports
from copydesk.rounds import run_round
from world.desk import act, action, desk_newsroom
from world.newsroom import NOW, WALL, Answer, feed, page, record_web, run_git

pytestmark = pytest.mark.slow

PAGE = "https://owl.example/wall"
RECORD = "_news/2026-11-19-the-wall-is-high.md"
FEEDS = dict.fromkeys(("https://gull.example/feed.xml", "https://heron.example/feed.xml"), feed())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return desk_newsroom(tmp_path / "beat", [])


def file(root: Path, *values: str, by: str = "Anna") -> ActionOutcome:
    (told,) = act(root, action("file", "", values=values, by=by, why="a reader sent it"))
    return told


def run(root: Path, tmp_path: Path, answer: Answer) -> reports.RoundReport:
    web = record_web(tmp_path / "web.warc.gz", {**FEEDS, PAGE: answer})
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        return run_round(opened, rounds.RoundOptions(web=web, all_due=True), newsroom.Silence())


def waiting(root: Path) -> int:
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        return len(opened.memory.tips.keys())


def test_the_next_round_takes_it_in(root: Path, tmp_path: Path) -> None:
    told = file(root, PAGE, "coast")
    assert (told.state, told.commit, told.paths) == ("done", None, ())
    assert told.hint == "the page is read in the next run"

    report = run(root, tmp_path, page("The wall is high", WALL))

    assert report.filed == (RECORD,)
    assert "filed by Anna: a reader sent it" in (root / RECORD).read_text("utf-8")
    assert "by Anna" in run_git(root, "log", "-1", "--format=%B")
    assert (waiting(root), report.declined) == (0, None)
    assert run(root, tmp_path, page("The wall is high", WALL)).filed == ()


def test_a_page_that_fails_waits_on(root: Path, tmp_path: Path) -> None:
    file(root, PAGE)
    assert run(root, tmp_path, Answer(status="503 Down")).filed == ()
    assert waiting(root) == 1
    assert run(root, tmp_path, page("The wall is high", WALL)).filed == (RECORD,)
    assert waiting(root) == 0


def test_what_is_no_article_waits_no_more(root: Path, tmp_path: Path) -> None:
    file(root, PAGE)
    run(root, tmp_path, Answer(status="410 Gone"))
    assert waiting(root) == 0


def test_the_same_page_twice_waits_once(root: Path) -> None:
    file(root, PAGE)
    file(root, PAGE, by="Ben")
    assert waiting(root) == 1


@pytest.mark.parametrize("values", [(), ("",), ("gopher://x",), (PAGE, "none"), (PAGE, "", "")])
def test_what_is_no_page_or_topic_is_refused(root: Path, values: tuple[str, ...]) -> None:
    assert file(root, *values).state == "refused"
    assert waiting(root) == 0
