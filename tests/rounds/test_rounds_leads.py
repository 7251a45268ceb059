"""An editor's lead is followed in both profiles, and says why where it is not."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk import archive
from copydesk.news import Story
from world.command import copydesk
from world.newsroom import NOW, WALL, feed, newsroom, page, record_web, run_git

pytestmark = pytest.mark.slow

TITLE = "Strong storm breaks the sea wall of Port Sable"
WHEN = "Thu, 19 Nov 2026 10:00:00 GMT"
EVERYDAY = '[scoring]\nprofile = "everyday"\npublish_at = 2\n[scoring.everyday]\ngrouping = true\n'


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a newsroom of the profile everyday with a group of two, led by the earlier."""
    folder = tmp_path_factory.mktemp("leads")
    pages = {}
    for hour, name in enumerate(("gull", "heron")):
        url = f"https://{name}.example/wall"
        head = TITLE if name == "gull" else f"{TITLE} again"
        pages[url] = page(head, WALL, date=f"2026-11-19T1{hour}:00:00Z")
        pages[f"https://{name}.example/feed.xml"] = feed((head, url, WHEN))
    root = newsroom(folder / "beat", more=EVERYDAY)
    (root / "web").symlink_to(record_web(folder / "web.warc.gz", pages))
    (root / ".gitignore").write_text(".copydesk/\nweb\n", "utf-8")
    run_git(root, "commit", "-qam", "web")
    a_round(root, 0)
    return root


@pytest.fixture
def root(tmp_path: Path, filed: Path) -> Path:
    return Path(shutil.copytree(filed, tmp_path / "beat", symlinks=True))


def said(root: Path, hours: int, *words: object) -> Any:
    now = (NOW + timedelta(hours=hours)).isoformat()
    done = copydesk("-C", root, "--now", now, *words, "--json")
    assert done.code == 0, done.err
    return done.json()


def a_round(root: Path, hours: int) -> Any:
    return said(root, hours, "run", "--web", root / "web")


def stories(root: Path) -> dict[str, Story]:
    """Give the stories by the name of their newsroom."""
    found = [archive.Archive(root).read(f"_news/{one.name}") for one in (root / "_news").iterdir()]
    return {one.web_url.removeprefix("https://").split(".")[0]: one for one in found}


def leaders(root: Path) -> set[str]:
    return {name for name, one in stories(root).items() if one.heat != -1}


def test_a_lead_in_everyday_is_followed_from_the_next_round(root: Path) -> None:
    assert leaders(root) == {"gull"}

    report = said(root, 1, "rule", "lead", stories(root)["heron"].path, "--as", "Ed")
    assert report["notes"] == []
    assert leaders(root) == {"gull"}
    a_round(root, 2)

    assert leaders(root) == {"heron"}
    assert stories(root)["heron"].published is True
    assert a_round(root, 3)["updated"] == []
    assert said(root, 4, "rejudge")["changes"] == []


def test_a_lead_in_everyday_that_is_undone_is_so_when_it_is_judged_anew(root: Path) -> None:
    said(root, 1, "rule", "lead", stories(root)["heron"].path, "--as", "Ed")
    a_round(root, 2)
    said(root, 3, "rule", "undo", "1", "--as", "Ed")
    said(root, 4, "rejudge", "--apply")
    assert leaders(root) == {"gull"}


def test_a_lead_in_everyday_that_an_editor_keeps_back_hides_no_group(root: Path) -> None:
    path = stories(root)["heron"].path
    said(root, 1, "verdict", path, "reject", "--why", "so", "--as", "Ed")
    report = said(root, 1, "rule", "lead", path, "--as", "Ed")
    assert ("the rule has no effect now: an editor's decision hides the story") in report["notes"][
        0
    ]
    a_round(root, 2)
    assert leaders(root) == {"gull"}
    assert stories(root)["gull"].published is True


def test_a_lead_of_a_story_alone_says_that_it_does_nothing(root: Path) -> None:
    file = root / "_news/2026-11-19-alone.md"
    file.write_text(
        '---\ncategory: news\ntitle: "Alone"\nexcerpt: ""\n'
        'publishedDateTime: 2026-11-19T10:00:00Z\nwebUrl: "https://x.example/1"\n'
        "type: article\n\n---\n\n",
        "utf-8",
    )
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "alone")
    report = said(root, 1, "rule", "lead", file.name, "--as", "Ed")
    assert report["notes"] == ["the rule has no effect now: the story has no group to lead"]
    [row] = said(root, 1, "rule", "list")
    assert (row["is_active"], row["said"]) == (False, "lead")


def test_a_lead_wants_a_record_that_there_is(root: Path) -> None:
    done = copydesk("-C", root, "rule", "lead", "_news/none.md", "--as", "Ed")
    assert done.code == 1
    assert "the story does not exist: _news/none.md" in done.err
