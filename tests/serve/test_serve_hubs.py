"""A hub on the loopback pushes to the server, and a round reads it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from copydesk import fetch
from copydesk.background import NewsroomFolder, Subscriber
from copydesk.fetch import web
from copydesk.news import Source
from copydesk.news.options import FetchOptions
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.rounds.sources.states import (
    find_hub_pushed_sources,
    read_hub_pushed_page,
    subscriptions,
    use_up_hub_push,
)
from copydesk.serve import Address, HubCalls, Site, WebApp, listening
from copydesk.watch import websub
from copydesk.watch.schedule.state import SourceState
from world.hub import Hub
from world.machine import PATIENCE_SECONDS
from world.newsroom import newsroom

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GULL, HERON = "https://gull.example/feed.xml", "https://heron.example/feed.xml"
TOPIC = "http://gull.example/feed.xml"
PUBLIC = "https://tidewatch.example/coast"
SETTINGS = """
[serve]
public_url = "{public}"

[fetch]
contact = "mailto:desk@tidewatch.example"
max_bytes = 100000
delay_seconds = 1
"""
FEED = b"<rss version='2.0'><channel><title>The Gull</title></channel></rss>"


class Clock:
    """A clock that is set by hand; waiting takes no time."""

    def __init__(self) -> None:
        self.at = NOON
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


class Desk:
    """A newsroom with its subscriber, the server it listens on, and a hub."""

    def __init__(self, root: Path, hub: Hub, wire: web.Web) -> None:
        self.root, self.hub, self.clock = root, hub, Clock()
        self.said: list[str] = []
        self.woken = self.writes = 0
        with open_newsroom(root, NOON, {}) as opened:
            self.folder = NewsroomFolder(opened.settings, {})
        self.subscriber = Subscriber(self.folder, wire.post, self.clock, self.said.append)
        self.subscriber.soon = self.wake

    def wake(self) -> None:
        self.woken += 1

    def write(self, public: str = PUBLIC, sources: str = "") -> None:
        """Write beat.toml anew, as an owner would."""
        path = self.root / "beat.toml"
        text = path.read_text("utf-8").split("\n[serve]")[0]
        path.write_text((sources or text) + SETTINGS.format(public=public), "utf-8")
        self.writes += 1
        os.utime(path, ns=(self.writes, self.writes))  # two writes within one tick of the disk

    def names(self, hub: str, url: str = GULL, **more: object) -> None:
        """Let a source name a hub, as a round would note it."""
        state = SourceState(hub=hub, topic=url.replace("https", "http"))
        state = replace(state, next_at=NOON + DAY, **more)  # type: ignore[arg-type] # fields by name
        with closing(self.folder.memory()) as memory:
            memory.keep_source(url, msgspec.json.encode(state))

    def state(self, url: str = GULL) -> SourceState:
        with closing(self.folder.memory()) as memory:
            return msgspec.json.decode(memory.sources()[url], type=SourceState)

    def subscriptions(self) -> list[websub.Subscription]:
        with closing(self.folder.memory()) as memory:
            return list(subscriptions(memory).values())

    def round(self, minutes: float = 1) -> Iterator[Newsroom]:
        """Open the newsroom as a round would, some minutes from now."""
        with open_newsroom(self.root, self.clock.at + timedelta(minutes=minutes), {}) as opened:
            yield opened

    async def subscribed(self) -> dict[str, str]:
        """Bring the Gull's subscription about; give what the hub was asked."""
        self.names(self.hub.url)
        await self.subscriber.look()
        asked = self.hub.asked[-1]
        assert (await self.hub.verify(asked))[0] == 200
        await self.subscriber.look()
        return asked


Work = Callable[[Desk], Awaitable[None]]


@pytest.fixture
def run(tmp_path: Path) -> Callable[[Work], None]:
    """Give what runs a piece of work at a desk that listens on the loopback."""
    root = newsroom(tmp_path / "beat", git=False)

    async def inside(work: Work) -> None:
        options = FetchOptions(allow_hosts=("127.0.0.1",), timeout_seconds=PATIENCE_SECONDS)
        async with Hub() as hub, web.Web(options, fetch.WallClock()) as wire:
            desk = Desk(root, hub, wire)
            desk.write()
            site = Site(root / ".copydesk" / "site", "/coast")
            app = WebApp(site, print, [HubCalls(desk.subscriber)])
            async with listening(Address(port=0), app) as port:
                hub.front["https://tidewatch.example"] = f"http://127.0.0.1:{port}"
                await work(desk)

    return lambda work: asyncio.run(inside(work))


