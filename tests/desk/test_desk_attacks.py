"""What strangers try at the desk's door."""

from __future__ import annotations

import asyncio
import http.client
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.types import Message, Receive, Scope, Send

from copydesk.desk.sign_in import POLICY, Door, sign_in_app
from world.authenticator import Authenticator
from world.machine import PATIENCE_SECONDS
from world.served_desk import BEAT, HOST, Browser, ServedDesk

DAY = timedelta(days=1)


@pytest.fixture
def anna(desk: ServedDesk) -> Browser:
    """Return the browser of an editor who is signed in."""
    desk.store.accounts.add("Anna", "editor", desk.clocks().now)
    browser = desk.here()
    secret = desk.store.links.make("enter", desk.clocks(), "Anna")
    browser.post(f"/desk/enter/{secret}")
    return browser


# ---- where from -------------------------------------------------------------------------------


def test_nobody_else_reaches_the_desk_before_somebody_has_an_account(desk: ServedDesk) -> None:
    assert 403 == desk.outside().get("/desk/").status
    assert 403 == desk.outside().get("/desk/enter/x").status
    assert 303 == desk.here().get("/desk/").status

    desk.store.accounts.add("Anna", "owner", desk.clocks().now)

    assert 303 == desk.outside().get("/desk/").status


@pytest.mark.parametrize("host", ["evil.example", "news.example.org", "", f"{HOST}.evil.example"])
def test_under_another_name_the_desk_is_not_there(anna: Browser, host: str) -> None:
    """A name of somebody else's that leads to this machine (DNS rebinding) is none of ours."""
    assert 403 == anna.ask("GET", "/desk/", headers={"Host": host or "x"}).status


def test_what_was_passed_on_does_not_come_from_here(anna: Browser) -> None:
    assert 403 == anna.ask("GET", "/desk/", headers={"X-Forwarded-For": "203.0.113.5"}).status


@pytest.mark.parametrize("path", ["/desk/%0A", "/desk/x%0Ay/", "/desk/%0D%0A/%E2%80%A8/"])
def test_a_line_feed_in_an_address_does_not_lead_past_the_desk(
    anna: Browser, desk: ServedDesk, path: str
) -> None:
    """To the site, whose page for what is not there has its theme's scripts."""
    assert POLICY == anna.get(path).headers["content-security-policy"]
    assert POLICY == desk.outside().get(path).headers["content-security-policy"]


# ---- sessions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "x", "A" * 43, "A" * 5_000])
def test_a_forged_session_is_none(desk: ServedDesk, anna: Browser, secret: str) -> None:
    name, _ = anna.jar
    forger = Browser(desk.port, jar={name: secret})

    assert 303 == forger.get("/desk/").status


def test_a_session_is_known_by_its_secret_not_by_its_name(desk: ServedDesk, anna: Browser) -> None:
    (session,) = desk.store.sessions.of("Anna", desk.clocks().now)
    name, _ = anna.jar

    assert 303 == Browser(desk.port, jar={name: session.id}).get("/desk/").status


def test_two_sessions_at_once_are_none(anna: Browser) -> None:
    (name, secret), _ = anna.jar.items()
    cookies = f"{name}={secret}; {name}={'A' * 43}"

    assert 303 == anna.ask("GET", "/desk/", headers={"Cookie": cookies}).status


def test_an_expired_session_is_over(desk: ServedDesk, anna: Browser) -> None:
    desk.clocks.move(14 * DAY - timedelta(seconds=1))
    assert 200 == anna.get("/desk/").status
    desk.clocks.move(timedelta(seconds=1))
    assert 303 == anna.get("/desk/").status


def test_a_session_from_the_future_is_over(desk: ServedDesk, anna: Browser) -> None:
    desk.clocks.set(-DAY)

    assert 303 == anna.get("/desk/").status


def test_a_session_cannot_be_fixed(desk: ServedDesk, anna: Browser) -> None:
    """One that somebody else brought is ended when its browser signs in, and not taken over."""
    fixed = dict(anna.jar)
    desk.store.accounts.add("Ben", "viewer", desk.clocks().now)
    victim = Browser(desk.port, jar=dict(fixed))
    secret = desk.store.links.make("enter", desk.clocks(), "Ben")

    victim.post(f"/desk/enter/{secret}")

    assert ["Ben", "viewer"] == victim.get("/desk/").json()
    assert victim.jar != fixed
    assert 303 == Browser(desk.port, jar=fixed).get("/desk/").status


