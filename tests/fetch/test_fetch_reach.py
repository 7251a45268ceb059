"""What Web can reach and what it must not: addresses, names, certificates."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import re
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.fetch import VirtualClock
from copydesk.fetch.web import Web
from copydesk.news import NotModified, Page, Refused, Request
from copydesk.news.options import FetchOptions
from world import web
from world.machine import PATIENCE_SECONDS
from world.web import World

NOW = datetime.datetime(2030, 1, 2, tzinfo=datetime.UTC)
CLOSED = FetchOptions(timeout_seconds=PATIENCE_SECONDS)
OPEN = FetchOptions(timeout_seconds=PATIENCE_SECONDS, allow_hosts=("127.0.0.1",))
NAMED = replace(OPEN, allow_hosts=("127.0.0.1", "localhost"))


async def fetch(url: str, options: FetchOptions) -> Page | NotModified | Refused:
    async with Web(options, VirtualClock(NOW)) as raw:
        return await raw.fetch(Request(url=url))


LOOPBACK = [
    "127.0.0.1",
    "localhost",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "１２７.0.0.1",
]


@pytest.mark.parametrize("host", LOOPBACK)
def test_no_spelling_of_loopback_is_reached(host: str) -> None:
    async def work(world: World) -> tuple[Page | NotModified | Refused, list[str]]:
        answer = await fetch(world.url("/", host), CLOSED)
        return answer, world.paths()

    answer, asked = web.run(work)

    assert isinstance(answer, Refused)
    assert answer.reason == "address"
    assert "not a public address" in answer.detail
    assert asked == []


def test_a_host_that_the_newsroom_allows_is_reached() -> None:
    async def work(world: World) -> Page | NotModified | Refused:
        world.at("/", web.serves(b"ok"))
        return await fetch(world.url("/"), OPEN)

    assert isinstance(web.run(work), Page)


def test_an_allowed_name_does_not_open_the_address_under_another_name() -> None:
    async def work(world: World) -> Page | NotModified | Refused:
        return await fetch(world.url("/", "localhost"), OPEN)

    answer = web.run(work)

    assert isinstance(answer, Refused)
    assert answer.reason == "address"


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(world: World) -> tuple[Page | NotModified | Refused, list[str]]:
        monkeypatch.setenv("http_proxy", world.url("/proxy"))
        monkeypatch.setenv("HTTP_PROXY", world.url("/proxy"))
        answer = await fetch("http://10.1.2.3/", CLOSED)
        return answer, world.paths()

    answer, asked = web.run(work)

    assert isinstance(answer, Refused)
    assert answer.reason == "address"
    assert asked == []


NO_PLACE = {
    "a label that is too long": (f"http://{'a' * 70}.example/", "not a valid host name"),
    "a closed port": ("http://127.0.0.1:1/", "no connection to 127.0.0.1: refused"),
    "a closed port of a name": ("http://localhost:1/", "no connection to localhost: refused"),
    "no web address": ("ftp://files.example/x", "not a web address"),
    "a script": ("javascript:alert(1)", "not a web address"),
    "nothing": ("", "not a web address"),
}


@pytest.mark.parametrize(("url", "words"), NO_PLACE.values(), ids=NO_PLACE.keys())
def test_a_place_that_is_none_is_refused_in_words(url: str, words: str) -> None:
    answer = asyncio.run(fetch(url, NAMED))

    assert isinstance(answer, Refused)
    assert answer.reason == "network"
    assert words in answer.detail
    assert not re.search(r"Errno|ssl:|\[[A-Z]", answer.detail)


def self_signed(folder: Path) -> ssl.SSLContext:
    """Make a server's TLS context whose certificate nobody vouches for."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    day = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day.replace(year=2099))
    certificate = builder.add_extension(host, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem = folder / "pem"
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def test_a_certificate_that_nobody_vouches_for_is_refused_in_words(tmp_path: Path) -> None:
    async def work(world: World) -> tuple[Page | NotModified | Refused, list[str]]:
        answer = await fetch(world.url("/"), OPEN)
        return answer, world.paths()

    answer, asked = web.run(work, tls=self_signed(tmp_path))

    assert isinstance(answer, Refused)
    assert answer.reason == "certificate"
    assert answer.detail == "the certificate of 127.0.0.1 is self-signed"
    assert asked == []


def test_plain_http_where_tls_is_expected_is_refused_in_words() -> None:
    async def work(world: World) -> Page | NotModified | Refused:
        return await fetch(world.url("/").replace("http:", "https:"), OPEN)

    answer = web.run(work)

    assert isinstance(answer, Refused)
    assert answer.reason == "network"
    assert (
        answer.detail
        == "no secure connection to 127.0.0.1: the server does not use TLS on this port"
    )
