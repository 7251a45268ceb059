"""How often a round and an editor's verdict start git."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.editing import file_verdict, speaker
from copydesk.news import Verdict
from copydesk.newsroom import open_newsroom
from world.git_starts import count_starts
from world.later import WALL_RECORD, run, web_with
from world.newsroom import NOW, newsroom, run_git

MOST = 12


def test_a_round_and_a_verdict_start_git_twelve_times_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, web = newsroom(tmp_path / "beat"), web_with(tmp_path, {})
    run_git(root, "config", "user.name", "Ada")
    starts = count_starts(tmp_path, monkeypatch)

    assert run(root, web).commit is not None
    of_round = starts()
    with open_newsroom(root, NOW, {}) as opened:
        verdict = Verdict(said="hold", by=speaker(opened), at=NOW, why="It is old.")
        assert file_verdict(opened, WALL_RECORD, verdict).commit is not None

    assert max(of_round, starts() - of_round) <= MOST
