"""Polite over the real Web, a recorder between them, against the loopback world."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

from copydesk.fetch import Recorder, Replay, VirtualClock
from copydesk.fetch.polite import Polite
from copydesk.fetch.web import Web
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions
from world import web
from world.machine import PATIENCE_SECONDS
from world.web import World

NOW = datetime(2030, 1, 2, tzinfo=UTC)
CLOCK = VirtualClock(NOW)
OPTIONS = FetchOptions(timeout_seconds=PATIENCE_SECONDS, allow_hosts=("127.0.0.1",))
Answer = Page | NotModified | Refused


async def polite(request: Request) -> Answer:
    async with Web(OPTIONS, CLOCK) as raw:
        return await Polite(raw, OPTIONS, CLOCK).fetch(request)


def test_a_page_is_had_after_its_robots_and_redirects() -> None:
    async def work(world: World) -> tuple[Answer, list[str]]:
        world.at("/robots.txt", web.serves(b"User-agent: *\nDisallow: /private"))
        world.at("/old", web.redirects("/new?utm_source=x", 301))
        world.at("/new?utm_source=x", web.packed(gzip.compress(b"news"), "gzip"))
        return await polite(Request(url=world.url("/old"))), world.paths()

    answer, asked = web.run(work)

    assert isinstance(answer, Page)
    assert answer.body == b"news"
    assert answer.hops == ((301, answer.final_url),)
    assert asked == ["/robots.txt", "/.well-known/tdmrep.json", "/old", "/new?utm_source=x"]


def test_a_private_address_behind_a_redirect_is_never_connected_to() -> None:
    async def work(world: World) -> tuple[Answer, list[str]]:
        world.at("/", web.redirects(world.url("/secret", "localhost")))
        return await polite(Request(url=world.url("/"))), world.paths()

    answer, asked = web.run(work)

    assert isinstance(answer, Refused)
    assert answer.reason == "address"
    assert asked == ["/robots.txt", "/.well-known/tdmrep.json", "/"]


def test_a_private_address_is_refused_as_such_and_not_for_its_robots() -> None:
    async def work(world: World) -> tuple[Answer, list[str]]:
        return await polite(Request(url=world.url("/", "localhost"))), world.paths()

    answer, asked = web.run(work)

    assert isinstance(answer, Refused)
    assert (answer.reason, asked) == ("address", [])


def test_what_is_forbidden_is_not_asked_for() -> None:
    async def work(world: World) -> tuple[Answer, list[str]]:
        world.at("/robots.txt", web.serves(b"User-agent: copydesk\nDisallow: /"))
        return await polite(Request(url=world.url("/x"), purpose="picture")), world.paths()

    answer, asked = web.run(work)

    assert isinstance(answer, Refused)
    assert (answer.reason, asked) == ("robots", ["/robots.txt"])


def test_a_recorded_round_replays_as_it_went(tmp_path: Path) -> None:
    path = tmp_path / "web.warc.gz"
    paths = ["/old", "/news", "/none", "/broken", "/busy", "/private/1"]

    async def work(world: World) -> tuple[list[str], list[Answer]]:
        world.at("/robots.txt", web.serves(b"User-agent: *\nDisallow: /private"))
        world.at("/old", web.redirects("/news", 301))
        world.at("/news", web.conditional(b"news", '"v1"'))
        world.at("/broken", web.serves(b"", status=500))
        world.at("/busy", web.serves(b"", status=429))
        urls = [world.url(path) for path in paths]
        async with Web(OPTIONS, CLOCK) as raw:
            with Recorder(raw, path) as recorder:
                desk = Polite(recorder, OPTIONS, CLOCK)
                answers = [await desk.fetch(Request(url=url)) for url in urls]
        return urls, answers

    urls, answers = web.run(work)

    async def again(_: World) -> list[Answer]:
        desk = Polite(Replay(path, NOW), OPTIONS, CLOCK)
        return [await desk.fetch(Request(url=url)) for url in urls]

    assert web.run(again) == answers
    assert [getattr(answer, "reason", "page") for answer in answers] == [
        "page",
        "page",
        "gone",
        "server",
        "slow-down",
        "robots",
    ]
