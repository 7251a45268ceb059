"""Asking through a proxy: where a request names one, with its password, never for ourselves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvloop

from copydesk.fetch import VirtualClock
from copydesk.fetch.polite import Polite
from copydesk.fetch.web import Web
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions
from world.machine import PATIENCE_SECONDS
from world.wire import Authority, Proxy, Site

Answer = Page | NotModified | Refused
CLOCK = VirtualClock(datetime(2030, 1, 2, tzinfo=UTC))
CLOSED = FetchOptions(timeout_seconds=PATIENCE_SECONDS)
HERE = FetchOptions(
    timeout_seconds=PATIENCE_SECONDS, delay_seconds=0, allow_hosts=("site.example",)
)


async def through(site: Site, proxy: Proxy, host: str, password: str = "") -> Answer:
    user = f"{password}@" if password else ""
    address = f"http://{user}127.0.0.1:{proxy.port}"
    async with Web(CLOSED, CLOCK) as web:
        return await web.fetch(Request(url=site.url("/news?q=1", host), proxy=address))


def test_a_page_is_asked_for_through_the_proxy_that_finds_its_host() -> None:
    async def work() -> tuple[Answer, list[str], str]:
        async with Site() as site, Proxy(site.port) as proxy:
            answer = await through(site, proxy, "far.example")
            return answer, proxy.asked, site.asked[0]

    answer, asked, head = uvloop.run(work())

    assert isinstance(answer, Page)
    assert answer.body == b"ok"
    assert asked[0].startswith("GET http://far.example:")
    assert head.startswith("get /news?q=1 ")


def test_a_secure_page_is_asked_for_through_a_tunnel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    until = datetime(2098, 1, 1, tzinfo=UTC)
    context = authority.server("far.example", until)

    async def work() -> tuple[Answer, list[str]]:
        async with Site(context) as site, Proxy(site.port, "desk:secret") as proxy:
            return await through(site, proxy, "far.example", "desk:secret"), proxy.asked

    answer, asked = uvloop.run(work())

    assert isinstance(answer, Page)
    assert answer.certificate_until == until
    assert asked[0].startswith("CONNECT far.example:")


def test_the_robots_of_a_host_are_asked_for_through_the_same_proxy() -> None:
    async def work() -> list[str]:
        async with Site() as site, Proxy(site.port) as proxy, Web(CLOSED, CLOCK) as web:
            address = f"http://127.0.0.1:{proxy.port}"
            request = Request(url=site.url("/news", "far.example"), proxy=address)
            await Polite(web, CLOSED, CLOCK).fetch(request)
            return [line.split(" ")[1].rpartition("/")[2] for line in proxy.asked + site.asked]

    assert "robots.txt" in uvloop.run(work())


@pytest.mark.parametrize("password", ["", "desk:wrong"])
def test_a_proxy_that_wants_another_password_is_a_refusal_without_it(password: str) -> None:
    async def work() -> tuple[Answer, Answer]:
        async with Site() as site, Proxy(site.port, "desk:right") as proxy:
            plain = await through(site, proxy, "far.example", password)
            user = f"{password}@" if password else ""
            address = f"http://{user}127.0.0.1:{proxy.port}"
            async with Web(CLOSED, CLOCK) as web:
                tunnel = Request(url="https://far.example/", proxy=address)
                return plain, await web.fetch(tunnel)

    plain, secure = uvloop.run(work())

    assert isinstance(plain, Page)  # raw: Polite refuses any status but 2xx
    assert plain.status == 407
    assert isinstance(secure, Refused)
    assert secure.detail == "the proxy refuses the connection to far.example (Who Are You)"


def test_a_proxy_that_is_not_there_is_refused_in_words_without_its_password() -> None:
    async def work() -> Answer:
        async with Web(CLOSED, CLOCK) as web:
            proxy = "http://desk:secret@127.0.0.1:1"
            return await web.fetch(Request(url="http://far.example/", proxy=proxy))

    answer = uvloop.run(work())

    assert isinstance(answer, Refused)
    assert answer.reason == "network"
    assert answer.detail == "no connection to the proxy: refused"


def test_a_proxy_that_is_not_set_is_refused_before_any_socket() -> None:
    async def work() -> tuple[list[Answer], list[str]]:
        async with Site() as site, Web(HERE, CLOCK) as web:
            answers = []
            for polite in (web, Polite(web, HERE, CLOCK)):
                answers.append(await polite.fetch(Request(url=site.url("/"), proxy="env:MY_PROXY")))
            return answers, site.asked

    answers, asked = uvloop.run(work())

    assert asked == []
    for answer in answers:
        assert isinstance(answer, Refused)
        assert (answer.reason, answer.retry_at) == ("network", None)
        assert answer.detail == "the proxy is not set: MY_PROXY is not in the environment"


def test_a_proxy_whose_name_leads_nowhere_is_not_shown() -> None:
    async def work() -> Answer:
        async with Web(CLOSED, CLOCK) as web:
            proxy = "http://desk:secret@a..b:1"
            return await web.fetch(Request(url="http://far.example/", proxy=proxy))

    answer = uvloop.run(work())

    assert isinstance(answer, Refused)
    assert answer.detail == "no such host: the host of the proxy (not a valid host name)"


HIDDEN = [
    "127.0.0.1",
    "10.1.2.3",
    "2130706433",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "localhost",
    "LOCALHOST.",
    "x.localhost",
    "printer.local",
    "wiki.internal",
    "intranet",
    "ip6-localhost",
    "localhost.localdomain",
    "nas.lan",
    "fritz.box.home",
    "mail.corp",
]


@pytest.mark.parametrize("host", HIDDEN)
def test_no_proxy_is_asked_for_an_address_that_is_private_by_its_name(host: str) -> None:
    async def work() -> tuple[Answer, list[str]]:
        async with Site() as site, Proxy(site.port) as proxy:
            return await through(site, proxy, host), proxy.asked

    answer, asked = uvloop.run(work())

    assert isinstance(answer, Refused)
    assert (answer.reason, asked) == ("address", [])


def test_a_proxy_is_asked_for_a_local_name_that_the_newsroom_allows() -> None:
    async def work() -> Answer:
        allowed = FetchOptions(timeout_seconds=PATIENCE_SECONDS, allow_hosts=("intranet",))
        async with Site() as site, Proxy(site.port) as proxy, Web(allowed, CLOCK) as web:
            address = f"http://127.0.0.1:{proxy.port}"
            return await web.fetch(Request(url=site.url("/", "intranet"), proxy=address))

    assert isinstance(uvloop.run(work()), Page)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "proxy", "http://", "http://a:x"])
def test_what_is_no_http_proxy_is_refused(proxy: str) -> None:
    async def work() -> Answer:
        async with Web(CLOSED, CLOCK) as web:
            return await web.fetch(Request(url="http://far.example/", proxy=proxy))

    answer = uvloop.run(work())

    assert isinstance(answer, Refused)
    assert "the proxy is not an http" in answer.detail
