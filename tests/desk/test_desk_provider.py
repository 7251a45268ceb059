"""Sign-in by an OpenID provider: its word counts for who has an account that is bound to it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from copydesk.newsroom import identity
from world.identity import (
    CLIENT,
    OTHER_KEY,
    SECRET,
    Provider,
    serve_provider,
)
from world.served_desk import HOST, NOON, Answer, Browser, ServedDesk, serve_desk


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serve_provider() as served:
        yield served


@pytest.fixture
def desk(tmp_path: Path, provider: Provider) -> Iterator[ServedDesk]:
    known = identity.IdentityProvider(
        issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET
    )
    with serve_desk(tmp_path, host=HOST, provider=known) as served:
        served.store.accounts.add("Anna", "editor", NOON)
        served.store.accounts.bind("Anna", provider.issuer, "4711")
        yield served


def leave(browser: Browser) -> str:
    """Follow the link to the provider and return where it leads."""
    answer = browser.get("/desk/sign-in/provider?next=/desk/today/")
    assert 303 == answer.status
    return answer.headers["location"]


def come_back(browser: Browser, address: str, code: str, **more: str) -> Answer:
    (state,) = parse_qs(urlsplit(address).query)["state"]
    query = {"state": state, "code": code, **more}
    headers = {"Sec-Fetch-Site": "cross-site"}  # the provider's page leads here
    return browser.get(f"/desk/sign-in/provider/back?{urlencode(query)}", headers)


def sign_in(browser: Browser, provider: Provider, **more: str) -> Answer:
    address = leave(browser)
    return come_back(browser, address, provider.consent(address), **more)


def test_who_the_provider_names_is_let_in(desk: ServedDesk, provider: Provider) -> None:
    browser = desk.here()
    assert "Sign in with 127.0.0.1" in browser.get("/desk/sign-in").body

    answer = sign_in(browser, provider, iss=provider.issuer)

    assert (303, "/desk/today/") == (answer.status, answer.headers["location"])
    assert ["Anna", "editor"] == browser.get("/desk/").json()
    (asked,) = provider.asked
    assert (CLIENT, SECRET) == (asked["client_id"], asked["client_secret"])
    assert f"{browser.origin}/desk/sign-in/provider/back" == asked["redirect_uri"]


def test_a_provider_that_takes_the_secret_in_a_header_gets_it_there(
    desk: ServedDesk, provider: Provider
) -> None:
    """What a provider takes that names no way (OpenID Discovery §3), written as RFC 6749 says."""
    provider.discovery["token_endpoint_auth_methods_supported"] = ["client_secret_basic"]

    answer = sign_in(desk.here(), provider)

    assert 303 == answer.status
    (asked,) = provider.asked
    assert {"client_id", "client_secret"}.isdisjoint(asked)
    kind, _, pair = asked["authorization"].partition(" ")
    assert ("Basic", f"{CLIENT}:a+secret+between+two") == (kind, base64.b64decode(pair).decode())


def test_the_browser_comes_back_to_the_desks_own_host(desk: ServedDesk) -> None:
    (back,) = parse_qs(urlsplit(leave(desk.outside())).query)["redirect_uri"]

    assert f"https://{HOST}/desk/sign-in/provider/back" == back


def test_who_has_no_account_is_told_their_identity(desk: ServedDesk, provider: Provider) -> None:
    provider.claims = {"sub": "<b>0815"}
    browser = desk.here()

    answer = sign_in(browser, provider)

    assert 403 == answer.status
    assert "&lt;b&gt;0815" in answer.body
    assert [] == [name for name in browser.jar if not name.endswith("-provider")]
    assert ["Anna"] == [account.name for account in desk.store.accounts.list()]


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"aud": [CLIENT, "another"]},
        {"nonce": "of another question"},
        {"nonce": None},
        {"exp": int(NOON.timestamp()) - 61},
        {"exp": None},
        {"sub": ""},
        {"sub": None},
    ],
    ids=str,
)
def test_a_word_that_is_not_for_us_proves_nothing(
    desk: ServedDesk, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims

    answer = sign_in(desk.here(), provider)

    assert (502, ()) == (answer.status, answer.cookies)
    assert "invalid token" in answer.body or "for another client" in answer.body


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(OTHER_KEY, "RS256"), (None, "none"), (None, "HS256")],
    ids=["another key", "no signature", "the public key as a secret"],
)
def test_a_word_that_the_provider_did_not_sign_proves_nothing(
    desk: ServedDesk, provider: Provider, key: Any, algorithm: str
) -> None:
    provider.key, provider.algorithm = key, algorithm

    answer = sign_in(desk.here(), provider)

    assert (502, ()) == (answer.status, answer.cookies)


def test_an_answer_is_for_the_browser_that_asked(desk: ServedDesk, provider: Provider) -> None:
    """Else somebody could be signed in as somebody else by a link."""
    address = leave(desk.here())

    stranger = come_back(desk.here(), address, provider.consent(address))

    assert (400, ()) == (stranger.status, stranger.cookies)
    assert [] == provider.asked


def test_an_answer_is_good_once_and_for_ten_minutes(desk: ServedDesk, provider: Provider) -> None:
    """By the clock that nobody sets."""
    browser, late = desk.here(), desk.here()
    address, other = leave(browser), leave(late)
    jar = dict(browser.jar)
    desk.clocks.move(timedelta(minutes=9))
    desk.clocks.set(timedelta(minutes=-9))
    assert 303 == come_back(browser, address, provider.consent(address)).status

    again = Browser(desk.port, jar=jar)
    assert 400 == come_back(again, address, provider.consent(address)).status
    desk.clocks.move(timedelta(minutes=2))
    desk.clocks.set(timedelta(minutes=-2))
    assert 400 == come_back(late, other, provider.consent(other)).status


def test_an_answer_of_another_provider_is_none(desk: ServedDesk, provider: Provider) -> None:
    assert 400 == sign_in(desk.here(), provider, iss="https://evil.example").status


@pytest.mark.parametrize(
    ("discovery", "words"),
    [
        ({"issuer": "https://evil.example"}, "stated another name"),
        ({"token_endpoint": "ftp://127.0.0.1/"}, "a URL without https"),
        ({"jwks_uri": None}, "sent an invalid response"),
    ],
)
def test_a_provider_that_says_something_else_of_itself_is_not_followed(
    desk: ServedDesk, provider: Provider, discovery: dict[str, Any], words: str
) -> None:
    provider.discovery = discovery

    answer = desk.here().get("/desk/sign-in/provider")

    assert 502 == answer.status
    assert words in answer.body


def test_only_the_issuers_host_may_be_a_private_one(desk: ServedDesk, provider: Provider) -> None:
    browser = desk.here()
    provider.discovery = {"jwks_uri": provider.issuer.replace("127.0.0.1", "127.0.0.2") + "/keys"}

    answer = sign_in(browser, provider)

    assert 502 == answer.status
    assert "address" in answer.body


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("<html>", 200),
        JSONResponse({"id_token": 1}),
        JSONResponse({"id_token": "no.token.at all"}),
        JSONResponse({"id_token": ""}),
        JSONResponse([]),
        JSONResponse({"error": "invalid_client"}, 401),
        PlainTextResponse("x" * 2_000_000),
        PlainTextResponse('{"x": ' + "[" * 99_999),
        PlainTextResponse(b'{"x": "\xff"}'),
    ],
    ids=range(9),
)
def test_an_answer_that_is_none_is_told(
    desk: ServedDesk, provider: Provider, answer: PlainTextResponse | JSONResponse
) -> None:
    provider.answer = answer

    found = sign_in(desk.here(), provider)

    assert (502, ()) == (found.status, found.cookies)
    assert "the sign-in provider " in found.body


def test_a_provider_that_is_down_is_told(tmp_path: Path) -> None:
    known = identity.IdentityProvider(issuer="http://127.0.0.1:9", client_id=CLIENT)
    with serve_desk(tmp_path, provider=known) as desk:
        answer = desk.here().get("/desk/sign-in/provider")

    assert 502 == answer.status
    assert "cannot be reached" in answer.body


def test_without_a_provider_there_is_no_such_way_in(tmp_path: Path) -> None:
    with serve_desk(tmp_path) as desk:
        assert "sign-in/provider" not in desk.here().get("/desk/sign-in").body
        assert 404 == desk.here().get("/desk/sign-in/provider").status
        assert 400 == desk.here().get("/desk/sign-in/provider/back?state=&code=x").status
