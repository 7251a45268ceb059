"""What is learnt of hosts outlives its round; manners of single hosts; robots and feeds apart."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from copydesk.fetch.hosts import MemoryLimits, Notes, RobotsRecord, Slot, make_room
from copydesk.fetch.polite import Polite
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import Manners
from world.fetching import OPTIONS, START, A, Answer, B, Desk, page, refusal

ROBOTS = "https://a.example/robots.txt"
SECOND = "https://a.example/2"
CLOSED = page(
    ROBOTS, body=b"User-agent: *\nDisallow: /private\nCrawl-delay: 7", etag='"r"', last_modified="M"
)
PRIVATE = "https://a.example/private/1"


def next_round(desk: Desk, pages: Mapping[str, Answer | str | int] | None = None) -> Desk:
    """Give a new polite fetcher that knows what the one of the desk learnt."""
    later = Desk(desk.script.pages if pages is None else pages)
    later.clock.at = desk.clock.at
    later.polite = Polite(later.script, OPTIONS, later.clock, dict(desk.polite.changes()))
    return later


# ---- what outlives a round ----


def test_robots_are_not_asked_for_again_in_the_next_round() -> None:
    desk = Desk({ROBOTS: CLOSED, A: 200})
    desk.fetch(A)
    later = next_round(desk)

    allowed, forbidden = later.fetch(A, PRIVATE)

    assert isinstance(allowed, Page)
    assert refusal(forbidden) == "robots"
    assert later.script.count(ROBOTS) == 0


def test_a_host_without_robots_is_remembered_as_one() -> None:
    desk = Desk({A: 200})
    desk.fetch(A)
    later = next_round(desk)

    later.fetch(A)

    assert later.script.count(ROBOTS) == 0


def test_robots_that_ran_out_are_asked_for_with_what_is_known_of_them() -> None:
    desk = Desk({ROBOTS: CLOSED, A: 200})
    desk.fetch(A)
    later = next_round(desk, {ROBOTS: NotModified(url=ROBOTS, final_url=ROBOTS)})
    later.clock.at += timedelta(hours=25)

    (forbidden,) = later.fetch(PRIVATE)
    later.fetch(PRIVATE)

    assert refusal(forbidden) == "robots"
    (asked,) = [one for one in later.script.requests if one.url == ROBOTS]
    assert (asked.etag, asked.last_modified) == ('"r"', "M")


def test_yesterdays_robots_serve_in_a_later_round_while_they_cannot_be_had() -> None:
    desk = Desk({ROBOTS: CLOSED, A: 200})
    desk.fetch(A)
    later = next_round(desk, {ROBOTS: 503, A: 200})
    later.clock.at += timedelta(hours=25)

    allowed, forbidden = later.fetch(A, PRIVATE)

    assert isinstance(allowed, Page)
    assert refusal(forbidden) == "robots"


def test_that_robots_cannot_be_had_is_remembered_for_an_hour() -> None:
    desk = Desk({ROBOTS: 503, A: 200})
    desk.fetch(A)
    later = next_round(desk)

    (refused,) = later.fetch(A)
    assert refusal(refused) == "robots"
    assert later.script.count(ROBOTS) == 0

    later.clock.at += timedelta(hours=1)
    later.fetch(A)
    assert later.script.count(ROBOTS) == 1


def test_that_a_host_could_not_be_reached_is_tried_again_in_the_next_round() -> None:
    desk = Desk({ROBOTS: Refused(url=ROBOTS, reason="network", detail="our own line is down")})
    desk.fetch(A)
    later = next_round(desk, {A: 200})

    (answer,) = later.fetch(A)

    assert isinstance(answer, Page)


def test_a_host_that_asked_for_patience_is_left_alone_in_the_next_round() -> None:
    desk = Desk({A: page(A, 429, retry_after="3600"), SECOND: 200})
    desk.fetch(A)
    later = next_round(desk)

    (refused,) = later.fetch(SECOND)

    assert refusal(refused) == "slow-down"
    assert later.script.requests == []


@pytest.mark.parametrize(("status", "pause"), [(200, 5), (429, 30)])
def test_the_pause_after_the_last_answer_reaches_into_the_next_round(
    status: int, pause: float
) -> None:
    desk = Desk({A: status, SECOND: 200})
    desk.fetch(A)
    later = next_round(desk)
    later.clock.at += timedelta(seconds=2)

    later.fetch(SECOND)

    assert later.clock.slept == [pause - 2]


def test_the_pause_that_robots_ask_for_reaches_into_the_next_round() -> None:
    desk = Desk({ROBOTS: CLOSED, A: 200})
    desk.fetch(A)
    later = next_round(desk)

    later.fetch(A)

    assert later.clock.slept == [7]


@pytest.mark.parametrize("kept", [b"", b"\xff", b"{}", b"\x95\xc0\xc0\xc0\xc0\xc0", b"\x91\xa1x"])
def test_damaged_notes_are_nothing_known(kept: bytes) -> None:
    desk = Desk({ROBOTS: CLOSED, A: 200})
    hosts = {"robots https://a.example": kept, "host a.example": kept}
    desk.polite = Polite(desk.script, OPTIONS, desk.clock, hosts)

    allowed, forbidden = desk.fetch(A, PRIVATE)

    assert isinstance(allowed, Page)
    assert refusal(forbidden) == "robots"
    assert desk.script.count(ROBOTS) == 1


def test_notes_of_the_far_future_are_nothing_known() -> None:
    desk = Desk({A: page(A, 429, retry_after="9999")})
    desk.clock.at += timedelta(days=3_650)
    desk.fetch(A)
    later = next_round(desk, {ROBOTS: CLOSED, A: 200})
    later.clock.at = START

    (answer,) = later.fetch(A)

    assert isinstance(answer, Page)
    assert later.script.count(ROBOTS) == 1
    assert max(later.clock.slept) <= 30


def test_only_the_lines_that_matter_to_us_are_kept() -> None:
    body = b"User-agent: other\nDisallow: /o\n" * 5_000 + b"User-agent: *\nDisallow: /private\n"
    desk = Desk({ROBOTS: page(ROBOTS, body=body), A: 200})

    desk.fetch(A)

    assert all(len(kept) < 100 for kept in desk.polite.changes().values())


def test_more_hosts_than_stay_in_memory_are_known_from_their_notes() -> None:
    urls = [f"https://h{n}.example/" for n in range(40)]
    desk = Desk(dict.fromkeys(urls, 200), MemoryLimits(origins=10, hosts=10))

    desk.fetch(*urls)
    desk.fetch(*urls)

    robots = [one for one in desk.script.requests if one.purpose == "robots"]
    assert len(robots) == 40
    assert len(desk.polite._robots._entries) <= 50


def test_room_is_made_by_the_oldest_hosts_that_nobody_waits_for() -> None:
    kept = OrderedDict((name, Slot(name, users=name == "b")) for name in "abcd")

    dropped = [slot.host for slot in make_room(kept, lambda: len(kept) > 2)]

    assert dropped == ["a", "c"]
    assert set(kept) == {"b", "d"}


def test_thousands_of_waiting_hosts_are_not_searched_for_room() -> None:
    kept = OrderedDict((f"h{n}", Slot(f"h{n}", users=1)) for n in range(1_000))
    looks = itertools.count()

    assert list(make_room(kept, lambda: next(looks) >= 0)) == []

    assert next(looks) < 10
    assert len(kept) == 1_000


def test_notes_give_way_to_newer_ones_where_all_are_too_many() -> None:
    notes = Notes(None, MemoryLimits(note_bytes=1_000))

    for n in range(9):
        notes.write(f"robots {n}", RobotsRecord(until=START, rules=("x" * 300,)))

    assert list(notes.changes()) == ["robots 6", "robots 7", "robots 8"]


# ---- manners of single hosts ----


def desk_with(hosts: Mapping[str, Manners], pages: Mapping[str, Answer | str | int]) -> Desk:
    desk = Desk(pages)
    options = replace(OPTIONS, hosts=hosts)
    desk.polite = Polite(desk.script, options, desk.clock)
    return desk


def test_a_host_may_have_its_own_pause() -> None:
    desk = desk_with({"A.Example.": Manners(delay_seconds=1)}, {A: 200})

    desk.fetch(A)
    desk.fetch(B)

    assert desk.clock.slept == [1, 5]


def test_a_host_may_have_its_own_penalty() -> None:
    desk = desk_with({"a.example": Manners(penalty_seconds=90)}, {A: 429})

    desk.fetch(A)
    desk.fetch(SECOND)

    assert desk.clock.slept == [5, 90]


def test_what_robots_ask_for_counts_against_a_shorter_pause_of_a_host() -> None:
    desk = desk_with({"a.example": Manners(delay_seconds=1)}, {ROBOTS: CLOSED, A: 200})

    desk.fetch(A)

    assert desk.clock.slept == [7]


def test_manners_are_for_the_exact_name() -> None:
    options = replace(OPTIONS, hosts={"a.example": Manners(delay_seconds=1)})

    assert [options.delay(host) for host in ("a.example", "www.a.example")] == [1, 5]


def test_the_third_403_in_a_row_is_a_burst() -> None:
    urls = [f"https://a.example/{n}" for n in range(4)]
    desk = Desk(dict.fromkeys(urls, 403))

    for url in urls:
        desk.fetch(url)

    assert desk.clock.slept == [5, 5, 5, 30]


def test_a_page_between_them_ends_a_row_of_403() -> None:
    urls = [f"https://a.example/{n}" for n in range(5)]
    desk = Desk({**dict.fromkeys(urls, 403), urls[2]: 200})

    for url in urls:
        desk.fetch(url)

    assert desk.clock.slept == [5] * 5


def test_the_pause_begins_when_the_answer_has_come() -> None:
    desk = Desk({A: 200})

    class Slow:
        async def fetch(self, request: Request) -> Answer:
            desk.clock.at += timedelta(seconds=20)
            return page(request.url, 404)

    desk.polite = Polite(Slow(), OPTIONS, desk.clock)
    desk.fetch(A)

    assert desk.clock.slept == [5]


def test_a_redirect_takes_a_turn_of_the_host_that_it_leads_to() -> None:
    desk = Desk({A: B, B: 200, "https://b.example/3": 200})

    desk.fetch(A)
    desk.fetch("https://b.example/3")

    assert desk.clock.slept == [5, 5, 5]  # a: robots, 1; b: robots, 2, 3


# ---- each address is judged by itself ----

FEED = "https://a.example/private/feed.xml"


def test_a_forbidden_feed_costs_only_that_feed() -> None:
    desk = Desk({ROBOTS: CLOSED, FEED: 200, A: 200})

    (feed,) = desk.fetch(FEED, purpose="source")
    (listed,) = desk.fetch(A)

    assert refusal(feed) == "robots"
    assert isinstance(listed, Page)


def test_a_forbidden_page_costs_only_that_page() -> None:
    feed = "https://a.example/feed.xml"
    desk = Desk({ROBOTS: CLOSED, feed: 200, PRIVATE: 200, A: 200})

    (given,) = desk.fetch(feed, purpose="source")
    forbidden, allowed = desk.fetch(PRIVATE, A)

    assert isinstance(given, Page)
    assert refusal(forbidden) == "robots"
    assert isinstance(allowed, Page)


def test_a_picture_is_judged_by_the_robots_of_its_own_host() -> None:
    picture = "https://cdn.example/private/1.jpg"
    desk = Desk({ROBOTS: CLOSED, picture: 200})

    (elsewhere,) = desk.fetch(picture, purpose="picture")
    (at_home,) = desk.fetch("https://a.example/private/1.jpg", purpose="picture")

    assert isinstance(elsewhere, Page)
    assert refusal(at_home) == "robots"


def test_a_redirect_is_judged_by_the_robots_of_each_host_on_its_way() -> None:
    desk = Desk({B: PRIVATE, ROBOTS: CLOSED, PRIVATE: 200, A: 200})

    led, direct = desk.fetch(B, A)

    assert refusal(led) == "robots"
    assert isinstance(direct, Page)


def test_what_a_page_says_to_indexers_does_not_stop_its_fetching() -> None:
    (answer,) = Desk({A: page(A, x_robots_tag="noindex, nofollow")}).fetch(A)

    assert isinstance(answer, Page)
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
