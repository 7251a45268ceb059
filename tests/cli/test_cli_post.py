"""copydesk post: posts are listed, previewed, sent and taken back; the server posts by itself."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from copydesk import config
from copydesk.background import NewsroomFolder, PostHours
from world.command import copydesk
from world.fetching import StepClock
from world.post_newsroom import PostDesk, at_desk, discord, mastodon, states, statuses


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "token")


def post(desk: PostDesk, *words: str) -> str:
    """Run a command that must succeed, and return what it prints."""
    done = copydesk("-C", str(desk.root), "--now", desk.now.isoformat(), "post", *words)
    assert 0 == done.code, done.err
    return done.out


def test_a_post_is_previewed_sent_listed_and_taken_back(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> None:
        desk.begin()
        preview = post(desk, "preview", "2026-12-02-wall")
        assert preview.startswith("--- out (mastodon)\nSea wall breaks at Fenholm\n\nIt is new.")
        assert "out: mastodon, send\n" == post(desk, "list")
        post(desk, "send")
        line = post(desk, "list").splitlines()[1].split("\t")
        assert ["1", "out", "sent", "2026-12-02T13:00:00Z", "2026-12-02-wall"] == line[:5]
        (listed,) = json.loads(post(desk, "list", "--json", "--story", "2026-12-02-wall"))["posts"]
        assert ("sent", "mastodon") == (listed["state"], listed["to"])
        assert "token" not in post(desk, "list", "--json")
        assert "deleted\n" == post(desk, "retract", "1", "--as", "Ed")
        assert [] == statuses(desk)

    at_desk(mastodon(tmp_path), work)


def test_a_resting_channel_is_resumed_and_an_unknown_one_refused(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> None:
        desk.look()
        with desk.log() as log:
            log.rest_all()
        assert "out: mastodon, rests (restored)\n" == post(desk, "list")
        assert "out posts again, stories from 2026-12-02T12:00:00Z on\n" == post(
            desk, "resume", "out"
        )
        done = copydesk("-C", str(desk.root), "post", "resume", "our")
        assert 2 == done.code
        assert "no such channel: our" in done.err
        assert 'did you mean "out"?' in done.err

    at_desk(mastodon(tmp_path), work)


def test_the_server_posts_by_itself_and_says_once_what_is_wrong(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[str]:
        desk.begin()
        desk.network.plan = ["500"]
        clock, said = StepClock(), list[str]()
        clock.at = desk.now
        folder = NewsroomFolder(config.load(desk.root, desk.environ), desk.environ)
        hours = PostHours(folder, clock, said.append)
        hours.look()
        hours.look()
        assert ["uncertain"] == states(desk.posts())
        (desk.root / ".copydesk/desk.sqlite").write_bytes(b"no database")
        hours.look()
        hours.look()
        return said

    uncertain, damaged = at_desk(discord(tmp_path), work)
    assert uncertain.startswith("out: a post is uncertain: 2026-12-02-wall: status 500")
    assert damaged.startswith("could not post: the desk database is damaged")


def test_nothing_is_posted_while_the_site_is_behind(tmp_path: Path) -> None:
    async def run(hours: PostHours) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(hours.go_on(), 0.05)

    def work(desk: PostDesk) -> list[str]:
        desk.begin()
        clock = StepClock()
        clock.at = desk.now
        folder = NewsroomFolder(config.load(desk.root, desk.environ), desk.environ)
        hours = PostHours(folder, clock, print)
        hours.is_behind = lambda: True
        asyncio.run(run(hours))
        return desk.network.asked

    assert [] == at_desk(mastodon(tmp_path), work)
