"""The site is served until SIGTERM, and nothing but the site."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from copydesk.fetch import VirtualClock
from copydesk.kit import logs
from copydesk.memory import Memory
from copydesk.serve import Address, Site, WebApp, listening
from copydesk.watch.schedule.state import SourceState
from world.command import copydesk
from world.hub import Hub
from world.machine import PATIENCE_SECONDS
from world.newsroom import newsroom, record_web, small_web
from world.served_newsroom import serve_command


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    root = newsroom(folder / "beat")
    web = record_web(folder / "web.warc.gz", small_web())
    assert copydesk("-C", root, "run", "--web", web, "--now", "2026-11-20T08:00:00Z").code == 0
    (root / ".copydesk" / "site" / ".hidden").write_text("secret")
    return root


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            yield process, found[0]
            break
    else:
        pytest.fail(said)
    if process.poll() is None:
        process.kill()
    process.wait()
    process.stderr.close()


def get(address: str) -> tuple[int, bytes, str]:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, answer.read(), answer.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers["Content-Type"]


def test_pages_and_feeds_are_served_under_their_types(
    server: tuple[subprocess.Popen[str], str],
) -> None:
    _, address = server
    assert get(f"{address}/")[0] == 200
    assert get(f"{address}/feed.xml")[2] == "application/atom+xml; charset=utf-8"
    assert get(f"{address}/api/news/")[2] == "application/json; charset=utf-8"
    assert get(f"{address}/topics/coast")[0] == 200


def test_the_site_lies_below_its_own_path_too(
    server: tuple[subprocess.Popen[str], str],
) -> None:
    _, address = server
    for path in ("/coast/", "/coast", "/coast/style.css", "/coast/topics/coast/"):
        assert get(address + path)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/coast/../../key",
        "/coastal/",
        "/nowhere/",
        "/../key",
        "/%2e%2e/%2e%2e/beat.toml",
        "/.hidden",
        "/%00",
        "/" + "x" * 5000,
    ],
)
def test_what_is_not_the_site_is_not_served(
    server: tuple[subprocess.Popen[str], str], path: str
) -> None:
    _, address = server
    status, body, _ = get(address + path)
    assert status == 404
    assert b"secret" not in body


@pytest.mark.parametrize("path", ["//evil.example/..", "//evil.example/%2e%2e/topics", "/topics"])
def test_nobody_is_sent_to_another_site(
    server: tuple[subprocess.Popen[str], str], path: str
) -> None:
    _, address = server
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode("latin-1")
    location = re.search(r"(?im)^location: (\S*)", answer)
    assert location is None or location[1].startswith("/coast/")


def test_a_taken_port_is_one_clear_error(
    root: Path, server: tuple[subprocess.Popen[str], str]
) -> None:
    _, address = server
    said = copydesk("-C", root, "serve", "--port", address.rsplit(":", 1)[1])
    assert said.code == 2
    assert "--port" in said.err


@pytest.mark.parametrize(
    ("host", "words"),
    [
        (
            "8.8.8.8",
            "error: cannot listen (this machine does not have the address): 8.8.8.8:0",
        ),
        ("x" * 70, f"error: cannot listen (the host name is unknown): {'x' * 70}:0"),
    ],
)
def test_where_nobody_can_listen_is_told_in_words(root: Path, host: str, words: str) -> None:
    said = copydesk("-C", root, "serve", "--host", host, "--port", "0")

    assert said.code == 2
    assert said.err.endswith(f"{words}\nhint: choose another host with --host\n")


def test_what_happens_while_serving_is_told_with_its_time() -> None:
    said: list[str] = []

    clock = VirtualClock(datetime(2026, 11, 24, 9, 5, tzinfo=UTC))
    logs.with_time(said.append, clock.now)("no round: x")

    assert said == ["09:05 no round: x"]


def test_sigterm_ends_the_server_cleanly(server: tuple[subprocess.Popen[str], str]) -> None:
    process, _ = server
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [("/coast/news/wall/", 410), ("/news/wall", 410), ("/news/seals/", 404), ("/feed.xml", 200)],
)
def test_what_was_taken_away_for_good_is_gone(root: Path, path: str, status: int) -> None:
    site = Site(root / ".copydesk" / "site", "/coast", {"news/wall", "feed.xml"}.__contains__)

    async def work() -> tuple[int, bytes, str]:
        async with listening(Address(port=0), WebApp(site, print)) as port:
            return await asyncio.to_thread(get, f"http://127.0.0.1:{port}{path}")

    assert asyncio.run(work())[0] == status


HUB_BEAT = """
[serve]
public_url = "https://tidewatch.example"

[fetch]
contact = "mailto:desk@tidewatch.example"
allow_hosts = ["127.0.0.1"]
"""


def until(what: Callable[[], bool]) -> None:
    """Wait until something is so, at most half a minute."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_hub_is_asked_answered_and_heard_by_the_server(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", more=HUB_BEAT)
    later = datetime.now(UTC) + timedelta(hours=1)
    topic = "http://gull.example/feed.xml"

    def remember(hub: str) -> None:
        with closing(Memory(root / ".copydesk" / "memory.sqlite")) as memory:
            state = SourceState(next_at=later, hub=hub, topic=topic)
            for name in ("gull", "heron"):
                memory.keep_source(f"https://{name}.example/feed.xml", msgspec.json.encode(state))
                state = SourceState(next_at=later)

    async def work() -> None:
        async with Hub() as hub:
            remember(hub.url)
            command = serve_command(root)
            with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
                assert process.stderr is not None
                lines = iter(process.stderr.readline, "")
                found = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in lines)
                hub.front["https://tidewatch.example"] = next(one[0] for one in found if one)
                await asyncio.to_thread(until, lambda: bool(hub.asked))
                assert "mailto:desk@tidewatch.example" in hub.agents[0]
                assert await hub.verify(hub.asked[0]) == (200, "are you there?")
                assert await hub.push(hub.asked[0], b"<rss/>") == 202
                process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(process.communicate)
                assert process.returncode == 0

    asyncio.run(work())
    with closing(Memory(root / ".copydesk" / "memory.sqlite")) as memory:
        assert memory.hub_pushes.keys() == ["https://gull.example/feed.xml"]


@pytest.mark.parametrize(("more", "counted"), [("[serve]\ncount_reads = true\n", 1), ("", 0)])
def test_readers_are_counted_where_the_newsroom_asks_for_it(
    tmp_path: Path, more: str, counted: int
) -> None:
    root = newsroom(tmp_path / "beat", more=more)
    page = root / ".copydesk" / "site" / "news" / "wall" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<h1>A wall</h1>")
    command = serve_command(root)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        found = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in lines)
        address = next(one[0] for one in found if one)
        asked = urllib.request.Request(
            f"{address}/news/wall/", headers={"User-Agent": "Mozilla/5.0"}
        )
        urllib.request.urlopen(asked, timeout=PATIENCE_SECONDS).close()
        process.send_signal(signal.SIGTERM)
        process.communicate()

    with closing(Memory(root / ".copydesk" / "memory.sqlite")) as memory:
        assert counted == sum(memory.reads.since(date.min).values())
