"""A repository of its own for a new newsroom."""

from __future__ import annotations

from pathlib import Path

from copydesk.archive.git import _git
from copydesk.archive.git._repository import Repository
from copydesk.errors import GitError


def start_repository(root: Path) -> Repository:
    """Make a git repository in `root`, on a branch `main`; give it.

    Where git is missing the folder stays plain and the answer is not `usable`.
    """
    try:
        _git.tell(root, "init", "--quiet", "--initial-branch=main")
    except GitError:
        return Repository(root)
    return Repository(root)
