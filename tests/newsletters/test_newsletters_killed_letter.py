"""A letter is killed while it is filed, or filed by two processes: there is one issue, whole."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from copydesk import building
from copydesk.archive.change import is_cut_short
from copydesk.editing import file_verdict
from copydesk.news import Verdict
from copydesk.newsletters.issue_filing import file_issue
from copydesk.newsletters.issues import draft_letter, render_issue
from copydesk.newsroom import Silence, open_newsroom
from world.desk import NAMES, copy_newsroom, desk_newsroom, stories
from world.killed import about_the_journal, commands, spread
from world.newsroom import NOW, run_git

pytestmark = pytest.mark.slow

LETTERS = '[[letter]]\nid = "daily"\n'
NAME = "tidewatch-2026-11-20"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = desk_newsroom(tmp_path_factory.mktemp("made") / "beat", stories(3))
    beat = root / "beat.toml"
    beat.write_text(f"{beat.read_text('utf-8')}\n{LETTERS}", "utf-8")
    run_git(root, "commit", "-qam", "a letter")
    return root


def letters(root: Path) -> dict[str, bytes]:
    folder = root / "_newsletters"
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name[0] != "."}


def test_a_killed_letter_is_filed_once_and_whole(made: Path, tmp_path: Path) -> None:
    with commands() as run:

        def compose(root: Path, killed_at: int = 0) -> int:
            words = ("mail", "compose", "daily", "--file", "--as", "Ed")
            return run("-C", root, "--now", NOW.isoformat(), *words, killed_at=killed_at)

        whole = copy_newsroom(made, tmp_path / "whole")
        assert compose(whole) == 0
        expected = letters(whole)
        assert [f"{NAME}.html"] == [*expected]
        for moment in sorted({*spread(run.changes, 3), *about_the_journal(run.journalled)}):
            root = copy_newsroom(made, tmp_path / "beat")
            assert compose(root, killed_at=moment) == -9
            assert compose(root) == 0
            assert letters(root) == expected
            assert not is_cut_short(root)
            assert 1 == run_git(root, "log", "--format=%s").count("letter: Tidewatch")
            assert "" == run_git(root, "status", "--porcelain", "--", "_newsletters/*.html")
            shutil.rmtree(root)


def test_of_two_that_file_at_once_one_is_first(made: Path, tmp_path: Path) -> None:
    root = copy_newsroom(made, tmp_path / "beat")

    def compose_and_file(_: int) -> bool:
        with open_newsroom(root, NOW, {}) as newsroom:
            issue = draft_letter(newsroom, "daily", NOW).issue
            return file_issue(newsroom, issue, render_issue(newsroom, issue)).is_new

    with ThreadPoolExecutor(4) as pool:
        assert [False, False, False, True] == sorted(pool.map(compose_and_file, range(4)))
    assert [f"{NAME}.html"] == [*letters(root)]


def test_a_removed_story_leaves_letter_and_digest_by_a_small_build(
    made: Path, tmp_path: Path
) -> None:
    root = copy_newsroom(made, tmp_path / "beat")
    with open_newsroom(root, NOW, {}) as newsroom:
        issue = draft_letter(newsroom, "daily", NOW).issue
        building.build(newsroom, Silence())
        path = file_issue(newsroom, issue, render_issue(newsroom, issue)).path
        filed = building.build(newsroom, Silence())
        pages = [
            newsroom.site / folder / "index.html"
            for folder in ("digest/2026/11/20", f"newsletter/{NAME}")
        ]
        title = stories(1)[0].title
        assert all(title in page.read_text("utf-8") for page in pages)
        assert "3 stories" in pages[0].read_text("utf-8")

        verdict = Verdict(by="Ed", at=NOW, said="remove", why="court")
        file_verdict(newsroom, f"_news/{NAMES[0]}.md", verdict)
        removed = building.build(newsroom, Silence())

    assert NAMES[0] not in (root / path).read_text("utf-8")
    assert all(title not in page.read_text("utf-8") for page in pages)
    assert "2 stories" in pages[0].read_text("utf-8")
    everything = filed.written + filed.unchanged
    assert max(filed.written, removed.written) < everything / 2
