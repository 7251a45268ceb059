"""A large index is split by git; small changes of it are written without git."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.checkout import Checkout
from copydesk.archive.git import Repository

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
OLD = "_archive/_news/2019/2019-01-02-old.md"


@pytest.fixture
def split(checkout: Checkout) -> Checkout:
    """Return a repository whose index counts as large, after a first commit of ours."""
    checkout.save(OLD)
    checkout.git("config", "splitIndex.maxPercentChange", "100")  # there are only a few records
    ask_for_split(checkout)
    commit(checkout, "_news/a.md", "first\n")
    return checkout


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


def ask_for_split(checkout: Checkout) -> None:
    """Let the next commit split the index, as if it were large and not split for an hour."""
    noted = checkout.root / ".git" / "copydesk-shared"
    noted.touch()
    os.utime(noted, (0, 0))


def commit(checkout: Checkout, path: str, text: str | None) -> str | None:
    repository = Repository(checkout.root)
    file = checkout.root / path
    file.unlink() if text is None else checkout.put(path, text)
    made = repository.commit([path], "a change", when=NOON)
    assert repository.find_user_changes([path]) == set()
    repository.close()
    return made


def assert_clean(checkout: Checkout) -> None:
    """Compare the index with HEAD and with the disk, by git alone."""
    assert checkout.git("diff-files", "--name-only") == ""
    assert checkout.git("diff-index", "--cached", "--name-only", "HEAD") == ""
    assert checkout.status() == []
    assert checkout.git("fsck", "--strict") == ""


def test_a_large_index_is_split(split: Checkout) -> None:
    shared = list((split.root / ".git").glob("sharedindex.*"))

    assert len(shared) == 1
    assert_clean(split)


@pytest.mark.parametrize("path", ["_news/a.md", "_news/new.md", OLD, "_archive/_news/2018/x.md"])
def test_git_reads_no_index_for_a_small_change(split: Checkout, starts: Path, path: str) -> None:
    assert commit(split, path, "second\n")

    read_index = {"ls-files", "update-index", "add", "diff-index"}
    assert not read_index.intersection(starts.read_text().split())
    assert_clean(split)
    assert split.committed(path) == b"second\n"


def test_many_small_changes_follow_each_other(split: Checkout) -> None:
    for number in range(12):
        assert commit(split, f"_news/{number % 5}.md", f"{number}\n")

    assert_clean(split)
    assert split.committed("_news/1.md") == b"11\n"


def test_what_a_user_staged_stays_staged(split: Checkout) -> None:
    split.put("_news/b.md", "by hand\n")
    split.git("add", "_news/b.md")
    split.put("_news/c.md", "new by hand\n")
    split.git("add", "_news/c.md")

    assert commit(split, "_news/a.md", "second\n")

    assert split.status() == ["M  _news/b.md", "A  _news/c.md"]


def test_a_staged_file_is_seen_in_a_split_index(split: Checkout) -> None:
    split.put("_news/c.md", "new by hand\n")
    split.git("add", "_news/c.md")
    split.put("_news/c.md", "edited again\n")

    repository = Repository(split.root)
    changes = repository.find_user_changes(["_news/a.md", "_news/c.md"])
    made = repository.commit(["_news/c.md"], "ours", when=NOON)
    repository.close()

    assert changes == {"_news/c.md"}
    assert made is None


def test_after_commands_of_a_user_git_does_it_again(split: Checkout) -> None:
    commit(split, "_news/a.md", "second\n")
    split.put("_news/a.md", "by hand\n")
    split.git("commit", "-q", "-a", "-m", "by hand")
    split.git("rm", "-q", "_news/b.md")
    split.git("commit", "-q", "-m", "gone")

    assert commit(split, "_news/a.md", "third\n")
    assert commit(split, "_news/b.md", "again\n")

    assert_clean(split)


def test_a_deleted_record_is_left_to_git(split: Checkout) -> None:
    assert commit(split, OLD, None)
    assert commit(split, "_news/a.md", "second\n")

    assert_clean(split)


def test_an_index_is_split_again_and_old_parts_go(split: Checkout) -> None:
    for number in range(4):
        split.put("_news/b.md", f"by hand {number}\n")
        split.git("commit", "-q", "-a", "-m", "by hand")
        ask_for_split_again(split)
        commit(split, "_news/a.md", f"{number}\n")

    assert len(list((split.root / ".git").glob("sharedindex.*"))) <= 3
    assert_clean(split)


def ask_for_split_again(checkout: Checkout) -> None:
    os.utime(checkout.root / ".git" / "copydesk-shared", (0, 0))


def test_an_index_stays_whole_if_its_owner_wants_that(checkout: Checkout) -> None:
    checkout.git("config", "core.splitIndex", "false")
    ask_for_split(checkout)

    assert commit(checkout, "_news/a.md", "first\n")

    assert not list((checkout.root / ".git").glob("sharedindex.*"))
    assert checkout.status() == []
