"""Accounts that a rule makes at the first sign-in, the provider's sign-out, and no other way in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from copydesk.desk_store.sessions import TokenGrant
from copydesk.errors import UsageError
from copydesk.newsroom import identity
from copydesk.newsroom.accounts import AccountChanges
from world.identity import CLIENT, OTHER_KEY, SECRET, Provider, serve_provider
from world.served_desk import HOST, NOON, Answer, Browser, ServedDesk, serve_desk

Serve = Callable[..., ServedDesk]
GROUPS = {"groups": ("desk", "press")}
DOMAINS = {"mail_domains": ("tidewatch.example",)}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serve_provider() as served:
        yield served


@pytest.fixture
def serve(tmp_path: Path, provider: Provider) -> Iterator[Serve]:
    with contextlib.ExitStack() as stack:

        def serve_by(**rule: Any) -> ServedDesk:
            known = identity.IdentityProvider(
                issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET, **rule
            )
            desk = stack.enter_context(serve_desk(tmp_path, host=HOST, provider=known))
            if not desk.store.accounts.has_any():
                desk.store.accounts.add("Olga", "owner", NOON)
            return desk

        yield serve_by


def sign_in(browser: Browser, provider: Provider) -> Answer:
    return come_back(browser, consent(browser, provider))


def consent(browser: Browser, provider: Provider) -> str:
    """Return where the provider sends the browser."""
    address = browser.get("/desk/sign-in/provider?next=/desk/today/").headers["location"]
    (state,) = parse_qs(urlsplit(address).query)["state"]
    query = urlencode({"state": state, "code": provider.consent(address)})
    return f"/desk/sign-in/provider/back?{query}"


def come_back(browser: Browser, path: str) -> Answer:
    return browser.get(path, {"Sec-Fetch-Site": "cross-site"})


def say(desk: ServedDesk, token: str) -> Answer:
    """Send what a provider sends: from a server, without a cookie."""
    return desk.outside().ask(
        "POST", "/desk/sign-in/provider/logout", f"logout_token={token}".encode(), FORM
    )


@pytest.mark.parametrize(
    ("rule", "claims"),
    [
        (GROUPS, {"groups": ["sport", "press"]}),
        (GROUPS, {"groups": "desk"}),
        (
            {"groups": ("desk",), "groups_claim": "realm_access.roles"},
            {"realm_access": {"roles": ["desk"]}},
        ),
        (
            {"groups": ("desk",), "groups_claim": "https://id.example/groups"},
            {"https://id.example/groups": ["desk"]},
        ),
        (DOMAINS, {"email": "Eva@TIDEWATCH.example", "email_verified": True}),
        (
            GROUPS | DOMAINS,
            {"groups": ["desk"], "email": "eva@tidewatch.example", "email_verified": True},
        ),
    ],
)
@pytest.mark.parametrize("is_in_token", [True, False])
def test_whom_the_rule_fits_gets_an_account_to_look_on(
    serve: Serve,
    provider: Provider,
    rule: dict[str, Any],
    claims: dict[str, Any],
    *,
    is_in_token: bool,
) -> None:
    desk = serve(**rule)
    claims = {"name": "Eva Reed", **claims}
    provider.claims, provider.user = (claims, {}) if is_in_token else ({}, claims)
    browser = desk.here()

    answer = sign_in(browser, provider)

    assert (303, "/desk/today/") == (answer.status, answer.headers["location"])
    assert ["Eva Reed", "viewer"] == browser.get("/desk/").json()
    account = desk.store.accounts.get("Eva Reed")
    assert (provider.issuer, "4711", True) == (account.issuer, account.subject, account.by_rule)
    assert (303, 2) == (sign_in(desk.here(), provider).status, len(desk.store.accounts.list()))


@pytest.mark.parametrize(
    ("rule", "claims"),
    [
        ({}, {"groups": ["desk"], "email": "eva@tidewatch.example", "email_verified": True}),
        (GROUPS, {"groups": ["Desk"]}),
        (GROUPS, {"groups": []}),
        (GROUPS, {"groups": None}),
        (GROUPS, {"groups": {"desk": True}}),
        (GROUPS, {"groups": [["desk"], 7]}),
        (GROUPS, {"groups": "desk press"}),
        (GROUPS, {}),
        (DOMAINS, {"email": "eva@tidewatch.example"}),
        (DOMAINS, {"email": "eva@tidewatch.example", "email_verified": False}),
        (DOMAINS, {"email": "eva@tidewatch.example", "email_verified": "true"}),
        (DOMAINS, {"email": "eva@desk.tidewatch.example", "email_verified": True}),
        (DOMAINS, {"email": "eva@tidewatch.example.evil.example", "email_verified": True}),
        (DOMAINS, {"email": "tidewatch.example@evil.example", "email_verified": True}),
        (DOMAINS, {"email": ["eva@tidewatch.example"], "email_verified": True}),
        (DOMAINS, {"email_verified": True}),
        (GROUPS | DOMAINS, {"groups": ["desk"], "email": "eva@tidewatch.example"}),
        (GROUPS | DOMAINS, {"email": "eva@tidewatch.example", "email_verified": True}),
    ],
)
def test_whom_no_rule_fits_gets_no_account(
    serve: Serve, provider: Provider, rule: dict[str, Any], claims: dict[str, Any]
) -> None:
    desk = serve(**rule)
    provider.claims = claims
    browser = desk.here()

    answer = sign_in(browser, provider)

    assert 403 == answer.status
    assert "4711" in answer.body
    assert ["Olga"] == [account.name for account in desk.store.accounts.list()]
    assert browser.get("/desk/").status != 200
    (refused,) = desk.store.audit.latest_refusals(9)
    assert refused.about.startswith("provider, 4711, ")


def test_an_account_is_bound_to_the_subject_and_not_to_mail_or_name(
    serve: Serve, provider: Provider
) -> None:
    desk = serve(**DOMAINS)
    claims = {"name": "Olga", "email": "olga@tidewatch.example", "email_verified": True}
    provider.claims = claims
    first = desk.here()
    sign_in(first, provider)
    provider.claims = {**claims, "sub": "0815"}
    other = desk.here()
    sign_in(other, provider)

    assert ["Olga 2", "viewer"] == first.get("/desk/").json()
    assert ["Olga 3", "viewer"] == other.get("/desk/").json()


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "<script>", "preferred_username": "eva"}, "eva"),
        ({"name": "x" * 61, "nickname": "Evi"}, "Evi"),
        ({"name": ["Eva"]}, "user-"),
        ({"name": "\x00\u202e"}, "user-"),
        ({}, "user-"),
    ],
)
def test_a_name_that_is_none_is_not_taken(
    serve: Serve, provider: Provider, claims: dict[str, Any], name: str
) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"], **claims}

    assert 303 == sign_in(desk.here(), provider).status
    (made,) = (account for account in desk.store.accounts.list() if account.by_rule)
    assert made.name.startswith(name)


def test_who_has_left_the_group_is_out_and_can_come_back(serve: Serve, provider: Provider) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"], "name": "Eva"}
    browser = desk.here()
    sign_in(browser, provider)
    changes = AccountChanges(desk.store, desk.clocks(), "Olga")
    changes.set_role("Eva", "editor")
    grant = TokenGrant(label="a script", scopes=("read",), lifetime=timedelta(days=9))
    changes.make_token("Eva", grant)

    provider.claims = {"groups": [], "name": "Eva"}
    answer = sign_in(desk.here(), provider)

    assert 403 == answer.status
    assert "no longer lists you" in answer.body
    assert browser.get("/desk/").status != 200
    assert not desk.store.tokens.of("Eva", NOON)
    provider.claims = {"groups": ["press"], "name": "Eva"}
    again = desk.here()
    assert 303 == sign_in(again, provider).status
    assert ["Eva", "editor"] == again.get("/desk/").json()


def test_accounts_that_an_owner_connected_are_no_business_of_the_rule(
    serve: Serve, provider: Provider
) -> None:
    desk = serve(**GROUPS)
    desk.store.accounts.bind("Olga", provider.issuer, "4711")
    browser = desk.here()

    assert 303 == sign_in(browser, provider).status
    assert ["Olga", "owner"] == browser.get("/desk/").json()


@pytest.mark.parametrize("how", ["remove", "reset"])
def test_a_removed_account_does_not_come_back_by_itself(
    serve: Serve, provider: Provider, how: str
) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"], "name": "Eva"}
    browser = desk.here()
    sign_in(browser, provider)
    changes = AccountChanges(desk.store, desk.clocks(), "Olga")
    getattr(changes, how)("Eva")

    assert browser.get("/desk/").status != 200
    assert 403 == sign_in(desk.here(), provider).status
    if how == "remove":
        changes.add("Eva", "editor")
        changes.bind("Eva", provider.issuer, "4711")
        again = desk.here()
        assert 303 == sign_in(again, provider).status
        assert ["Eva", "editor"] == again.get("/desk/").json()


def test_the_scopes_that_the_provider_names_are_asked_for(serve: Serve, provider: Provider) -> None:
    desk = serve(**GROUPS)
    provider.discovery = {"scopes_supported": ["openid", "groups", "email", "phone"]}

    address = desk.here().get("/desk/sign-in/provider").headers["location"]

    assert ["openid email groups"] == parse_qs(urlsplit(address).query)["scope"]


def test_a_description_of_another_user_is_refused(serve: Serve, provider: Provider) -> None:
    desk = serve(**GROUPS)
    provider.user = {"sub": "0815", "groups": ["desk"]}

    assert 502 == sign_in(desk.here(), provider).status
    assert 1 == len(desk.store.accounts.list())


@pytest.mark.parametrize(
    ("claims", "is_first_out", "is_second_out"),
    [
        ({"sub": "4711"}, True, True),
        ({"sub": "4711", "sid": "one"}, True, False),
        ({"sid": "two"}, False, True),
        ({"sid": "three"}, False, False),
        ({"sub": "0815", "sid": "one"}, False, False),
    ],
)
def test_the_provider_signs_people_out(
    serve: Serve,
    provider: Provider,
    claims: dict[str, str],
    *,
    is_first_out: bool,
    is_second_out: bool,
) -> None:
    desk = serve(**GROUPS)
    browsers = []
    for session in ("one", "two"):
        provider.claims = {"groups": ["desk"], "name": "Eva", "sid": session}
        browsers.append(desk.here())
        sign_in(browsers[-1], provider)

    answer = say(desk, provider.end(**claims))

    assert (200, "no-store") == (answer.status, answer.headers["cache-control"])
    outcomes = [browser.get("/desk/").status != 200 for browser in browsers]
    assert [is_first_out, is_second_out] == outcomes


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"iat": None},
        {"iat": "soon"},
        {"iat": int(NOON.timestamp()) - 600},
        {"iat": int(NOON.timestamp()) + 600},
        {"exp": int(NOON.timestamp()) - 600},
        {"events": None},
        {"events": ["http://schemas.openid.net/event/backchannel-logout"]},
        {"nonce": "n"},
        {"sub": None},
        {"sub": 4711},
        {"sub": ["4711"]},
    ],
)
def test_a_sign_out_that_is_none_signs_nobody_out(
    serve: Serve, provider: Provider, claims: dict[str, Any]
) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"]}
    browser = desk.here()
    sign_in(browser, provider)

    assert 400 == say(desk, provider.end(**{"sub": "4711", **claims})).status
    assert 200 == browser.get("/desk/").status


def test_only_the_providers_signature_signs_out(serve: Serve, provider: Provider) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"]}
    browser = desk.here()
    sign_in(browser, provider)
    good = provider.end(sub="4711")
    provider.key = OTHER_KEY
    forged = provider.end(sub="4711")
    provider.key, provider.algorithm = b"", "none"

    for token in (forged, provider.end(sub="4711"), "", "x.y.z", good[:-6], "a" * 90_000):
        assert 400 == say(desk, token).status
    assert 200 == browser.get("/desk/").status
    assert 200 == say(desk, good).status
    assert 200 != browser.get("/desk/").status


def test_strangers_do_not_make_the_desk_ask_the_provider(serve: Serve, provider: Provider) -> None:
    desk = serve(**GROUPS)
    say(desk, "x.y.z")
    provider.discovery = {"issuer": "https://elsewhere.example"}  # asked again, it would fail

    assert 200 == say(desk, provider.end(sub="4711")).status
    desk.clocks.move(timedelta(minutes=2))
    assert 400 == say(desk, provider.end(sub="4711", iat=int(NOON.timestamp()) + 120)).status


LOCAL = ("/desk/sign-in", "/desk/sign-in/passkey/ask", "/desk/sign-in/passkey")
OF_ACCOUNTS = (
    *("/desk/account/password", "/desk/account/passkey/ask", "/desk/account/passkey"),
    *("/desk/people/add", "/desk/people/reset"),
)


def test_with_the_provider_alone_only_a_link_of_the_command_line_is_left(
    serve: Serve, provider: Provider
) -> None:
    desk = serve(only=True, **GROUPS)
    stranger, owner = desk.here(), desk.here()
    shown = stranger.get("/desk/sign-in").body
    assert "password" not in shown.casefold().replace("copydesk desk user", "")
    assert "copydesk desk user link" in shown
    assert [403] * 3 == [stranger.post(path, {"name": "Olga"}).status for path in LOCAL]

    secret = AccountChanges(desk.store, desk.clocks(), "command line").link("Olga")

    assert 303 == owner.post(f"/desk/enter/{secret}", {}).status
    assert ["Olga", "owner"] == owner.get("/desk/").json()
    assert [403] * 5 == [owner.post(path, {"name": "Eva"}).status for path in OF_ACCOUNTS]
    for page in ("account", "people"):
        shown = owner.get(f"/desk/{page}/").body
        assert not [path for path in (*LOCAL, *OF_ACCOUNTS) if f'"{path}"' in shown]
    assert 1 == len(desk.store.accounts.list())


def test_where_links_are_off_no_change_of_accounts_makes_one(
    serve: Serve, provider: Provider
) -> None:
    desk = serve(only=True)
    changes = AccountChanges(desk.store, desk.clocks(), "Olga", allows_links=False)

    with pytest.raises(UsageError, match="links are switched off"):
        changes.add("Eva", "owner")
    with pytest.raises(UsageError, match="links are switched off"):
        changes.reset("Olga")
    assert ["Olga"] == [account.name for account in desk.store.accounts.list()]


def test_two_first_sign_ins_at_once_make_one_account(serve: Serve, provider: Provider) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"], "name": "Eva"}
    browsers = [desk.here() for _ in range(6)]
    paths = [consent(browser, provider) for browser in browsers]

    with ThreadPoolExecutor(len(browsers)) as threads:
        answers = list(threads.map(come_back, browsers, paths))

    assert [303] * 6 == [answer.status for answer in answers]
    assert ["Eva", "Olga"] == [account.name for account in desk.store.accounts.list()]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("\u041elga", id="a Cyrillic letter"),
        pytest.param("Ol\u034fga", id="a mark that nobody sees"),
        pytest.param("Olga\ufe0f", id="a variation selector"),
        pytest.param("Olga\u2800", id="a blank symbol"),
        pytest.param("Ol\u3164ga", id="a filler"),
    ],
)
def test_a_name_that_looks_like_an_owners_is_not_taken(
    serve: Serve, provider: Provider, name: str
) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"], "name": name, "preferred_username": "eva"}

    assert 303 == sign_in(desk.here(), provider).status
    assert ["eva", "Olga"] == [account.name for account in desk.store.accounts.list()]


@pytest.mark.parametrize(
    "name", ["Zo\u0308e O'Neil-Mu\u0308ller", "\u674e\u5c0f\u9f8d Lee", "Анна"]
)
def test_names_of_many_languages_are_taken(serve: Serve, provider: Provider, name: str) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"], "name": name, "preferred_username": "eva"}

    assert 303 == sign_in(desk.here(), provider).status
    assert "eva" not in [account.name for account in desk.store.accounts.list()]


@pytest.mark.parametrize("name", ["Command line", "Eva"])
def test_nobody_gets_a_name_under_which_something_was_done(
    serve: Serve, provider: Provider, name: str
) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"], "name": "Eva"}
    sign_in(desk.here(), provider)
    AccountChanges(desk.store, desk.clocks(), "Olga").remove("Eva")

    provider.claims = {"groups": ["desk"], "name": name, "sub": "0815"}
    assert 303 == sign_in(desk.here(), provider).status
    assert [f"{name} 2", "Olga"] == [account.name for account in desk.store.accounts.list()]


def test_an_address_is_verified_by_the_word_that_names_it(serve: Serve, provider: Provider) -> None:
    desk = serve(**DOMAINS)
    provider.claims = {"email": "eva@tidewatch.example"}
    provider.user = {"email": "eva@elsewhere.example", "email_verified": True}
    assert 403 == sign_in(desk.here(), provider).status

    provider.user = {"email": "eva@tidewatch.example", "email_verified": True}
    assert 303 == sign_in(desk.here(), provider).status


def test_a_closed_account_has_no_other_way_in(serve: Serve, provider: Provider) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"], "name": "Eva"}
    sign_in(desk.here(), provider)
    desk.store.accounts.set_password("Eva", "a digest")
    link = AccountChanges(desk.store, desk.clocks(), "Olga").link("Eva")
    provider.claims = {"groups": [], "name": "Eva"}
    assert 403 == sign_in(desk.here(), provider).status

    assert "" == desk.store.accounts.get("Eva").password
    assert 410 == desk.here().post(f"/desk/enter/{link}", {}).status


def test_the_command_that_connects_a_user_is_safe_to_type(serve: Serve, provider: Provider) -> None:
    desk = serve()
    provider.claims = {"sub": "auth0|4711; rm"}

    shown = sign_in(desk.here(), provider).body

    assert "--subject=&#x27;auth0|4711; rm&#x27;" in shown


def test_pictures_of_other_pages_use_up_no_attempts(serve: Serve, provider: Provider) -> None:
    desk = serve(**GROUPS)
    provider.claims = {"groups": ["desk"]}
    browser = desk.here()

    for _ in range(40):
        picture = {"Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"}
        assert 403 == browser.get("/desk/sign-in/provider", picture).status

    assert 303 == sign_in(browser, provider).status
