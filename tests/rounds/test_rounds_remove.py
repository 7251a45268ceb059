"""What an editor removed is gone from the site and never comes back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.kit import locks
from world import records
from world.command import Said, copydesk
from world.machine import PATIENCE_SECONDS
from world.newsroom import NOW, newsroom, record_web, run_git, small_web
from world.sites import held

pytestmark = [pytest.mark.slow, pytest.mark.sample(without="everyday")]

RECORD = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"
PAGE = "news/2026-11-19-sea-wall-to-rise-by-two-metres/index.html"
EVERYDAY = '[scoring]\nprofile = "everyday"\n[scoring.everyday]\norganization_points = 40\n'


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return record_web(tmp_path / "web.warc.gz", small_web())


def run(root: Path, web: Path, *more: str) -> Said:
    return copydesk("-C", root, "--now", NOW.isoformat(), "run", "--json", "--web", web, *more)


def remove(root: Path, said: str = "remove") -> Said:
    words = ("--why", "a court order", "--as", "Ed", "--json")
    return copydesk("-C", root, "--now", NOW.isoformat(), "verdict", RECORD, said, *words)


@pytest.fixture(params=["", EVERYDAY], ids=["copydesk", "everyday"])
def root(request: pytest.FixtureRequest, tmp_path: Path, web: Path) -> Path:
    root = newsroom(tmp_path / "beat", more=request.param)
    assert RECORD in run(root, web).json()["filed"]
    if request.param:  # it has not the points to be published by itself
        copydesk("-C", root, "verdict", RECORD, "publish", "--why", "lead", "--as", "Ed")
        copydesk("-C", root, "build")
    assert (root / ".copydesk/site" / PAGE).exists()
    return root


@pytest.mark.sample("copydesk", "everyday")
def test_a_removed_story_leaves_the_site_at_once(root: Path) -> None:
    report = remove(root).json()
    assert report["said"] == "remove"
    site = root / ".copydesk/site"
    assert not (site / PAGE).exists()
    assert (root / ".copydesk/gone.txt").read_text() == f"/{PAGE.removesuffix('index.html')}\n"
    for output in ("index.html", "feed.xml", "rss.xml", "feed.json"):
        assert "Sea wall" not in (site / output).read_text("utf-8")
    assert run_git(root, "status", "--porcelain") == ""
    assert report["commit"] == run_git(root, "rev-parse", "HEAD").strip()


def test_removing_twice_is_no_change(root: Path) -> None:
    remove(root)
    again = remove(root).json()
    assert (again["changed"], again["commit"]) == ([], None)


def test_a_removal_holds_for_a_record_that_somebody_archived(root: Path) -> None:
    remove(root)
    archived = root / "_archive" / RECORD
    archived.parent.mkdir(parents=True)
    (root / RECORD).rename(archived)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "by hand")

    assert copydesk("-C", root, "build").code == 0

    assert (root / ".copydesk/gone.txt").read_text() == f"/{PAGE.removesuffix('index.html')}\n"
    told = copydesk("-C", root, "explain", "--json", f"_archive/{RECORD}").json()
    assert ("removed", "removed") == (told["state"], told["standing"])


@pytest.mark.sample("copydesk-lost0", "copydesk-lost2", "everyday-lost1")
@pytest.mark.parametrize("lost", [(), (".copydesk",), (".copydesk", RECORD)])
def test_it_never_comes_back(root: Path, web: Path, lost: tuple[str, ...]) -> None:
    remove(root)
    for name in lost:
        if name == RECORD:
            (root / name).unlink()
        else:
            shutil.rmtree(root / name)
    report = run(root, web, "--all-due").json()
    assert report["filed"] == []
    assert report["dropped"].get("removed", 0) == bool(lost)  # else its feed says nothing new
    assert not (root / ".copydesk/site" / PAGE).exists()


def test_its_text_is_kept_no_longer(root: Path, web: Path, tmp_path: Path) -> None:
    def texts() -> str:
        folder = root / ".copydesk/articles"
        return "".join(file.read_text("utf-8") for file in folder.glob("*.json"))

    assert "Port Sable voted" in texts()
    shutil.copytree(root / ".copydesk/articles", tmp_path / "before")
    remove(root)
    assert "Port Sable voted" not in texts()

    shutil.copytree(tmp_path / "before", root / ".copydesk/articles", dirs_exist_ok=True)
    run(root, web)  # as where a kill came before the text went, or the word from a remote
    assert "Port Sable voted" not in texts()
    assert "Grey seals" in texts()


def test_an_editor_can_bring_it_back(root: Path, web: Path) -> None:
    remove(root)
    remove(root, "publish")
    assert (root / ".copydesk/site" / PAGE).exists()  # at once, as it went
    assert (root / ".copydesk/gone.txt").read_text() == ""
    run(root, web)
    assert (root / ".copydesk/site" / PAGE).exists()
    assert archive.read_rulings(root).removed == ()


def test_a_word_that_keeps_it_off_the_site_ends_the_removal_at_once_too(root: Path) -> None:
    assert not remove(root).json()["was_removed"]
    assert remove(root, "reject").json()["was_removed"]
    assert not (root / ".copydesk/site" / PAGE).exists()
    assert (root / ".copydesk/gone.txt").read_text() == ""


def test_a_hand_written_removal_counts_in_any_spelling(tmp_path: Path, web: Path) -> None:
    root = newsroom(tmp_path / "beat")
    rulings = root / "_data/rulings.yaml"
    rulings.write_text('removed:\n  - "http://gull.example/wall?utm_medium=x"\n', "utf-8")
    report = run(root, web).json()
    assert report["dropped"]["removed"] == 1
    assert RECORD not in report["filed"]


@pytest.mark.parametrize("root", [""], indirect=True, ids=["copydesk"])
def test_an_address_that_its_page_had_before_it_moved_is_removed_too(root: Path) -> None:
    old = "https://gull.example/before"
    kept = archive.Archive(root)
    story = kept.read(RECORD)
    line = f"2026-11-19T12:00:00Z moved to {story.web_url} from {old}"
    records.write(kept, replace(story, history=(line,)))
    run_git(root, "commit", "-qam", "moved")
    assert RECORD == copydesk("-C", root, "explain", old, "--json").json()["path"]

    remove(root)
    assert old in archive.read_rulings(root).removed


TO_FOLDER = '[deploy]\nto = "folder"\n[deploy.folder]\npath = "../www"\n'


@pytest.fixture
def online(tmp_path: Path, web: Path) -> Path:
    root = newsroom(tmp_path / "beat", more=TO_FOLDER)
    run(root, web, "--deploy")
    assert (tmp_path / "www" / PAGE).exists()
    return root


def test_a_removed_story_leaves_the_place_of_the_site_at_once(online: Path) -> None:
    said = remove(online)

    assert said.code == 0
    assert said.json()["deploy"]["deleted"] > 0
    assert held(online.parent / "www") == held(online / ".copydesk/site")
    assert not (online.parent / "www" / PAGE).exists()


def test_what_is_brought_back_is_there_at_once(online: Path) -> None:
    remove(online)

    said = remove(online, "publish")

    assert said.code == 0
    assert (online.parent / "www" / PAGE).exists()


def test_where_the_place_cannot_be_reached_the_removal_says_so(online: Path) -> None:
    www = online.parent / "www"
    www.rename(online.parent / "away")
    www.write_text("a file")

    said = remove(online)

    assert said.code == 1
    (failure,) = said.json()["failed"]
    assert "the site could not be deployed" in failure["what"]
    assert "copydesk build --deploy" in failure["hint"]
    assert not (online / ".copydesk/site" / PAGE).exists()
    www.unlink()
    (online.parent / "away").rename(www)
    assert copydesk("-C", online, "build", "--deploy").code == 0
    assert not (www / PAGE).exists()


def test_a_verdict_that_can_wait_sends_nothing(online: Path) -> None:
    said = remove(online, "reject")

    assert said.json()["deploy"] is None
    assert (online.parent / "www" / PAGE).exists()


def test_a_removal_waits_for_the_deploy_that_is_under_way(online: Path) -> None:
    with locks.hold(online / ".copydesk/deploy.lock") as is_free:
        assert is_free
        words = ["-m", "copydesk", "-C", str(online), "verdict", RECORD, "remove"]
        late = subprocess.Popen([sys.executable, *words, "--why", "a court order", "--as", "Ed"])
        with pytest.raises(subprocess.TimeoutExpired):
            late.wait(3)

    assert late.wait(PATIENCE_SECONDS) == 0
    assert not (online.parent / "www" / PAGE).exists()
