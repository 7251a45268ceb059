"""copydesk desk user: accounts are made, listed, reset and removed; links are printed once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.desk_store import DeskStore, open_desk, sessions
from copydesk.desk_store.sessions import Moment, OneUseLink
from copydesk.newsroom import accounts, identity, open_newsroom
from world.command import copydesk
from world.newsroom import newsroom

NOW = "2026-11-20T08:00:00Z"
MOMENT = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


@pytest.fixture
def desk(root: Path) -> Iterator[DeskStore]:
    with closing(open_desk(root / ".copydesk")) as store:
        yield store


def test_an_account_is_added_with_a_link_in(root: Path, desk: DeskStore) -> None:
    said = copydesk("-C", root, "desk", "user", "add", "Anna", "--role", "owner", "--now", NOW)

    assert said.code == 0
    address, _, secret = said.out.strip().rpartition("/")
    assert "http://localhost:8000/desk/enter" == address
    assert "added: Anna (owner)" in said.err
    assert "until 08:15 UTC" in said.err
    link = desk.links.use(secret, Moment(now=MOMENT, uptime_seconds=accounts.read_uptime()))
    assert OneUseLink(purpose="enter", name="Anna") == link
    assert "owner" == desk.accounts.get("anna").role


def test_a_link_leads_to_the_host_of_the_desk(root: Path) -> None:
    with (root / "beat.toml").open("a") as beat:
        beat.write('[desk]\nhost = "desk.example.org"\n')

    report = copydesk("-C", root, "desk", "user", "add", "Anna", "--now", NOW, "--json").json()

    assert {"name", "role", "link", "expires"} == report.keys()
    assert ("Anna", "editor", "2026-11-20T08:15:00Z") == (
        *(report["name"], report["role"], report["expires"]),
    )
    assert report["link"].startswith("https://desk.example.org/desk/enter/")


def test_a_link_leads_to_the_port_of_serve(root: Path) -> None:
    said = copydesk("-C", root, "desk", "user", "add", "Anna", "--port", "8765")

    assert said.out.startswith("http://localhost:8765/desk/enter/")


def test_those_who_may_use_the_desk_are_listed(root: Path, desk: DeskStore) -> None:
    desk.accounts.add("Anna", "owner", MOMENT)
    desk.accounts.set_password("Anna", "$argon2id$")

    said = copydesk("-C", root, "desk", "user", "list")
    report = copydesk("-C", root, "desk", "user", "list", "--json").json()

    assert ["Anna", "owner", "password"] == said.out.split()
    assert [
        {
            "name": "Anna",
            "role": "owner",
            "made": NOW,
            "password": True,
            "passkeys": 0,
            "provider": "",
            "sessions": 0,
        }
    ] == report["accounts"]


def test_a_link_for_an_account_changes_nothing_else(root: Path, desk: DeskStore) -> None:
    desk.accounts.add("Anna", "owner", MOMENT)
    desk.accounts.set_password("Anna", "$argon2id$")
    desk.sessions.begin("Anna", MOMENT, sessions.LINK_LIFETIME)

    said = copydesk("-C", root, "desk", "user", "link", "anna", "--now", NOW)
    nobody = copydesk("-C", root, "desk", "user", "link", "Dora")

    secret = said.out.strip().rpartition("/")[2]
    link = desk.links.use(secret, Moment(now=MOMENT, uptime_seconds=accounts.read_uptime()))
    assert OneUseLink(purpose="enter", name="Anna") == link
    assert "$argon2id$" == desk.accounts.get("Anna").password
    assert 1 == len(desk.sessions.of("Anna", MOMENT))
    assert (2, "") == (nobody.code, nobody.out)


def test_a_reset_takes_every_way_in_and_gives_a_new_one(root: Path, desk: DeskStore) -> None:
    desk.accounts.add("Anna", "owner", MOMENT)
    desk.accounts.set_password("Anna", "$argon2id$")
    desk.sessions.begin("Anna", MOMENT, sessions.LINK_LIFETIME)

    said = copydesk("-C", root, "desk", "user", "reset", "anna", "--now", NOW)

    assert "/desk/enter/" in said.out
    assert "" == desk.accounts.get("Anna").password
    assert () == desk.sessions.of("Anna", MOMENT)


def test_sessions_are_ended_and_accounts_removed(root: Path, desk: DeskStore) -> None:
    desk.accounts.add("Anna", "owner", MOMENT)
    secret = desk.sessions.begin("Anna", MOMENT, sessions.LINK_LIFETIME)

    ended = copydesk("-C", root, "desk", "user", "end", "Anna", "--json").json()
    assert {"name": "Anna", "sessions": 1} == ended
    assert desk.sessions.find(secret, MOMENT) is None
    assert (
        "signed out: Anna (0 sessions)\n" == copydesk("-C", root, "desk", "user", "end", "Anna").out
    )

    assert "removed: Anna\n" == copydesk("-C", root, "desk", "user", "remove", "Anna").out
    assert () == desk.accounts.list()
    assert "0 accounts can use the desk\n" == copydesk("-C", root, "desk", "user", "list").err


def test_the_audit_log_has_what_was_done_and_no_secret(root: Path, desk: DeskStore) -> None:
    for words in (("add", "Anna"), ("reset", "Anna"), ("end", "Anna"), ("remove", "Anna")):
        copydesk("-C", root, "desk", "user", *words)

    entries = desk.audit.latest(9)
    assert ["account-removed", "sessions-ended", "account-reset", "account-added"] == [
        entry.what for entry in entries
    ]
    assert {"command line"} == {entry.who for entry in entries}
    assert {"Anna", "Anna (editor)"} == {entry.about for entry in entries}


@pytest.mark.parametrize("word", ["reset", "end", "remove"])
def test_a_name_of_nobody_is_a_misuse(root: Path, word: str) -> None:
    said = copydesk("-C", root, "desk", "user", word, "Ben")

    assert said.code == 2
    assert "error: no account with this name: Ben" in said.err
    assert "hint: run `copydesk desk user list`" in said.err


def test_a_name_that_is_taken_is_a_misuse(root: Path) -> None:
    copydesk("-C", root, "desk", "user", "add", "Anna")

    said = copydesk("-C", root, "desk", "user", "add", "ANNA")

    assert (2, "") == (said.code, said.out)
    assert "an account with this name already exists: ANNA" in said.err


def test_a_damaged_file_is_one_clear_error(root: Path) -> None:
    (root / ".copydesk").mkdir(exist_ok=True)
    (root / ".copydesk" / "desk.sqlite").write_bytes(b"no database " * 1000)

    said = copydesk("-C", root, "desk", "user", "list")

    assert said.code == 1
    assert "the desk database is damaged" in said.err


def test_a_setup_link_is_made_as_long_as_there_is_no_owner(root: Path, desk: DeskStore) -> None:
    with open_newsroom(root, MOMENT, {}) as opened:
        link = accounts.make_setup_link(opened, MOMENT, 8000)
        desk.accounts.add("Anna", "owner", MOMENT)
        assert "" == accounts.make_setup_link(opened, MOMENT, 8000)

    moment = Moment(now=MOMENT, uptime_seconds=accounts.read_uptime())
    found = desk.links.look_at(link.rpartition("/")[2], moment)
    assert OneUseLink(purpose="setup", name="") == found


HERE = "http://localhost:8000/desk/enter/"


@pytest.mark.parametrize(
    ("table", "has_account", "place"),
    [
        ('[desk]\nhost = "desk.example.org"\n', False, ""),
        ('[serve]\npublic_url = "http://localhost:8000"\n', False, HERE),
        ('[desk]\nhost = "desk.example.org"\n', True, "https://desk.example.org/desk/enter/"),
        ('[serve]\npublic_url = "https://push.example.org"\n', False, ""),
    ],
)
def test_a_setup_link_leads_to_where_it_is_let_in(
    root: Path, desk: DeskStore, table: str, has_account: bool, place: str
) -> None:
    with (root / "beat.toml").open("a") as beat:
        beat.write(table)
    if has_account:
        desk.accounts.add("Ben", "viewer", MOMENT)

    with open_newsroom(root, MOMENT, {}) as opened:
        link = accounts.make_setup_link(opened, MOMENT, 8000)

    assert place == link.rpartition("/")[0] + ("/" if link else "")


def test_an_identity_at_a_provider_is_bound_to_an_account(root: Path, desk: DeskStore) -> None:
    add = ("-C", root, "desk", "user", "add", "Anna", "--subject", "4711")
    said = copydesk(*add)
    assert said.code == 2
    assert "no OpenID provider is set" in said.err
    assert () == desk.accounts.list()
    with (root / "beat.toml").open("a") as beat:
        beat.write('[desk.oidc]\nissuer = "https://id.example.org"\nclient_id = "desk"\n')

    assert copydesk(*add).code == 0
    second = copydesk("-C", root, "desk", "user", "add", "Ben", "--subject", "4711")

    found = desk.accounts.find_by_subject("https://id.example.org", "4711")
    assert found is not None
    assert "Anna" == found.name
    assert second.code == 2
    assert ["Anna"] == [account.name for account in desk.accounts.list()]


def test_the_clients_secret_is_the_environments(root: Path) -> None:
    with (root / "beat.toml").open("a") as beat:
        beat.write('[desk.oidc]\nissuer = "https://id.example.org"\nclient_id = "desk"\n')
    environ = {"COPYDESK_OIDC_SECRET": "hush ", "COPYDESK_PROXY_SECRET": " tide"}
    with open_newsroom(root, MOMENT, environ) as opened:
        assert "tide" == opened.settings.desk.proxy_secret
        provider = identity.identity_provider(opened.settings)

    assert provider is not None
    assert ("https://id.example.org", "desk", "hush") == (
        *(provider.issuer, provider.client_id, provider.client_secret),
    )
    assert "hush" not in repr(provider) + repr(opened.settings)


def test_a_guests_link_leads_to_the_desk(root: Path) -> None:
    with open_newsroom(root, MOMENT, {}) as opened:
        links = [accounts.make_guest_link(opened, "Guest", 8000) for _ in range(2)]

    assert 2 == len(set(links))
    start, end = "http://localhost:8000/desk/enter/", "?next=/desk/"
    assert all(link.startswith(start) and link.endswith(end) for link in links)


def test_a_token_is_printed_once_for_what_the_account_may_do(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", git=False)
    user = ("-C", root, "--now", "2026-11-20T08:00:00Z", "desk", "user")
    copydesk(*user, "add", "Vera", "--role", "viewer")

    asked = ("token", "Vera", "--scope", "read", "--scope", "propose", "--days", "7")
    told = copydesk(*user, *asked, "--label", "night agent", "--json").json()
    assert ["expires", "label", "name", "scopes", "token"] == sorted(told)
    assert ("Vera", "night agent", ["read", "propose"], "2026-11-27T08:00:00Z") == (
        *(told["name"], told["label"], told["scopes"], told["expires"]),
    )
    kept = b"".join(file.read_bytes() for file in (root / ".copydesk").glob("desk.sqlite*"))
    assert told["token"].encode() not in kept

    for refused in (("token", "Vera", "--scope", "decide"), ("token", "Nobody"), ("token",)):
        assert 2 == copydesk(*user, *refused).code
