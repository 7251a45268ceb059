"""What git has changed since a file came: new files, changed ones, nothing where git cannot say."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.archive.git import list_changes_since
from world.newsroom import run_git


def commit(root: Path, **files: str) -> None:
    for name, words in files.items():
        (root / "_news").mkdir(parents=True, exist_ok=True)
        (root / "_news" / f"{name}.md").write_text(words)
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "more")


@pytest.mark.parametrize("below", ["", "sites/coast"])
def test_changes_are_those_of_later_commits(tmp_path: Path, below: str) -> None:
    root = tmp_path / below
    root.mkdir(parents=True, exist_ok=True)
    run_git(tmp_path, "init", "-q")
    commit(root, old="1", gone="1", same="1")
    (root / "letter*.html").write_text("told")
    commit(root)
    (root / "other.txt").write_text("of no interest")
    (root / "_news" / "gone.md").unlink()
    commit(root, old="2", fresh="1")
    (root / "_news" / "uncommitted.md").write_text("1")

    assert list_changes_since(root, "letter*.html", "_news") == {
        "_news/fresh.md": True,
        "_news/old.md": False,
    }


def test_nothing_is_known_without_git_or_of_a_file_that_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "letter.html").write_text("told")
    assert list_changes_since(tmp_path, "letter.html", "_news") is None

    run_git(tmp_path, "init", "-q")
    assert list_changes_since(tmp_path, "letter.html", "_news") is None
    commit(tmp_path, story="1")
    assert list_changes_since(tmp_path, "other.html", "_news") is None
