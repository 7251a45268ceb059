"""Commits beside another git and after a kill: a script in git's place misbehaves once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.checkout import Checkout
from copydesk.errors import GitError

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
GIT = shutil.which("git") or "git"
COMMIT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from copydesk.archive.git import Repository
when = datetime(2025, 3, 4, 12, tzinfo=UTC)
Repository(Path(sys.argv[1])).commit(["_news/a.md"], "Round", when=when)
"""


def misbehave(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a script before the real git; it gets git's arguments and $GIT."""
    folder.mkdir()
    file = folder / "git"
    file.write_text(f'#!/bin/sh\nGIT="{GIT}"\n{script}\nexec "$GIT" "$@"\n')
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def move_branch(times: str) -> str:
    """Return a script that commits by hand just before the branch is set."""
    return (
        'case "$*" in *update-ref*copydesk*)\n'
        f'  if [ ! -e "$0.done" ]; then {times}\n'
        "  top=$2; tree=$($GIT -C $top rev-parse HEAD^{tree})\n"
        "  new=$($GIT -C $top -c user.name=a -c user.email=b commit-tree $tree -p HEAD -m hand)\n"
        "  $GIT -C $top update-ref HEAD $new\n"
        "  fi;;\nesac"
    )


def test_a_commit_by_hand_in_between_is_built_upon(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.put("_news/a.md", "ours\n")
    misbehave(tmp_path / "bin", monkeypatch, move_branch('touch "$0.done";'))

    commit = checkout.repository().commit(["_news/a.md"], "Round", when=NOON)

    assert ["Round", "hand", "by hand"] == checkout.git("log", "--format=%s").splitlines()
    assert commit == checkout.git("rev-parse", "HEAD")
    assert [] == checkout.status()


def test_a_branch_that_never_rests_is_given_up(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.put("_news/a.md", "ours\n")
    misbehave(tmp_path / "bin", monkeypatch, move_branch(""))

    with pytest.raises(GitError, match="others committed to the branch"):
        checkout.repository().commit(["_news/a.md"], "Round", when=NOON)

    assert [" M _news/a.md"] == checkout.status()
    assert not (checkout.root / ".git" / "index.lock").exists()


def test_another_git_s_lock_is_respected(checkout: Checkout) -> None:
    checkout.put("_news/a.md", "ours\n")
    lock = checkout.put(".git/index.lock", "")

    with pytest.raises(GitError, match="another git process") as caught:
        checkout.repository().commit(["_news/a.md"], "Round", when=NOON)

    assert str(lock) == caught.value.subject
    assert lock.exists()
    lock.unlink()
    assert checkout.repository().commit(["_news/a.md"], "Round", when=NOON)


def test_a_git_that_fails_is_an_error_and_leaves_no_lock(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.put("_news/a.md", "ours\n")
    script = 'case "$*" in *mktree*) echo "no room" >&2; exit 128;; esac'
    misbehave(tmp_path / "bin", monkeypatch, script)

    with pytest.raises(GitError, match="no room"):
        checkout.repository().commit(["_news/a.md"], "Round", when=NOON)

    assert [] == list((checkout.root / ".git").glob("*.lock"))
    assert [" M _news/a.md"] == checkout.status()


def test_a_refused_branch_is_an_error(
    checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.put("_news/a.md", "ours\n")
    script = 'case "$*" in *update-ref*) echo "read-only" >&2; exit 128;; esac'
    misbehave(tmp_path / "bin", monkeypatch, script)

    with pytest.raises(GitError, match="read-only"):
        checkout.repository().commit(["_news/a.md"], "Round", when=NOON)


@pytest.mark.parametrize(
    ("script", "committed"),
    [
        ('case "$*" in *--index-info*) kill -9 $PPID; exit 1;; esac', False),
        ('case "$*" in *update-ref*copydesk*) kill -9 $PPID; exit 1;; esac', False),
        ('case "$*" in *update-ref*copydesk*) "$GIT" "$@"; kill -9 $PPID; exit 1;; esac', True),
    ],
    ids=[
        "while the tree is made",
        "before the branch moves",
        "after others committed to the branch",
    ],
)
def test_a_killed_commit_is_finished_or_forgotten_by_the_next(
    script: str,
    committed: bool,
    checkout: Checkout,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checkout.put("README.md", "staged by the user\n")
    checkout.git("add", "README.md")
    checkout.put("_news/a.md", "ours\n")
    with monkeypatch.context() as then:
        misbehave(tmp_path / "bin", then, script)
        killed = subprocess.run([sys.executable, "-c", COMMIT, checkout.root], check=False)
    assert -9 == killed.returncode
    assert (checkout.root / ".git" / "index.lock").exists()
    repository = checkout.repository()

    under_the_pen = repository.find_user_changes(["_news/a.md"])
    commit = repository.commit(["_news/a.md"], "Round", when=NOON)

    assert (set() if committed else {"_news/a.md"}) == under_the_pen
    assert (commit is None) == committed
    assert ["Round", "by hand"] == checkout.git("log", "--format=%s").splitlines()
    assert ["M  README.md"] == checkout.status()


def test_another_git_s_lock_is_not_taken_for_a_leftover(checkout: Checkout) -> None:
    checkout.put(".git/copydesk-lock", "")
    lock = checkout.put(".git/index.lock", "")

    assert set() == checkout.repository().find_user_changes(["_news/a.md"])

    assert lock.exists()
    assert not (checkout.root / ".git" / "copydesk-lock").exists()
