"""`copydesk sources remove`: a source's block goes, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import newsroom, run_git

HERON = "https://heron.example/feed.xml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


def urls_of(root: Path) -> list[str]:
    return [row["url"] for row in copydesk("-C", root, "sources", "--json").json()]


@pytest.mark.parametrize("source", [HERON, f"{HERON}/", "heron daily"])
def test_a_source_is_taken_out_by_address_or_name_in_one_commit(root: Path, source: str) -> None:
    before = urls_of(root)

    said = copydesk("-C", root, "sources", "remove", source, "--as", "Anna")

    assert (0, f"removed: {HERON}\n") == (said.code, said.out)
    assert [url for url in before if url != HERON] == urls_of(root)
    assert "by Anna" in run_git(root, "log", "-1", "--format=%B")
    assert "beat.toml" == run_git(root, "show", "--format=", "--name-only").strip()


def test_one_that_is_not_there_is_an_error_and_nothing_changes(root: Path) -> None:
    before = (root / "beat.toml").read_bytes()

    said = copydesk("-C", root, "sources", "remove", "https://nobody.example/feed.xml")

    assert said.code == 2
    assert before == (root / "beat.toml").read_bytes()


def test_beside_edits_that_are_not_committed_only_the_block_goes(root: Path) -> None:
    head = run_git(root, "rev-parse", "HEAD")
    before = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text(f"# mine\n{before}", "utf-8")

    said = copydesk("-C", root, "sources", "remove", HERON)

    assert (said.code, said.out) == (0, f"removed: {HERON}\n")
    assert "beat.toml has uncommitted edits" in said.err
    assert head == run_git(root, "rev-parse", "HEAD")
    after = (root / "beat.toml").read_text("utf-8")
    assert (after.startswith("# mine\n"), HERON in after) == (True, False)


def test_json_says_the_commit(root: Path) -> None:
    report = copydesk("-C", root, "sources", "remove", HERON, "--json").json()

    assert ["beat.toml"] == report["changed"]
    assert run_git(root, "rev-parse", "HEAD").strip() == report["commit"]
