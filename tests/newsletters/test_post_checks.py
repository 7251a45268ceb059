"""All checks at once: a mail server, a web server and a name server on loopback."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP

from copydesk.news.options import MailOptions, SmtpOptions
from copydesk.newsletters.mail_look import (
    CheckRequest,
    WebAnswer,
    check_clock,
    check_links,
    check_one_click,
    look,
)
from copydesk.newsletters.mail_records import MailFinding
from world.dns import Answer, NameServer, leads_to
from world.machine import PATIENCE_SECONDS
from world.smtp import MailServer, Plan, Rule
from world.tls import Authority

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
PAGE = '<html><link rel="stylesheet" href="/mail/style.css">no such link</html>'
OPTIONS = MailOptions(
    deliver="smtp",
    from_address="letters@letters.example",
    postal_address="1 Quay, Port",
    smtp=SmtpOptions(host="localhost", security="none", timeout_seconds=PATIENCE_SECONDS),
)


@asynccontextmanager
async def serve_page(body: str, status: int, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """Serve one page under every address for the block; the port."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=body, status=status, content_type="text/html")

    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def run_checks(
    folder: Path,
    *,
    rules: Sequence[Rule] = (),
    page: str = PAGE,
    status: int = 404,
    scheme: str = "https",
    options: MailOptions = OPTIONS,
) -> tuple[dict[str, MailFinding], MailServer]:
    """Return what is found by kind, and the mail server that was asked."""
    authority = Authority(folder)
    trust = ssl.create_default_context(cafile=str(authority.file))

    async def run() -> tuple[tuple[MailFinding, ...], MailServer]:
        async with AsyncExitStack() as stack:
            names = await stack.enter_async_context(NameServer())
            names.at("news.letters.example", leads_to("127.0.0.1"))
            names.at("letters.example", Answer(exchanges=("mx.letters.example",)))
            server = await stack.enter_async_context(MailServer(Plan(rules=rules)))
            tls = authority._context("news.letters.example") if scheme == "https" else None
            port = await stack.enter_async_context(serve_page(page, status, tls))
            request = CheckRequest(
                options=replace(options, smtp=replace(options.smtp, port=server.port)),
                dkim_key=None,
                return_path="bounces+token@letters.example",
                link=f"{scheme}://news.letters.example:{port}/mail/leave/token",
                site_url="https://letters.example",
                public_url="https://news.letters.example",
                clock=lambda: datetime.now(UTC),
                nameservers=(names.address,),
                tls=trust,
            )
            return await look(request), server

    findings, server = asyncio.run(run())
    assert len({finding.kind for finding in findings}) == len(findings)
    return {finding.kind: finding for finding in findings}, server


def test_every_check_finds_something(tmp_path: Path) -> None:
    found, _ = run_checks(tmp_path)

    assert {
        "transaction": "ok",
        "tls": "ok",
        "spf": "fault",
        "dkim": "remark",
        "dmarc": "fault",
        "reverse-name": "unknown",
        "from-domain": "ok",
        "return-path": "ok",
        "mta-sts": "remark",
        "one-click": "ok",
        "links": "ok",
        "clock": "ok",
        "postal-address": "ok",
    } == {kind: finding.state for kind, finding in found.items()}


def test_nothing_is_sent(tmp_path: Path) -> None:
    _, server = run_checks(tmp_path)

    assert server.taken == []
    assert [] == [line for line in server.heard if line.upper().startswith(b"DATA")]


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        (Rule(at="sender", do="550 5.7.1 not you"), "the return path: 550"),
        (Rule(at="recipient", do="550 5.7.1 not there"), "your own address: 550"),
        (Rule(at="sender", do="close"), ""),
        (Rule(at="recipient", do="garbage"), ""),
        (Rule(at="greeting", do="554 no"), "554"),
        (Rule(at="greeting", do="close"), ""),
    ],
)
def test_a_server_that_would_not_take_letters_is_a_fault(
    tmp_path: Path, rule: Rule, word: str
) -> None:
    found, _ = run_checks(tmp_path, rules=[rule])

    assert found["transaction"].state == "fault"
    assert word in found["transaction"].what
    assert "letters@letters.example" not in found["transaction"].what


@pytest.mark.parametrize(
    ("page", "status", "scheme", "state"),
    [
        (PAGE, 200, "https", "ok"),
        (PAGE, 404, "https", "ok"),
        (PAGE, 500, "https", "fault"),
        ("<html>nginx</html>", 404, "https", "fault"),
        (PAGE, 200, "http", "fault"),
    ],
)
def test_a_link_leads_to_a_page_of_ours_by_https(
    tmp_path: Path, page: str, status: int, scheme: str, state: str
) -> None:
    found, _ = run_checks(tmp_path, page=page, status=status, scheme=scheme)

    assert found["one-click"].state == state