Run = Callable[[Work], None]


def page_of(desk: Desk, minutes: float = 1) -> bytes | None:
    for opened in desk.round(minutes):
        page = read_hub_pushed_page(opened.memory, opened.now, Source(url=GULL))
        return None if page is None else page.body
    raise AssertionError


def sources_of(desk: Desk) -> frozenset[str]:
    for opened in desk.round():
        return find_hub_pushed_sources(opened.beat, opened.memory, opened.now)
    raise AssertionError


def test_a_source_that_names_a_hub_is_subscribed_to(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.names(desk.hub.url)
        desk.names("", HERON)
        await desk.subscriber.look()
        (asked,) = desk.hub.asked
        assert asked["hub.topic"] == TOPIC
        assert asked["hub.callback"].startswith(f"{PUBLIC}/websub/")
        assert len(asked["hub.callback"].rpartition("/")[2]) == 43
        assert len(asked["hub.secret"]) == 64
        assert "mailto:desk@" not in asked["hub.callback"]

    run(work)


def test_a_confirmed_one_lets_the_source_be_asked_rarely(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        assert desk.state().pushed_until == NOON + 10 * DAY
        assert desk.state().hub == desk.hub.url
        assert await desk.hub.verify(asked, topic="http://heron.example/") == (404, "not found\n")
        assert (await desk.hub.verify(asked, mode="unsubscribe"))[0] == 404

    run(work)


def test_a_hub_may_confirm_before_it_answers(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.hub.verifies_first = True
        desk.hub.status = 204
        desk.names(desk.hub.url)
        await desk.subscriber.look()
        await desk.subscriber.look()
        assert desk.state().pushed_until is not None
        assert len(desk.hub.asked) == 1

    run(work)


def test_a_stranger_learns_nothing(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        guessed = {**asked, "hub.callback": f"{PUBLIC}/websub/{'a' * 43}"}
        status, body = await desk.hub.verify(guessed, challenge="<script>")
        assert (status, "<script>" in body) == (404, False)
        assert await desk.hub.push(guessed, FEED) == 410
        short = {**asked, "hub.callback": f"{PUBLIC}/websub/x"}
        assert (await desk.hub.verify(short))[0] == 404
        assert sources_of(desk) == frozenset()

    run(work)


def test_a_push_is_read_in_the_sources_place_and_once(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        assert await desk.hub.push(asked, FEED) == 202
        assert desk.woken == 1
        assert desk.folder.due(NOON + HOUR).why == "a WebSub hub sent new content"
        assert sources_of(desk) == {GULL}
        for opened in desk.round():
            page = read_hub_pushed_page(opened.memory, opened.now, Source(url=GULL))
            assert page is not None
            assert (page.body, page.headers["content-type"]) == (FEED, "application/rss+xml")
            use_up_hub_push(opened.memory, opened.now, Source(url=GULL))
        assert sources_of(desk) == frozenset()
        assert page_of(desk) is None
        assert desk.folder.due(NOON + HOUR).why != "a WebSub hub sent new content"

    run(work)


@pytest.mark.parametrize("signature", ["", "sha1=0", "sha256=" + "0" * 64])
def test_a_push_without_a_right_signature_is_ignored_in_silence(run: Run, signature: str) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        assert await desk.hub.push(asked, FEED, X_Hub_Signature=signature) == 202
        assert desk.woken == 0
        assert sources_of(desk) == frozenset()
        await desk.subscriber.look()
        assert desk.said == ["ignored 1 pushes from WebSub hubs without a valid signature"]

    run(work)


def test_a_push_before_the_hub_asked_us_is_ignored(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.names(desk.hub.url)
        await desk.subscriber.look()
        assert await desk.hub.push(desk.hub.asked[0], FEED) == 202
        assert desk.woken == 0

    run(work)


def test_of_two_pushes_before_a_round_neither_is_enough(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        for _ in range(3):
            await desk.hub.push(asked, FEED)
        assert sources_of(desk) == {GULL}
        assert page_of(desk) is None

    run(work)


def test_a_push_during_a_round_is_left_to_the_next(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        for opened in desk.round(minutes=0):
            desk.clock.at += timedelta(seconds=5)
            await desk.hub.push(asked, FEED)
            assert read_hub_pushed_page(opened.memory, opened.now, Source(url=GULL)) is None
            use_up_hub_push(opened.memory, opened.now, Source(url=GULL))
        assert page_of(desk) == FEED

    run(work)


def test_a_body_has_its_limit(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        assert await desk.hub.push(asked, b"x" * 100_001) == 413
        assert await desk.hub.push(asked, FEED, Content_Encoding="gzip") == 415
        assert await desk.hub.push(asked, b"x" * 100_000) == 202

    run(work)


def test_a_lease_is_renewed_with_the_same_secret_before_it_ends(run: Run) -> None:
    async def work(desk: Desk) -> None:
        first = await desk.subscribed()
        desk.clock.at = NOON + 5 * DAY
        await desk.subscriber.look()
        assert len(desk.hub.asked) == 1
        desk.clock.at = NOON + 7 * DAY
        await desk.subscriber.look()
        assert desk.hub.asked[1:] == [first]
        await desk.hub.verify(first)
        await desk.subscriber.look()
        assert desk.state().pushed_until == NOON + 17 * DAY

    run(work)


def test_a_hub_that_fails_is_asked_again_later(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.hub.status = 503
        desk.names(desk.hub.url)
        await desk.subscriber.look()
        await desk.subscriber.look()
        assert len(desk.hub.asked) == 1
        (subscription,) = desk.subscriptions()
        assert subscription.trouble == "HTTP 503: so"
        assert desk.said == [f"WebSub hub {desk.hub.url} failed for {GULL}: HTTP 503: so"]
        desk.clock.at += timedelta(minutes=15)
        await desk.subscriber.look()
        assert len(desk.hub.asked) == 2

    run(work)


def test_a_hub_in_a_private_network_is_not_asked(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.names(desk.hub.url.replace("127.0.0.1", "127.0.0.2"))
        await desk.subscriber.look()
        (subscription,) = desk.subscriptions()
        assert subscription.trouble.startswith("address: 127.0.0.2 is no public address")

    run(work)


@pytest.mark.parametrize(("status", "askings"), [(307, 3), (308, 3), (302, 1)])
def test_a_hub_may_send_us_on_but_not_around(run: Run, status: int, askings: int) -> None:
    async def work(desk: Desk) -> None:
        desk.hub.status, desk.hub.location = status, "/elsewhere"
        desk.names(desk.hub.url)
        await desk.subscriber.look()
        assert len(desk.hub.asked) == askings

    run(work)


def test_two_subscriptions_at_one_hub_are_asked_for_with_a_pause(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.names(desk.hub.url)
        desk.names(desk.hub.url, HERON)
        await desk.subscriber.look()
        assert len(desk.hub.asked) == 2
        assert desk.clock.slept == [1.0]
        assert desk.hub.asked[0]["hub.secret"] != desk.hub.asked[1]["hub.secret"]

    run(work)


def test_a_new_public_address_means_a_new_subscription(run: Run) -> None:
    async def work(desk: Desk) -> None:
        old = await desk.subscribed()
        desk.write(public="https://tidewatch.example")
        await desk.subscriber.look()
        ended, new = sorted(desk.hub.asked[1:], key=lambda one: one["hub.mode"], reverse=True)
        assert (ended["hub.mode"], ended["hub.callback"]) == ("unsubscribe", old["hub.callback"])
        assert (await desk.hub.verify(ended))[0] == 200
        assert (await desk.hub.verify(ended))[0] == 404
        assert new["hub.callback"].startswith("https://tidewatch.example/websub/")
        assert new["hub.secret"] != old["hub.secret"]
        assert desk.state().pushed_until is None

    run(work)


def test_a_source_that_left_the_beat_is_given_back(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        await desk.hub.push(asked, FEED)
        kept = (desk.root / "beat.toml").read_text("utf-8").split("\n[serve]")[0]
        desk.write(sources=kept.replace("gull.example/feed", "tern.example/feed"))
        await desk.subscriber.look()
        assert desk.hub.asked[-1]["hub.mode"] == "unsubscribe"
        with closing(desk.folder.memory()) as memory:
            assert memory.hub_pushes.keys() == []
        for _ in range(4):
            desk.clock.at += HOUR
            await desk.subscriber.look()
        assert desk.subscriptions() == []
        assert len(desk.hub.asked) == 4

    run(work)


def test_a_hub_that_does_not_push_is_not_relied_on(run: Run) -> None:
    async def work(desk: Desk) -> None:
        await desk.subscribed()
        for hours in (1, 2):
            assert desk.state().pushed_until is not None
            desk.names(
                desk.hub.url,
                last_new_at=NOON + hours * HOUR,
                pushed_until=desk.state().pushed_until,
            )
            await desk.subscriber.look()
        assert desk.state().pushed_until is None

    run(work)


def test_a_restarted_server_knows_its_hubs_at_once(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        desk.subscriber._keys = {}
        await desk.subscriber.load()
        assert await desk.hub.push(asked, FEED) == 202
        assert desk.woken == 1

    run(work)


def test_without_a_public_address_nobody_is_asked(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.write(public="")
        desk.names(desk.hub.url)
        await desk.subscriber.look()
        assert desk.hub.asked == []

    run(work)


def test_a_busy_memory_holds_up_the_push_and_nobody_else(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        with closing(desk.folder.memory()) as memory:
            with memory.together():
                push = asyncio.create_task(desk.hub.push(asked, FEED))
                status, _ = await desk.hub.get("https://tidewatch.example/nowhere", {})
                assert (status, push.done()) == (404, False)
            assert await push == 202
        assert page_of(desk) == FEED

    run(work)


def test_a_source_behind_a_secret_is_no_hubs_business(run: Run) -> None:
    async def work(desk: Desk) -> None:
        text = (desk.root / "beat.toml").read_text("utf-8").split("\n[serve]")[0]
        secret = 'name = "The Gull"\nheaders_env = { Authorization = "GULL" }'
        desk.write(sources=text.replace('name = "The Gull"', secret))
        desk.names(desk.hub.url)
        await desk.subscriber.look()
        assert desk.hub.asked == []

    run(work)


def test_a_hub_in_trouble_is_asked_once_a_look(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.hub.status = 503
        desk.names(desk.hub.url)
        desk.names(desk.hub.url, HERON)
        await desk.subscriber.look()
        assert len(desk.hub.asked) == 1
        await desk.subscriber.look()
        assert [one["hub.topic"] for one in desk.hub.asked] == [TOPIC, HERON.replace("s:", ":")]

    run(work)


def test_a_denial_ends_the_trust(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        assert await desk.hub.verify(asked, mode="denied", reason="full") == (200, "")
        await desk.subscriber.look()
        assert desk.state().pushed_until is None
        assert len(desk.hub.asked) == 1
        desk.clock.at += DAY
        await desk.subscriber.look()
        assert len(desk.hub.asked) == 2

    run(work)


def test_a_hub_of_http_does_not_get_the_secret_of_an_https_topic(run: Run) -> None:
    async def work(desk: Desk) -> None:
        desk.names(desk.hub.url, topic=GULL)
        await desk.subscriber.look()
        assert desk.hub.asked == []

    run(work)


def test_a_slow_body_does_not_hold_the_line(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        desk.subscriber.body_seconds = 0.05
        front = desk.hub.front["https://tidewatch.example"]
        port = int(front.rpartition(":")[2])
        path = asked["hub.callback"].removeprefix("https://tidewatch.example")

        def slow() -> bytes:
            with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as line:
                head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n<"
                line.sendall(head.encode())
                return line.recv(100)

        assert b" 408 " in await asyncio.to_thread(slow)

    run(work)


def test_a_hub_that_calls_without_end_is_told_to_wait(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        desk.clock.at += HOUR
        pushed = [await desk.hub.push(asked, FEED) for _ in range(31)]
        assert ([202] * 30, 429) == (pushed[:30], pushed[30])
        assert 429 == (await desk.hub.verify(asked))[0]
        desk.clock.at += timedelta(minutes=1)
        assert 202 == await desk.hub.push(asked, FEED)

    run(work)


def test_a_hub_sends_one_body_at_a_time_and_keeps_no_other_hub_waiting(run: Run) -> None:
    async def work(desk: Desk) -> None:
        asked = await desk.subscribed()
        front = desk.hub.front["https://tidewatch.example"]
        path = asked["hub.callback"].removeprefix("https://tidewatch.example")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(front.rpartition(":")[2]))
        head = (
            f"POST {path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 8\r\n\r\n"
        )
        writer.write(head.encode())
        assert b"HTTP/1.1 100 Continue\r\n" == await reader.readline()
        assert 429 == await desk.hub.push(asked, FEED)
        await reader.readline()
        writer.write(b"feed/>  ")
        assert (await reader.readline()).startswith(b"HTTP/1.1 202")
        writer.close()
        await writer.wait_closed()

    run(work)
