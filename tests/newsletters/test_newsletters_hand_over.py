"""Hand-over: a service gets an issue once, and what went wrong costs no issue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from copydesk.newsletters.readers import addresses
from copydesk.newsletters.sending import SendReport, send_issues
from copydesk.newsletters.sending.begin import begin_sending
from copydesk.newsroom import Silence, open_newsroom
from world.background import services_in_background
from world.mail_soak import mail_newsroom, name_issue
from world.newsroom import NOW
from world.services import TOKEN, FakeServices

NOBODY = 9  # a port at which nobody listens
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def services() -> Iterator[FakeServices]:
    with services_in_background() as services:
        yield services


@pytest.fixture
def root(tmp_path: Path, services: FakeServices) -> Path:
    """Make a newsroom whose issues go to a mailing list of Mailgun."""
    root = mail_newsroom(tmp_path, NOBODY)
    set_up(root, 'deliver = "smtp"', 'deliver = "mailgun"')
    _add(root, f'[mail.hand_over]\nurl = "{services.url}"\naudience = "news@lists.example"')
    _add(root, "is_draft = false")
    return root


def set_up(root: Path, old: str, new: str) -> None:
    """Have other words in a newsroom's settings."""
    beat = root / "beat.toml"
    text = beat.read_text("utf-8")
    assert old in text
    beat.write_text(text.replace(old, new), "utf-8")


def _add(root: Path, words: str) -> None:
    with (root / "beat.toml").open("a", encoding="utf-8") as out:
        out.write(f"{words}\n")


def send(root: Path, now: datetime = LATER, by: str = "Anna") -> SendReport:
    environ = {"COPYDESK_HAND_OVER_TOKEN": TOKEN}
    with (
        open_newsroom(root, now, environ) as newsroom,
        addresses.open_readers(newsroom) as store,
    ):
        sending = begin_sending(newsroom, store, name_issue(root), by)
        (report,) = send_issues(newsroom, store, [sending], Silence())
        return report


def test_an_issue_is_handed_over_and_the_ledger_says_so(root: Path, services: FakeServices) -> None:
    report = send(root)

    assert ("done", {"handed-over": 1}, "") == (report.state, report.counts, report.trouble)
    assert 1 == len(services.letters)


def test_settings_at_fault_leave_the_issue_to_be_handed_over(
    root: Path, services: FakeServices
) -> None:
    set_up(root, "is_draft = false", "is_draft = true")
    for _ in range(2):
        report = send(root)
        assert "has no drafts" in report.trouble
        assert {"queued": 1} == report.counts
    set_up(root, "is_draft = true", "is_draft = false")

    assert {"handed-over": 1} == send(root).counts
    assert 1 == len(services.letters)


def test_an_issue_that_a_service_refused_goes_once_somebody_says_so(
    root: Path, services: FakeServices
) -> None:
    services.faults = ["401"]
    report = send(root)
    assert "refused the issue" in report.trouble
    assert ("paused", {"waiting": 1}) == (report.state, report.counts)

    assert {"handed-over": 1} == send(root).counts
    assert 1 == len(services.letters)


def test_an_issue_that_a_service_cannot_take_for_days_waits_for_a_word(
    root: Path, services: FakeServices
) -> None:
    services.faults = ["503", "503", "503"]
    for hours in (0, 47):
        report = send(root, LATER + timedelta(hours=hours))
        assert ("sending", "") == (report.state, report.trouble)

    report = send(root, LATER + timedelta(hours=48))

    assert ("paused", {"waiting": 1}) == (report.state, report.counts)
    assert "mailgun did not accept the issue within 48 hours: HTTP 503" in report.trouble
    assert {"handed-over": 1} == send(root, LATER + timedelta(hours=60)).counts


def test_an_issue_of_which_nobody_knows_is_not_handed_over_again(
    root: Path, services: FakeServices
) -> None:
    services.faults = ["done:not JSON"]

    report = send(root)

    assert ("done", {"uncertain": 1}) == (report.state, report.counts)
    assert 1 == len(services.letters)
