"""Lines that are encrypted and signed in, to a well-behaved server, or not opened at all."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

from copydesk.errors import MailError, MailServerError
from copydesk.news.options import SmtpOptions
from copydesk.newsletters.message import Envelope
from copydesk.newsletters.smtp import Answer, SmtpLine, open_line
from world.machine import PATIENCE_SECONDS
from world.smtp import MailServer, Plan, Rule, make_certificate

PASSWORD = "a good password"


class Post:
    """What aiosmtpd took: for whom, and whether it came encrypted."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bool, bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a letter."""
        self.taken.append((envelope.rcpt_tos, session.ssl is not None, envelope.content))
        return "250 2.0.0 Ok"


def _authenticate(
    server: Any, session: Any, envelope: Any, mechanism: str, data: Any
) -> AuthResult:
    good = (data.login, data.password) == (b"letters", PASSWORD.encode())
    return AuthResult(success=good, handled=good, auth_data=data if good else None)


@asynccontextmanager
async def _serve(
    post: Post, tls: ssl.SSLContext | None, *, is_tls: bool = False, **more: Any
) -> Any:
    loop = asyncio.get_running_loop()
    servers: list[SMTP] = []

    def make() -> SMTP:
        context = None if is_tls else tls
        servers.append(SMTP(post, hostname="mail", loop=loop, tls_context=context, **more))
        return servers[-1]

    server = await loop.create_server(make, "127.0.0.1", 0, ssl=tls if is_tls else None)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for each in servers:
            if each.transport is not None:
                each.transport.close()
        await server.wait_closed()
        await asyncio.sleep(0)


def _options(port: int, security: Any = "starttls", **more: Any) -> SmtpOptions:
    return SmtpOptions(
        host="localhost", port=port, security=security, timeout_seconds=PATIENCE_SECONDS, **more
    )


def _envelope(recipient: str = "reader@world.example") -> Envelope:
    return Envelope(sender="b@letters.example", recipient=recipient, message=b"A: B\r\n\r\nC\r\n")


def _run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        return await work()

    return asyncio.run(main())


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("is_tls", [False, True])
def test_letters_go_encrypted_and_signed_in(tmp_path: Path, is_tls: bool) -> None:
    tls, trust = make_certificate(tmp_path)
    post = Post()

    async def send() -> list[Answer]:
        more = {"authenticator": _authenticate, "auth_required": True}
        async with _serve(post, tls, is_tls=is_tls, auth_require_tls=not is_tls, **more) as port:
            security = "tls" if is_tls else "starttls"
            options = _options(port, security, user="letters", password=PASSWORD)
            line = await open_line(options, tls=trust)
            answers = [await line.send(_envelope(name)) for name in ("a@w.example", "b@w.example")]
            await line.close()
            return answers

    assert ["accepted"] * 2 == [answer.kind for answer in _run(send)]
    assert ["a@w.example", "b@w.example"] == [to for (to,), _, _ in post.taken]
    assert b"A: B\r\n\r\nC\r\n" == post.taken[0][2]
    assert is_tls or all(is_encrypted for _, is_encrypted, _ in post.taken)


def test_a_wrong_password_is_told_without_it(tmp_path: Path) -> None:
    tls, trust = make_certificate(tmp_path)

    async def fail() -> MailError:
        async with _serve(Post(), tls, authenticator=_authenticate) as port:
            options = _options(port, user="letters", password="Wr0ng")
            with pytest.raises(
                MailError, match="refused the user name and password with 535"
            ) as raised:
                await open_line(options, tls=trust)
            return raised.value

    error = _run(fail)
    assert MailError is type(error)
    assert "Wr0ng" not in f"{error} {error.hint} {error!r}"


def test_a_server_that_takes_no_sign_in_is_told() -> None:
    async def fail() -> None:
        async with MailServer() as server:
            with pytest.raises(MailError, match="has no way to sign in"):
                await open_line(_options(server.port, "none", user="letters"))

    _run(fail)


def test_a_letter_of_megabytes_goes_encrypted(tmp_path: Path) -> None:
    tls, trust = make_certificate(tmp_path)
    post = Post()
    message = b"A: B\r\n\r\n" + (b"x" * 70 + b"\r\n") * 60_000

    async def send() -> Answer:
        async with _serve(post, tls) as port:
            line = await open_line(_options(port), tls=trust)
            whole = Envelope(sender="b@w.example", recipient="a@w.example", message=message)
            answer = await line.send(whole)
            await line.close()
            return answer

    assert "accepted" == _run(send).kind
    assert message == post.taken[0][2]


def test_a_server_without_tls_gets_nothing() -> None:
    async def fail() -> list[bytes]:
        async with MailServer() as server:
            with pytest.raises(MailError, match="the mail server has no TLS"):
                await open_line(_options(server.port, user="letters", password=PASSWORD))
            return server.heard

    heard = _run(fail)
    assert [b"EHLO"] == [line[:4] for line in heard]


@pytest.mark.parametrize("do", ["454 4.7.0 TLS not now", "garbage", "close"])
def test_a_server_whose_tls_fails_gets_nothing_in_plain(do: str) -> None:
    async def fail() -> list[bytes]:
        plan = Plan(extensions=("STARTTLS", "AUTH PLAIN"), rules=[Rule(at="other", do=do)])
        async with MailServer(plan) as server:
            with pytest.raises(MailServerError):
                await open_line(_options(server.port, user="letters", password=PASSWORD))
            return server.heard

    assert [b"EHLO", b"STAR"] == [line[:4] for line in _run(fail)]


@pytest.mark.parametrize("host", ["ended.certificate.example", "other.certificate.example", ""])
@pytest.mark.parametrize("is_tls", [False, True])
def test_a_certificate_that_proves_nothing_stops_all(
    tmp_path: Path, host: str, is_tls: bool
) -> None:
    tls, trust = make_certificate(tmp_path, host or "localhost")
    post = Post()

    async def fail() -> MailError:
        async with _serve(post, tls, is_tls=is_tls) as port:
            options = _options(port, "tls" if is_tls else "starttls")
            with pytest.raises(
                MailError, match="no secure connection to the mail server"
            ) as raised:
                await open_line(options, tls=trust if host else None)
            return raised.value

    error = _run(fail)
    assert MailError is type(error)
    assert "certificate" in error.hint
    assert not post.taken


def test_tls_with_a_server_that_speaks_none_is_told() -> None:
    async def fail() -> None:
        async with MailServer() as server:
            with pytest.raises(MailError, match="no secure connection"):
                await open_line(_options(server.port, "tls"))

    _run(fail)


def test_an_address_that_is_not_ascii_goes_to_a_server_that_takes_such(tmp_path: Path) -> None:
    tls, trust = make_certificate(tmp_path)
    post = Post()

    async def send() -> Answer:
        async with _serve(post, tls, enable_SMTPUTF8=True) as port:
            line: SmtpLine = await open_line(_options(port), tls=trust)
            answer = await line.send(_envelope("jörg@world.example"))
            await line.close()
            return answer

    assert "accepted" == _run(send).kind
    assert [["jörg@world.example"]] == [to for to, _, _ in post.taken]
