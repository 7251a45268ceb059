"""How often somebody may try to sign in, and what the audit log keeps of those who were refused."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.desk_store import AuditEntry
from world.authenticator import Authenticator
from world.served_desk import HOST, Browser, ServedDesk

PASSWORD = "correct horse battery"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WRONG = {"name": "Anna", "password": "wrong"}
RIGHT = {"name": "Anna", "password": PASSWORD}


def enter(desk: ServedDesk, browser: Browser, name: str = "Anna", role: str = "owner") -> Browser:
    """Let somebody in by a link of their own, and give them a password."""
    if desk.store.accounts.find(name) is None:
        desk.store.accounts.add(name, role, desk.clocks().now)  # type: ignore[arg-type]
    secret = desk.store.links.make("enter", desk.clocks(), name)
    assert 303 == browser.post(f"/desk/enter/{secret}").status
    if not desk.store.accounts.get(name).password:
        assert 303 == browser.post("/desk/account/password", {"new": PASSWORD}).status
    return browser


def device_of(browser: Browser) -> tuple[str, str]:
    """Return the name and the value of the cookie that says where somebody signed in before."""
    ((name, value),) = [pair for pair in browser.jar.items() if pair[0].endswith("-device")]
    return name, value


def refusals(desk: ServedDesk) -> list[tuple[str, str, int]]:
    """Return what the audit log says of those who were refused."""
    return [
        (entry.address, entry.about, entry.count)
        for entry in desk.store.audit.latest(9_999)
        if entry.what == "sign-in-refused"
    ]


def exhaust(desk: ServedDesk) -> None:
    """Let strangers use up what the network of this machine, and Anna's account, have in common."""
    for _ in range(10):
        assert 401 == desk.here().post("/desk/sign-in", WRONG).status
    for number in range(20):
        sent = {"name": f"nobody {number}", "password": "wrong"}
        assert 401 == desk.here().post("/desk/sign-in", sent).status
    assert 429 == desk.here().post("/desk/sign-in", RIGHT).status


# ---- a flood without an account ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "refused", "about"),
    [
        ("POST", "/desk/sign-in/passkey", 401, "passkey"),
        ("GET", "/desk/sign-in/provider/back?state=x&code=y", 400, "provider"),
        ("POST", "/desk/sign-in", 401, "password"),
    ],
)
def test_a_flood_of_one_network_is_told_to_wait_and_is_one_row(
    desk: ServedDesk, method: str, path: str, refused: int, about: str
) -> None:
    stranger = desk.here()
    headers = {"Sec-Fetch-Site": "same-origin"}

    answers = [stranger.ask(method, path, b"name=x%d" % number, headers) for number in range(60)]

    assert [refused] * 30 + [429] * 30 == [answer.status for answer in answers]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 901
    assert [("127.0.0.1", about, 30)] == refusals(desk)


def test_one_row_says_all_that_a_network_tried_with_first_and_last_time(desk: ServedDesk) -> None:
    desk.store.accounts.add("Anna", "editor", desk.clocks().now)
    first = desk.clocks().now
    for sent in (WRONG, {"name": "x", "password": "x"}, WRONG):
        desk.here().post("/desk/sign-in", sent)
        desk.clocks.move(MINUTE)
    desk.here().post("/desk/sign-in/passkey", b"{}")

    (entry,) = desk.store.audit.latest(9)

    assert "password, Anna; password; passkey" == entry.about
    assert (4, first, first + 3 * MINUTE) == (entry.count, entry.at, entry.last)


def test_a_day_without_a_try_ends_the_row(desk: ServedDesk) -> None:
    for hours in (0, 23, 25):
        desk.here().post("/desk/sign-in", WRONG)
        desk.clocks.move(hours * HOUR)
    desk.here().post("/desk/sign-in", WRONG)

    assert [1, 3] == [count for _, _, count in refusals(desk)]


def test_more_networks_than_anybody_reads_are_one_row(desk: ServedDesk) -> None:
    with desk.store.at_once():
        for number in range(1_200):
            address = f"198.18.{number // 250}.{number % 250}"
            desk.store.audit.add(
                AuditEntry(at=desk.clocks().now, who="", what="sign-in-refused", address=address)
            )

    rows = refusals(desk)

    assert 1_001 == len(rows)
    assert ("*", "", 200) == rows[0]


