"""The second scale of quality: taken by a newsroom, and reputations by what it has filed."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.news import ReasonKind, Story
from world.command import Said, copydesk
from world.newsroom import NOW, SEALS, WALL, feed, newsroom, page, record_web, run_git

pytestmark = pytest.mark.slow

WHEN = "Thu, 19 Nov 2026 10:00:00 GMT"
FIRST = "https://gull.example/wall"
LATER = "https://tern.example/seals"
TERN = '\n[[source]]\nurl = "https://tern.example/feed.xml"\nname = "Tern Post"\n'


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a newsroom with one story, which credits the Tern Post, whose own comes later."""
    folder = tmp_path_factory.mktemp("scale")
    wall = f"{WALL}\nA pilot told the Tern Post that the tide crossed the coast road as well."
    pages = {
        "https://gull.example/feed.xml": feed(("Sea wall", FIRST, WHEN)),
        FIRST: page("Coast council votes for two metres more of sea wall", wall),
        "https://tern.example/feed.xml": feed(("Seals", LATER, WHEN)),
        LATER: page("Grey seals are back on the coast", SEALS),
    }
    root = newsroom(folder / "beat", more="\n[scoring]\npublish_at = 20\n")
    (root / "web").symlink_to(record_web(folder / "web.warc.gz", pages))
    (root / ".gitignore").write_text(".copydesk/\nweb\n", "utf-8")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "settings")
    said(root, 0, "run", "--web", root / "web", "--all")
    return root


@pytest.fixture
def root(tmp_path: Path, filed: Path) -> Path:
    return Path(shutil.copytree(filed, tmp_path / "beat", symlinks=True))


def said(root: Path, hours: int, *words: object) -> Said:
    now = (NOW + timedelta(hours=hours)).isoformat()
    done = copydesk("-C", root, "--now", now, *words)
    assert done.code in {0, 1}, done.err
    return done


def stories(root: Path) -> dict[str, Story]:
    kept = archive.Archive(root)
    found = [kept.read(f"_news/{one.name}") for one in (root / "_news").iterdir()]
    return {one.web_url: one for one in found}


def reputation(story: Story) -> int:
    stated = (one.points for one in story.reasons if one.kind is ReasonKind.REPUTATION)
    return next(stated, None) or 0


def file_later(root: Path) -> Story:
    settings = root / "beat.toml"
    settings.write_text(settings.read_text("utf-8") + TERN, "utf-8")
    said(root, 1, "run", "--web", root / "web", "--all")
    return stories(root)[LATER]


def test_another_scale_is_shown_and_then_set(root: Path) -> None:
    before = stories(root)[FIRST]

    shown = said(root, 1, "rejudge", "--scale", "2", "--json").json()
    assert "quality" in {change["field"] for change in shown["changes"]}
    assert before == stories(root)[FIRST]
    assert "scale" not in (root / "beat.toml").read_text("utf-8")

    said(root, 1, "rejudge", "--scale", "2", "--apply")
    assert "scale = 2" in (root / "beat.toml").read_text("utf-8")
    assert before.quality != stories(root)[FIRST].quality
    assert "" == run_git(root, "status", "--porcelain")
    assert [] == said(root, 2, "rejudge", "--json").json()["changes"]


def test_a_publisher_that_others_credit_gains_and_its_record_keeps_that(root: Path) -> None:
    said(root, 1, "rejudge", "--scale", "2", "--apply")

    later = file_later(root)
    assert reputation(later) > 0
    assert "credited by 1 other publisher" in str(later.reasons)
    for folder in ("catalogue.sqlite", "catalogue.sqlite-wal", "catalogue.sqlite-shm"):
        (root / ".copydesk" / folder).unlink(missing_ok=True)
    assert [] == said(root, 9, "rejudge", "--since", "0", "--json").json()["changes"]


def test_the_same_is_filed_where_the_catalogue_was_lost(root: Path) -> None:
    said(root, 1, "rejudge", "--scale", "2", "--apply")
    other = Path(shutil.copytree(root, root.parent / "other", symlinks=True))
    for file in (other / ".copydesk").glob("catalogue.sqlite*"):
        file.unlink()

    assert file_later(root) == file_later(other)


def test_on_the_first_scale_nothing_of_it_is_filed(root: Path) -> None:
    later = file_later(root)

    assert 0 == reputation(later)
    assert "credits" not in {one.about for one in stories(root)[FIRST].reasons}
