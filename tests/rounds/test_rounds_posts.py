"""A run posts what it published, also in a newsroom without any webhook."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from copydesk import newsroom, rounds
from world import post_newsroom
from world.post_newsroom import PostDesk


def run(desk: PostDesk) -> list[str]:
    desk.begin()
    with desk.open() as opened:
        rounds.run_round(opened, rounds.RoundOptions(), newsroom.Silence())
    return post_newsroom.statuses(desk)


def test_a_run_posts_without_any_webhook(tmp_path: Path) -> None:
    desk = post_newsroom.mastodon(tmp_path)
    desk.now = datetime.now(UTC) - timedelta(hours=2)  # the run looks at the real clock

    (status,) = post_newsroom.at_desk(desk, run)

    assert "Sea wall breaks at Fenholm" in status