@pytest.mark.parametrize(
    ("site", "public", "state", "words"),
    [
        ("https://news.example/coast", "https://mail.news.example", "ok", "your site"),
        ("https://news.example", "", "ok", "your site"),
        ("https://198.51.100.7", "", "ok", "your site"),
        ("http://127.0.0.1:8000", "", "fault", "this machine: http://127.0.0.1:8000"),
        ("http://localhost:8000/x", "https://a.example", "fault", "this machine"),
        ("http://[::1]:8000", "", "fault", "this machine"),
        ("http://news.localhost", "", "fault", "this machine"),
        ("http://192.168.1.7", "", "fault", "a private network: http://192.168.1.7"),
        ("http://[fd00::7]", "", "fault", "a private network"),
        ("http://desk.lan", "", "fault", "a private network"),
        ("http://raspberry", "", "fault", "a private network"),
        ("https://news.example", "https://localhost", "fault", "this machine: https://localhost"),
        ("", "https://a.example", "fault", "do not work"),
    ],
)
def test_links_that_lead_to_this_machine_are_a_fault(
    site: str, public: str, state: str, words: str
) -> None:
    found = check_links(site, public)

    assert ("links", state) == (found.kind, found.state)
    assert words in found.what
    assert (state == "ok") == (not found.hint)
    if "localhost" in public:
        assert "public_url" in found.hint


def test_a_web_server_that_is_away_is_a_fault_and_tells_no_time() -> None:
    answer = WebAnswer(why="refused")

    assert check_one_click("https://news.letters.example/x", answer).state == "fault"
    assert check_clock(answer, NOW).state == "unknown"


def test_without_a_name_server_the_page_is_unknown_and_nothing_is_raised() -> None:
    request = CheckRequest(
        options=replace(OPTIONS, smtp=replace(OPTIONS.smtp, port=9)),
        dkim_key=None,
        return_path="bounces+token@letters.example",
        link="https://news.letters.example/mail/leave/token",
        site_url="https://letters.example",
        public_url="https://news.letters.example",
        clock=lambda: NOW,
        nameservers=("127.0.0.1:9",),
    )

    found = {finding.kind: finding for finding in asyncio.run(look(request))}

    assert ("unknown", "unknown") == (found["one-click"].state, found["clock"].state)
    assert "no DNS server answered" in found["one-click"].what


@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (60, "ok"), (61, "fault")])
def test_a_clock_may_be_a_minute_off(seconds: int, state: str) -> None:
    for moment in (NOW + timedelta(seconds=seconds), NOW - timedelta(seconds=seconds)):
        assert check_clock(WebAnswer(status=200, date=moment), NOW).state == state


def test_no_postal_address_is_remarked(tmp_path: Path) -> None:
    found, _ = run_checks(tmp_path, options=replace(OPTIONS, postal_address=""))

    assert found["postal-address"].state == "remark"


class _Nobody:
    """Takes no letters."""


@pytest.mark.parametrize(("host", "state"), [("good", "ok"), ("ending", "remark")])
def test_how_long_a_certificate_holds_is_told(tmp_path: Path, host: str, state: str) -> None:
    """`ending.localhost` would need a resolver, so the certificate's kind is made for localhost."""
    from world import tls as certificates

    authority = Authority(tmp_path)
    kinds = certificates.KINDS
    trust = ssl.create_default_context(cafile=str(authority.file))

    async def run() -> tuple[MailFinding, ...]:
        loop = asyncio.get_running_loop()
        sessions: list[SMTP] = []

        def make() -> SMTP:
            session = SMTP(_Nobody(), hostname="mail", loop=loop)
            sessions.append(session)
            return session

        server = await loop.create_server(make, "127.0.0.1", 0, ssl=authority._context("localhost"))
        async with NameServer() as names:
            port = server.sockets[0].getsockname()[1]
            smtp = SmtpOptions(
                host="localhost", port=port, security="tls", timeout_seconds=PATIENCE_SECONDS
            )
            request = CheckRequest(
                options=replace(OPTIONS, smtp=smtp),
                dkim_key=None,
                return_path="letters@letters.example",
                link="",
                site_url="https://letters.example",
                public_url="https://news.letters.example",
                clock=lambda: datetime.now(UTC),
                nameservers=(names.address,),
                tls=trust,
            )
            found = await look(request)
        server.close()
        for session in sessions:
            if isinstance(session.transport, asyncio.Transport):
                session.transport.abort()
        await asyncio.sleep(0)
        return found

    was = kinds.get("localhost")
    kinds["localhost"] = kinds[host]
    try:
        found = {finding.kind: finding for finding in asyncio.run(run())}
    finally:
        kinds.pop("localhost") if was is None else None

    assert found["tls"].state == state
    assert "is encrypted; its certificate is valid for" in found["tls"].what
    assert found["transaction"].state == "ok"
