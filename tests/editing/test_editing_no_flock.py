"""A file system without locks: a person is told once, by whatever writes first."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from copydesk.archive import record
from copydesk.editing import undo
from copydesk.news import Story
from copydesk.newsroom import open_newsroom
from world.command import Said, copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web

TOLD = "this file system does not support locks (flock)"
RECORD = "_news/2026-11-20-good.md"


def _no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a newsroom with a record, on what looks like such a file system."""
    monkeypatch.setattr(fcntl, "flock", _no_locks)  # none can be made here
    root = newsroom(tmp_path / "beat")
    (root / "_news").mkdir(exist_ok=True)
    story = Story(path=RECORD, title="Good", published_at=NOW, published=True)
    (root / RECORD).write_bytes(record.emit_story(story))
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "a record")
    return root


def say(root: Path, *words: object) -> Said:
    said = copydesk("-C", root, "--now", NOW.isoformat(), *words)
    assert said.code == 0, said.err
    return said


def test_the_first_word_tells_and_no_later_one(root: Path) -> None:
    assert TOLD in say(root, "verdict", RECORD, "hold", "--why", "so", "--as", "Ed").err
    assert TOLD not in say(root, "verdict", RECORD, "publish", "--why", "so", "--as", "Ed").err
    assert TOLD not in say(root, "rule", "block", "horoscope", "--as", "Ed").err


def test_the_first_round_tells_and_files_as_ever(root: Path, tmp_path: Path) -> None:
    web = record_web(tmp_path / "web.warc.gz", small_web())

    first = say(root, "run", "--web", web)
    assert TOLD in first.err
    assert len(list((root / "_news").iterdir())) == 3
    assert run_git(root, "status", "--porcelain") == ""
    assert TOLD not in say(root, "run", "--web", web, "--all-due").err


def test_undoing_an_action_tells_where_nothing_did_before(root: Path) -> None:
    said = copydesk(
        *("-C", root, "--now", NOW.isoformat(), "verdict", RECORD, "hold"),
        *("--why", "so", "--as", "Ed", "--json"),
    )
    (root / ".copydesk/no-flock").unlink()

    with open_newsroom(root, NOW, {}) as opened:
        undone = undo.undo_action(opened, str(said.json()["commit"]), "Ada")

    assert [note.startswith(TOLD) for note in undone.notes] == [True]
