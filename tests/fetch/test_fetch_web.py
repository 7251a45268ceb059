"""Web against a real server that misbehaves."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest

from copydesk.fetch import VirtualClock
from copydesk.fetch.web import Web
from copydesk.kit import dates
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions
from copydesk.news.page import Purpose
from world import web
from world.machine import PATIENCE_SECONDS
from world.web import World

NOW = dates.parse("2030-01-02T03:04:05Z")
assert NOW is not None
OPTIONS = FetchOptions(
    user_agent="copydesk/1",
    contact="mailto:desk@example.org",
    max_bytes=100_000,
    timeout_seconds=PATIENCE_SECONDS,
    allow_hosts=("127.0.0.1",),
)
Answer = Page | NotModified | Refused
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


async def fetch(request: Request, options: FetchOptions = OPTIONS) -> Answer:
    assert NOW is not None
    async with Web(options, VirtualClock(NOW)) as raw:
        return await raw.fetch(request)


async def send(method: str, request: Request, options: FetchOptions = OPTIONS) -> Page | Refused:
    assert NOW is not None
    async with Web(options, VirtualClock(NOW)) as raw:
        return await raw.send(method, request, b"picture")


def answer_of(
    behaviour: web.Behaviour, request: Request | None = None, options: FetchOptions = OPTIONS
) -> Answer:
    """Give what Web makes of one behaviour."""

    async def work(world: World) -> Answer:
        world.at("/", behaviour)
        asked = replace(request or Request(url=""), url=world.url("/"))
        return await fetch(asked, options)

    return web.run(work)


def test_a_page_comes_whole_with_its_time_and_readable_headers() -> None:
    headers = {"ETag": '"1"', "X-Two": "a", "x-two": "b", "Set-Cookie": "id=1", "X-Odd": "Zürich"}

    answer = answer_of(web.serves(b"<p>hello", headers=headers))

    assert isinstance(answer, Page)
    assert (answer.status, answer.body, answer.fetched_at) == (200, b"<p>hello", NOW)
    assert answer.headers == {
        "content-type": "text/html; charset=utf-8",
        "etag": '"1"',
        "x-two": "a, b",
        "x-odd": "Zürich",
    }


def test_the_server_learns_who_asks_and_what_is_understood() -> None:
    async def work(world: World) -> dict[str, str]:
        await fetch(Request(url=world.url("/"), purpose="picture", headers={"X-Token": "t"}))
        return dict(world.asked[0].headers)

    headers = web.run(work)

    assert headers["user-agent"] == "copydesk/1 (+mailto:desk@example.org)"
    assert headers["accept-encoding"] == "gzip, deflate, br"
    assert headers["accept"].startswith("image/")
    assert headers["x-token"] == "t"
    assert "cookie" not in headers


def test_an_address_is_asked_for_as_it_is_spelled() -> None:
    async def work(world: World) -> list[str]:
        await fetch(Request(url=world.url("/a%2Fb/%7Ec?q=%C3%A9&u=http://x/#part")))
        return world.paths()

    assert web.run(work) == ["/a%2Fb/%7Ec?q=%C3%A9&u=http://x/"]


@pytest.mark.parametrize("status", [204, 206, 301, 404, 410, 429, 500, 503, 799])
def test_any_status_is_given_as_it_is(status: int) -> None:
    answer = answer_of(web.serves(b"", status=status, headers={"Location": "/else"}))

    assert isinstance(answer, Page)
    assert (answer.status, answer.headers["location"]) == (status, "/else")


def test_a_known_page_is_not_sent_again() -> None:
    behaviour = web.conditional(b"news", '"v1"')

    assert isinstance(answer_of(behaviour, Request(url="", etag='"v1"')), NotModified)
    assert isinstance(answer_of(behaviour, Request(url="", etag='"v0"')), Page)
    assert isinstance(answer_of(behaviour), Page)


def test_both_validators_are_sent() -> None:
    async def work(world: World) -> dict[str, str]:
        await fetch(Request(url=world.url("/"), etag='"1"', last_modified="Tue, 01 Jan 2030"))
        return dict(world.asked[0].headers)

    headers = web.run(work)

    assert headers["if-none-match"] == '"1"'
    assert headers["if-modified-since"] == "Tue, 01 Jan 2030"


def test_a_not_modified_that_nobody_asked_for_is_no_answer_to_rely_on() -> None:
    answer = answer_of(web.serves(b"", status=304))

    assert isinstance(answer, Page)
    assert answer.status == 304


def test_a_packed_page_comes_unpacked_and_says_nothing_of_it() -> None:
    answer = answer_of(web.packed(gzip.compress(b"hello"), "gzip"))

    assert isinstance(answer, Page)
    assert answer.body == b"hello"
    assert "content-encoding" not in answer.headers


def test_a_long_security_policy_is_no_fault() -> None:
    policy = "default-src 'self' " + "https://cdn.example " * 2_000

    answer = answer_of(web.serves(b"ok", headers={"Content-Security-Policy": policy}))

    assert isinstance(answer, Page)


def test_each_x_robots_tag_stays_on_a_line_of_its_own() -> None:
    two = {"X-Robots-Tag": "googlebot: nofollow", "x-robots-tag": "nosnippet,  noimageindex"}

    answer = answer_of(web.serves(b"ok", headers={**two, "Vary": "a", "vary": "b"}))

    assert isinstance(answer, Page)
    assert answer.headers["x-robots-tag"] == "googlebot: nofollow\nnosnippet, noimageindex"
    assert answer.headers["vary"] == "a, b"


def test_an_early_hint_before_the_answer_does_no_harm() -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"

    answer = answer_of(web.sends(hint + HEAD + b"Content-Length: 2\r\n\r\nok"))

    assert isinstance(answer, Page)
    assert answer.body == b"ok"


TOO_BIG = {
    "a gzip bomb": web.bombs(20),
    "a body without end": web.streams(b"x" * 65_536, 20),
    "a body that is long": web.serves(b"x" * 100_001),
}


@pytest.mark.parametrize("behaviour", TOO_BIG.values(), ids=TOO_BIG.keys())
def test_a_body_over_the_limit_is_refused(behaviour: web.Behaviour) -> None:
    answer = answer_of(behaviour)

    assert isinstance(answer, Refused)
    assert answer.reason == "too-big"
    assert "100,000 bytes" in answer.detail


def test_of_a_robots_file_without_end_the_beginning_is_taken() -> None:
    robots: Purpose = "robots"

    answer = answer_of(web.streams(b"#" * 65_536, 20), Request(url="", purpose=robots))

    assert isinstance(answer, Page)
    assert 500 * 1024 < len(answer.body) <= 1_500_000


TOO_SLOW = {
    "silence": web.stays_silent(),
    "headers byte by byte": web.dribbles(b"HTTP/1.1 200 OK\r\nX: "),
    "a body byte by byte": web.dribbles(HEAD + b"Content-Length: 99999\r\n\r\n"),
    "chunks byte by byte": web.dribbles(HEAD + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n"),
}


@pytest.mark.parametrize("behaviour", TOO_SLOW.values(), ids=TOO_SLOW.keys())
def test_an_answer_that_takes_too_long_is_given_up(behaviour: web.Behaviour) -> None:
    answer = answer_of(behaviour, options=replace(OPTIONS, timeout_seconds=0.1))

    assert isinstance(answer, Refused)
    assert answer.reason == "too-slow"
    assert answer.detail == "no complete answer within 0.1 seconds"


BROKEN = {
    "nothing": (web.sends(b""), "closed the connection"),
    "http 0.9": (web.sends(b"<html>hello</html>"), "sent invalid HTTP"),
    "another protocol": (web.sends(b"SSH-2.0-OpenSSH\r\n\r\n"), "sent invalid HTTP"),
    "half a head": (web.sends(b"HTTP/1.1 200 OK\r\nContent-"), "closed the connection"),
    "more than promised": (web.promises(4, b"full of surprises"), "sent invalid HTTP"),
    "less than promised": (web.promises(999, b"short"), "broke before"),
    "a chunk cut off": (
        web.sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nab"),
        "broke before",
    ),
    "chunks of garbage": (web.sends(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab"), "HTTP"),
    "two lengths": (web.sends(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "HTTP"),
    "a length that is none": (web.sends(HEAD + b"Content-Length: -5\r\n\r\nab"), "HTTP"),
    "a huge header": (web.sends(HEAD + b"X: " + b"y" * 100_000 + b"\r\n\r\n"), "HTTP"),
    "very many headers": (web.sends(HEAD + b"X: y\r\n" * 20_000 + b"\r\n"), "HTTP"),
    "gzip cut off": (web.packed(gzip.compress(b"hello" * 99)[:-9], "gzip"), "is incomplete"),
    "a lie about gzip": (web.packed(b"<html>hello", "gzip"), "the body has invalid compression"),
    "an odd coding": (web.packed(b"x", "aes128gcm"), "unsupported content encoding"),
}


@pytest.mark.parametrize(("behaviour", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_is_refused_in_words(behaviour: web.Behaviour, words: str) -> None:
    answer = answer_of(behaviour)

    assert isinstance(answer, Refused)
    assert answer.reason == "network"
    assert words in answer.detail


def test_a_server_that_breaks_off_costs_the_next_request_nothing() -> None:
    async def work(world: World) -> Answer:
        world.at("/", web.promises(999, b"short"), web.serves(b"ok"))
        assert NOW is not None
        async with Web(OPTIONS, VirtualClock(NOW)) as raw:
            await raw.fetch(Request(url=world.url("/")))
            return await raw.fetch(Request(url=world.url("/")))

    answer = web.run(work)

    assert isinstance(answer, Page)
    assert answer.body == b"ok"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_any_method_is_sent_with_the_body_and_its_type(method: str) -> None:
    async def work(world: World) -> Answer:
        world.at("/", web.serves(b"{}"))
        request = Request(url=world.url("/"), headers={"Content-Type": "image/png", "X-Key": "1"})
        answer = await send(method, request)
        (asked,) = world.asked
        assert (method, "image/png", "1", "7") == (
            asked.method,
            asked.headers["content-type"],
            asked.headers["x-key"],
            asked.headers["content-length"],
        )
        return answer

    assert isinstance(web.run(work), Page)


@pytest.mark.parametrize(("method", "is_unsent"), [("POST", True), ("PATCH", True), ("PUT", False)])
def test_a_change_that_found_nobody_is_surely_not_sent(method: str, *, is_unsent: bool) -> None:
    """An idempotent request may have been sent before, on a connection that was closed."""

    async def work(world: World) -> Answer:
        url = world.url("/")
        await world.__aexit__()
        return await send(method, Request(url=url))

    answer = web.run(work)

    assert isinstance(answer, Refused)
    assert ("network", is_unsent) == (answer.reason, answer.is_unsent)


@pytest.mark.parametrize(
    "behaviour", [web.stays_silent(), web.sends(b""), web.sends(b"HTTP/1.1 20")]
)
def test_a_change_without_an_answer_may_have_been_made(behaviour: web.Behaviour) -> None:
    async def work(world: World) -> Answer:
        world.at("/", behaviour)
        options = replace(OPTIONS, timeout_seconds=0.2)
        return await send("POST", Request(url=world.url("/")), options)

    answer = web.run(work)

    assert isinstance(answer, Refused)
    assert not answer.is_unsent


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://nobody.invalid/", "mailto:a@a.example"]
)
def test_a_change_at_no_public_address_is_surely_not_sent(url: str) -> None:
    async def work(_: World) -> Answer:
        return await send("POST", Request(url=url))

    answer = web.run(work)

    assert isinstance(answer, Refused)
    assert answer.is_unsent
