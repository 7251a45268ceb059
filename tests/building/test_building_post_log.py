"""Posts go out once each: planned, sent, repeated only where that is safe, edited, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk.building import posts
from copydesk.desk_store.posts import Post, PostLog
from copydesk.errors import DeskStoreError
from copydesk.news.ruling import Verdict
from copydesk.newsroom import hold_lock
from world.mastodon import FakeMastodon
from world.networks import NOON
from world.pds import FakePds
from world.post_newsroom import (
    WALL,
    PostDesk,
    at_desk,
    bluesky,
    discord,
    fail_then_look,
    findings,
    mastodon,
    records,
    shown_by,
    states,
    statuses,
)

# Planning.


def test_a_new_story_is_posted_once(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        return desk.look(hours=1)

    desk = mastodon(tmp_path)
    (post,) = at_desk(desk, work)

    assert [f"Sea wall breaks at Fenholm\n\nIt is new.\n\n{WALL}\n\n#Coast"] == statuses(desk)
    assert ("sent", "https://mastodon.example/@desk/") == (post.state, post.url[:31])


def test_a_story_that_was_there_before_the_channel_is_no_news(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.file("2026-12-02-old", "An old story of the coast")
        desk.now += timedelta(hours=1)
        desk.look()
        return desk.look(hours=1)

    assert [] == at_desk(mastodon(tmp_path), work)


def test_an_import_of_older_stories_posts_nothing(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.look()
        desk.look(days=30)
        for number in range(5):
            at = desk.now - timedelta(days=2 + number)
            desk.file(f"2026-12-0{number}-old", f"An old story {number}", published_at=at)
        return desk.look(hours=1)

    assert [] == at_desk(mastodon(tmp_path), work)


def test_an_event_is_posted_once_even_if_another_story_leads_it_later(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.look()
        desk.file("2026-12-02-wall", "Sea wall breaks", group="2026-12-02-wall")
        desk.look(minutes=5)
        desk.file("2026-12-02-wall", "Sea wall breaks", group="2026-12-02-wall", published=False)
        desk.file("2026-12-02-gull", "The wall has broken", group="2026-12-02-wall")
        return desk.look(hours=2)

    assert ["2026-12-02-wall"] == [post.story for post in at_desk(mastodon(tmp_path), work)]


@pytest.mark.parametrize(("before", "after"), [("2026-12-02-gull", ""), ("", "2026-12-02-gull")])
def test_a_story_is_posted_once_even_if_its_group_changes(
    tmp_path: Path, before: str, after: str
) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.look()
        desk.file("2026-12-02-wall", "Sea wall breaks", group=before)
        desk.look(minutes=5)
        desk.file("2026-12-02-wall", "Sea wall breaks", group=after)
        return desk.look(hours=2)

    assert ["2026-12-02-wall"] == [post.story for post in at_desk(mastodon(tmp_path), work)]


@pytest.mark.parametrize(
    ("rule", "fields", "is_posted"),
    [
        ("least_heat = 50", {"heat": 50}, True),
        ("least_heat = 51", {"heat": 50}, False),
        ("least_quality = 60", {"quality": 60}, True),
        ("least_quality = 61", {"quality": 60}, False),
        ('topics = ["Coast"]', {}, True),
        ('topics = ["Harbour"]', {}, False),
        ('stories = "approved"', {}, False),
        (
            'stories = "approved"',
            {"verdict": Verdict(by="Ed", at=NOON, said="publish", why="")},
            True,
        ),
    ],
)
def test_a_channel_takes_the_stories_of_its_settings(
    tmp_path: Path, rule: str, fields: dict[str, Any], is_posted: bool
) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.look()
        desk.now += timedelta(hours=1)
        desk.file("2026-12-02-wall", "Sea wall breaks at Fenholm", **fields)
        return desk.look()

    assert is_posted == bool(at_desk(mastodon(tmp_path, rule), work))


def test_the_edition_of_a_day_is_one_post(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.look()
        page = desk.root / ".copydesk/site/digest/2026/12/02/index.html"
        page.parent.mkdir(parents=True)
        title = "The day in brief: 2 December"
        page.write_text(f'<html lang="en"><head><meta property="og:title" content="{title}">')
        desk.file("2026-12-02-wall", "Sea wall breaks at Fenholm")
        desk.look(hours=18)
        assert [] == desk.posts()
        desk.look(hours=3)
        return desk.look(hours=5)

    desk = mastodon(tmp_path, 'stories = "edition"\nat = "08:00"')
    assert ["edition 2026-12-02"] == [post.story for post in at_desk(desk, work)]
    address = "https://tidewatch.example/coast/digest/2026/12/02/"
    assert [f"The day in brief: 2 December\n\n{address}"] == statuses(desk)


def test_a_rehearsal_writes_all_and_sends_nothing(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        return desk.look()

    desk = mastodon(tmp_path)
    desk.channel = desk.channel.replace('mode = "send"', "")
    (post,) = at_desk(desk, work)

    assert "rehearsed" == post.state
    assert post.said.startswith("Sea wall breaks at Fenholm")
    assert [] == desk.network.asked


@pytest.mark.parametrize("path", ["news/2026-12-02-wall/index.html", "pictures/wall.jpg"])
def test_a_post_waits_for_its_page_and_its_card(tmp_path: Path, path: str) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        page = desk.root / ".copydesk/site" / path
        page.rename(page.with_suffix(".later"))
        assert [] == desk.look()
        page.with_suffix(".later").rename(page)
        return desk.look()

    assert ["sent"] == states(at_desk(mastodon(tmp_path), work))


def test_posts_keep_a_pause_a_limit_and_quiet_hours(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.look()
        for number in range(4):
            desk.file(f"2026-12-02-story-{number}", f"Story {number} of the coast", heat=9 - number)
        desk.look()
        desk.look(minutes=29)
        assert 1 == len(statuses(desk))
        desk.look(minutes=1)
        assert 2 == len(statuses(desk))
        desk.look(hours=11)  # 23:30: quiet
        assert 2 == len(statuses(desk))
        desk.file("2026-12-02-late", "A late story of the coast")
        desk.look(hours=7, minutes=29)
        assert 2 == len(statuses(desk))
        desk.look(minutes=1)  # 07:00, but two in 24 hours are the most
        assert 2 == len(statuses(desk))
        desk.file("2026-12-03-noon", "Something new at noon")
        return desk.look(hours=5)

    more = 'pause_minutes = 30\nmost_a_day = 2\nquiet = "22:00-07:00"'
    desk = mastodon(tmp_path, more)
    at_desk(desk, work)

    assert 3 == len(statuses(desk))
    assert statuses(desk)[0].startswith("Story 0")  # the hottest first


def test_a_picture_goes_with_its_alternative_text(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        return desk.look()

    desk = mastodon(tmp_path, 'picture = "picture"')
    at_desk(desk, work)
    assert isinstance(desk.network, FakeMastodon)

    (media,) = desk.network.media.values()
    (status,) = desk.network.statuses.values()
    assert "A sea wall" == media.alt
    assert [media.id] == status.media


@pytest.mark.parametrize(("make", "before"), [(mastodon, 2), (bluesky, 1)])
def test_a_post_goes_without_a_picture_that_is_too_large(
    tmp_path: Path, make: Callable[[Path, str], PostDesk], before: int
) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.network.plan = [""] * before + ["413"]
        return desk.look()

    assert ["sent"] == states(at_desk(make(tmp_path, 'picture = "picture"'), work))


# Once.


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("fault", ["done:500", "500", "done:html", "done:closes", "done:late"])
def test_an_unanswered_post_is_repeated_with_its_key(tmp_path: Path, fault: str) -> None:
    desk = mastodon(tmp_path)
    (post,) = at_desk(desk, fail_then_look(fault, timedelta(seconds=59), timedelta(seconds=2)))

    assert ("sent", 2) == (post.state, post.tries)
    assert 1 == len(statuses(desk))


def test_a_server_that_does_not_say_its_limits_is_asked_again(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.network.plan = ["done:500"]
        assert ["planned"] == states(desk.look())
        return desk.look(minutes=2)

    assert ["sent"] == states(at_desk(mastodon(tmp_path), work))


def test_nothing_is_repeated_within_a_minute(tmp_path: Path) -> None:
    desk = mastodon(tmp_path)
    (post,) = at_desk(desk, fail_then_look("done:500", timedelta(seconds=59)))

    assert ("sending", 1) == (post.state, post.tries)
    assert 1 == sum(asked == "POST /api/v1/statuses" for asked in desk.network.asked)


def test_after_the_key_has_ended_our_own_posts_are_searched(tmp_path: Path) -> None:
    desk = mastodon(tmp_path)
    (post,) = at_desk(desk, fail_then_look("done:500", timedelta(hours=2)))

    assert "sent" == post.state
    assert 1 == len(statuses(desk))


def test_a_post_that_is_not_found_is_uncertain_and_named(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        fail_then_look("500", timedelta(hours=2))(desk)
        assert ["it is not known whether out has the post on 2026-12-02-wall: status 500"] == [
            what.split(":")[0] + ": status 500" for what in findings(desk)
        ]
        return desk.posts()

    desk = mastodon(tmp_path)
    assert ["uncertain"] == states(at_desk(desk, work))
    assert [] == statuses(desk)
    assert ["out: a post is uncertain"] == [note[:24] for note in desk.notes]


def test_a_search_that_fails_is_repeated(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        fail_then_look("done:500")(desk)
        desk.network.plan = ["500"]
        assert ["sending"] == states(desk.look(hours=2))
        return desk.look(minutes=2)

    assert ["sent"] == states(at_desk(mastodon(tmp_path), work))


@pytest.mark.parametrize("page", [b"", b"\xff\x00", b"<html>"])
def test_a_page_that_cannot_be_read_stops_no_other_post(tmp_path: Path, page: bytes) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin("2026-12-02-broken")
        (desk.root / ".copydesk/site/news/2026-12-02-broken/index.html").write_bytes(page)
        desk.file("2026-12-02-wall", "Sea wall breaks at Fenholm")
        desk.look()
        return desk.look(hours=1)

    desk = mastodon(tmp_path)
    at_desk(desk, work)
    assert any("2026-12-02-wall" in text for text in statuses(desk))


def test_an_editor_may_send_an_uncertain_post_again(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        (post,) = fail_then_look("500", timedelta(hours=2))(desk)
        with desk.open() as opened:
            posts.act_on_post(opened, post.number, "send", "Ed")
        return desk.look()

    assert ["sent"] == states(at_desk(mastodon(tmp_path), work))


@pytest.mark.parametrize("fault", ["done:500", "500", "done:html", "done:closes"])
def test_a_record_of_bluesky_is_repeated_byte_for_byte(tmp_path: Path, fault: str) -> None:
    desk = bluesky(tmp_path)
    (post,) = at_desk(desk, fail_then_look(fault, timedelta(hours=5)))

    assert "sent" == post.state
    assert isinstance(desk.network, FakePds)
    assert 1 == len(desk.network.records) == len(desk.network.commits)


@pytest.mark.parametrize(("fault", "is_there"), [("done:500", True), ("500", False)])
def test_after_a_day_a_record_of_bluesky_is_searched(
    tmp_path: Path, fault: str, is_there: bool
) -> None:
    desk = bluesky(tmp_path)
    (post,) = at_desk(desk, fail_then_look(fault, timedelta(days=2)))

    assert ("sent" if is_there else "planned") == post.state
    assert is_there == bool(records(desk))


@pytest.mark.parametrize("fault", ["done:500", "500", "done:html", "done:closes"])
def test_a_message_that_its_chat_cannot_know_again_is_never_repeated(
    tmp_path: Path, fault: str
) -> None:
    desk = discord(tmp_path)
    (post,) = at_desk(desk, fail_then_look(fault, MINUTE, timedelta(hours=1)))

    assert "uncertain" == post.state
    assert 1 == len(desk.network.asked)


@pytest.mark.parametrize("make", [mastodon, bluesky, discord])
def test_a_killed_process_makes_no_second_post(
    tmp_path: Path, make: Callable[[Path], PostDesk]
) -> None:
    class KilledError(BaseException):
        pass

    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        real = PostLog.put

        def put(log: PostLog, post: Post) -> Post:
            if post.state == "sent":
                raise KilledError
            return real(log, post)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(PostLog, "put", put)  # no test can kill itself
            with pytest.raises(KilledError):
                desk.look()
        desk.look()
        return desk.look(minutes=2)

    desk = make(tmp_path)
    (post,) = at_desk(desk, work)

    repeats: dict[object, str] = {mastodon: "sent", bluesky: "sent", discord: "uncertain"}
    assert repeats[make] == post.state
    shown = shown_by(make)(desk)
    assert 1 == len(shown)


def test_nothing_is_sent_that_cannot_be_stored_first(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        real = PostLog.put

        def put(log: PostLog, post: Post) -> Post:
            if post.state == "sending":
                raise DeskStoreError("the desk database could not be written: the disk is full")
            return real(log, post)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(PostLog, "put", put)  # a full disk
            with pytest.raises(DeskStoreError):
                desk.look()
        assert [] == statuses(desk)
        return desk.look()

    assert ["sent"] == states(at_desk(mastodon(tmp_path), work))


def test_two_processes_make_one_post(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        with hold_lock(desk.root / ".copydesk/posts.lock") as is_free:
            assert is_free
            assert [] == desk.look()
        return desk.look()

    assert ["sent"] == states(at_desk(mastodon(tmp_path), work))


def test_a_second_answer_is_not_taken_for_that_of_the_next_post(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.look()
        desk.now += timedelta(hours=1)
        for number in range(8):
            desk.file(f"2026-12-02-{number}", f"Story {number} of the coast")
        for _ in range(6):
            desk.network.plan = ["", "", *["done:twice"] * 3]
            desk.look(minutes=2)
        return desk.look(minutes=2)

    desk = mastodon(tmp_path, "pause_minutes = 0")
    found = at_desk(desk, work)

    assert ["sent"] * 8 == states(found), [post.why for post in found]
    assert isinstance(desk.network, FakeMastodon)
    shown = desk.network.statuses
    assert all(f"/{post.story}/" in shown[post.id].text for post in found)


def test_a_network_that_asks_to_wait_is_left_alone(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        fail_then_look("429", timedelta(seconds=80))(desk)
        assert 3 == len(desk.network.asked)
        return desk.look(seconds=20)

    assert ["sent"] == states(at_desk(mastodon(tmp_path), work))


def test_a_channel_that_is_refused_five_times_rests(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        assert isinstance(desk.network, FakeMastodon)
        desk.network.tokens = {}
        for _ in range(8):
            desk.look(minutes=6)
        assert 5 == sum(asked.endswith("/statuses") for asked in desk.network.asked)
        assert ["out rests, because its network refused five requests"] == [
            what.partition(",")[0] + ", " + what.split(", ")[1] for what in findings(desk)
        ]
        desk.network.tokens = FakeMastodon().tokens
        with desk.open() as opened:
            posts.resume_channel(opened, "out")
        return desk.look()

    assert ["sent"] == states(at_desk(mastodon(tmp_path), work))


def test_a_redirect_to_a_private_address_is_not_followed(tmp_path: Path) -> None:
    desk = mastodon(tmp_path)
    (post,) = at_desk(desk, fail_then_look("redirect"))

    assert "refused" == post.state


def test_a_clock_that_was_set_back_delays_no_post_for_long(tmp_path: Path) -> None:
    def work(desk: PostDesk) -> list[Post]:
        desk.begin()
        desk.look()
        desk.now -= timedelta(minutes=50)
        desk.file("2026-12-02-harbour", "Harbour of Fenholm is closed")
        return desk.look()

    assert ["sent", "sent"] == states(at_desk(mastodon(tmp_path), work))
