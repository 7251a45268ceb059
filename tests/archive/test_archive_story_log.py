"""The log of one story: which commits changed its record or a ruling on it, and what they made."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.archive import git
from copydesk.archive.record import emit_story
from copydesk.news import Story
from world.newsroom import run_git

A, B = "_news/2026-01-01-a.md", "_news/2026-01-01-b.md"
RULES = "_data/rulings.yaml"


def rules(*names: str, why: str = "so") -> str:
    items = (
        f"  - said: pin\n    by: Ed\n    at: 2026-01-01T00:00:00Z\n    why: {why}\n"
        f"    stories:\n      - {name}\n" + "\n" * 20
        for name in names
    )
    return "rules:\n" + "".join(items)


def put(root: Path, path: str, text: str, message: str = "news: 1 updated") -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    run_git(root, "add", "-A")
    when = {"GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
    subprocess.run(
        ["git", "commit", "-qm", message], cwd=root, env={**os.environ, **when}, check=True
    )


def record(path: str, title: str) -> str:
    return emit_story(Story(path=path, title=title, published_at=None)).decode()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a newsroom below the top of its repository; all commits are of one second."""
    top = tmp_path_factory.mktemp("top")
    run_git(top, "init", "-q", "-b", "main")
    run_git(top, "config", "user.name", "Ed")
    run_git(top, "config", "user.email", "ed@tidewatch.example")
    root = top / "sites" / "tide"
    put(root, RULES, rules("2026-01-01-a"), "before there was such a story")
    put(root, A, record(A, "one"), "first")
    put(root, B, record(B, "other"))
    put(root, A, record(A, "two"), "second")
    put(root, RULES, rules("2026-01-01-a", "2026-01-01-b"), "on the other")
    put(root, RULES, rules("2026-01-01-a", "2026-01-01-b", why="now"), "on both")
    run_git(top, "checkout", "-qb", "side", "HEAD~3")
    put(root, B, record(B, "aside"))
    run_git(top, "checkout", "-q", "main")
    run_git(top, "merge", "-q", "--no-edit", "-X", "ours", "side")
    put(root, A, record(A, "three"), "last")
    return root


def test_commits_come_in_their_order_with_both_versions(root: Path) -> None:
    log = archive.read_story_log(root, A, 10)

    assert log is not None
    commits = list(log.commits)
    assert ["first", "second", "on both", "last"] == [commit.message.strip() for commit in commits]
    titles = [
        (commit.before and commit.before.title, commit.after and commit.after.title)
        for commit in commits
    ]
    assert [(None, "one"), ("one", "two"), (None, None), ("two", "three")] == titles
    assert [(), ("title",), (), ("title",)] == [commit.fields for commit in commits]
    ruled = commits[2]
    assert ["so", "now"] == [
        rule.why for rule in (*ruled.rulings_before.rules, *ruled.rulings_after.rules)
    ]
    assert not ruled.is_ours


def test_of_many_the_first_come_and_the_rest_is_counted(root: Path) -> None:
    log = archive.read_story_log(root, A, 1)

    assert log is not None
    assert (["first\n"], 3) == ([commit.message for commit in log.commits], log.rest)


def test_tidying_notes_what_commits_changed_and_the_log_stays_the_same(root: Path) -> None:
    before = archive.read_story_log(root, A, 10)
    assert before is not None
    told = list(before.commits)

    git.Repository(root).tidy()

    after = archive.read_story_log(root, A, 10)
    assert after is not None
    assert told == list(after.commits)
    [graph] = (root.parent.parent / ".git/objects/info/commit-graphs").glob("*.graph")
    assert b"BDAT" in graph.read_bytes()  # the chunk of the filters (git's commit-graph format)


def test_a_plain_folder_has_no_log_and_an_empty_repository_an_empty_one(tmp_path: Path) -> None:
    assert archive.read_story_log(tmp_path, A, 10) is None
    run_git(tmp_path, "init", "-q")
    log = archive.read_story_log(tmp_path, A, 10)
    assert log is not None
    assert ([], 0) == (list(log.commits), log.rest)


@pytest.mark.parametrize(
    "text",
    [
        "removed:\n  - https://x.example/a\n" + rules("2026-01-01-b", "2026-01-01-a"),
        rules("2026-01-01-b", "2026-01-01-a") + "removed:\n  - https://x.example/2026-01-01-a\n",
        rules("2026-01-01-b").replace("  -", "-").replace("    ", "  ")
        + rules("2026-01-01-a").replace("  -", "-").replace("    ", "  ")[len("rules:\n") :],
    ],
    ids=["after another list", "before another list", "without an indent"],
)
def test_rulings_on_others_are_left_out_wherever_they_stand(tmp_path: Path, text: str) -> None:
    run_git(tmp_path, "init", "-q")
    run_git(tmp_path, "config", "user.name", "Ed")
    run_git(tmp_path, "config", "user.email", "ed@tidewatch.example")
    put(tmp_path, A, record(A, "one"))
    put(tmp_path, RULES, text)

    log = archive.read_story_log(tmp_path, A, 10)

    assert log is not None
    *_, last = log.commits
    assert [("2026-01-01-a",)] == [rule.stories for rule in last.rulings_after.rules]
