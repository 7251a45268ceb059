"""Without git a decision is on the disk, and the person who decides is told why it is no commit."""

from __future__ import annotations

from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import run_git
from world.served_newsroom import filed_newsroom

RECORD = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"


def test_a_machine_without_git_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = filed_newsroom(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    decide = ("-C", root, "verdict", RECORD, "reject", "--why", "so")

    nobody = copydesk(*decide)
    assert (2, "git is not installed") == (nobody.code, nobody.err.splitlines()[0][7:])
    assert "hint: install git, or use --as NAME" in nobody.err

    named = copydesk(*decide, "--as", "Ed")
    assert 0 == named.code, named.err
    assert "not committed (git reports an error: git is not installed)" in named.err
    monkeypatch.undo()
    assert RECORD in run_git(root, "status", "--porcelain")
