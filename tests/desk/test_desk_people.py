"""An owner says who may use the desk; nobody else does, and an owner is left."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from copydesk.desk.sign_in import STRINGS
from copydesk.desk_store import AuditKind
from copydesk.desk_store.accounts import Role
from copydesk.rendering import load_strings
from world.served_desk import Browser, ServedDesk


def let_in(desk: ServedDesk, name: str, role: Role) -> Browser:
    """Return the browser of somebody with a new account."""
    desk.store.accounts.add(name, role, desk.clocks().now)
    browser = desk.here()
    secret = desk.store.links.make("enter", desk.clocks(), name)
    browser.post(f"/desk/enter/{secret}")
    return browser


@pytest.fixture
def owner(desk: ServedDesk) -> Browser:
    return let_in(desk, "Olga", "owner")


def roles(desk: ServedDesk) -> dict[str, str]:
    return {account.name: account.role for account in desk.store.accounts.list()}


def test_an_owner_adds_somebody_and_is_shown_their_link_once(
    desk: ServedDesk, owner: Browser
) -> None:
    answer = owner.post("/desk/people/add", {"name": "Ben", "role": "viewer"})

    assert 200 == answer.status
    assert {"Olga": "owner", "Ben": "viewer"} == roles(desk)
    found = re.search(rf"http://localhost:{desk.port}(/desk/enter/[\w-]+)", answer.body)
    assert found
    assert found[1] not in owner.get("/desk/people/").body
    browser = desk.here()
    assert 303 == browser.post(found[1]).status
    assert ["Ben", "viewer"] == browser.get("/desk/").json()


@pytest.mark.parametrize("role", ["admin", "", "OWNER"])
def test_a_role_that_is_none_is_that_of_least_power(
    desk: ServedDesk, owner: Browser, role: str
) -> None:
    owner.post("/desk/people/add", {"name": "Ben", "role": role})

    assert "viewer" == roles(desk)["Ben"]


@pytest.mark.parametrize("name", ["", "<b>", "olga", "x" * 61])
def test_a_name_that_is_none_or_taken_is_told(desk: ServedDesk, owner: Browser, name: str) -> None:
    answer = owner.post("/desk/people/add", {"name": name, "role": "editor"})

    assert 400 == answer.status
    assert re.search(r'id="problem" role="alert">[^<]{10}', answer.body)
    assert {"Olga": "owner"} == roles(desk)


def test_somebody_does_more_or_less_at_once(desk: ServedDesk, owner: Browser) -> None:
    ben = let_in(desk, "Ben", "viewer")
    assert 403 == ben.post("/desk/edit").status

    assert 303 == owner.post("/desk/people/role", {"name": "Ben", "role": "editor"}).status

    assert 200 == ben.post("/desk/edit").status


def test_a_reset_signs_somebody_out_and_shows_a_new_link(desk: ServedDesk, owner: Browser) -> None:
    ben = let_in(desk, "Ben", "editor")

    answer = owner.post("/desk/people/reset", {"name": "Ben"})

    assert "/desk/enter/" in answer.body
    assert 303 == ben.get("/desk/").status


def test_somebody_is_signed_out_and_removed(desk: ServedDesk, owner: Browser) -> None:
    ben = let_in(desk, "Ben", "editor")
    assert "with 1 browser<" in owner.get("/desk/people/").body

    owner.post("/desk/people/end", {"name": "Ben"})
    assert 303 == ben.get("/desk/").status
    owner.post("/desk/people/remove", {"name": "Ben"})
    assert {"Olga": "owner"} == roles(desk)


def test_the_only_owner_stays_one(desk: ServedDesk, owner: Browser) -> None:
    for path, form in (("remove", {}), ("role", {"role": "editor"})):
        answer = owner.post(f"/desk/people/{path}", {"name": "olga", **form})
        assert 400 == answer.status
        assert "the desk needs at least one owner" in answer.body
    let_in(desk, "Ben", "owner")

    assert 303 == owner.post("/desk/people/role", {"name": "Olga", "role": "editor"}).status

    assert {"Ben": "owner", "Olga": "editor"} == roles(desk)
    assert 403 == owner.get("/desk/people/").status


@pytest.mark.parametrize("role", ["editor", "viewer"])
@pytest.mark.parametrize("path", ["add", "role", "reset", "end", "remove"])
def test_nobody_else_changes_anything(
    desk: ServedDesk, owner: Browser, role: Role, path: str
) -> None:
    ben = let_in(desk, "Ben", role)

    answer = ben.post(f"/desk/people/{path}", {"name": "Olga", "role": "viewer"})

    assert 403 == answer.status
    assert {"Olga": "owner", "Ben": role} == roles(desk)
    assert 200 == owner.get("/desk/people/").status
    assert 403 == ben.get("/desk/people/").status


@pytest.mark.parametrize("path", ["role", "reset", "end", "remove"])
def test_a_name_of_nobody_is_told(owner: Browser, path: str) -> None:
    answer = owner.post(f"/desk/people/{path}", {"name": "Nobody", "role": "viewer"})

    assert 400 == answer.status
    assert "no account with this name" in answer.body


def test_what_happened_is_told_with_who_and_whence(desk: ServedDesk, owner: Browser) -> None:
    owner.post("/desk/people/add", {"name": "Ben <i>", "role": "viewer"})
    owner.post("/desk/people/add", {"name": "Ben & Co", "role": "viewer"})
    owner.post("/desk/sign-in", {"name": "Nobody", "password": "x"})

    body = owner.get("/desk/people/").body

    assert "<b>Olga</b> added an account: Ben &amp; Co (viewer)" in body
    assert "<b>Olga</b> signed in: link" in body
    assert "failed to sign in: password" in body
    assert "2026-11-20 12:00 UTC · 127.0.0.1" in body


@pytest.mark.parametrize("locale", ["en-us", "de-de", "fr-ca"])
def test_whatever_happens_has_its_words_in_each_language(locale: str) -> None:
    words = load_strings(locale, more=STRINGS).words
    english = load_strings("en", more=STRINGS).words

    assert set() == {f"did_{kind.replace('-', '_')}" for kind in get_args(AuditKind)} - set(words)
    assert english.keys() == words.keys()
    assert locale == "en-us" or words["sign_in"] != english["sign_in"]
