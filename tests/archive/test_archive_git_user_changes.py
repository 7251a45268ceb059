"""What a user has changed without a commit, in a few files of a newsroom."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.archive import git
from world.newsroom import run_git

FEW = ("beat.toml", "_data/topics", "_templates")


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("prefix", ["", "sites/ai"])
def test_changes_of_a_few_files_are_found_beside_any_others(
    tmp_path: Path, prefix: str, object_format: str
) -> None:
    run_git(tmp_path, "init", "-q", f"--object-format={object_format}")
    run_git(tmp_path, "config", "core.splitIndex", "true")
    root = tmp_path / prefix
    for name in ("beat.toml", "_data/topics/coast.md", "_data/topics/seals.md", "other.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{name}\n", "utf-8")
    first = git.list_user_changes(root, within=FEW)
    run_git(tmp_path, "add", "-A")
    run_git(tmp_path, "commit", "-qm", "first")
    clean = git.list_user_changes(root, within=FEW)

    (root / "other.md").write_text("edited\n", "utf-8")
    (root / "beat.toml").write_text("edited\n", "utf-8")
    (root / "_data/topics/seals.md").unlink()
    (root / "_templates").mkdir()
    (root / "_templates/new.html").write_text("new\n", "utf-8")
    (root / ".gitignore").write_text("*.tmp\n", "utf-8")
    (root / "_templates/new.tmp").write_text("ignored\n", "utf-8")
    of_git = set((tmp_path / ".git").iterdir())
    edited = git.list_user_changes(root, within=FEW)
    left = set((tmp_path / ".git").iterdir()) - of_git
    run_git(tmp_path, "add", "-A")

    assert first.changed == ("_data/topics/coast.md", "_data/topics/seals.md", "beat.toml")
    assert (clean.changed, clean.removed) == ((), ())
    assert edited.changed == ("_templates/new.html", "beat.toml")
    assert edited.removed == ("_data/topics/seals.md",)
    assert not left
    assert git.list_user_changes(root, within=FEW) == edited  # the index file counts for nothing
