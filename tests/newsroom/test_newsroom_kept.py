"""A newsroom that an older version made goes on: it is kept as it was, stores and all.

A release keeps one more beside it: a small newsroom of that version, packed with its stores.
"""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import run_git

KEPT = sorted((Path(__file__).parents[1] / "cases" / "newsroom").glob("kept-*.tar.gz"))
NOW = "2026-11-21T08:00:00Z"
WALL = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"


@pytest.mark.slow
@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.name[:12])
def test_a_newsroom_of_an_older_version_goes_on(kept: Path, tmp_path: Path) -> None:
    with tarfile.open(kept) as packed:
        packed.extractall(tmp_path, filter="data")
    root = tmp_path / "tidewatch"
    records = {path.name: path.read_bytes() for path in (root / "_news").iterdir()}
    head = run_git(root, "rev-parse", "HEAD")

    def ask(*words: object) -> str:
        said = copydesk("-C", root, "--now", NOW, *words)
        assert 0 == said.code, said.err
        return said.out

    assert "2 records checked, saving changes no byte of 2" in ask("record", "check")
    assert "Sea wall to rise by two metres" in ask("stories")
    assert "decision: publish by Ada" in ask("explain", WALL)
    assert ask("rule", "list").startswith("1\tpin\t")
    assert "ada" in ask("desk", "user", "list")
    ask("rejudge", "--since", "0", "--apply")
    ask("build")
    again = copydesk("demo", "--no-serve", "--dir", root, "--json")  # a demo, with its recording
    assert 0 == again.code, again.err
    assert (root / ".copydesk/site/index.html").is_file()
    assert records == {path.name: path.read_bytes() for path in (root / "_news").iterdir()}
    assert head == run_git(root, "rev-parse", "HEAD")
    assert "" == run_git(root, "status", "--porcelain")