def test_refusals_push_nothing_off_the_page(desk: ServedDesk) -> None:
    olga = enter(desk, desk.here(), "Olga")
    with desk.store.at_once():
        for number in range(150):
            for _ in range(1 + number % 2):
                desk.store.audit.add(
                    AuditEntry(
                        at=desk.clocks().now,
                        who="",
                        what="sign-in-refused",
                        about="passkey",
                        address=f"198.18.0.{number}",
                    )
                )

    body = olga.get("/desk/people/").body

    assert "<b>Olga</b> signed in: link" in body
    assert "<b>Olga</b> changed the password" in body
    refused = re.search(r"<details[^>]*>\s*<summary>225 failed sign-ins<", body)
    assert refused, body
    assert "failed to sign in: passkey" in body[refused.start() :]
    assert "2 times" in body
    assert "198.18.0.149" in body


@pytest.mark.parametrize(
    ("method", "path", "cookie", "status"),
    [
        ("POST", "/desk/enter/nothing", "", 410),
        ("GET", "/desk/enter/nothing", "", 410),
        ("GET", "/desk/", "nothing", 303),
        ("POST", "/desk/sign-out", "nothing", 303),
    ],
)
def test_what_is_no_secret_of_ours_writes_nothing(
    desk: ServedDesk, tmp_path: Path, method: str, path: str, cookie: str, status: int
) -> None:
    """Nor does it wait for another writer."""
    stranger = desk.here()
    stranger.jar = {f"copydesk-{desk.port}": cookie, f"copydesk-{desk.port}-device": cookie}
    headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
    desk.store._database.be_patient(0.01)
    with closing(sqlite3.connect(tmp_path / "desk.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = stranger.ask(method, path, headers=headers)
        other.execute("ROLLBACK")

    assert status == answer.status
    assert () == desk.store.audit.latest(9)


# ---- a browser that signed in before (OWASP: device cookies) -----------------------------------


def test_strangers_of_the_same_address_lock_no_browser_out_that_signed_in_before(
    desk: ServedDesk,
) -> None:
    anna = enter(desk, desk.here())
    anna.post("/desk/sign-out")
    exhaust(desk)

    assert 401 == anna.post("/desk/sign-in", WRONG).status
    assert 303 == anna.post("/desk/sign-in", RIGHT).status
    assert ["Anna", "owner"] == anna.get("/desk/").json()
    assert 429 == desk.here().post("/desk/sign-in", RIGHT).status


def test_such_a_browser_has_ten_tries_an_hour_which_count_for_nobody_else(
    desk: ServedDesk,
) -> None:
    anna = enter(desk, desk.here())
    anna.post("/desk/sign-out")

    assert {401} == {anna.post("/desk/sign-in", WRONG).status for _ in range(10)}
    refused = anna.post("/desk/sign-in", RIGHT)

    assert (429, "3601") == (refused.status, refused.headers["retry-after"])
    assert 303 == desk.here().post("/desk/sign-in", RIGHT).status
    desk.clocks.move(HOUR)
    assert 303 == anna.post("/desk/sign-in", RIGHT).status


def test_a_right_password_gives_such_a_browser_its_tries_back(desk: ServedDesk) -> None:
    anna = enter(desk, desk.here())
    for _ in range(3):
        anna.post("/desk/sign-out")
        assert {401} == {anna.post("/desk/sign-in", WRONG).status for _ in range(9)}
        assert 303 == anna.post("/desk/sign-in", RIGHT).status


def test_a_stolen_cookie_buys_ten_tries_an_hour_and_no_session(desk: ServedDesk) -> None:
    anna = enter(desk, desk.here())
    exhaust(desk)
    name, value = device_of(anna)
    thieves = [Browser(desk.port, jar={name: value}) for _ in range(3)]

    statuses = [thief.post("/desk/sign-in", WRONG).status for thief in thieves * 5]

    assert [401] * 10 + [429] * 5 == statuses
    assert {303} == {thief.get("/desk/").status for thief in thieves}
    assert ["Anna", "owner"] == anna.get("/desk/").json()


def test_the_cookie_is_for_its_account_alone(desk: ServedDesk) -> None:
    anna = enter(desk, desk.here())
    enter(desk, desk.here(), "Ben")
    exhaust(desk)

    assert 429 == anna.post("/desk/sign-in", {"name": "Ben", "password": PASSWORD}).status


def test_a_forged_cookie_is_none(desk: ServedDesk) -> None:
    anna, ben = enter(desk, desk.here()), enter(desk, desk.here(), "Ben")
    (name, value), (_, other) = device_of(anna), device_of(ben)
    exhaust(desk)
    flipped = format(int(value[-1], 16) ^ 1, "x")

    for forged in (value[:-1] + flipped, value[:64] + other[64:], value[:-64], "x", "é", value * 2):
        forger = Browser(desk.port, jar={name: forged.encode().decode("latin-1")})
        assert 429 == forger.post("/desk/sign-in", RIGHT).status, forged


def test_the_cookie_is_kept_as_owasp_wants_and_has_no_secret_of_the_session(
    desk: ServedDesk,
) -> None:
    inside, outside = enter(desk, desk.here()), enter(desk, desk.outside())

    for browser, prefix in ((inside, f"copydesk-{desk.port}"), (outside, "__Host-copydesk")):
        browser.post("/desk/sign-out")
        (cookie,) = [
            each for each in browser.post("/desk/sign-in", RIGHT).cookies if "-device=" in each
        ]
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        name, value = device_of(browser)
        assert f"{prefix}-device" == name
        assert {"httponly", "samesite=strict", "max-age=31536000"} <= parts
        assert (browser.host == HOST) is ("secure" in parts)
        assert browser.jar[prefix] not in value
        assert (
            303
            == Browser(desk.port, browser.host, browser.sends, {prefix: value}).get("/desk/").status
        )


def test_signing_out_keeps_the_cookie_and_a_reset_ends_it(desk: ServedDesk) -> None:
    anna = enter(desk, desk.here())
    name, value = device_of(anna)
    anna.post("/desk/sign-out")
    assert (name, value) == device_of(anna)
    exhaust(desk)
    assert 401 == anna.post("/desk/sign-in", WRONG).status

    enter(desk, desk.here(), "Olga").post("/desk/people/reset", {"name": "Anna"})

    assert 429 == anna.post("/desk/sign-in", WRONG).status
    again = enter(desk, desk.here())
    again.post("/desk/sign-out")
    assert 303 == again.post("/desk/sign-in", RIGHT).status
    assert 429 == anna.post("/desk/sign-in", WRONG).status


def test_an_account_made_again_under_the_same_name_knows_no_cookie_of_before(
    desk: ServedDesk,
) -> None:
    anna = enter(desk, desk.here())
    desk.store.accounts.remove("Anna")
    enter(desk, desk.here())
    exhaust(desk)

    assert 429 == anna.post("/desk/sign-in", RIGHT).status


def test_a_passkey_is_asked_for_where_strangers_have_asked_too_often(desk: ServedDesk) -> None:
    anna = enter(desk, desk.here())
    device = Authenticator(anna.origin, "localhost")
    asked = anna.post("/desk/account/passkey/ask").json()
    assert 200 == anna.post("/desk/account/passkey", device.create(asked)).status
    anna.post("/desk/sign-out")
    for _ in range(31):
        refused = desk.here().post("/desk/sign-in/passkey/ask")
    assert (429, True) == (refused.status, int(refused.headers["retry-after"]) > 0)
    for _ in range(31):
        desk.here().post("/desk/sign-in/passkey", b"{}")

    for _ in range(12):
        asked = anna.post("/desk/sign-in/passkey/ask").json()
        assert 200 == anna.post("/desk/sign-in/passkey", device.get(asked)).status


def test_who_is_signed_in_changes_their_password_while_strangers_guess_it(
    desk: ServedDesk,
) -> None:
    anna = enter(desk, desk.here())
    exhaust(desk)

    sent = {"old": PASSWORD, "new": "another horse battery"}
    assert 303 == anna.post("/desk/account/password", sent).status
