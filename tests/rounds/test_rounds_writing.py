"""What a version without a journal left behind is taken over: a kill of then is healed now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import archive, review
from copydesk.news import Verdict
from world import records
from world.command import copydesk
from world.later import WALL_RECORD, run, web_with
from world.newsroom import NOW, newsroom, run_git

pytestmark = [pytest.mark.slow, pytest.mark.sample(without="everyday")]

EVERYDAY = '[scoring]\nprofile = "everyday"\n'
SAID = Verdict(by="Ed", at=NOW, said="reject", why="no")


@pytest.fixture(params=["copydesk", "everyday"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a newsroom in which a verdict was written, and killed before its commit."""
    more = EVERYDAY if request.param == "everyday" else ""
    root = newsroom(tmp_path / "beat", more=more)
    run(root, web_with(tmp_path, {}))
    for file in (root / ".copydesk/journal").iterdir():
        file.unlink()
    (root / ".copydesk/journal").rmdir()  # as that version left it
    stories = archive.Archive(root)
    story = stories.read(WALL_RECORD)
    if more:
        records.write_rulings(root, archive.Rulings(verdicts={WALL_RECORD: SAID}))
    else:
        story = replace(story, verdict=SAID)
    records.write(stories, review.obey(story, SAID))
    assert run_git(root, "status", "--porcelain") != ""
    return root


@pytest.mark.sample("copydesk", "everyday")
def test_the_next_round_commits_it(root: Path, tmp_path: Path) -> None:
    run(root, web_with(tmp_path, {}), 2)

    assert run_git(root, "status", "--porcelain") == ""
    assert copydesk("-C", root, "explain", WALL_RECORD, "--json").json()["standing"] == "rejected"


def test_it_may_be_said_again_or_otherwise(root: Path) -> None:
    order = ("-C", root, "verdict", WALL_RECORD)
    words = ("--why", "no", "--as", "Ed", "--now", NOW.isoformat())
    assert copydesk(*order, "reject", *words).code == 0
    assert run_git(root, "status", "--porcelain") == ""
    assert copydesk(*order, "publish", *words).code == 0
    assert archive.Archive(root).read(WALL_RECORD).published
    assert run_git(root, "status", "--porcelain") == ""


def test_what_a_person_edited_is_left_alone(root: Path, tmp_path: Path) -> None:
    file = root / WALL_RECORD
    file.write_bytes(file.read_bytes().replace(b"Sea wall", b"Wall"))
    edited = file.read_bytes()

    run(root, web_with(tmp_path, {}), 2)

    assert file.read_bytes() == edited
    assert f" M {WALL_RECORD}" in run_git(root, "status", "--porcelain")