def test_a_session_that_was_signed_out_cannot_be_replayed(desk: ServedDesk, anna: Browser) -> None:
    kept = dict(anna.jar)
    anna.post("/desk/sign-out")

    assert 303 == Browser(desk.port, jar=kept).get("/desk/").status


def test_who_was_removed_is_out_at_once(desk: ServedDesk, anna: Browser) -> None:
    desk.store.accounts.remove("Anna")

    assert 303 == anna.get("/desk/").status


def test_a_script_that_is_signed_out_is_told_so(desk: ServedDesk) -> None:
    answer = desk.here().ask("GET", "/desk/rows", headers={"Sec-Fetch-Mode": "cors"})

    assert 401 == answer.status


@pytest.mark.parametrize("is_here", [True, False], ids=["without TLS", "with TLS"])
def test_the_cookie_is_the_hosts_alone_and_no_scripts(desk: ServedDesk, is_here: bool) -> None:
    desk.store.accounts.add("Anna", "editor", desk.clocks().now)
    browser = desk.here() if is_here else desk.outside()
    secret = desk.store.links.make("enter", desk.clocks(), "Anna")

    cookie, _ = browser.post(f"/desk/enter/{secret}").cookies

    words = {word.strip() for word in cookie.split(";")}
    assert {"HttpOnly", "SameSite=lax", "Max-Age=1209600"} <= words
    if is_here:
        assert cookie.startswith(f"copydesk-{desk.port}=")
        assert "Path=/desk/" in words
    else:
        assert cookie.startswith("__Host-copydesk=")
        assert {"Path=/", "Secure"} <= words


def test_a_cookie_for_one_way_in_is_none_for_the_other(desk: ServedDesk, anna: Browser) -> None:
    """What was sent without TLS may have been seen."""
    outside = desk.outside()
    outside.jar = {**anna.jar}

    assert 303 == outside.get("/desk/").status


def test_a_stream_ends_soon_after_its_session(desk: ServedDesk, anna: Browser) -> None:
    cookie = "; ".join(f"{name}={secret}" for name, secret in anna.jar.items())
    headers = {"Host": f"localhost:{desk.port}", "Cookie": cookie}
    with closing(
        http.client.HTTPConnection("127.0.0.1", desk.port, timeout=PATIENCE_SECONDS)
    ) as connection:
        connection.request("GET", "/desk/events", headers=headers)
        stream = connection.getresponse()
        desk.clocks.move(timedelta(seconds=31))
        assert [b": tick\n\n"] * 9 == [stream.read(8) for _ in range(9)]

        desk.store.sessions.end_all("Anna")
        desk.clocks.move(timedelta(seconds=31))

        stream.read()  # returns when the stream ends, else the connection times out

    assert stream.isclosed()


# ---- other sites ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/desk/edit", "/desk/sign-out", "/desk/account/password"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:9"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
        {"Sec-Fetch-Site": "", "Origin": ""},
    ],
)
def test_a_post_of_another_site_changes_nothing(
    anna: Browser, path: str, headers: dict[str, str]
) -> None:
    answer = anna.post(path, {"new": "correct horse battery"}, headers)

    assert (403, ()) == (answer.status, answer.cookies)
    assert ["Anna", "editor"] == anna.get("/desk/").json()


def test_another_site_cannot_sign_somebody_in(desk: ServedDesk, anna: Browser) -> None:
    secret = desk.store.links.make("enter", desk.clocks(), "Anna")

    answer = desk.here().post(f"/desk/enter/{secret}", headers={"Sec-Fetch-Site": "cross-site"})

    assert (403, ()) == (answer.status, answer.cookies)
    assert desk.store.links.look_at(secret, desk.clocks()) is not None


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/sign-in", "/desk/account/", "/desk/enter/x", "/desk/none"]
)
def test_no_page_can_be_framed_or_load_what_is_not_ours(anna: Browser, path: str) -> None:
    answer = anna.get(path)

    assert POLICY == answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in POLICY
    assert "DENY" == answer.headers["x-frame-options"]
    assert "no-store" == answer.headers["cache-control"]
    assert "nosniff" == answer.headers["x-content-type-options"]


def test_a_refusal_has_the_policy_too(desk: ServedDesk) -> None:
    answer = desk.outside().get("/desk/")

    assert (403, POLICY) == (answer.status, answer.headers["content-security-policy"])


