"""Old stories move to the archive once a month, and readers notice nothing."""

from __future__ import annotations

import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from copydesk.archive import archive_path
from world.command import copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web

pytestmark = pytest.mark.slow

WALL = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
SEALS = "_news/2026-11-19-grey-seals-are-back-on-the-coast.md"
AFTER_30 = "[records]\narchive_after_days = 30\n"
EVERYDAY = '[scoring]\nprofile = "everyday"\n' + AFTER_30
JANUARY = NOW + timedelta(days=60)


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return record_web(tmp_path / "web.warc.gz", small_web())


@pytest.fixture
def root(tmp_path: Path, web: Path) -> Path:
    root = newsroom(tmp_path / "beat", more=AFTER_30)
    run(root, web, NOW)
    assert (root / WALL).exists()
    return root


def run(root: Path, web: Path, at: datetime) -> dict[str, object]:
    said = copydesk("-C", root, "--now", at.isoformat(), "run", "--json", "--web", web)
    assert said.code == 0, said.err
    report: dict[str, object] = said.json()
    return report


def subjects(root: Path) -> list[str]:
    return run_git(root, "log", "--format=%s").splitlines()


def tree(folder: Path) -> dict[str, bytes]:
    """Give every file; where a record lies, which the API says, is left aside."""
    return {
        str(path.relative_to(folder)): re.sub(
            rb"_archive/_news/2026/", b"_news/", path.read_bytes()
        )
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_old_stories_move_in_one_commit_of_their_own(root: Path, web: Path) -> None:
    before = (root / WALL).read_bytes()
    run(root, web, JANUARY)
    assert not list((root / "_news").glob("*.md"))
    assert (root / archive_path(WALL)).read_bytes() == before
    assert subjects(root)[0] == "archive: 2 stories older than 30 days, January 2027"
    assert run_git(root, "status", "--porcelain") == ""


def test_they_lie_in_the_folder_of_their_year(root: Path, web: Path) -> None:
    run(root, web, JANUARY)

    assert archive_path(WALL) == f"_archive/_news/2026/{WALL.removeprefix('_news/')}"
    assert (root / archive_path(SEALS)).exists()


def test_they_move_once_a_month(root: Path, web: Path) -> None:
    run(root, web, NOW + timedelta(days=38))  # 28 December: not yet 30 days before the first
    assert (root / WALL).exists()
    run(root, web, JANUARY)
    run(root, web, JANUARY + timedelta(days=1))
    assert len([one for one in subjects(root) if one.startswith("archive:")]) == 1


def test_readers_notice_nothing(root: Path, web: Path) -> None:
    site = root / ".copydesk/site"
    at = JANUARY.isoformat()
    copydesk("-C", root, "--now", at, "build")
    before = tree(site)
    run(root, web, JANUARY)
    assert tree(site) == before


def test_an_archived_story_is_never_filed_again_and_a_verdict_finds_it(
    root: Path, web: Path
) -> None:
    run(root, web, JANUARY)
    (root / ".copydesk/memory.sqlite").unlink()
    assert run(root, web, JANUARY + timedelta(hours=2))["filed"] == []
    said = copydesk("-C", root, "verdict", WALL, "hold", "--why", "x", "--as", "Ed", "--json")
    assert said.json()["path"] == archive_path(WALL)
    assert copydesk("-C", root, "record", "check", "--json").code == 0


def test_a_record_under_the_pen_stays(root: Path, web: Path) -> None:
    (root / WALL).write_text((root / WALL).read_text("utf-8").replace("two", "three"), "utf-8")
    run(root, web, JANUARY)
    assert (root / WALL).exists()
    assert (root / archive_path(SEALS)).exists()


def test_without_git_they_move_as_well(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "plain", more=AFTER_30, git=False)
    run(root, web, NOW)
    run(root, web, JANUARY)
    assert (root / archive_path(WALL)).exists()


def test_a_verdict_among_the_rulings_holds_where_its_record_lies_now(
    tmp_path: Path, web: Path
) -> None:
    root = newsroom(tmp_path / "everyday", more=EVERYDAY)
    run(root, web, NOW)
    copydesk("-C", root, "verdict", WALL, "reject", "--why", "no", "--as", "Ed")
    before = (root / "_data/rulings.yaml").read_bytes()
    run(root, web, JANUARY)
    assert (root / "_data/rulings.yaml").read_bytes() == before
    assert copydesk("-C", root, "explain", WALL, "--json").json()["standing"] == "rejected"
    assert run_git(root, "status", "--porcelain") == ""


def test_a_round_cut_short_between_moving_and_committing_is_finished_by_the_next(
    root: Path, web: Path
) -> None:
    hook = root / ".git/index.lock"
    hook.touch()  # git is busy: nothing can be committed
    copydesk("-C", root, "--now", JANUARY.isoformat(), "run", "--web", web)
    hook.unlink()
    run(root, web, JANUARY + timedelta(hours=2))
    assert (root / archive_path(WALL)).exists()
    assert run_git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize("place", ["_archive/_news", "_archive/_news/2026"])
def test_a_name_that_is_taken_in_the_archive_is_one_clear_failure(
    root: Path, web: Path, place: str
) -> None:
    taken = root / place / WALL.removeprefix("_news/")
    taken.parent.mkdir(parents=True)
    taken.write_bytes((root / WALL).read_bytes())
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    run_git(root, "commit", "-qm", "mine")
    said = copydesk("-C", root, "--now", JANUARY.isoformat(), "run", "--json", "--web", web)
    failed = said.json()["failed"]
    assert said.code == 1
    assert "an archived story file already has this name" in [one["what"] for one in failed]
    assert (root / WALL).exists()
