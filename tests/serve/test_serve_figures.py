"""Whether the server is well and what it did: who is told, and what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from aiohttp import ClientSession
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from copydesk.background import open_service
from copydesk.newsroom import Silence, open_newsroom
from copydesk.newsroom.backup import BackupStatus
from copydesk.newsroom.reports import RoundStatus
from copydesk.rounds import RoundOptions, run_round
from copydesk.serve import (
    Address,
    ConnectionLimits,
    Connections,
    Metrics,
    Site,
    WebApp,
    full_route,
    has_token,
    health_route,
    is_from_here,
    listening,
    metrics_route,
    ready_route,
)
from world.machine import PATIENCE_SECONDS
from world.newsroom import NOW, newsroom, record_web, small_web

ROUND = RoundStatus(
    pid=7,
    began=datetime(2026, 11, 27, tzinfo=UTC),
    is_over=True,
    seconds=3.0,
    filed=4,
    updated=2,
    failed=1,
    complete=True,
)


def scope_of(peer: str = "127.0.0.1", *headers: tuple[str, str]) -> Scope:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    return {"type": "http", "client": (peer, 4_000), "headers": raw, "method": "GET"}


# ---- who asks -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "host"),
    [
        ("127.0.0.1", "localhost:8000"),
        ("127.0.0.1", "LOCALHOST"),
        ("127.3.4.5", "127.0.0.1:8000"),
        ("::1", "[::1]:8000"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
    ],
)
def test_whoever_sits_at_this_machine_is_known_by_what_is_asked_for(peer: str, host: str) -> None:
    assert is_from_here(scope_of(peer, ("Host", host)), "")


@pytest.mark.parametrize(
    ("peer", "headers", "public_url"),
    [
        ("203.0.113.5", [("Host", "localhost")], ""),
        ("127.0.0.1", [], ""),
        ("127.0.0.1", [("Host", "news.example.org")], ""),
        ("127.0.0.1", [("Host", "localhost.example.org")], ""),
        ("127.0.0.1", [("Host", "127.0.0.1.example.org")], ""),
        ("127.0.0.1", [("Host", "localhost:80:80")], ""),
        ("127.0.0.1", [("Host", "127.0.0.2")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("Host", "localhost")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("Forwarded", "for=203.0.113.5")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("X-Forwarded-For", "127.0.0.1")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("X-Forwarded-Proto", "https")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("X-Real-IP", "203.0.113.5")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("Via", "1.1 proxy")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("CF-Connecting-IP", "203.0.113.5")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("CF-Connecting-IPv6", "2001:db8::1")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("True-Client-IP", "203.0.113.5")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("X-Client-IP", "203.0.113.5")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("X-Cluster-Client-IP", "203.0.113.5")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("Fastly-Client-IP", "203.0.113.5")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("Fly-Client-IP", "203.0.113.5")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("X-Original-Forwarded-For", "x")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("X-Envoy-External-Address", "x")], ""),
        ("127.0.0.1", [("Host", "localhost"), ("CDN-Loop", "cloudflare")], ""),
        ("127.0.0.1", [("Host", "localhost")], "https://news.example.org"),
        ("127.0.0.1", [("Host", "localhost")], "https://localhost.example.org"),
        ("127.0.0.1", [("Host", "localhost")], "https://news.localhost"),
        ("127.0.0.1", [("Host", "news.test")], "http://news.test"),
        ("not an address", [("Host", "localhost")], ""),
    ],
)
def test_whoever_may_be_a_stranger_is_one(
    peer: str, headers: list[tuple[str, str]], public_url: str
) -> None:
    assert not is_from_here(scope_of(peer, *headers), public_url)


@pytest.mark.parametrize(
    "public_url", ["http://localhost:8000", "http://127.0.0.1:8000/", "http://[::1]:8000"]
)
def test_a_public_address_that_is_this_machines_own_is_none(public_url: str) -> None:
    assert is_from_here(scope_of("127.0.0.1", ("Host", "localhost:8000")), public_url)
    assert not is_from_here(scope_of("203.0.113.5", ("Host", "localhost:8000")), public_url)


def test_what_comes_in_http_1_0_was_passed_on() -> None:
    """As nginx does with a bare proxy_pass, which also asks for the address that it names."""
    scope = scope_of("127.0.0.1", ("Host", "127.0.0.1:8000"), ("Connection", "close"))

    assert is_from_here({**scope, "http_version": "1.1"}, "")
    assert not is_from_here({**scope, "http_version": "1.0"}, "")


@pytest.mark.parametrize("public_url", ["", "http://localhost:8000"])
def test_a_desk_with_a_host_of_its_own_has_nobody_at_this_machine(public_url: str) -> None:
    scope = scope_of("127.0.0.1", ("Host", "localhost:8000"))

    assert not is_from_here(scope, public_url, "desk.example.org")


def test_a_socket_without_an_address_is_a_strangers() -> None:
    assert not is_from_here({**scope_of(), "client": None}, "")


@pytest.mark.parametrize(
    ("token", "header", "opens"),
    [
        ("secret", "Bearer secret", True),
        ("secret", "bearer secret", True),
        ("secret", "Bearer secrets", False),
        ("secret", "Bearer ", False),
        ("secret", "secret", False),
        ("secret", "Basic secret", False),
        ("", "Bearer ", False),
        ("", "", False),
    ],
)
def test_a_token_opens_where_there_is_one(token: str, header: str, opens: bool) -> None:
    assert opens is has_token(scope_of("203.0.113.5", ("Authorization", header)), token)


# ---- what is told ---------------------------------------------------------------------------


class Rounds:
    """How the last round stands, set by hand."""

    def __init__(self, status: RoundStatus | None) -> None:
        self.status = status

    def __call__(self) -> RoundStatus | None:
        return self.status


def figures_of(metrics: Metrics) -> Mapping[str, float]:
    return figures_in(metrics.write().decode())


def figures_in(told: str) -> Mapping[str, float]:
    lines = told.splitlines()
    rows = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


def test_each_round_is_counted_once_and_none_of_before() -> None:
    rounds = Rounds(ROUND)
    metrics = Metrics(Connections(ConnectionLimits()), rounds)
    assert "copydesk_rounds_total" not in "".join(figures_of(metrics))

    rounds.status = replace(ROUND, began=ROUND.began + timedelta(hours=1))
    metrics.look_at_round()
    rounds.status = replace(ROUND, pid=8, is_over=False)
    metrics.look_at_round()
    rounds.status = replace(ROUND, pid=9, complete=False, filed=1)

    figures = figures_of(metrics)
    assert 1 == figures['copydesk_rounds_total{result="complete"}']
    assert 1 == figures['copydesk_rounds_total{result="incomplete"}']
    assert 5 == figures['copydesk_stories_total{fate="filed"}']
    assert 4 == figures['copydesk_stories_total{fate="updated"}']
    assert 2 == figures["copydesk_failures_total"]
    assert 6 == figures["copydesk_round_seconds_sum"]


def test_requests_are_counted_by_class_with_their_seconds() -> None:
    metrics = Metrics(Connections(ConnectionLimits()), Rounds(None))

    for status in (200, 204, 304, 404, 500):
        metrics.note_request(status, 0.25)

    figures = figures_of(metrics)
    assert 2 == figures['copydesk_requests_total{class="2xx"}']
    assert 1 == figures['copydesk_requests_total{class="5xx"}']
    assert 1.25 == figures["copydesk_request_seconds_sum"]
    assert {0} == {figures[name] for name in figures if name.startswith("copydesk_connections")}


def test_link_previews_are_counted_by_network() -> None:
    metrics = Metrics(Connections(ConnectionLimits()), Rounds(None))

    for network in ("mastodon", "mastodon", "bluesky"):
        metrics.note_preview(network)

    figures = figures_of(metrics)
    assert 2 == figures['copydesk_previews_total{network="mastodon"}']
    assert 1 == figures['copydesk_previews_total{network="bluesky"}']


Answer = tuple[int, str, str]
Ask = Callable[[str, Mapping[str, str]], Answer]


def ask(root: Path, environ: Mapping[str, str], *headers: Mapping[str, str]) -> list[Answer]:
    """Ask a newsroom's server for its figures, with each of these sets of headers."""

    async def work() -> list[Answer]:
        connections = Connections(ConnectionLimits())
        with open_newsroom(root, NOW, environ) as opened:
            async with open_service(opened, print) as service:
                metrics = Metrics(connections, service.round_status, service.count)
                site = Site(service.site, "")
                routes = [
                    *(health_route(), ready_route(site)),
                    *(full_route(service), metrics_route(metrics, service)),
                ]
                app = WebApp(site, print, routes, note=metrics.note_request)
                async with (
                    listening(Address(port=0), app, connections) as port,
                    ClientSession(f"http://127.0.0.1:{port}") as session,
                ):
                    found = []
                    for each in headers:
                        async with session.get(each.get("path", "/metrics"), headers=each) as got:
                            kind = got.headers["Content-Type"]
                            found.append((got.status, kind, await got.text()))
        return found

    return asyncio.run(work())