def test_over_tls_browsers_are_told_to_stay_there(desk: ServedDesk) -> None:
    desk.store.accounts.add("Anna", "editor", desk.clocks().now)

    assert "strict-transport-security" in desk.outside().get("/desk/sign-in").headers
    assert "strict-transport-security" not in desk.here().get("/desk/sign-in").headers


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/desk//evil.example",
        "/desk/\\evil.example",
        "/desk/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/elsewhere",
        "",
    ],
)
def test_sign_in_leads_nowhere_else(desk: ServedDesk, anna: Browser, wanted: str) -> None:
    answer = anna.get(f"/desk/sign-in?{urlencode({'next': wanted})}")

    assert (303, "/desk/") == (answer.status, answer.headers["location"])


def test_what_was_asked_for_is_written_as_text(desk: ServedDesk) -> None:
    answer = desk.here().get("/desk/sign-in?next=/desk/%22%3E%3Cscript%3Ealert(1)%3C/script%3E")

    assert 200 == answer.status
    assert "<script>alert" not in answer.body


# ---- what is not sent as it should be ---------------------------------------------------------


@pytest.mark.parametrize("path", ["/desk/sign-in/passkey", "/desk/account/passkey"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"rawId":"AA","response":{"clientDataJSON":"AA"}}',
        b'{"rawId":"\\u00e9","response":{"clientDataJSON":"\\u00e9"}}',
        b'{"rawId":1,"response":[]}',
        b"\xff\xfe",
        b'{"rawId":"A","response":{"clientDataJSON":"e30"}}',
        b"[" * 50_000,
        b'{"a":' * 5_000,
    ],
)
def test_what_is_no_answer_of_a_passkey_is_refused(anna: Browser, path: str, body: bytes) -> None:
    answer = anna.post(path, body)

    assert answer.status in {400, 401}
    assert "does not work here" in answer.json()["problem"]


def test_a_broken_attestation_is_refused(desk: ServedDesk, anna: Browser) -> None:
    device = Authenticator(anna.origin, "localhost")
    for cut in (b"attestationObject", b"clientDataJSON"):
        sent = device.create(anna.post("/desk/account/passkey/ask").json())
        before, _, rest = sent.partition(cut)
        broken = before + cut + rest.replace(b'"', b'"AAAA', 2)

        assert 400 == anna.post("/desk/account/passkey", broken).status
    assert () == desk.store.accounts.passkeys("Anna")


def test_a_form_without_measure_is_refused(desk: ServedDesk) -> None:
    assert 413 == desk.here().post("/desk/sign-in", b"a" * 100_001).status
    assert 400 == desk.here().post("/desk/sign-in", b"a=b&" * 30).status
    assert 401 == desk.here().post("/desk/sign-in", b"\xff\x00=%ff%00&name=%ff&password=%00").status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/desk/sign-in", "/desk/account/", "/desk/sign-out"])
def test_other_methods_do_nothing(anna: Browser, method: str, path: str) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}

    assert 405 == anna.ask(method, path, headers=headers).status


def test_a_web_socket_is_closed_before_it_is_one(desk: ServedDesk) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def nobody(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise AssertionError("it came through")

    door = Door(is_from_here=bool, is_proxy=bool, client_of=str)
    app = sign_in_app(nobody, desk.store, BEAT, door)
    asyncio.run(app({"type": "websocket"}, receive, send))  # type: ignore[arg-type]

    assert [{"type": "websocket.close", "code": 1008}] == sent


# ---- the store fails --------------------------------------------------------------------------


def test_a_store_that_another_process_keeps_is_told_and_costs_one_request(
    desk: ServedDesk, anna: Browser, tmp_path: Path
) -> None:
    desk.store._database.run("PRAGMA busy_timeout = 1")
    desk.clocks.move(timedelta(minutes=2))  # so that when it was seen is written
    with closing(sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = anna.get("/desk/")
        other.execute("ROLLBACK")

    assert 503 == answer.status
    assert "in use by another process" in answer.body
    assert "try again" in answer.body
    assert str(tmp_path) not in answer.body
    assert 200 == anna.get("/desk/").status


def test_a_lost_store_lets_nobody_in(desk: ServedDesk, anna: Browser, tmp_path: Path) -> None:
    for path in tmp_path.glob("desk.sqlite*"):
        path.unlink()

    assert 303 == anna.get("/desk/").status
    assert 403 == desk.outside().get("/desk/").status
    assert not desk.store.accounts.has_owner()
