"""Names, connections, certificates and proxies, against servers on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvloop

from copydesk.errors import ConfigError
from copydesk.fetch import VirtualClock, WallClock
from copydesk.fetch.hosts import Resolver, parse_server
from copydesk.fetch.polite import Polite
from copydesk.fetch.web import IdleConnections, Web, idle_limit, idle_seconds, raise_file_limit
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions
from world.dns import name_server
from world.machine import PATIENCE_SECONDS
from world.wire import Authority, Site

T = TypeVar("T")
Answer = Page | NotModified | Refused
CLOCK = VirtualClock(datetime(2030, 1, 2, tzinfo=UTC))
HERE = FetchOptions(
    allow_hosts=("127.0.0.1", "::1", "site.example"), timeout_seconds=PATIENCE_SECONDS
)
UNTIL = datetime(2098, 5, 6, 7, 8, 9, tzinfo=UTC)
LOOPS: list[Callable[[], asyncio.AbstractEventLoop]] = [
    asyncio.new_event_loop,
    uvloop.new_event_loop,
]


def run(
    work: Coroutine[Any, Any, T],
    loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop,
) -> T:
    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(work)


async def ask(url: str, options: FetchOptions, **more: Any) -> Answer:
    async with Web(options, CLOCK) as web:
        return await web.fetch(Request(url=url, **more))


# ---- names ----


@pytest.mark.parametrize("loop", LOOPS)
def test_a_name_is_asked_of_the_name_server_that_was_named(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def work() -> tuple[Answer, set[str]]:
        async with name_server({"site.example": "127.0.0.1"}) as names, Site() as site:
            options = replace(HERE, nameservers=(names.address,))
            return await ask(site.url("/", "site.example"), options), set(names.names_asked())

    answer, asked = run(work(), loop)

    assert isinstance(answer, Page)
    assert asked == {"site.example"}


def test_a_name_server_may_have_a_v6_address() -> None:
    async def work() -> Answer:
        async with name_server({"site.example": "::1"}, "::1") as names, Site(host="::1") as site:
            options = replace(HERE, nameservers=(names.address,))
            return await ask(site.url("/", "site.example"), options)

    assert isinstance(run(work()), Page)


def test_a_name_is_asked_for_once_as_long_as_its_record_lasts() -> None:
    async def work() -> list[str]:
        async with name_server({"site.example": "127.0.0.1"}) as names, Site() as site:
            options = replace(HERE, nameservers=(names.address,))
            async with Web(options, CLOCK) as web:
                for n in range(3):
                    await web.fetch(Request(url=site.url(f"/{n}", "site.example")))
            return names.names_asked()

    assert run(work()) == ["site.example"] * 2  # A and AAAA


def test_an_international_name_is_asked_for_in_its_own_spelling() -> None:
    spelled = "xn--zrich-kva.example"

    async def work() -> tuple[Answer, str, set[str]]:
        async with name_server({spelled: "127.0.0.1"}) as names, Site() as site:
            options = replace(HERE, nameservers=(names.address,), allow_hosts=(spelled,))
            answer = await ask(site.url("/", "Zürich.example"), options)
            return answer, site.asked[0], set(names.names_asked())

    answer, head, asked = run(work())

    assert isinstance(answer, Page)
    assert asked == {spelled}
    assert f"host: {spelled}:" in head


PRIVATE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused(address: str) -> None:
    async def work() -> Answer:
        async with name_server({"evil.example": address}) as names:
            options = replace(HERE, nameservers=(names.address,), allow_hosts=())
            return await ask("http://evil.example/", options)

    answer = run(work())

    assert isinstance(answer, Refused)
    assert answer.reason == "address"


def test_a_name_that_nobody_has_is_refused_in_words() -> None:
    async def work() -> Answer:
        async with name_server({}) as names:
            return await ask("http://none.example/", replace(HERE, nameservers=(names.address,)))

    answer = run(work())

    assert isinstance(answer, Refused)
    assert answer.reason == "network"
    assert "no such host: none.example" in answer.detail


def test_a_silent_name_server_is_given_up() -> None:
    async def work() -> Answer:
        async with name_server({"dead.example": ""}) as names:
            options = replace(HERE, nameservers=(names.address,), connect_seconds=0.1)
            return await ask("http://dead.example/", options)

    answer = run(work())

    assert isinstance(answer, Refused)
    assert answer.reason == "network"
    assert "no DNS server answered within 0.1 seconds" in answer.detail


def test_a_name_of_the_hosts_file_is_found_without_a_name_server() -> None:
    lines = Path("/etc/hosts").read_text("utf-8").splitlines()
    words = [line.partition("#")[0].split() for line in lines]
    names = [word for one in words for word in one[1:] if one[0] == "127.0.0.1"]
    if not names:
        pytest.skip("this machine's hosts file names nothing")

    async def work() -> tuple[Answer, list[str]]:
        async with name_server({}) as server, Site() as site:
            options = FetchOptions(nameservers=(server.address,), allow_hosts=(names[-1],))
            return await ask(site.url("/", names[-1]), options), server.names_asked()

    answer, asked = run(work())

    assert isinstance(answer, Page)
    assert asked == []


def test_thousands_of_dead_names_do_not_keep_the_living_waiting() -> None:
    """With four hosts at a time and five seconds a dead name, a queue would take 40 minutes."""
    dead = {f"dead{n}.example": "" for n in range(2_000)}
    living = {f"site{n}.example": "127.0.0.1" for n in range(20)}

    async def work() -> tuple[list[Answer], int]:
        async with name_server(dead | living) as names, Site() as site:
            options = FetchOptions(
                nameservers=(names.address,),
                allow_hosts=tuple(living),
                concurrency=4,
                delay_seconds=0,
            )
            async with Web(options, CLOCK) as web:
                polite = Polite(web, options, CLOCK)
                hopeless = [
                    asyncio.ensure_future(polite.fetch(Request(url=f"http://{name}/")))
                    for name in dead
                ]
                await asyncio.sleep(0)
                urls = [site.url("/", name) for name in living]
                async with asyncio.timeout(30):
                    answers = [polite.fetch(Request(url=url)) for url in urls]
                    given = list(await asyncio.gather(*answers))
                unanswered = sum(not one.done() for one in hopeless)
                for one in hopeless:
                    one.cancel()
                await asyncio.gather(*hopeless, return_exceptions=True)
        return given, unanswered

    answers, unanswered = run(work())

    assert all(isinstance(answer, Page) for answer in answers)
    assert unanswered > 0  # they were overtaken


SERVERS = {
    "192.0.2.1": "192.0.2.1:53",
    "127.0.0.1:5353": "127.0.0.1:5353",
    "::1": "[::1]:53",
    "[::1]": "[::1]:53",
    "[::1]:5353": "[::1]:5353",
}


@pytest.mark.parametrize(("text", "server"), SERVERS.items())
def test_a_name_server_is_an_address_with_or_without_a_port(text: str, server: str) -> None:
    assert parse_server(text) == server


@pytest.mark.parametrize(
    "text", ["", "dns.example", "1.2.3.4:x", "1.2.3.4:0", "[::1]:99999", "[::1"]
)
def test_what_is_no_name_server_is_an_error_in_words(text: str) -> None:
    with pytest.raises(ConfigError, match="not the address of a DNS server"):
        Resolver((text,), 5)


# ---- connections ----


def test_a_connection_is_kept_over_the_pause_between_two_requests() -> None:
    async def work() -> tuple[list[Answer], int]:
        options = replace(HERE, delay_seconds=0.05)
        async with Site() as site, Web(options, WallClock()) as web:
            polite = Polite(web, options, WallClock())
            urls = [site.url(f"/{n}") for n in range(4)]
            answers = [await polite.fetch(Request(url=url)) for url in urls]
            return answers, site.connections

    answers, connections = run(work())

    assert all(isinstance(answer, Page) for answer in answers)
    assert connections == 1


@pytest.mark.parametrize(("delay", "idle"), [(5, 15), (0, 15), (20, 25), (600, 75)])
def test_a_connection_may_be_idle_for_longer_than_the_pause(delay: float, idle: float) -> None:
    assert idle_seconds(FetchOptions(delay_seconds=delay)) == idle


def test_a_connection_that_is_one_too_many_is_closed_and_the_server_told() -> None:
    hosts = dict.fromkeys(("a.example", "b.example", "c.example"), "127.0.0.1")

    async def work() -> tuple[int, int, list[bool]]:
        async with name_server(hosts) as names, Site() as site:
            options = FetchOptions(nameservers=(names.address,), allow_hosts=tuple(hosts))
            async with Web(options, CLOCK, most_idle=1) as web:
                for host in [*hosts, *hosts]:
                    assert isinstance(await web.fetch(Request(url=site.url("/", host))), Page)
                await asyncio.sleep(0.05)
                told = ["connection: close" in head for head in site.asked]
                return site.open, site.connections, told

    open_now, connections, told = run(work())

    assert (open_now, connections) == (1, 5)
    assert told == [False, True, True] * 2


def test_a_place_among_the_idle_is_free_again_when_its_time_is_over() -> None:
    kept = IdleConnections(1, 15)
    kept.keep("a", 0)

    assert kept.has_room("a", 1)
    assert not kept.has_room("b", 14)
    assert kept.has_room("b", 16)


def test_the_limit_of_open_files_is_raised_and_half_of_it_may_be_idle() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
        assert raise_file_limit() == min(hard, 65_536)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert idle_limit(1_024, 64) == 256
    assert idle_limit(256, 64) == 16
    assert idle_limit(1_000_000, 64) == 4_096


def test_a_connection_that_is_not_made_in_time_is_given_up() -> None:
    """A TLS greeting is never answered by a server that waits for a whole HTTP head."""

    async def work() -> Answer:
        async with Site() as site:
            url = site.url("/").replace("http:", "https:")
            return await ask(url, replace(HERE, connect_seconds=0.1))

    answer = run(work())

    assert isinstance(answer, Refused)
    assert answer.reason == "too-slow"
    assert answer.detail == "no connection to 127.0.0.1 within 0.1 seconds"


def test_a_known_page_comes_with_the_headers_that_renew_it() -> None:
    async def work() -> Answer:
        async with Site() as site:
            return await ask(site.url("/"), HERE, etag='"1"')

    answer = run(work())

    assert isinstance(answer, NotModified)
    assert answer.headers == {"etag": '"1"', "cache-control": "max-age=60"}


# ---- certificates ----


async def secure(context: ssl.SSLContext, **more: Any) -> Answer:
    async with name_server({"site.example": "127.0.0.1"}) as names, Site(context) as site:
        options = replace(HERE, nameservers=(names.address,))
        return await ask(site.url("/", "site.example"), options, **more)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("etag", ["", '"1"'])
def test_an_answer_says_when_its_certificate_ends(
    loop: Callable[[], asyncio.AbstractEventLoop],
    etag: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))

    answer = run(secure(authority.server("site.example", UNTIL), etag=etag), loop)

    assert not isinstance(answer, Refused)
    assert answer.certificate_until == UNTIL


def test_every_answer_of_one_connection_knows_the_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    context = authority.server("localhost", UNTIL)

    async def work() -> tuple[list[Answer], int]:
        options = replace(HERE, allow_hosts=("localhost",))
        async with Site(context) as site, Web(options, CLOCK) as web:
            urls = [site.url(f"/{n}", "localhost") for n in range(3)]
            return [await web.fetch(Request(url=url)) for url in urls], site.connections

    answers, connections = run(work())

    assert connections == 1
    assert [getattr(answer, "certificate_until", None) for answer in answers] == [UNTIL] * 3


ENDED = datetime(2020, 1, 1, tzinfo=UTC)
INVALID = {
    "it has ended": ("site.example", ENDED, True, "has ended"),
    "it is another host's": ("other.example", UNTIL, True, "is for another host"),
    "nobody vouches for it": ("site.example", UNTIL, False, "is not from a trusted authority"),
}


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(("host", "until", "trusted", "said"), INVALID.values(), ids=INVALID.keys())
def test_a_certificate_is_refused_where(
    host: str,
    until: datetime,
    trusted: bool,
    said: str,
    loop: Callable[[], asyncio.AbstractEventLoop],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    authority = Authority(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))

    answer = run(secure(authority.server(host, until)), loop)

    assert isinstance(answer, Refused)
    assert answer.reason == "certificate"
    assert answer.detail == f"the certificate of site.example {said}"


def test_a_certificate_is_refused_for_the_host_and_not_for_its_robots(
    tmp_path: Path,
) -> None:
    context = Authority(tmp_path).server("site.example", UNTIL)

    async def work() -> Answer:
        async with Site(context) as site, Web(HERE, CLOCK) as web:
            return await Polite(web, HERE, CLOCK).fetch(Request(url=site.url("/")))

    answer = run(work())

    assert isinstance(answer, Refused)
    assert answer.reason == "certificate"


@pytest.mark.sample("0", "3")
@pytest.mark.parametrize("turns", range(6))
def test_who_comes_in_while_a_server_of_the_tests_ends_is_let_go(turns: int) -> None:
    async def work() -> socket.socket:
        async with Site() as site:
            comer = socket.create_connection(("127.0.0.1", site.port))
            for _ in range(turns):
                await asyncio.sleep(0)
        return comer

    comer = asyncio.run(work())
    gc.collect()  # a connection that nobody closed would be told here

    with comer, contextlib.suppress(ConnectionResetError):
        comer.settimeout(5)
        assert b"" == comer.recv(1)
