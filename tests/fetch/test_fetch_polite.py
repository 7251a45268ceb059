"""Polite over a scripted inner fetcher: redirects, statuses, slots, patience."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.fetch.polite import Polite
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions
from copydesk.news.page import RefusedReason
from world.fetching import START, A, Answer, B, C, Desk, page, refusal


def test_a_page_is_given() -> None:
    (answer,) = Desk({A: page(A, body=b"news")}).fetch(A)

    assert isinstance(answer, Page)
    assert (answer.body, answer.hops) == (b"news", ())


def test_redirects_are_followed_and_remembered() -> None:
    (answer,) = Desk({A: page(A, 301, location=B), B: "/3", "https://b.example/3": 200}).fetch(A)

    assert isinstance(answer, Page)
    assert (answer.url, answer.final_url) == (A, "https://b.example/3")
    assert answer.hops == ((301, B), (302, "https://b.example/3"))


def test_validators_go_to_the_end_of_a_redirect() -> None:
    desk = Desk({A: B, B: NotModified(url=B, final_url=B)})

    answer = asyncio.run(desk.polite.fetch(Request(url=A, etag='"1"')))

    assert answer == NotModified(url=A, final_url=B, hops=((302, B),))
    assert [request.etag for request in desk.script.requests if request.url == B] == ['"1"']


def test_headers_for_one_site_do_not_follow_to_another() -> None:
    near = "https://a.example/2"
    desk = Desk({A: near, near: B, B: 200})

    asyncio.run(desk.polite.fetch(Request(url=A, headers={"Authorization": "secret"})))

    sent = {request.url: dict(request.headers) for request in desk.script.requests}
    assert sent[near] == {"Authorization": "secret"}
    assert sent[B] == {}
    assert sent["https://a.example/robots.txt"] == {}


LOST = {
    "a circle": {A: B, B: A},
    "to itself": {A: A},
    "to itself with a fragment": {A: A + "#x"},
    "too far": {A: "/2", **{f"https://a.example/{n}": f"/{n + 1}" for n in range(2, 9)}},
    "to a script": {A: "javascript:alert(1)"},
    "to a file": {A: "file:///etc/passwd"},
    "to data": {A: "data:text/html,x"},
    "with a password": {A: "https://user:secret@b.example/"},
    "to nowhere": {A: page(A, 302)},
    "to nothing": {A: page(A, 301, location=" ")},
    "to odd bytes": {A: "http://\udcff\udcfe/"},
}


@pytest.mark.parametrize("pages", LOST.values(), ids=LOST.keys())
def test_a_redirect_that_leads_nowhere_is_refused(
    pages: Mapping[str, Answer | str | int],
) -> None:
    desk = Desk(pages)

    (answer,) = desk.fetch(A)

    assert refusal(answer) == "redirects"
    assert isinstance(answer, Refused)
    assert answer.url == A
    assert len(desk.script.asked()) <= 4


def test_three_redirects_are_followed_where_three_are_allowed() -> None:
    chain = {A: "/2", "https://a.example/2": "/3", "https://a.example/3": "/4"}

    (answer,) = Desk({**chain, "https://a.example/4": 200}).fetch(A)

    assert isinstance(answer, Page)


def test_a_private_address_behind_a_redirect_is_refused() -> None:
    private = Refused(url="http://10.0.0.1/", reason="address", detail="10.0.0.1 is private")

    (answer,) = Desk(
        {A: "http://10.0.0.1/", "http://10.0.0.1/robots.txt": private, "http://10.0.0.1/": private}
    ).fetch(A)

    assert refusal(answer) == "address"


STATUSES: dict[int, RefusedReason] = {
    401: "blocked",
    403: "blocked",
    404: "gone",
    410: "gone",
    429: "slow-down",
    451: "blocked",
    400: "server",
    418: "server",
    500: "server",
    503: "server",
    304: "server",
    300: "server",
    101: "server",
    799: "server",
}


@pytest.mark.parametrize(("status", "reason"), STATUSES.items())
def test_a_status_that_is_no_success_is_refused(status: int, reason: RefusedReason) -> None:
    (answer,) = Desk({A: status}).fetch(A)

    assert isinstance(answer, Refused)
    assert (answer.reason, answer.status, answer.retry_at) == (reason, status, None)


WAITS = {
    "seconds": ("120", START + timedelta(seconds=120)),
    "a date": ("Wed, 02 Jan 2030 04:00:00 GMT", datetime(2030, 1, 2, 4, tzinfo=UTC)),
    "a year": ("31536000", START + timedelta(days=1)),
    "very long": ("9" * 400, None),
    "the past": ("Wed, 02 Jan 2020 04:00:00 GMT", None),
    "zero": ("0", None),
    "less than nothing": ("-5", None),
    "nonsense": ("soon", None),
    "other digits": ("１２０", None),
}


@pytest.mark.parametrize(("value", "expected"), WAITS.values(), ids=WAITS.keys())
def test_retry_after_is_read(value: str, expected: datetime | None) -> None:
    (answer,) = Desk({A: page(A, 429, retry_after=value)}).fetch(A, purpose="robots")

    assert isinstance(answer, Refused)
    assert (answer.reason, answer.retry_at) == ("slow-down", expected)


def test_a_503_with_a_time_is_a_slow_down() -> None:
    (answer,) = Desk({A: page(A, 503, retry_after="60")}).fetch(A)

    assert refusal(answer) == "slow-down"


def test_a_host_that_asks_for_patience_is_left_alone() -> None:
    second = "https://a.example/2"
    desk = Desk({A: page(A, 429, retry_after="3600"), second: 200, B: 200})

    desk.fetch(A)
    refused, elsewhere = desk.fetch(second, B)

    assert isinstance(refused, Refused)
    assert refused.reason == "slow-down"
    assert refused.retry_at == START + timedelta(seconds=5 + 3600)  # robots.txt took 5
    assert isinstance(elsewhere, Page)
    assert second not in desk.script.asked()


def test_those_who_wait_in_the_queue_hear_that_the_host_wants_patience() -> None:
    urls = [f"https://a.example/{n}" for n in range(5)]
    desk = Desk({urls[0]: page(urls[0], 429, retry_after="3600"), **dict.fromkeys(urls[1:], 200)})

    answers = desk.fetch(*urls)

    assert [refusal(answer) for answer in answers] == ["slow-down"] * 5
    assert desk.script.asked() == urls[:1]


def test_a_host_is_asked_again_when_its_time_has_come() -> None:
    second = "https://a.example/2"
    desk = Desk({A: page(A, 429, retry_after="3600"), second: 200})

    desk.fetch(A)
    desk.clock.at += timedelta(seconds=3601)
    (answer,) = desk.fetch(second)

    assert isinstance(answer, Page)


def test_one_request_at_a_time_goes_to_a_host_with_a_pause_between() -> None:
    urls = [f"https://a.example/{n}" for n in range(3)]
    desk = Desk(dict.fromkeys(urls, 200))

    desk.fetch(*urls)

    assert desk.script.most_busy == 1
    assert desk.clock.slept == [5, 5, 5]  # robots.txt took the first turn


def test_different_hosts_are_asked_at_the_same_time() -> None:
    desk = Desk({A: 200, B: 200, C: 200})

    desk.fetch(A, B, C)

    assert desk.script.most_busy == 3


def test_no_more_hosts_than_allowed_are_asked_at_the_same_time() -> None:
    desk = Desk({})
    options = FetchOptions(concurrency=2)
    desk.polite = Polite(desk.script, options, desk.clock)

    desk.fetch(*(f"https://h{n}.example/" for n in range(9)))

    assert desk.script.most_busy == 2


@pytest.mark.parametrize(("status", "pause"), [(403, 5), (429, 30), (404, 5), (200, 5)])
def test_a_host_that_is_annoyed_gets_a_longer_pause(status: int, pause: float) -> None:
    desk = Desk({A: status})

    desk.fetch(A)
    desk.fetch("https://a.example/2")

    assert desk.clock.slept == [5, pause]


def test_ports_of_one_host_share_its_slot() -> None:
    desk = Desk({})

    desk.fetch("http://a.example:8001/", "http://a.example:8002/", "http://a.example.:8003/")

    assert desk.script.most_busy == 1


def test_a_clock_that_is_set_back_makes_nobody_wait_for_long() -> None:
    desk = Desk({A: 200})

    desk.fetch(A)
    desk.clock.at -= timedelta(days=365)
    desk.fetch(A)

    assert desk.clock.slept == [5, 30]


@pytest.mark.parametrize("url", ["", "ftp://a.example/", "javascript:alert(1)", "http://"])
def test_what_is_no_web_address_is_asked_nowhere(url: str) -> None:
    desk = Desk({})

    (answer,) = desk.fetch(url)

    assert refusal(answer) == "network"
    assert desk.script.requests == []


def test_an_inner_refusal_keeps_its_reason_and_gets_the_address_that_was_asked() -> None:
    slow = Refused(url=B, reason="too-slow", detail="30 seconds")

    (answer,) = Desk({A: B, B: slow}).fetch(A)

    assert answer == Refused(url=A, reason="too-slow", detail="30 seconds")
