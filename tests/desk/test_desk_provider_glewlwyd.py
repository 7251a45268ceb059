"""Sign-in at a real OpenID provider, glewlwyd, to desks that `copydesk serve` serves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from world.command import copydesk
from world.glewlwyd import SECRET, Glewlwyd, Person, serve_glewlwyd
from world.newsroom import quiet_newsroom
from world.served_desk import Answer, Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom, until

pytestmark = pytest.mark.slow

RULE = 'groups = ["desk"]\nmail_domains = ["tidewatch.example"]'


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glewlwyd]:
    with serve_glewlwyd(tmp_path_factory.mktemp("glewlwyd")) as served:
        yield served


@contextlib.contextmanager
def serve(folder: Path, provider: Glewlwyd, client: str, rule: str) -> Iterator[ServedNewsroom]:
    """Serve a newsroom whose desk is a client of the provider, and has an owner."""
    root = quiet_newsroom(folder / "beat")
    with (root / "beat.toml").open("a", encoding="utf-8") as beat:
        beat.write(provider.settings(client, rule))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPYDESK_OIDC_SECRET", SECRET)
        with serve_newsroom(root) as served:
            provider.register(client, served.browser().origin)
            served.owner("Olga")
            yield served


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, provider: Glewlwyd) -> Iterator[ServedNewsroom]:
    with serve(tmp_path_factory.mktemp("desk"), provider, "desk", RULE) as served:
        yield served


def come(desk: ServedNewsroom, person: Person) -> tuple[Browser, Answer]:
    """Let somebody come from the provider to the desk, in a browser that nobody used before."""
    browser = desk.browser()
    leave = browser.get("/desk/sign-in/provider")
    assert leave.status == 303, leave
    back = person.consent(leave.headers["location"])
    return browser, browser.get(back, {"Sec-Fetch-Site": "cross-site"})


def is_in(browser: Browser) -> bool:
    return browser.get("/desk/account/").status == 200


def accounts(desk: ServedNewsroom) -> dict[str, Any]:
    said = copydesk("-C", desk.root, "desk", "user", "list", "--json").json()["accounts"]
    return {account["name"]: (account["role"], account["provider"]) for account in said}


def test_the_first_sign_in_makes_an_account_that_looks_on(
    desk: ServedNewsroom, provider: Glewlwyd
) -> None:
    provider.put("eva", groups=["sport", "desk"])

    browser, answer = come(desk, provider.person("eva"))

    assert (303, "/desk/") == (answer.status, answer.headers["location"])
    assert "Eva Reed" in browser.get("/desk/").body
    assert ("viewer", provider.issuer) == accounts(desk)["Eva Reed"]
    come(desk, provider.person("eva"))
    assert ["Eva Reed"] == [name for name in accounts(desk) if name.startswith("Eva")]


@pytest.mark.parametrize(
    ("name", "groups", "is_verified"), [("ida", ["sport"], True), ("ivo", ["desk"], False)]
)
def test_whom_the_rule_does_not_fit_gets_none(
    desk: ServedNewsroom, provider: Glewlwyd, name: str, groups: list[str], *, is_verified: bool
) -> None:
    provider.put(name, groups=groups, is_verified=is_verified)
    known = accounts(desk)

    browser, answer = come(desk, provider.person(name))

    assert 403 == answer.status
    assert "No account of this desk belongs to you" in answer.body
    assert not is_in(browser)
    assert known == accounts(desk)


def test_without_a_rule_nobody_gets_one(tmp_path: Path, provider: Glewlwyd) -> None:
    provider.put("eva", groups=["desk"])
    with serve(tmp_path, provider, "open", "") as desk:
        browser, answer = come(desk, provider.person("eva"))

        assert 403 == answer.status
        assert not is_in(browser)
        assert ["Olga"] == list(accounts(desk))


def test_who_has_left_the_group_is_out(desk: ServedNewsroom, provider: Glewlwyd) -> None:
    provider.put("una", groups=["desk"])
    browser, _ = come(desk, provider.person("una"))
    assert is_in(browser)

    provider.put("una", groups=["sport"])
    other, answer = come(desk, provider.person("una"))

    assert 403 == answer.status
    assert "no longer lists you" in answer.body
    assert not is_in(other)
    assert not is_in(browser)


def test_who_signs_out_at_the_provider_is_out_at_the_desk(
    desk: ServedNewsroom, provider: Glewlwyd
) -> None:
    """And in that browser alone, whose session it was."""
    provider.put("uwe", groups=["desk"])
    person = provider.person("uwe")
    (browser, _), (other, _) = come(desk, person), come(desk, provider.person("uwe"))
    assert is_in(browser)

    person.leave()

    until(lambda: not is_in(browser))
    assert is_in(other)


def test_with_the_provider_alone_a_link_of_the_command_line_is_left(
    tmp_path: Path, provider: Glewlwyd
) -> None:
    provider.put("eva", groups=["desk"])
    with serve(tmp_path, provider, "only", f"{RULE}\nonly = true") as desk:
        owner = desk.browser()
        assert "password" not in owner.get("/desk/sign-in").body
        assert 403 == owner.post("/desk/sign-in", {"name": "Olga", "password": "x"}).status
        browser, _ = come(desk, provider.person("eva"))
        assert is_in(browser)

        said = copydesk("-C", desk.root, "desk", "user", "link", "Olga", "--port", desk.port)

        link = said.out.strip().partition(str(desk.port))[2]
        assert 303 == owner.post(link, {}).status
        assert "Eva Reed" in owner.get("/desk/people/").body
