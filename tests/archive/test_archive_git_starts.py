"""How often git is started for one change: each start costs some milliseconds."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.checkout import Checkout
from copydesk.archive import FileChange, digest
from copydesk.archive.change import Change, WriteLock

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
RECORD = "_news/a.md"


@pytest.fixture
def starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file to which each start of git adds its arguments."""
    log, folder = tmp_path / "starts", tmp_path / "counting"
    folder.mkdir()
    script = folder / "git"
    script.write_text(f'#!/bin/sh\necho "$*" >> "{log}"\nexec "{shutil.which("git")}" "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return log


def test_a_change_of_one_record_starts_git_thirteen_times(checkout: Checkout, starts: Path) -> None:
    checkout.put(".git/info/exclude", ".copydesk/\n")
    checkout.save(RECORD)
    before = digest((checkout.root / RECORD).read_bytes())
    change = Change(
        files=(FileChange(path=RECORD, after=b"changed\n", before=before),),
        message="verdict: hold it",
        when=NOON,
    )
    starts.unlink()

    lock = WriteLock(checkout.root)
    with lock.hold():
        done = change.commit(lock)

    assert done.commit is not None
    assert len(starts.read_text().splitlines()) <= 13
