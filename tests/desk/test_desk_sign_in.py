"""Signing in: by a link that is good once, a password, a passkey, a web server's word."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from world.authenticator import Authenticator
from world.served_desk import HOST, Browser, ServedDesk, serve_desk

PASSWORD = "correct horse battery"
MINUTE = timedelta(minutes=1)


def enter(desk: ServedDesk, browser: Browser, name: str = "Anna", role: str = "editor") -> None:
    """Let somebody in by a link of their own."""
    if desk.store.accounts.find(name) is None:
        desk.store.accounts.add(name, role, desk.clocks().now)  # type: ignore[arg-type]
    secret = desk.store.links.make("enter", desk.clocks(), name)
    assert 303 == browser.post(f"/desk/enter/{secret}").status


def with_password(desk: ServedDesk, name: str = "Anna") -> None:
    """Make an account with a password."""
    browser = desk.here()
    enter(desk, browser, name)
    assert 303 == browser.post("/desk/account/password", {"new": PASSWORD}).status
    browser.post("/desk/sign-out")


def with_passkey(desk: ServedDesk, browser: Browser, name: str = "Anna") -> Authenticator:
    """Make an account with a passkey, and sign out."""
    enter(desk, browser, name)
    host = browser.host or "localhost"
    device = Authenticator(browser.origin, host)
    asked = browser.post("/desk/account/passkey/ask").json()
    made = browser.post("/desk/account/passkey", device.create(asked))
    assert {"next": "/desk/account/"} == made.json()
    browser.post("/desk/sign-out")
    return device


def sign_in(browser: Browser, password: str = PASSWORD, name: str = "Anna") -> int:
    return browser.post("/desk/sign-in", {"name": name, "password": password}).status


# ---- links ------------------------------------------------------------------------------------


def test_a_setup_link_makes_the_first_owner(desk: ServedDesk) -> None:
    browser = desk.here()
    link = f"/desk/enter/{desk.store.links.make('setup', desk.clocks())}"
    assert "no owner yet" in browser.get(link).body

    answer = browser.post(link, {"name": "Anna"})

    assert (303, "/desk/account/") == (answer.status, answer.headers["location"])
    assert ["Anna", "owner"] == browser.get("/desk/").json()
    assert "Choose how to sign in next time" in browser.get("/desk/account/").body


def test_a_setup_link_is_good_for_nothing_once_there_is_an_owner(desk: ServedDesk) -> None:
    secret = desk.store.links.make("setup", desk.clocks())
    desk.store.accounts.add("Anna", "owner", desk.clocks().now)

    answer = desk.here().post(f"/desk/enter/{secret}", {"name": "Mallory"})

    assert (410, ()) == (answer.status, answer.cookies)
    assert desk.store.accounts.find("Mallory") is None


def test_a_name_that_is_none_does_not_use_the_setup_link_up(desk: ServedDesk) -> None:
    browser, link = desk.here(), f"/desk/enter/{desk.store.links.make('setup', desk.clocks())}"

    answer = browser.post(link, {"name": "<b>"})
    assert 400 == answer.status
    assert "not a valid account name" in answer.body
    assert 303 == browser.post(link, {"name": "Anna"}).status


def test_looking_at_a_link_does_not_use_it_up(desk: ServedDesk) -> None:
    desk.store.accounts.add("Anna", "editor", desk.clocks().now)
    link = f"/desk/enter/{desk.store.links.make('enter', desk.clocks(), 'Anna')}"

    for _ in range(2):
        assert "This link signs in Anna." in desk.here().get(link).body
    assert 303 == desk.here().post(link).status
    assert [410, 410] == [desk.here().post(link).status, desk.here().get(link).status]


def test_a_link_is_over_after_a_quarter_of_an_hour_though_the_clock_is_set_back(
    desk: ServedDesk,
) -> None:
    desk.store.accounts.add("Anna", "editor", desk.clocks().now)
    link = f"/desk/enter/{desk.store.links.make('enter', desk.clocks(), 'Anna')}"
    desk.clocks.move(16 * MINUTE)
    assert "This link no longer works" in desk.here().get(link).body

    desk.clocks.set(-10 * MINUTE)

    assert 410 == desk.here().post(link).status


# ---- passwords --------------------------------------------------------------------------------


def test_a_password_opens_the_desk_until_one_signs_out(desk: ServedDesk) -> None:
    with_password(desk)
    browser = desk.here()

    answer = browser.post(
        "/desk/sign-in", {"name": "anna", "password": PASSWORD, "next": "/desk/?view=all"}
    )

    assert (303, "/desk/?view=all") == (answer.status, answer.headers["location"])
    assert ["Anna", "editor"] == browser.get("/desk/").json()
    out = browser.post("/desk/sign-out")
    assert (303, "/desk/sign-in") == (out.status, out.headers["location"])
    assert 303 == browser.get("/desk/").status


def test_a_letter_that_is_written_in_two_ways_is_one(desk: ServedDesk) -> None:
    enter(desk, browser := desk.here())
    browser.post("/desk/account/password", {"new": "caf\u00e9 horse battery"})

    assert 303 == sign_in(desk.here(), "cafe\u0301 horse battery")
    assert 401 == sign_in(desk.here(), "cafe horse battery")


def test_what_is_wrong_is_not_told(desk: ServedDesk) -> None:
    with_password(desk)
    desk.store.accounts.add("Ben", "editor", desk.clocks().now)  # without a password

    bodies = set()
    for name, password in (("Anna", "wrong"), ("Ben", ""), ("Ben", PASSWORD), ("Carl", "x" * 500)):
        answer = desk.here().post("/desk/sign-in", {"name": name, "password": password})
        assert (401, ()) == (answer.status, answer.cookies)
        bodies.add(answer.body.replace(f'value="{name}"', ""))

    assert 1 == len(bodies)
    assert "Name or password is wrong." in bodies.pop()


def test_passwords_have_to_wait_after_ten_for_one_account(desk: ServedDesk) -> None:
    with_password(desk)
    outcomes = [sign_in(desk.here(), "wrong") for _ in range(10)]
    assert {401} == set(outcomes)

    answer = desk.here().post("/desk/sign-in", {"name": "ANNA", "password": PASSWORD})

    assert (429, "901") == (answer.status, answer.headers["retry-after"])
    assert "Try again in 16 minutes" in answer.body
    desk.clocks.move(15 * MINUTE)
    assert 303 == sign_in(desk.here())


def test_passwords_have_to_wait_after_thirty_from_one_address(desk: ServedDesk) -> None:
    with_password(desk)
    attempt = {"password 127.0.0.1": 30}
    for _ in range(30):
        desk.store.attempts.admit(attempt, desk.clocks().now)

    assert 429 == sign_in(desk.here())
    assert 303 == sign_in(desk.outside())


def test_an_office_of_forty_signs_in_from_one_address(desk: ServedDesk) -> None:
    for _ in range(29):
        desk.store.attempts.admit({"password 127.0.0.1": 30}, desk.clocks().now)
        desk.store.attempts.admit({"passkey 127.0.0.1": 30}, desk.clocks().now)
    device = with_passkey(desk, desk.here())
    with_password(desk, "Ben")

    for _ in range(2):
        assert 303 == sign_in(desk.here(), name="Ben")
        asked = desk.here().post("/desk/sign-in/passkey/ask").json()
        assert 200 == desk.here().post("/desk/sign-in/passkey", device.get(asked)).status


def test_a_right_password_forgets_the_wrong_ones(desk: ServedDesk) -> None:
    with_password(desk)
    for _ in range(3):
        for _ in range(4):
            sign_in(desk.here(), "wrong")
        assert 303 == sign_in(desk.here())


def test_a_hash_of_weaker_parameters_is_made_anew_as_rfc_9106_wants(
    desk: ServedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # hashes as heavy as they are kept
    desk.store.accounts.add("Anna", "editor", desk.clocks().now)
    weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    desk.store.accounts.set_password("Anna", weak)

    assert 303 == sign_in(desk.here())

    kept = extract_parameters(desk.store.accounts.get("Anna").password)
    assert (Type.ID, 3, 65_536) == (kept.type, kept.time_cost, kept.memory_cost)
    assert 303 == sign_in(desk.here())


# ---- passkeys ---------------------------------------------------------------------------------


@pytest.mark.parametrize("is_here", [True, False], ids=["at localhost", "at the desk's host"])
def test_a_passkey_opens_the_desk(desk: ServedDesk, is_here: bool) -> None:
    browser = desk.here() if is_here else desk.outside()
    desk.store.accounts.add("Zoe", "owner", desk.clocks().now)
    device = with_passkey(desk, browser)

    asked = browser.post("/desk/sign-in/passkey/ask").json()
    answer = browser.post("/desk/sign-in/passkey?next=/desk/today/", device.get(asked))

    assert "required" == asked["userVerification"]
    assert {"next": "/desk/today/"} == answer.json()
    assert ["Anna", "editor"] == browser.get("/desk/").json()
    (passkey,) = desk.store.accounts.passkeys("Anna")
    assert 1 == passkey.sign_count


def test_an_answer_of_a_passkey_is_good_once(desk: ServedDesk) -> None:
    device = with_passkey(desk, desk.here())
    sent = device.get(desk.here().post("/desk/sign-in/passkey/ask").json())

    assert 200 == desk.here().post("/desk/sign-in/passkey", sent).status
    replayed = desk.here().post("/desk/sign-in/passkey", sent)

    assert (401, ()) == (replayed.status, replayed.cookies)


def test_a_challenge_is_good_for_five_minutes(desk: ServedDesk) -> None:
    device = with_passkey(desk, desk.here())
    sent = device.get(desk.here().post("/desk/sign-in/passkey/ask").json())
    desk.clocks.move(6 * MINUTE)
    desk.clocks.set(-5 * MINUTE)

    assert 401 == desk.here().post("/desk/sign-in/passkey", sent).status


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "https://evil.example"),
        ("origin", "http://localhost:1"),
        ("host", "evil.example"),
        ("verifies", False),
        ("uses", -1),
        ("id", b"another passkey!"),
    ],
)
def test_a_passkey_of_another_place_or_a_copy_of_one_does_not_fit(
    desk: ServedDesk, name: str, value: object
) -> None:
    """Its count goes back where the device was copied."""
    device = with_passkey(desk, desk.here())
    device.uses = 5
    browser = desk.here()
    browser.post(
        "/desk/sign-in/passkey", device.get(browser.post("/desk/sign-in/passkey/ask").json())
    )
    setattr(device, name, value)

    asked = desk.here().post("/desk/sign-in/passkey/ask").json()
    answer = desk.here().post("/desk/sign-in/passkey", device.get(asked))

    assert (401, ()) == (answer.status, answer.cookies)
    assert "does not work here" in answer.json()["problem"]


def test_a_passkey_signed_by_another_key_does_not_fit(desk: ServedDesk) -> None:
    device = with_passkey(desk, desk.here())
    forged = Authenticator(device.origin, device.host, id=device.id, handle=device.handle)

    asked = desk.here().post("/desk/sign-in/passkey/ask").json()

    assert 401 == desk.here().post("/desk/sign-in/passkey", forged.get(asked)).status


def test_passkeys_do_not_wait_for_passwords(desk: ServedDesk) -> None:
    device = with_passkey(desk, desk.here())
    for _ in range(11):
        sign_in(desk.here(), "wrong")

    asked = desk.here().post("/desk/sign-in/passkey/ask").json()

    assert 200 == desk.here().post("/desk/sign-in/passkey", device.get(asked)).status


def test_a_link_may_lead_to_the_desk_at_once(desk: ServedDesk) -> None:
    """As that of the demo does; it tells where a passkey is made for the next time."""
    desk.store.accounts.add("Anna", "owner", desk.clocks().now)

    def lead(wanted: str) -> str:
        path = f"/desk/enter/{desk.store.links.make('enter', desk.clocks(), 'Anna')}{wanted}"
        assert ("your name at the top" in desk.here().get(path).body) == bool(wanted)
        return desk.here().post(path).headers["location"]

    assert "/desk/account/" == lead("")
    assert "/desk/" == lead("?next=/desk/")
    assert "/desk/" == lead("?next=//evil.example/")


# ---- a web server that knows its people -------------------------------------------------------


def test_a_declared_web_server_names_who_asks(tmp_path: Path) -> None:
    with serve_desk(tmp_path, host=HOST, user_header="X-User") as desk:
        desk.store.accounts.add("Zoë", "viewer", desk.clocks().now)
        name = "Zoë".encode().decode("latin-1")

        assert ["Zoë", "viewer"] == desk.outside({"X-User": name}).get("/desk/").json()
        assert 303 == desk.outside({"X-User": "Nobody"}).get("/desk/").status
        assert desk.store.accounts.find("Nobody") is None
        assert 303 == desk.outside().get("/desk/").status


def test_with_a_secret_in_common_no_other_program_names_who_asks(tmp_path: Path) -> None:
    with serve_desk(tmp_path, host=HOST, user_header="X-User", proxy_secret="tide-é") as desk:
        desk.store.accounts.add("Anna", "owner", desk.clocks().now)

        def ask(secret: str) -> int:
            sent = {"X-User": "Anna", "X-Copydesk-Secret": secret.encode().decode("latin-1")}
            return desk.outside(sent).get("/desk/").status

        assert [200, 303, 303, 303] == [ask(secret) for secret in ("tide-é", "tide", "", "é" * 99)]


def test_nobody_else_names_who_asks(tmp_path: Path) -> None:
    with serve_desk(
        tmp_path, host=HOST, user_header="X-User", is_proxy=lambda address: False
    ) as desk:
        desk.store.accounts.add("Anna", "owner", desk.clocks().now)

        assert 303 == desk.outside({"X-User": "Anna"}).get("/desk/").status


def test_at_this_machine_no_header_names_who_asks(tmp_path: Path) -> None:
    with serve_desk(tmp_path, host=HOST, user_header="X-User") as desk:
        desk.store.accounts.add("Anna", "owner", desk.clocks().now)

        assert 303 == desk.here().get("/desk/", {"X-User": "Anna"}).status
