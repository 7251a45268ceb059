"""Sessions, links and limits: good for as long as was said, whatever the clock says then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.desk_store import WINDOW, AuditEntry, DeskStore, open_desk
from copydesk.desk_store.sessions import LINK_LIFETIME, Moment, OneUseLink, TokenGrant
from copydesk.errors import DeskStoreError
from copydesk.news import EditorAction
from copydesk.news.ruling import ActionOutcome

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
START = Moment(now=NOON, uptime_seconds=1000.0)
READS = TokenGrant(label="script", scopes=("read",), lifetime=DAY)


@pytest.fixture
def anna(desk: DeskStore) -> DeskStore:
    desk.accounts.add("Anna", "editor", NOON)
    return desk


def later(by: timedelta, clock_set: timedelta = timedelta(0)) -> Moment:
    """Return the moment after so long, when the clock was set forward or back by so much."""
    return Moment(now=NOON + by + clock_set, uptime_seconds=1000.0 + by.total_seconds())


def test_a_session_is_found_by_its_secret_alone(anna: DeskStore) -> None:
    secret = anna.sessions.begin("anna", NOON, DAY, "Firefox", "192.0.2.1")

    session = anna.sessions.find(secret, NOON)

    assert session is not None
    assert ("Anna", "editor", NOON, NOON + DAY, "Firefox", "192.0.2.1") == (
        *(session.name, session.role, session.made),
        *(session.expires, session.agent, session.address),
    )
    for forged in ("", session.id, secret[:-1], secret + "A", "\ud800"):
        assert anna.sessions.find(forged, NOON) is None


def test_no_secret_is_in_the_file(anna: DeskStore, tmp_path: Path) -> None:
    secrets = [
        anna.sessions.begin("Anna", NOON, DAY),
        anna.links.make("enter", START, "Anna"),
        anna.tokens.make(anna.accounts.get("Anna"), READS, NOON),
    ]
    anna.close()

    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert [] == [secret for secret in secrets if secret.encode() in written]


def test_each_session_has_a_secret_of_its_own(anna: DeskStore) -> None:
    assert 5 == len({anna.sessions.begin("Anna", NOON, DAY) for _ in range(5)})


@pytest.mark.parametrize(
    ("at", "is_good"),
    [
        (NOON, True),
        (NOON + DAY - SECOND, True),
        (NOON + DAY, False),
        (NOON - 4 * MINUTE, True),
        (NOON - 6 * MINUTE, False),
    ],
    ids=["at once", "to the last second", "expired", "a clock's error", "clock set back"],
)
def test_a_session_is_good_for_as_long_as_was_said(
    anna: DeskStore, at: datetime, is_good: bool
) -> None:
    secret = anna.sessions.begin("Anna", NOON, DAY)

    assert is_good == (anna.sessions.find(secret, at) is not None)


def test_a_session_has_the_role_that_its_account_has_now(anna: DeskStore) -> None:
    secret = anna.sessions.begin("Anna", NOON, DAY)
    anna.accounts.set_role("Anna", "viewer")

    session = anna.sessions.find(secret, NOON)
    assert session is not None
    assert "viewer" == session.role


def test_when_a_session_was_seen_is_kept_to_the_minute(anna: DeskStore) -> None:
    secret = anna.sessions.begin("Anna", NOON, DAY)
    anna.sessions.find(secret, NOON + 30 * SECOND)
    assert [NOON] == [session.seen for session in anna.sessions.of("Anna", NOON)]

    anna.sessions.find(secret, NOON + MINUTE)

    assert [NOON + MINUTE] == [session.seen for session in anna.sessions.of("Anna", NOON)]


def test_somebody_ends_sessions_of_their_own_alone(anna: DeskStore) -> None:
    anna.accounts.add("Ben", "editor", NOON)
    mine = [anna.sessions.begin("Anna", NOON, DAY) for _ in range(2)]
    (other, _) = anna.sessions.of("Anna", NOON)

    anna.sessions.end("Ben", other.id)
    assert 2 == len(anna.sessions.of("Anna", NOON))
    anna.sessions.end("Anna", other.id)
    assert 1 == len(anna.sessions.of("Anna", NOON))
    assert 1 == anna.sessions.end_all("Anna")
    assert [None, None] == [anna.sessions.find(secret, NOON) for secret in mine]


def test_a_session_that_is_over_is_neither_listed_nor_kept(anna: DeskStore) -> None:
    anna.sessions.begin("Anna", NOON, DAY)
    anna.sessions.begin("Anna", NOON, 3 * DAY)

    assert 1 == len(anna.sessions.of("Anna", NOON + 2 * DAY))
    anna.sessions.forget(NOON + 2 * DAY)
    assert 1 == len(anna.sessions.of("Anna", NOON))


def test_nobody_has_a_session(desk: DeskStore) -> None:
    with pytest.raises(DeskStoreError):
        desk.sessions.begin("Nobody", NOON, DAY)


def test_a_link_is_good_once(anna: DeskStore) -> None:
    secret = anna.links.make("enter", START, "anna")

    assert OneUseLink(purpose="enter", name="Anna") == anna.links.look_at(secret, START)
    assert OneUseLink(purpose="enter", name="Anna") == anna.links.use(secret, START)
    assert anna.links.use(secret, START) is None


@pytest.mark.parametrize(
    ("moment", "is_good"),
    [
        (later(LINK_LIFETIME), True),
        (later(LINK_LIFETIME + SECOND), False),
        (later(20 * MINUTE, clock_set=-10 * MINUTE), False),
        (later(MINUTE, clock_set=-10 * MINUTE), False),
        (later(MINUTE, clock_set=DAY), False),
        (Moment(now=NOON + MINUTE, uptime_seconds=3.0), False),
    ],
    ids=["to the end", "too old", "set back", "before it was made", "set forward", "restarted"],
)
def test_a_link_is_good_for_a_quarter_of_an_hour_by_both_clocks(
    anna: DeskStore, moment: Moment, is_good: bool
) -> None:
    secret = anna.links.make("enter", START, "Anna")

    assert is_good == (anna.links.use(secret, moment) is not None)


def test_a_new_link_ends_the_one_before_it(anna: DeskStore) -> None:
    anna.accounts.add("Ben", "editor", NOON)
    first, other = (anna.links.make("enter", START, name) for name in ("Anna", "Ben"))
    second = anna.links.make("enter", START, "Anna")

    good = [anna.links.use(secret, START) is not None for secret in (first, other, second)]
    assert [False, True, True] == good


def test_setup_links_are_forgotten_together(desk: DeskStore) -> None:
    secret = desk.links.make("setup", START)
    assert OneUseLink(purpose="setup", name="") == desk.links.look_at(secret, START)

    desk.links.forget("setup")

    assert desk.links.look_at(secret, START) is None


def test_attempts_are_admitted_up_to_their_limit(desk: DeskStore) -> None:
    waits = [desk.attempts.admit({"anna": 2, "192.0.2.1": 9}, NOON) for _ in range(3)]

    assert [None, None, WINDOW] == waits
    assert desk.attempts.admit({"ben": 2, "192.0.2.1": 9}, NOON) is None
    assert 14 * MINUTE == desk.attempts.admit({"anna": 2}, NOON + MINUTE)
    assert desk.attempts.admit({"anna": 2}, NOON + WINDOW) is None


def test_another_attempt_fits_when_the_first_is_over(desk: DeskStore) -> None:
    for minutes in (0, 5):
        desk.attempts.admit({"anna": 2}, NOON + minutes * MINUTE)

    assert 9 * MINUTE == desk.attempts.admit({"anna": 2}, NOON + 6 * MINUTE)


def test_attempts_that_are_refused_do_not_make_the_wait_longer(desk: DeskStore) -> None:
    for minutes in range(15):
        desk.attempts.admit({"anna": 1}, NOON + minutes * MINUTE)

    assert desk.attempts.admit({"anna": 1}, NOON + WINDOW) is None


def test_an_attempt_that_was_right_is_taken_back(desk: DeskStore) -> None:
    for minutes in (0, 1):
        desk.attempts.admit({"192.0.2.1": 2, "other": 9}, NOON + minutes * MINUTE)
    desk.attempts.take_back("192.0.2.1")

    assert desk.attempts.admit({"192.0.2.1": 2}, NOON + 2 * MINUTE) is None
    assert 12 * MINUTE == desk.attempts.admit({"192.0.2.1": 2}, NOON + 3 * MINUTE)
    assert desk.attempts.admit({"other": 2}, NOON) is not None


def test_attempts_outlive_a_restart(desk: DeskStore, tmp_path: Path) -> None:
    desk.attempts.admit({"anna": 1}, NOON)
    desk.close()

    again = open_desk(tmp_path)

    assert again.attempts.admit({"anna": 1}, NOON) is not None
    again.close()


def test_a_right_answer_forgets_the_wrong_ones(desk: DeskStore) -> None:
    desk.attempts.admit({"anna": 1, "192.0.2.1": 1}, NOON)
    desk.attempts.clear("anna")

    assert desk.attempts.admit({"anna": 1}, NOON) is None
    assert desk.attempts.admit({"192.0.2.1": 1}, NOON) is not None


def test_a_clock_that_was_a_year_ahead_keeps_nobody_out_for_a_year(desk: DeskStore) -> None:
    desk.attempts.admit({"anna": 1}, NOON + 365 * DAY)

    assert desk.attempts.admit({"anna": 1}, NOON) is None


def test_what_was_typed_as_a_name_is_not_kept(desk: DeskStore, tmp_path: Path) -> None:
    desk.attempts.admit({"hunter2": 9}, NOON)
    desk.close()

    assert all(b"hunter2" not in path.read_bytes() for path in tmp_path.iterdir())


def test_the_audit_log_has_the_latest_first_and_forgets(desk: DeskStore) -> None:
    first = AuditEntry(at=NOON, who="Anna", what="sign-in", address="192.0.2.1")
    second = AuditEntry(at=NOON + DAY, who="Anna", what="account-added", about="Ben")
    desk.audit.add(first)
    desk.audit.add(second)

    assert (second, first) == desk.audit.latest(9)
    assert (second,) == desk.audit.latest(1)
    desk.audit.forget(NOON + DAY)
    assert (second,) == desk.audit.latest(9)


def test_what_is_old_is_forgotten(anna: DeskStore) -> None:
    for days in (0, 300, 400):
        at = NOON - days * DAY
        anna.audit.add(AuditEntry(at=at, who=str(days), what="sign-in"))
        action = EditorAction(id=str(days), kind="verdict", by="Anna", at=at - 5 * DAY)
        anna.actions.put([action])
        anna.actions.note([ActionOutcome(id=str(days), state="done")])
    anna.sessions.begin("Anna", NOON - 2 * DAY, DAY)

    anna.forget_old(NOON)

    assert ["300", "0"] == [entry.who for entry in anna.audit.latest(9)]
    assert {"0"} == set(anna.actions.state(["0", "300", "400"]))
    assert () == anna.sessions.of("Anna", NOON - 2 * DAY)


def test_an_audit_entry_is_cut(desk: DeskStore) -> None:
    desk.audit.add(AuditEntry(at=NOON, who="x" * 500, what="sign-in"))

    assert [200] == [len(entry.who) for entry in desk.audit.latest(1)]
