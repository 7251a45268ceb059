"""A verdict that is taken back leaves a story as the machine has it."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.news import Story
from world.command import Said, copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web

pytestmark = [pytest.mark.slow, pytest.mark.sample(without="everyday")]

WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
RECORD = f"_news/{WALL}.md"
RULES = "_data/rulings.yaml"
EVERYDAY = '[scoring]\nprofile = "everyday"\n'


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record_web(tmp_path_factory.mktemp("web") / "web.warc.gz", small_web())


def run(root: Path, web: Path, hours: int) -> dict[str, object]:
    now = (NOW + timedelta(hours=hours)).isoformat()
    done = copydesk("-C", root, "--now", now, "run", "--json", "--web", web)
    assert done.code == 0, done.err
    report: dict[str, object] = done.json()
    return report


def verdict(root: Path, said: str, why: str = "so") -> Said:
    words = ("verdict", RECORD, said, "--why", why, "--as", "Ed", "--json")
    return copydesk("-C", root, "--now", NOW.isoformat(), *words)


@pytest.fixture(scope="module")
def filed(web: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give a newsroom of each profile in which one round was run; tests work on copies."""
    roots = {}
    for more in ("", EVERYDAY):
        root = roots[more] = newsroom(tmp_path_factory.mktemp("filed") / "beat", more=more)
        assert len(run(root, web, 0)["filed"]) == 2  # type: ignore[arg-type]
    return roots


@pytest.fixture(params=["", EVERYDAY], ids=["copydesk", "everyday"])
def root(request: pytest.FixtureRequest, tmp_path: Path, filed: dict[str, Path]) -> Path:
    return Path(shutil.copytree(filed[request.param], tmp_path / "beat"))


only_copydesk = pytest.mark.parametrize("root", [""], indirect=True, ids=["copydesk"])


def story(root: Path) -> Story:
    return archive.Archive(root).read(RECORD)


def files(root: Path) -> dict[str, bytes]:
    places = (*(root / "_news").iterdir(), root / RULES)
    return {file.name: file.read_bytes() for file in places if file.exists()}


@pytest.mark.sample("copydesk-publish", "copydesk-remove", "everyday-hold", "everyday-reject")
@pytest.mark.parametrize("said", ["publish", "hold", "reject", "remove"])
def test_a_record_is_as_it_was_before_its_verdict(root: Path, said: str) -> None:
    before = files(root)
    verdict(root, said)

    report = verdict(root, "clear", "a mistake").json()

    now = files(root)
    assert now.pop("rulings.yaml", b"").strip() == b""
    assert now == before
    assert (report["said"], report["path"]) == ("clear", RECORD)
    assert report["commit"] == run_git(root, "rev-parse", "HEAD").strip()
    assert run_git(root, "status", "--porcelain") == ""
    message = run_git(root, "log", "-1", "--format=%B").strip()
    title = "Sea wall to rise by two metres"
    action = f"Copydesk-Action: verdict clear {RECORD}"
    assert message == f"verdict: clear {title}\n\na mistake\n\nby Ed\n\n{action}"


def test_no_later_round_undoes_it(root: Path, web: Path) -> None:
    verdict(root, "publish")
    run(root, web, 1)
    verdict(root, "clear")
    before = files(root)

    assert run(root, web, 30)["updated"] == []
    anew = copydesk("-C", root, "--now", NOW.isoformat(), "rejudge", "--json").json()
    assert anew["changes"] == []
    assert files(root) == before


def test_a_second_clear_changes_nothing_and_says_so(root: Path) -> None:
    verdict(root, "hold")
    verdict(root, "clear")
    head, before = run_git(root, "rev-parse", "HEAD"), files(root)

    report = verdict(root, "clear")

    assert report.code == 0
    assert report.json()["changed"] == []
    assert report.json()["notes"] == ["there is no decision to clear"]
    assert (run_git(root, "rev-parse", "HEAD"), files(root)) == (head, before)


def test_a_removal_that_is_cleared_is_on_the_site_again_at_once(root: Path) -> None:
    verdict(root, "publish")
    page = root / f".copydesk/site/news/{WALL}/index.html"
    verdict(root, "remove")
    assert not page.exists()
    assert archive.read_rulings(root).removed

    report = verdict(root, "clear").json()

    assert not archive.read_rulings(root).removed
    assert page.exists() is bool(report["published"])
    assert (root / ".copydesk/gone.txt").read_text("utf-8") == ""


def test_what_a_person_wrote_after_the_verdict_stays(root: Path, web: Path) -> None:
    verdict(root, "publish")
    text = (root / RECORD).read_text("utf-8")
    (root / RECORD).write_text(text.replace("published: true", "published: false"), "utf-8")
    run_git(root, "commit", "-qam", "by hand")

    report = verdict(root, "clear").json()
    copydesk("-C", root, "--now", NOW.isoformat(), "rejudge", "--apply")

    assert report["notes"] == [
        ("the field `published` was edited by hand after the decision, and stays as edited")
    ]
    assert story(root).verdict is None
    assert story(root).published is False


@only_copydesk
def test_todays_gate_counts_and_says_so(root: Path) -> None:
    verdict(root, "publish")
    beat = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text(f"{beat}\n[scoring]\npublish_at = 200\n", "utf-8")

    verdict(root, "clear")

    assert story(root).published is False
    assert any("is below the threshold 200" in str(reason) for reason in story(root).reasons)


@only_copydesk
def test_without_its_article_the_records_points_decide(root: Path) -> None:
    before = files(root)
    verdict(root, "hold")
    for file in (root / ".copydesk/articles").iterdir():
        file.unlink()
    verdict(root, "clear")
    now = files(root)
    now.pop("rulings.yaml", None)
    assert now == before


@pytest.mark.parametrize("mode", ["hold"])
def test_what_waits_for_an_editor_waits_again(root: Path, mode: str) -> None:
    beat = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text(f'{beat}\n[review]\nmode = "{mode}"\n', "utf-8")
    verdict(root, "publish")
    verdict(root, "clear")
    assert story(root).published is False


def test_a_record_with_edits_is_left_alone(root: Path) -> None:
    verdict(root, "hold")
    text = (root / RECORD).read_text("utf-8")
    (root / RECORD).write_text(text.replace("Sea wall", "The sea wall"), "utf-8")
    before = files(root)

    said = verdict(root, "clear")

    assert said.code == 1
    assert "the file has uncommitted edits" in said.err
    assert files(root) == before


def test_there_must_be_such_a_record(root: Path) -> None:
    said = copydesk("-C", root, "verdict", "_news/none.md", "clear", "--why", "x", "--as", "Ed")
    assert said.code == 1
    assert "the story does not exist: _news/none.md" in said.err


def test_why_must_be_said(root: Path) -> None:
    assert copydesk("-C", root, "verdict", RECORD, "clear", "--as", "Ed").code == 2
