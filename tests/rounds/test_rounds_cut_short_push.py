"""A round that is killed amid its push: the next one brings both sides together all the same.

The remote has commits of somebody else. Killed before three changes of the disk or steps of git,
spread over all of the round; before thirty with COPYDESK_KILLS=30.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from world import later
from world.killed import Commands, commands, spread
from world.later import SEALS_RECORD, WALL_RECORD
from world.newsroom import KEY, NOW, newsroom, record_web, run_git, small_web

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("COPYDESK_KILLS", "3"))
LIVE = """\
[records]
remote = "origin"
[fetch]
contact = "mailto:desk@tidewatch.example"
"""
AFTER = (NOW + timedelta(minutes=1)).isoformat()  # no source is due: nobody is asked


@pytest.fixture(scope="module")
def run() -> Iterator[Commands]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPYDESK_KEY", KEY)
        with commands() as run:
            yield run


@pytest.fixture
def begun(tmp_path: Path, run: Commands) -> Path:
    """Make a newsroom and its remote: a verdict and a rule here, a mended record there."""
    place = tmp_path / "begun"
    root = newsroom(place / "beat", more=LIVE)
    run_git(place, "init", "-q", "--bare", "-b", "main", "remote.git")
    run_git(root, "remote", "add", "origin", "../remote.git")
    assert later.run(root, record_web(tmp_path / "web.warc.gz", small_web())).filed
    run_git(root, "push", "-q", "-u", "origin", "main")
    by_somebody(place)
    who = ("--why", "so it is", "--as", "Ed")
    for words in (("verdict", WALL_RECORD, "publish"), ("rule", "pin", WALL_RECORD)):
        assert 0 == run("-C", root, "--now", AFTER, *words, *who)
    return place


def by_somebody(place: Path) -> None:
    """Push, as somebody else, a mended record, a page, and a file less."""
    run_git(place, "clone", "-q", "remote.git", "person")
    person = place / "person"
    record = (person / SEALS_RECORD).read_text("utf-8")
    (person / SEALS_RECORD).write_text(record.replace("Grey seals", "Grey and other seals"))
    (person / "_pages").mkdir()
    (person / "_pages/tides.md").write_text("---\ntitle: Tides\n---\n\nTwice a day.\n")
    run_git(person, "add", "-A")
    run_git(person, "commit", "-qm", "seals and tides")
    run_git(person, "push", "-q")


def push(run: Commands, place: Path, killed_at: int = 0) -> int:
    """Run a round in the newsroom, which pushes."""
    return run("-C", place / "beat", "--now", AFTER, "run", killed_at=killed_at)


def outcome(place: Path) -> dict[str, Any]:
    """Give both sides and the site; no trace of a move under way may be left."""
    root = place / "beat"
    site = root / ".copydesk/site"
    here = run_git(root, "rev-parse", "HEAD")
    assert here == run_git(place / "remote.git", "rev-parse", "main")
    assert "" == run_git(root, "for-each-ref", "refs/worktree/copydesk")
    return {
        "tree": run_git(root, "ls-tree", "-r", "HEAD").splitlines(),
        "log": run_git(root, "log", "--format=%s|%an|%at").splitlines(),
        "status": run_git(root, "status", "--porcelain"),
        "site": {
            str(path.relative_to(site)): path.read_bytes()
            for path in site.rglob("*")
            if path.is_file()
        },
    }


def test_a_round_that_was_killed_at_its_push_is_brought_to_its_end_by_the_next(
    tmp_path: Path, run: Commands, begun: Path
) -> None:
    whole = Path(shutil.copytree(begun, tmp_path / "whole"))
    assert 0 == push(run, whole)
    moments = spread(run.changes, KILLS)
    assert 0 == push(run, whole)
    expected = outcome(whole)
    assert any("_pages/tides.md" in line for line in expected["tree"])

    for moment in moments:
        place = Path(shutil.copytree(begun, tmp_path / f"killed-{moment}"))
        code = push(run, place, moment)
        assert -9 == code or run.changes < moment  # not every round changes the disk as often
        assert 0 == push(run, place)
        assert expected == outcome(place), f"killed at {moment}, of {len(moments)}"
