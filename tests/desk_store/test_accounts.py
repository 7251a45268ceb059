"""Accounts: one for a name, however it is spelt, and nothing left of one that is removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from copydesk.desk_store import DeskStore
from copydesk.desk_store.accounts import Account, Passkey
from copydesk.desk_store.drafts import Draft
from copydesk.desk_store.sessions import TOKEN_SCOPES, Moment, TokenGrant, TokenScope
from copydesk.errors import UsageError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
READS = TokenGrant(label="script", scopes=("read",), lifetime=DAY)
PASSKEY = Passkey(id=b"key", public_key=b"public", sign_count=0, label="phone", made=NOON)


def test_an_account_comes_back_as_it_was_made(desk: DeskStore) -> None:
    made = desk.accounts.add("Anna  Ek", "owner", NOON)

    assert made == desk.accounts.find("Anna Ek")
    assert Account(name="Anna Ek", role="owner", made=NOON, handle=made.handle) == made
    assert 32 == len(made.handle)


@pytest.mark.parametrize("name", ["anna ek", "ANNA EK", " Anna\u00a0Ek ", "Anna E\uff4b"])
def test_spellings_of_a_name_are_one_account(desk: DeskStore, name: str) -> None:
    desk.accounts.add("Anna Ek", "owner", NOON)

    found = desk.accounts.find(name)
    assert found is not None
    assert "Anna Ek" == found.name
    with pytest.raises(UsageError, match="an account with this name already exists"):
        desk.accounts.add(name, "viewer", NOON)


@pytest.mark.parametrize(
    "name", ["", " ", "\u200b", "a" * 61, "Anna <anna@example.org>", 'A "B"', "a\ue000"]
)
def test_a_name_that_git_or_a_page_cannot_show_is_none(desk: DeskStore, name: str) -> None:
    with pytest.raises(UsageError, match="not a valid account name"):
        desk.accounts.add(name, "editor", NOON)

    assert () == desk.accounts.list()


def test_a_line_end_in_a_name_is_a_blank(desk: DeskStore) -> None:
    assert (
        "Anna Copydesk-Action: x"
        == desk.accounts.add("Anna\nCopydesk-Action: x", "editor", NOON).name
    )


def test_a_name_of_sixty_characters_is_one(desk: DeskStore) -> None:
    assert "a" * 60 == desk.accounts.add("a" * 60, "editor", NOON).name


def test_an_account_without_a_name_is_told(desk: DeskStore) -> None:
    with pytest.raises(UsageError, match="no account with this name") as caught:
        desk.accounts.set_role("Ben", "viewer")

    assert "copydesk desk user list" in caught.value.hint


def test_only_an_owner_is_one(desk: DeskStore) -> None:
    desk.accounts.add("Anna", "editor", NOON)
    assert not desk.accounts.has_owner()

    desk.accounts.set_role("anna", "owner")

    assert desk.accounts.has_owner()
    assert ["owner"] == [account.role for account in desk.accounts.list()]


def test_an_account_is_found_by_what_others_call_it(desk: DeskStore) -> None:
    made = desk.accounts.add("Anna", "editor", NOON)
    desk.accounts.bind("Anna", "https://id.example", "42")

    by_handle = desk.accounts.find_by_handle(made.handle)
    by_subject = desk.accounts.find_by_subject("https://id.example", "42")

    assert by_handle == by_subject == desk.accounts.find("Anna")
    assert desk.accounts.find_by_subject("https://other.example", "42") is None
    assert desk.accounts.find_by_subject("https://id.example", "43") is None
    assert desk.accounts.find_by_subject("", "") is None  # of those that are bound to none


def test_an_identity_is_one_persons(desk: DeskStore) -> None:
    desk.accounts.add("Anna", "editor", NOON)
    desk.accounts.add("Ben", "editor", NOON)
    desk.accounts.bind("Anna", "https://id.example", "42")
    desk.accounts.bind("anna", "https://id.example", "42")

    with pytest.raises(UsageError, match="belongs to another account"):
        desk.accounts.bind("Ben", "https://id.example", "42")


def test_passkeys_are_found_with_whose_they_are(desk: DeskStore) -> None:
    anna = desk.accounts.add("Anna", "editor", NOON)
    desk.accounts.add("Ben", "editor", NOON)
    desk.accounts.add_passkey("Anna", PASSKEY)

    assert (anna, PASSKEY) == desk.accounts.find_passkey(b"key")
    assert desk.accounts.find_passkey(b"other") is None
    assert (PASSKEY,) == desk.accounts.passkeys("anna")
    with pytest.raises(UsageError, match="already stored"):
        desk.accounts.add_passkey("Ben", PASSKEY)


def test_a_passkeys_use_is_counted_and_another_cannot_remove_it(desk: DeskStore) -> None:
    desk.accounts.add("Anna", "editor", NOON)
    desk.accounts.add("Ben", "editor", NOON)
    desk.accounts.add_passkey("Anna", PASSKEY)

    desk.accounts.count_use(b"key", 7)
    desk.accounts.remove_passkey("Ben", b"key")
    assert [7] == [passkey.sign_count for passkey in desk.accounts.passkeys("Anna")]

    desk.accounts.remove_passkey("Anna", b"key")
    assert () == desk.accounts.passkeys("Anna")


def test_what_may_be_in_wrong_hands_is_taken_away_as_a_whole(desk: DeskStore) -> None:
    desk.accounts.add("Anna", "editor", NOON)
    desk.accounts.set_password("Anna", "$argon2id$")
    desk.accounts.bind("Anna", "https://id.example", "42")
    desk.accounts.add_passkey("Anna", PASSKEY)
    token = desk.tokens.make(desk.accounts.get("Anna"), READS, NOON)

    desk.accounts.forget_proofs("Anna")

    account = desk.accounts.get("Anna")
    assert ("", "", "") == (account.password, account.issuer, account.subject)
    assert () == desk.accounts.passkeys("Anna")
    assert desk.tokens.find(token, NOON) is None


def test_nothing_is_left_of_an_account_that_is_removed(desk: DeskStore) -> None:
    desk.accounts.add("Anna", "editor", NOON)
    desk.accounts.add_passkey("Anna", PASSKEY)
    session = desk.sessions.begin("Anna", NOON, DAY)
    moment = Moment(now=NOON, uptime_seconds=1.0)
    link = desk.links.make("enter", moment, "Anna")
    token = desk.tokens.make(desk.accounts.get("Anna"), READS, NOON)
    desk.drafts.keep("Anna", Draft(story="a", field="title", text="A", at=NOON))
    desk.stashes.make("Anna", "own")
    shared = desk.stashes.make("Anna", "all", shared=True)

    desk.accounts.remove("ANNA")

    assert desk.sessions.find(session, NOON) is None
    assert desk.links.use(link, moment) is None
    assert desk.tokens.find(token, NOON) is None
    assert desk.accounts.find_passkey(b"key") is None
    assert () == desk.drafts.of("Anna")
    assert [shared] == [stash.id for stash in desk.stashes.of("Anna")]


def test_secrets_do_not_show(desk: DeskStore) -> None:
    desk.accounts.add("Anna", "editor", NOON)
    desk.accounts.set_password("Anna", "$argon2id$secret")

    assert "argon2id" not in repr(desk.accounts.find("Anna"))


def test_a_token_is_good_for_its_scopes_until_it_is_taken_back(desk: DeskStore) -> None:
    anna = desk.accounts.add("Anna", "editor", NOON)
    grant = TokenGrant(label="script", scopes=("decide", "read"), lifetime=DAY)
    secret = desk.tokens.make(anna, grant, NOON)

    token = desk.tokens.find(secret, NOON)
    assert token is not None
    assert ("Anna", "editor", "script", ("read", "decide"), NOON, NOON + DAY) == (
        *(token.name, token.role, token.label, token.scopes, token.made, token.expires),
    )
    assert [True, False, True, False] == [token.may(scope) for scope in TOKEN_SCOPES]
    assert desk.tokens.find(token.id, NOON) is None
    assert not desk.tokens.end("Ben", token.id)
    assert (token,) == desk.tokens.of("Anna", NOON)
    assert desk.tokens.end("Anna", token.id)
    assert desk.tokens.find(secret, NOON) is None


def test_a_token_ends_with_its_time(desk: DeskStore) -> None:
    secret = desk.tokens.make(desk.accounts.add("Anna", "editor", NOON), READS, NOON)

    assert desk.tokens.find(secret, NOON + DAY - timedelta(seconds=1)) is not None
    assert desk.tokens.find(secret, NOON + DAY) is None
    assert () == desk.tokens.of("Anna", NOON + DAY)


def test_a_token_may_no_more_than_its_account_may_today(desk: DeskStore) -> None:
    anna = desk.accounts.add("Anna", "editor", NOON)
    secret = desk.tokens.make(anna, TokenGrant(label="a", scopes=("decide",), lifetime=DAY), NOON)

    desk.accounts.set_role("Anna", "viewer")

    token = desk.tokens.find(secret, NOON)
    assert token is not None
    assert not token.may("decide")


@pytest.mark.parametrize(
    ("label", "scopes", "days"),
    [
        ("", ("read",), 1),
        ("l" * 61, ("read",), 1),
        ("a", (), 1),
        ("a", ("manage",), 1),
        ("a", ("read",), 0),
        ("a", ("read",), 367),
    ],
)
def test_a_token_of_no_measure_is_refused(
    desk: DeskStore, label: str, scopes: tuple[TokenScope, ...], days: int
) -> None:
    anna = desk.accounts.add("Anna", "editor", NOON)
    grant = TokenGrant(label=label, scopes=scopes, lifetime=timedelta(days=days))

    with pytest.raises(UsageError):
        desk.tokens.make(anna, grant, NOON)