def test_this_machine_is_told_the_figures(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")

    first, second = ask(root, {}, {"path": "/health"}, {})

    assert (200, "text/plain; charset=utf-8", "ok\n") == first
    assert (200, "text/plain; version=0.0.4; charset=utf-8") == second[:2]
    assert 'copydesk_requests_total{class="2xx"} 1.0\n' in second[2]
    assert "copydesk_connections 1.0\n" in second[2]


def test_a_site_is_ready_once_its_front_page_can_be_served(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    passed_on = {"X-Forwarded-For": "203.0.113.5", "path": "/health/ready"}
    (before,) = ask(root, {}, passed_on)
    index = root / ".copydesk" / "site" / "index.html"
    index.parent.mkdir(parents=True)
    index.write_text("")
    (half,) = ask(root, {}, passed_on)
    index.write_text("<h1>Tides</h1>")
    (after,) = ask(root, {}, passed_on)

    assert [503, 503, 200] == [answer[0] for answer in (before, half, after)]
    assert "no site was built yet, or it cannot be read\n" == before[2]


def test_the_numbers_of_the_newsroom_are_among_the_figures(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    with open_newsroom(root, NOW, {}) as opened:
        web = record_web(tmp_path / "web.warc.gz", small_web())
        run_round(opened, RoundOptions(web=web, all_due=True), Silence())
    ((_, _, before),) = ask(root, {}, {})
    assert "copydesk_backup_age_seconds" not in before
    status = BackupStatus(series="copydesk-beat", made=datetime.now(UTC) - timedelta(hours=5))
    (root / ".copydesk" / "backup.json").write_bytes(msgspec.json.encode(status))
    ((_, _, told),) = ask(root, {}, {})

    assert 'copydesk_sources{state="ok"} ' in told
    assert 'copydesk_stories_by_standing{standing="published"} ' in told
    assert "copydesk_last_round_age_seconds " in told
    assert 18_000 <= figures_in(told)["copydesk_backup_age_seconds"] < 18_100


def test_a_newsroom_that_cannot_be_read_costs_only_its_own_numbers(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    ask(root, {}, {})
    (root / ".copydesk" / "mail.sqlite").write_bytes(b"no database" * 1_000)
    ((status, _, told),) = ask(root, {}, {})

    assert (200, False) == (status, "copydesk_sources" in told)
    assert "copydesk_connections 1.0" in told


def test_what_is_urgent_is_told_to_this_machine_and_fails(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    with open_newsroom(root, NOW, {}) as opened:
        web = record_web(tmp_path / "web.warc.gz", small_web())
        run_round(opened, RoundOptions(web=web, all_due=True), Silence())
    asked = {"path": "/health/full"}
    stranger, well = ask(root, {}, {**asked, "X-Forwarded-For": "203.0.113.5"}, asked)
    status = RoundStatus(pid=7, began=datetime.now(UTC) - timedelta(days=9), is_over=True)
    (root / ".copydesk" / "round.json").write_bytes(msgspec.json.encode(status))
    (late,) = ask(root, {}, asked)

    assert (404, "not found\n") == (stranger[0], stranger[2])
    assert (503, "alarm") == (late[0], json.loads(late[2])["state"])
    assert {"rounds"} == {finding["check"] for finding in json.loads(late[2])["findings"]}
    assert well[1] == "application/json"


def test_others_are_told_nothing_without_the_token(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    environ = {"COPYDESK_METRICS_TOKEN": "a secret of some length"}
    passed_on = {"X-Forwarded-For": "203.0.113.5"}

    without, wrong, right = ask(
        root,
        {**environ, "COPYDESK_METRICS_TOKEN": "much-too-secret"},
        passed_on,
        {**passed_on, "Authorization": "Bearer guessed"},
        {**passed_on, "Authorization": "Bearer much-too-secret"},
    )
    (nobody,) = ask(root, {}, {**passed_on, "Authorization": "Bearer "})

    assert (404, "not found\n") == (without[0], without[2])
    assert without == wrong == nobody
    assert 200 == right[0]


def test_a_mounted_app_answers_below_its_path(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>Tides</h1>")

    async def desk(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse(f"desk {scope['path']}")(scope, receive, send)

    async def work() -> list[str]:
        app = WebApp(Site(tmp_path, ""), print, mounts={"/desk": desk})
        async with (
            listening(Address(port=0), app, Connections(ConnectionLimits())) as port,
            ClientSession(f"http://127.0.0.1:{port}") as session,
        ):
            found = []
            for path in ("/desk/queue", "/desk/", "/"):
                async with session.get(path) as answer:
                    found.append(await answer.text())
        return found

    assert ["desk /desk/queue", "desk /desk/", "<h1>Tides</h1>"] == asyncio.run(work())


def test_a_bug_costs_one_request_and_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    noted: list[int] = []

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError(f"no\nsuch thing {'x' * 600}")

    async def work() -> tuple[int, str]:
        app = WebApp(
            broken, said.append, [health_route()], note=lambda status, _: noted.append(status)
        )
        async with (
            listening(Address(port=0), app, Connections(ConnectionLimits())) as port,
            ClientSession(f"http://127.0.0.1:{port}") as session,
        ):
            async with session.get("/a") as answer:
                found = answer.status, await answer.text()
            async with session.get("/health") as answer:
                assert 200 == answer.status
        return found

    assert (500, "internal error\n") == asyncio.run(work())
    assert [500, 200] == noted
    assert 1 == len(said)
    assert said[0].startswith("a request failed: LookupError: no such thing")
    assert len(said[0]) <= 500


@pytest.mark.parametrize(
    "place", ["/mail/leave/", "/tide/mail/manage/", "/desk/enter/", "/websub/"]
)
def test_what_an_address_opens_is_told_to_nobody(tmp_path: Path, place: str) -> None:
    said: list[str] = []

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError("a bug")

    async def work() -> None:
        app = WebApp(broken, said.append)
        async with (
            listening(Address(port=0), app) as port,
            ClientSession(f"http://127.0.0.1:{port}") as session,
            session.get(f"{place}5ec7e7/data.json"),
        ):
            pass

    asyncio.run(work())

    assert [f"a request failed: LookupError: a bug: {place}…"] == said


def test_who_leaves_while_they_send_is_nothing_to_tell(tmp_path: Path) -> None:
    said: list[str] = []
    counted: list[int] = []
    left = asyncio.Event()

    async def read(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()

    def note(status: int, _seconds: float) -> None:
        counted.append(status)
        left.set()

    async def work() -> None:
        app = WebApp(Site(tmp_path, ""), said.append, mounts={"/desk": read}, note=note)
        async with listening(Address(port=0), app) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /desk/ HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nhalf")
            await writer.drain()
            writer.close()
            await asyncio.wait_for(left.wait(), PATIENCE_SECONDS)

    asyncio.run(work())

    assert ([], [499]) == (said, counted)
