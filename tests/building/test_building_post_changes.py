"""Posts are corrected and taken back with their stories, and people decide about them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from copydesk.building import posts
from copydesk.desk_store.posts import Post
from copydesk.errors import UsageError
from copydesk.newsroom import backup
from world.chats import SLACK_HOOK, FakeChats
from world.mastodon import FakeMastodon
from world.pds import FakePds
from world.post_newsroom import (
    WALL,
    PostDesk,
    at_desk,
    bluesky,
    channel,
    discord,
    fail_then_look,
    findings,
    mastodon,
    of_chat,
    records,
    shown_by,
    states,
    statuses,
)

# Corrected and taken back.


def correct(desk: PostDesk, title: str = "Sea wall holds at Fenholm after all") -> list[Post]:
    desk.file("2026-12-02-wall", title)
    return desk.look(minutes=5)


def test_a_corrected_headline_edits_the_post_and_keeps_its_picture(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        return correct(desk)

    desk = mastodon(tmp_path, 'picture = "picture"')
    (post,) = at_desk(desk, work)
    assert isinstance(desk.network, FakeMastodon)

    (status,) = desk.network.statuses.values()
    assert status.text.startswith("Sea wall holds at Fenholm after all\n")
    assert (1, 1, "sent", "") == (len(status.media), status.edits, post.state, post.owed)


def test_another_spelling_is_no_correction(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        return correct(desk, "Sea-wall breaks, at Fenholm")

    (post,) = at_desk(mastodon(tmp_path), work)
    assert (0, "") == (post.edits, post.owed)


def test_a_post_is_edited_three_times_at_most(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        for number in ("one", "two", "three", "four", "five"):
            correct(desk, f"Sea wall has {number} holes")
        return desk.posts()

    desk = mastodon(tmp_path)
    (post,) = at_desk(desk, work)

    assert 3 == post.edits
    assert statuses(desk)[0].startswith("Sea wall has three holes")


def test_an_edit_that_fails_is_owed_until_it_is_made(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        desk.network.plan = ["500"]
        (post,) = correct(desk)
        assert "edit" == post.owed
        return desk.look(minutes=5)

    desk = mastodon(tmp_path)
    (post,) = at_desk(desk, work)
    assert ("", 1) == (post.owed, post.edits)


@pytest.mark.parametrize("way", ["reply", "replace"])
def test_bluesky_corrects_by_a_reply_or_by_another_post(tmp_path: Path, way: str) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        correct(desk)
        desk.look(minutes=5)
        return desk.look(minutes=5)

    desk = bluesky(tmp_path, f'corrections = "{way}"')
    found = at_desk(desk, work)
    assert isinstance(desk.network, FakePds)

    assert ["sent"] * len(found) == states(found)
    texts = records(desk)
    assert texts[-1].split("\n\n")[way == "reply"] == "Sea wall holds at Fenholm after all"
    if way == "reply":
        first, second = desk.network.records.values()
        assert "The headline changed." == texts[1].split("\n\n")[0]
        assert found[0].id == second["reply"]["root"]["uri"] == second["reply"]["parent"]["uri"]
        assert "reply" not in first
    else:
        assert 1 == len(texts)


@pytest.mark.parametrize("make", [mastodon, bluesky, discord])
def test_a_removed_story_is_taken_back(tmp_path: Path, make: Callable[[Path], PostDesk]) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        desk.remove()
        return desk.look(minutes=1)

    desk = make(tmp_path)
    assert ["deleted"] == states(at_desk(desk, work))
    assert [] == shown_by(make)(desk)


def test_a_reply_is_taken_back_with_its_post(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        correct(desk)
        desk.look(minutes=5)
        desk.remove()
        return desk.look(minutes=5)

    desk = bluesky(tmp_path)
    assert ["deleted", "deleted"] == states(at_desk(desk, work))
    assert [] == records(desk)


def test_a_story_that_is_removed_before_its_turn_is_dropped(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin("2026-12-02-first")
        desk.look()
        desk.file("2026-12-02-wall", "Sea wall breaks at Fenholm")
        assert ["sent", "planned"] == states(desk.look(minutes=1))
        desk.remove()
        return desk.look(hours=1)

    desk = mastodon(tmp_path)
    assert ["sent", "dropped"] == states(at_desk(desk, work))
    assert 1 == len(statuses(desk))


def test_a_story_that_is_removed_while_it_is_sent_is_taken_back(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        fail_then_look("done:500")(desk)
        desk.remove()
        desk.look(seconds=61)
        return desk.look(seconds=61)

    desk = mastodon(tmp_path)
    assert ["deleted"] == states(at_desk(desk, work))
    assert [] == statuses(desk)


@pytest.mark.parametrize("action", ["retract", "hold"])
def test_what_an_editor_decides_while_a_post_is_sent_is_not_lost(
    tmp_path: Path, action: posts.PostAction
) -> None:
    """A post can be taken back then; to hold it, it is too late."""
    refused: list[str] = []

    class Slow(FakeMastodon):
        async def _post(self, request: web.Request) -> web.Response:
            await asyncio.to_thread(self.decide)
            return await super()._post(request)

        def decide(self) -> None:
            with desk.open() as opened:
                try:
                    posts.act_on_post(opened, 1, action, "Ed")
                except UsageError as error:
                    refused.append(error.what)

    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        return desk.look(minutes=1)

    desk = mastodon(tmp_path)
    desk.network = Slow()
    found = at_desk(desk, work)

    assert (["deleted"], []) == (states(found), refused) or (
        ["sent"],
        ["the post is sending, so that this cannot be done"],
    ) == (states(found), refused)
    assert (action == "hold") == bool(statuses(desk))


def test_a_deletion_is_tried_until_it_is_done_and_an_owner_sees_it(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        desk.remove()
        desk.network.plan = ["500"] * 4
        for _ in range(4):
            desk.look(hours=1)
        assert ["sent"] == states(desk.posts())
        assert findings(desk)[0].startswith("out still has the post on 2026-12-02-wall, which")
        return desk.look(hours=1)

    desk = mastodon(tmp_path)
    assert ["deleted"] == states(at_desk(desk, work))


def test_what_a_webhook_cannot_delete_is_listed(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        (post,) = correct(desk)
        assert ("", "the network cannot do that") == (post.owed, post.why)
        desk.remove()
        desk.look(minutes=1)
        assert ["out still has the post on 2026-12-02-wall, which was taken back"] == [
            what.partition(":")[0] for what in findings(desk)
        ]
        assert ["undeletable"] == states(desk.posts())
        with desk.open() as opened:
            posts.act_on_post(opened, 1, "retract", "Ed")
        assert [] == findings(desk)
        return desk.posts()

    desk = PostDesk(
        root=tmp_path,
        network=FakeChats(),
        channel=channel("slack"),
        hooks={"TOKEN": SLACK_HOOK},
    )
    assert ["deleted"] == states(at_desk(desk, work))


@pytest.mark.parametrize("to", ["slack", "telegram", "matrix"])
def test_chats_post_edit_and_delete(tmp_path: Path, to: str) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        correct(desk)
        desk.remove()
        return desk.look(minutes=5)

    desk = of_chat(to, tmp_path)
    (post,) = at_desk(desk, work)
    assert ("deleted", 1) == (post.state, post.edits)


def test_a_post_that_is_gone_at_its_network_is_not_edited_again_and_again(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        assert isinstance(desk.network, FakeMastodon)
        desk.network.statuses.clear()
        correct(desk)
        asked = len(desk.network.asked)
        desk.look(hours=7)
        assert asked == len(desk.network.asked)
        assert [] == findings(desk)
        return desk.posts()

    (post,) = at_desk(mastodon(tmp_path), work)
    assert ("sent", "") == (post.state, post.owed)


def test_a_channel_that_rehearses_again_sends_nothing(tmp_path: Path) -> None:
    """Neither an edit or deletion that is owed, nor a request that was not answered."""

    def work(desk: PostDesk) -> list[Post]:
        fail_then_look("done:500")(desk)
        settings = desk.root / "beat.toml"
        settings.write_text(settings.read_text().replace('mode = "send"', ""))
        asked = len(desk.network.asked)
        desk.remove()
        desk.look(minutes=2)
        assert asked == len(desk.network.asked)
        return desk.posts()

    (post,) = at_desk(mastodon(tmp_path), work)
    assert ("sending", "delete") == (post.state, post.owed)


# What people do.


def test_a_proposed_post_waits_for_an_editor(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        with desk.open() as opened:
            post = posts.propose_post(opened, "out", "2026-12-02-wall", "Look at this.", "a tool")
            assert ["held"] == states(desk.look())
            with pytest.raises(UsageError):
                posts.propose_post(opened, "out", "2026-12-02-wall")
            posts.act_on_post(opened, post.number, "words", "Ed", f"Look: {WALL}")
            posts.act_on_post(opened, post.number, "approve", "Ed")
        return desk.look()

    desk = mastodon(tmp_path)
    assert ["sent"] == states(at_desk(desk, work))
    assert [f"Look: {WALL}"] == statuses(desk)


def test_posts_that_wait_for_an_editor_take_no_place_of_others(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin("2026-12-02-proposed")
        with desk.open() as opened:
            posts.propose_post(opened, "out", "2026-12-02-proposed", by="a tool")
        desk.file("2026-12-02-wall", "Sea wall breaks at Fenholm")
        return desk.look()

    assert ["held", "sent"] == states(at_desk(mastodon(tmp_path, "most_a_day = 1"), work))


def test_a_held_post_does_not_go_out(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin("2026-12-02-first")
        desk.look()
        desk.file("2026-12-02-wall", "Sea wall breaks at Fenholm")
        _, post = desk.look(minutes=1)
        with desk.open() as opened:
            posts.act_on_post(opened, post.number, "hold", "Ed")
        return desk.look(hours=2)

    assert ["sent", "held"] == states(at_desk(mastodon(tmp_path), work))


@pytest.mark.parametrize(
    ("action", "words", "what"),
    [("words", "x" * 600, "too long"), ("approve", "", "the post is sent")],
)
def test_what_cannot_be_done_is_refused(
    tmp_path: Path, action: posts.PostAction, words: str, what: str
) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        (post,) = desk.look()
        with desk.open() as opened, pytest.raises(UsageError, match=what):
            posts.act_on_post(opened, post.number, action, "Ed", words)
        return []

    at_desk(mastodon(tmp_path), work)


def test_a_preview_shows_the_post_in_each_channel(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        with desk.open() as opened:
            (row,) = posts.preview_posts(opened, "2026-12-02-wall")
        assert f"Sea wall breaks at Fenholm\n\nIt is new.\n\n{WALL}\n\n#Coast" == row.text
        return desk.posts()

    assert [] == at_desk(mastodon(tmp_path), work)


def test_only_accounts_of_the_settings_are_mentioned(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.look()
        desk.now += timedelta(hours=1)
        desk.file("2026-12-02-wall", "@us@home.example and @them@far.example meet")
        return desk.look()

    desk = mastodon(tmp_path, 'mentions = ["@us@home.example"]')
    at_desk(desk, work)
    (text,) = statuses(desk)
    assert "@us@home.example" in text
    assert "@them@far.example" not in text


def test_after_a_restore_every_channel_rests_until_somebody_says_go(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin("2026-12-02-first")
        desk.look()
        desk.file("2026-12-02-wall", "Sea wall breaks at Fenholm")
        assert ["sent", "planned"] == states(desk.look(minutes=1))
        file = tmp_path / "backup.tar.gz"
        backup.back_up(desk.root, file, backup.BackupOptions(), desk.now, desk.environ)
        shutil.rmtree(desk.root)
        backup.restore(file, desk.root, desk.now)
        assert ["sent", "dropped"] == states(desk.look(hours=1))
        assert [] == desk.network.asked[5:]
        desk.file("2026-12-02-meanwhile", "A story that may have been posted since the backup")
        desk.now += timedelta(minutes=1)
        with desk.open() as opened:
            posts.resume_channel(opened, "out")
        desk.now += timedelta(hours=1)
        desk.file("2026-12-02-later", "A later story of the coast")
        return desk.look()

    root = tmp_path / "newsroom"
    root.mkdir()
    assert ["sent", "dropped", "sent"] == states(at_desk(mastodon(root), work))


def test_times_of_the_network_do_not_matter(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.network.clock_is_wrong_by = timedelta(hours=1)
        desk.begin()
        return desk.look()

    assert ["sent"] == states(at_desk(bluesky(tmp_path), work))
