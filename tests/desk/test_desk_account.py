"""One's own account: proofs and sessions are one's own to change, and changes are noted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from world.authenticator import Authenticator
from world.served_desk import Browser, ServedDesk

PASSWORD, OTHER = "correct horse battery", "nine purple herons"


@pytest.fixture
def anna(desk: ServedDesk) -> Browser:
    """Return the browser of a viewer who is signed in."""
    desk.store.accounts.add("Anna", "viewer", desk.clocks().now)
    return let_in(desk, "Anna")


def let_in(desk: ServedDesk, name: str) -> Browser:
    """Return a new browser in which somebody is signed in by a link."""
    browser = desk.here()
    secret = desk.store.links.make("enter", desk.clocks(), name)
    browser.post(f"/desk/enter/{secret}")
    return browser


def add_passkey(browser: Browser) -> Authenticator:
    device = Authenticator(browser.origin, "localhost")
    asked = browser.post("/desk/account/passkey/ask").json()
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"}
    assert 200 == browser.post("/desk/account/passkey", device.create(asked), agent).status
    return device


def test_a_password_is_set_once_and_then_changed_by_who_knows_it(
    desk: ServedDesk, anna: Browser
) -> None:
    assert 303 == anna.post("/desk/account/password", {"new": PASSWORD}).status

    wrong = anna.post("/desk/account/password", {"new": OTHER, "old": "guessed"})
    assert 401 == wrong.status
    assert "The current password is wrong." in wrong.body
    assert 303 == anna.post("/desk/account/password", {"new": OTHER, "old": PASSWORD}).status

    browser = desk.here()
    assert 401 == browser.post("/desk/sign-in", {"name": "Anna", "password": PASSWORD}).status
    assert 303 == browser.post("/desk/sign-in", {"name": "Anna", "password": OTHER}).status


def test_guesses_at_ones_own_password_have_to_wait(anna: Browser) -> None:
    """Whoever finds a browser signed in must not find the password out."""
    anna.post("/desk/account/password", {"new": PASSWORD})
    guess = {"new": OTHER, "old": "guessed"}
    assert {401} == {anna.post("/desk/account/password", guess).status for _ in range(10)}

    assert 429 == anna.post("/desk/account/password", {"new": OTHER, "old": PASSWORD}).status


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "12 to 200 characters"),
        ("x" * 201, "12 to 200 characters"),
        ("", "12 to 200 characters"),
        ("aaaaaaaaaaaaaaa", "easy to guess"),
        ("anna loves herons", "easy to guess"),
    ],
)
def test_a_password_that_is_guessed_is_none(
    desk: ServedDesk, anna: Browser, password: str, words: str
) -> None:
    answer = anna.post("/desk/account/password", {"new": password})

    assert 400 == answer.status
    assert words in answer.body
    assert "" == desk.store.accounts.get("Anna").password


def test_another_password_ends_all_other_sessions(desk: ServedDesk, anna: Browser) -> None:
    other = let_in(desk, "Anna")
    anna.post("/desk/account/password", {"new": PASSWORD})

    assert [200, 303] == [browser.get("/desk/").status for browser in (anna, other)]


def test_passkeys_are_listed_and_removed(desk: ServedDesk, anna: Browser) -> None:
    device = add_passkey(anna)
    assert "Chrome, Linux <small>2026-11-20</small>" in anna.get("/desk/account/").body

    assert 303 == anna.post("/desk/account/passkey/remove", {"passkey": device.id.hex()}).status

    assert () == desk.store.accounts.passkeys("Anna")
    assert 303 == anna.post("/desk/account/passkey/remove", {"passkey": "no hex"}).status


def test_a_device_that_is_known_is_not_asked_again(anna: Browser) -> None:
    device = add_passkey(anna)

    asked = anna.post("/desk/account/passkey/ask").json()
    (known,) = asked["excludeCredentials"]
    assert 400 == anna.post("/desk/account/passkey", device.create(asked)).status
    assert "public-key" == known["type"]


def test_a_new_proof_needs_one_of_a_moment_ago(desk: ServedDesk, anna: Browser) -> None:
    """Whoever finds a browser signed in must not be able to stay."""
    desk.clocks.move(timedelta(minutes=16))

    asked = anna.post("/desk/account/passkey/ask")
    answer = anna.post("/desk/account/password", {"new": PASSWORD})

    assert [403, 403] == [asked.status, answer.status]
    assert "Sign out and sign in again" in asked.json()["problem"]
    assert "Sign out and sign in again" in answer.body
    assert "" == desk.store.accounts.get("Anna").password
    add_passkey(let_in(desk, "Anna"))


def test_who_knows_the_password_may_change_it_at_any_time(desk: ServedDesk, anna: Browser) -> None:
    anna.post("/desk/account/password", {"new": PASSWORD})
    desk.clocks.move(timedelta(days=1))

    assert 303 == anna.post("/desk/account/password", {"new": OTHER, "old": PASSWORD}).status


def test_a_passkey_is_made_for_who_asked(desk: ServedDesk, anna: Browser) -> None:
    """A challenge of one account, answered in the session of another, adds nothing."""
    desk.store.accounts.add("Ben", "owner", desk.clocks().now)
    ben = let_in(desk, "Ben")
    device = Authenticator(anna.origin, "localhost")

    sent = device.create(anna.post("/desk/account/passkey/ask").json())

    assert 400 == ben.post("/desk/account/passkey", sent).status
    assert () == desk.store.accounts.passkeys("Ben")


def test_an_answer_to_sign_in_adds_no_passkey(desk: ServedDesk, anna: Browser) -> None:
    device = Authenticator(anna.origin, "localhost")
    asked = anna.post("/desk/sign-in/passkey/ask").json()

    sent = device.create({**asked, "user": {"id": "AA"}})

    assert 400 == anna.post("/desk/account/passkey", sent).status


def test_at_an_address_there_are_passwords_only(desk: ServedDesk, anna: Browser) -> None:
    """Browsers keep no passkey for one."""
    address = Browser(desk.port, sends={"Host": f"127.0.0.1:{desk.port}"})
    origin: dict[str, str] = {"Origin": f"http://127.0.0.1:{desk.port}"}
    address.jar = dict(anna.jar)

    assert "data-passkey" not in Browser(desk.port, sends=address.sends).get("/desk/sign-in").body
    assert "open the desk at localhost" in address.get("/desk/account/").body
    assert 400 == address.post("/desk/account/passkey/ask", headers=origin).status
    assert 400 == address.post("/desk/sign-in/passkey/ask", headers=origin).status


def test_who_comes_to_an_address_is_led_to_this_machines_name(desk: ServedDesk) -> None:
    address = Browser(desk.port, sends={"Host": f"127.0.0.1:{desk.port}"})

    answer = address.get("/desk/story/a/?view=all")

    assert 307 == answer.status
    assert f"http://localhost:{desk.port}/desk/story/a/?view=all" == answer.headers["location"]


def test_sessions_are_listed_and_ended(desk: ServedDesk, anna: Browser) -> None:
    others = [let_in(desk, "Anna") for _ in range(3)]
    assert 3 == anna.get("/desk/account/").body.count('name="session"')
    (first,) = {
        session.id
        for session in desk.store.sessions.of("Anna", desk.clocks().now)
        if f'value="{session.id}"' not in others[0].get("/desk/account/").body
    }

    anna.post("/desk/account/session/end", {"session": first})
    assert [303, 200, 200] == [browser.get("/desk/").status for browser in others]

    anna.post("/desk/account/sessions/end")
    assert [303, 303, 303] == [browser.get("/desk/").status for browser in others]
    assert 200 == anna.get("/desk/").status


def test_nobody_ends_the_session_of_another(desk: ServedDesk, anna: Browser) -> None:
    desk.store.accounts.add("Ben", "owner", desk.clocks().now)
    ben = let_in(desk, "Ben")
    (session,) = desk.store.sessions.of("Ben", desk.clocks().now)

    anna.post("/desk/account/session/end", {"session": session.id})
    anna.post("/desk/account/sessions/end")

    assert 200 == ben.get("/desk/").status


def test_a_role_opens_what_it_may(desk: ServedDesk, anna: Browser) -> None:
    answers = {}
    for role in ("viewer", "editor", "owner"):
        desk.store.accounts.set_role("Anna", role)
        answers[role] = [anna.post(path).status for path in ("/desk/edit", "/desk/own")]

    assert {"viewer": [403, 403], "editor": [200, 403], "owner": [200, 200]} == answers


def test_what_was_done_is_in_the_audit_log_without_secrets(desk: ServedDesk, anna: Browser) -> None:
    anna.post("/desk/account/password", {"new": PASSWORD})
    add_passkey(anna)
    anna.post("/desk/sign-out")
    anna.post("/desk/sign-in", {"name": "hunter2", "password": "hunter3"})
    anna.post("/desk/sign-in", {"name": "Anna", "password": PASSWORD})

    entries = desk.store.audit.latest(99)[::-1]

    assert [
        ("Anna", "link-used", ""),
        ("Anna", "sign-in", "link"),
        ("Anna", "password-changed", ""),
        ("Anna", "passkey-added", ""),
        ("Anna", "sign-out", ""),
        ("", "sign-in-refused", "password"),
        ("Anna", "sign-in", "password"),
    ] == [(entry.who, entry.what, entry.about) for entry in entries]
    assert {"127.0.0.1"} == {entry.address for entry in entries}


@pytest.mark.parametrize("name", ["desk.css", "sign_in.css", "passkey.js"])
def test_what_the_pages_load_is_there_for_everybody(desk: ServedDesk, name: str) -> None:
    answer = desk.here().get(f"/desk/sign-in/assets/{name}")

    assert 200 == answer.status
    assert ("css" in answer.headers["content-type"]) is name.endswith("css")
    assert 404 == desk.here().get("/desk/sign-in/assets/none").status
