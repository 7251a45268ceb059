"""Whatever is sent to whichever route of the desk: an answer, and no word of who has none."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from copydesk.desk_store import DeskStore, open_desk
from copydesk.desk_store.accounts import Role
from copydesk.desk_store.sessions import Moment
from copydesk.newsroom import accounts
from world.desk_requests import (
    FOR_ALL,
    FOR_EDITORS,
    FOR_OWNERS,
    STORIES,
    DeskRequest,
    requests_to,
)
from world.letter_desk import LETTERS
from world.served_desk import Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom
from world.waiting import waiting_newsroom

pytestmark = pytest.mark.slow

ROLES: dict[str, Role] = {"Olga": "owner", "Ed": "editor", "Vera": "viewer"}
WRITERS = (
    "SELECT editor FROM actions UNION SELECT editor FROM drafts UNION SELECT by FROM issue_changes"
)
ACCOUNTS = "SELECT name, role, subject FROM accounts ORDER BY name"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedDesk:
    """A desk that is served, its store, and each one's browser; nobody's is under ""."""

    served: ServedNewsroom
    store: DeskStore
    browsers: dict[str, Browser]

    def let_in(self, name: str) -> Browser:
        """Return the browser of somebody, who is signed in again where that was ended."""
        browser = self.browsers[name]
        if name and browser.get("/desk/sign-in").status != 303:
            moment = Moment(now=datetime.now(UTC), uptime_seconds=accounts.read_uptime())
            secret = self.store.links.make("enter", moment, name)
            assert browser.post(f"/desk/enter/{secret}").status == 303
        return browser

    def query(self, words: str) -> list[tuple[str, ...]]:
        """Return what stands in the desk's file."""
        file = self.served.root / ".copydesk/desk.sqlite"
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(words).fetchall()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AskedDesk]:
    root = waiting_newsroom(tmp_path_factory.mktemp("routes") / "beat", len(STORIES))
    with (root / "beat.toml").open("a", encoding="utf-8") as settings_file:
        settings_file.write(LETTERS)
    with closing(open_desk(root / ".copydesk")) as store:
        for name, role in {**ROLES, "Gone": ROLES["Ed"]}.items():
            store.accounts.add(name, role, datetime.now(UTC))
        with serve_newsroom(root) as served:
            browsers = {name: served.browser() for name in ("", *ROLES)}
            yield AskedDesk(served=served, store=store, browsers=browsers)


def send(browser: Browser, request: DeskRequest) -> int:
    """Return the status of an answer that is no failure; 413 where nobody read it to its end."""
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": browser.origin, **request.headers}
    with suppress(ConnectionError):
        answer = browser.ask(request.method, request.path, request.body, headers)
        assert answer.status < 500, answer.body
        return answer.status
    return 413


@settings(
    max_examples=1_200,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(
    who=some.sampled_from(("", *ROLES)), request=requests_to((*FOR_ALL, *FOR_EDITORS, *FOR_OWNERS))
)
def test_every_request_is_answered_and_none_fails(
    desk: AskedDesk, who: str, request: DeskRequest
) -> None:
    before = desk.query(ACCOUNTS)

    send(desk.let_in(who), request)

    assert not re.search("Traceback|a request failed", desk.served.said)
    assert {editor for (editor,) in desk.query(WRITERS)} <= {"Olga", "Ed"}
    assert who == "Olga" or before == desk.query(ACCOUNTS)


@settings(max_examples=400)
@given(
    sent=some.one_of(
        some.tuples(some.sampled_from(("", "Vera")), requests_to((*FOR_EDITORS, *FOR_OWNERS))),
        some.tuples(some.just("Ed"), requests_to(FOR_OWNERS)),
    )
)
def test_who_may_not_changes_nothing(desk: AskedDesk, sent: tuple[str, DeskRequest]) -> None:
    who, request = sent
    uploads = desk.served.root / ".copydesk/uploads"
    before = desk.query(ACCOUNTS), {*uploads.glob("*")}
    least = 300 if request.method == "GET" and not who else 400  # a stranger is led to sign-in

    status = send(desk.let_in(who), request)

    assert least <= status or (request.method == "GET" and status == 200)
    assert before == (desk.query(ACCOUNTS), {*uploads.glob("*")})
