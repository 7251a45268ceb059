"""A backfill that is killed at any moment, or whose disk is full, ends as one that was not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from world.killed import Commands, commands, spread
from world.newsroom import NOW, newsroom, record_web, run_git
from world.web_archives import filed, invent_pages, write_archives

pytestmark = pytest.mark.slow

MORE = '[fetch]\ncontact = "mailto:desk@tidewatch.example"\n'


@pytest.fixture(scope="module")
def run() -> Iterator[Commands]:
    with commands() as run:
        yield run


class Trial:
    """A newsroom that is filled from three archives, and how it ends without a kill."""

    def __init__(self, folder: Path, run: Commands) -> None:
        pages = invent_pages(45)
        self._run = run
        self._archives = write_archives(folder / "archives", pages, 3)
        self._web = record_web(folder / "web.warc.gz", pages)
        self._empty = newsroom(folder / "empty", more=MORE)
        self.folder = folder
        self.whole = shutil.copytree(self._empty, folder / "whole")
        assert self.fill(self.whole) == 0
        self.changes = run.changes

    def fill(self, root: Path, **how: Any) -> int:
        words = ("-C", root, "--now", NOW.isoformat(), "backfill", "--web", self._web)
        return self._run(*words, *self._archives, **how)

    def begin(self, name: str) -> Path:
        return shutil.copytree(self._empty, self.folder / name)


def subjects(root: Path) -> list[str]:
    return run_git(root, "log", "--format=%s").splitlines()


@pytest.mark.parametrize(
    "kills", [5, pytest.param(24, marks=pytest.mark.long)], ids=["few", "many"]
)
def test_a_killed_backfill_loses_nothing_and_files_nothing_twice(
    tmp_path: Path, run: Commands, kills: int
) -> None:
    trial = Trial(tmp_path, run)
    stories = dict(filed(trial.whole))
    assert len(stories) > 5
    for moment in spread(trial.changes, kills):
        root = trial.begin(f"killed-{moment}")
        assert trial.fill(root, killed_at=moment) == -9
        assert trial.fill(root) == 0
        assert dict(filed(root)) == stories, moment
        assert sorted(subjects(root)) == sorted(subjects(trial.whole))
        assert run_git(root, "status", "--porcelain") == ""
        assert trial.fill(root) == 0
        assert sorted(subjects(root)) == sorted(subjects(trial.whole))


def test_on_a_full_disk_it_says_so_and_goes_on_later(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with commands() as run:
        trial = Trial(tmp_path, run)
        for place in ("_archive/_news", ".copydesk/journal"):
            root = trial.begin(f"full-{len(place)}")
            assert trial.fill(root, full_at=2, among=(place,)) == 1
            assert "No space left on device" in capfd.readouterr().err
            assert trial.fill(root) == 0
            assert dict(filed(root)) == dict(filed(trial.whole))
