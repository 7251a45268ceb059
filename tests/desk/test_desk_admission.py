"""Where the desk may be reached, and whose posts count: decided by values alone."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from copydesk.desk.sign_in import Admission, Visitor, decide_admission, is_from_desk

HOST = "desk.example.org"
HERE = Admission(origin="http://localhost:8000", passkey_host="localhost")


@pytest.mark.parametrize(
    ("host", "origin", "passkey_host"),
    [
        ("localhost:8000", "http://localhost:8000", "localhost"),
        ("LOCALHOST", "http://localhost", "localhost"),
        ("127.0.0.1:8000", "http://127.0.0.1:8000", ""),
        ("[::1]:8000", "http://[::1]:8000", ""),
    ],
)
@pytest.mark.parametrize("desk_host", ["", HOST])
def test_who_sits_at_this_machine_is_admitted(
    host: str, origin: str, passkey_host: str, desk_host: str
) -> None:
    found = decide_admission(host, desk_host, is_from_here=True, has_accounts=False)

    assert Admission(origin=origin, passkey_host=passkey_host) == found


@pytest.mark.parametrize("host", [HOST, "DESK.example.org", f"{HOST}:443"])
def test_the_desks_own_host_is_admitted_when_somebody_has_an_account(host: str) -> None:
    found = decide_admission(host, HOST, is_from_here=False, has_accounts=True)

    assert Admission(origin=f"https://{HOST}", passkey_host=HOST) == found
    assert found is not None
    assert found.is_secure


@pytest.mark.parametrize(
    ("host", "desk_host", "has_accounts"),
    [
        (HOST, HOST, False),
        (HOST, "", True),
        ("news.example.org", HOST, True),
        (f"{HOST}.evil.example", HOST, True),
        (f"{HOST}:8443", HOST, True),
        ("localhost:8000", HOST, True),
        ("", "", True),
        ("", HOST, True),
        (f"{HOST}:443:443", HOST, True),
        (f"{HOST}/", HOST, True),
    ],
)
def test_all_others_are_refused(host: str, desk_host: str, has_accounts: bool) -> None:
    assert not decide_admission(host, desk_host, is_from_here=False, has_accounts=has_accounts)


def headers(*pairs: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.lower().encode(), value.encode()) for name, value in pairs])


SITE, ORIGIN = "Sec-Fetch-Site", "Origin"


@pytest.mark.parametrize(
    ("pairs", "counts"),
    [
        ([(SITE, "same-origin")], True),
        ([(SITE, "same-origin"), (ORIGIN, "https://evil.example")], True),
        ([(SITE, "same-site")], False),
        ([(SITE, "cross-site")], False),
        ([(SITE, "none")], False),
        ([(SITE, "cross-site"), (ORIGIN, HERE.origin)], False),
        ([(SITE, "same-origin"), (SITE, "cross-site")], False),
        ([(ORIGIN, HERE.origin)], True),
        ([(ORIGIN, "http://localhost:8001")], False),
        ([(ORIGIN, "https://localhost:8000")], False),
        ([(ORIGIN, "null")], False),
        ([(ORIGIN, HERE.origin), (ORIGIN, HERE.origin)], False),
        ([], False),
    ],
)
def test_only_a_page_of_the_desk_changes_something(
    pairs: list[tuple[str, str]], counts: bool
) -> None:
    assert counts is is_from_desk("POST", headers(*pairs), HERE.origin)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(method: str) -> None:
    assert is_from_desk(method, headers((SITE, "cross-site")), HERE.origin)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "post", "get"])
def test_any_other_method_changes_something(method: str) -> None:
    assert not is_from_desk(method, headers((SITE, "cross-site")), HERE.origin)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("owner", {"owner", "editor", "viewer"}),
        ("editor", {"editor", "viewer"}),
        ("viewer", {"viewer"}),
        (None, set()),
    ],
)
def test_a_role_may_what_those_below_it_may(role: str | None, may: set[str]) -> None:
    visitor = Visitor(admission=HERE, address="", name="Anna", role=role)  # type: ignore[arg-type]

    assert may == {name for name in ("owner", "editor", "viewer") if visitor.may(name)}
