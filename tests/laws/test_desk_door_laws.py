"""Whatever is sent to the door of the desk, it answers, and lets nobody in who has no business."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from world.machine import PATIENCE_SECONDS
from world.served_desk import HOST, Browser, ServedDesk, serve_desk

PATHS = (
    *("sign-in", "sign-in/passkey", "sign-in/passkey/ask", "sign-in/assets/x", "sign-out"),
    *("enter/x", "account/", "account/password", "account/passkey", "account/passkey/ask"),
    *("account/passkey/remove", "account/session/end", "account/sessions/end"),
    *("people/", "people/add", "people/role", "people/reset", "people/end", "people/remove"),
)
FIELDS = ("name", "password", "next", "old", "new", "passkey", "session", "role")
WORDS = some.text(max_size=80)
FORMS = some.dictionaries(some.sampled_from(FIELDS), WORDS, max_size=5).map(
    lambda form: urlencode(form, errors="replace").encode()
)
BODIES = some.one_of(FORMS, some.binary(max_size=300))
ADDRESSES = some.one_of(
    some.sampled_from(PATHS),
    some.builds(
        "{}/{}".format, some.sampled_from(PATHS), WORDS.map(lambda t: quote(t, errors="replace"))
    ),
    some.builds(
        "{}?next={}".format,
        some.sampled_from(PATHS),
        WORDS.map(lambda t: quote(t, errors="replace")),
    ),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDesk]:
    with serve_desk(tmp_path_factory.mktemp("desk"), host=HOST) as served:
        served.store.accounts.add("Olga", "owner", served.clocks().now)
        served.store.accounts.add("Ben", "owner", served.clocks().now)
        yield served


@pytest.fixture(scope="module")
def browser(desk: ServedDesk) -> Browser:
    return desk.here()


def enter(desk: ServedDesk, browser: Browser) -> None:
    """Let an owner in, unless they are."""
    if desk.store.accounts.find("Olga") is None:
        desk.store.accounts.add("Olga", "owner", desk.clocks().now)
    desk.store.accounts.set_role("Olga", "owner")
    if browser.get("/desk/").status != 200:
        secret = desk.store.links.make("enter", desk.clocks(), "Olga")
        assert 303 == browser.post(f"/desk/enter/{secret}").status


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(method=some.sampled_from(["GET", "POST", "PUT", "HEAD"]), address=ADDRESSES, body=BODIES)
def test_no_request_of_an_owner_is_a_bug(
    desk: ServedDesk, browser: Browser, method: str, address: str, body: bytes
) -> None:
    enter(desk, browser)
    headers = {"Sec-Fetch-Site": "same-origin"}

    assert browser.ask(method, f"/desk/{address}", body, headers).status < 500


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(method=some.sampled_from(["GET", "POST", "PUT"]), address=ADDRESSES, body=BODIES)
def test_nobody_gets_a_session_by_chance(
    desk: ServedDesk, method: str, address: str, body: bytes
) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}

    answer = desk.here().ask(method, f"/desk/{address}", body, headers)

    assert answer.status < 500
    assert [] == [cookie for cookie in answer.cookies if "Max-Age=0" not in cookie]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    names=some.lists(
        some.sampled_from(["Host", "Cookie", "Origin", "Sec-Fetch-Site", "X-Forwarded-For"]),
        min_size=1,
        max_size=4,
    ),
    value=some.binary(max_size=60).map(
        lambda b: b.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
    ),
)
def test_no_header_is_a_bug(desk: ServedDesk, names: list[str], value: bytes) -> None:
    with closing(
        http.client.HTTPConnection("127.0.0.1", desk.port, timeout=PATIENCE_SECONDS)
    ) as connection:
        connection.putrequest("POST", "/desk/account/password", skip_host=True)
        for name in names:
            connection.putheader(name, value)
        connection.putheader("Content-Length", "0")
        connection.endheaders()
        assert connection.getresponse().status in {400, 401, 403}
