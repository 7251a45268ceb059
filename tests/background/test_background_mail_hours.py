"""Mail hours: while the server runs mail goes out, whatever fails meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk import config
from copydesk.background import MailHours, NewsroomFolder
from copydesk.mail_store import open_mail
from world.command import copydesk
from world.fetching import StepClock
from world.mail_soak import add_readers, mail_newsroom
from world.newsroom import NOW

NOBODY = 9  # a port at which nobody listens


class Hours:
    """Mail hours of a newsroom with an issue that is due; `codes` are what sending answers."""

    def __init__(self, root: Path, *codes: int | OSError) -> None:
        self.clock = StepClock()
        self.clock.at = NOW + timedelta(minutes=1)
        self.said: list[str] = []
        self.sent = 0
        self._codes = list(codes)
        folder = NewsroomFolder(config.load(root, {}), {})
        self.hours = MailHours(folder, self.clock, self._send, self.said.append)

    async def _send(self) -> int:
        self.sent += 1
        code = self._codes.pop(0)
        if isinstance(code, OSError):
            raise code
        return code

    def look(self) -> None:
        """Look once whether something is due."""
        asyncio.run(self.hours.send_issues())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = mail_newsroom(tmp_path, NOBODY)
    add_readers(root, 1)
    return root


def test_what_a_bug_ends_ends_as_a_whole_and_can_begin_anew(root: Path) -> None:
    async def send() -> int:
        raise RuntimeError("a bug")

    async def go() -> list[int]:
        folder = NewsroomFolder(config.load(root, {}), {})
        clock = StepClock()
        clock.at = NOW + timedelta(minutes=1)
        hours, left = MailHours(folder, clock, send, lambda _: None), list[int]()
        for _ in range(2):
            with pytest.raises(RuntimeError, match="a bug"):
                await hours.go_on()
            left.append(len(asyncio.all_tasks()))
        return left

    assert [1, 1] == asyncio.run(go())


def test_a_machine_that_starts_no_process_is_told_and_asked_again(root: Path) -> None:
    hours = Hours(root, OSError(11, "try again"), 0)
    hours.look()
    hours.look()

    assert 2 == hours.sent
    assert ["cannot send newsletters at the moment: [Errno 11] try again"] == hours.said


def test_after_a_sending_that_failed_it_rests(root: Path) -> None:
    hours = Hours(root, 1, 0)
    hours.look()
    hours.look()
    assert 1 == hours.sent

    hours.clock.at += timedelta(seconds=20)
    hours.look()
    assert 2 == hours.sent


def test_a_clock_that_is_set_back_stops_no_sending(root: Path) -> None:
    hours = Hours(root, 1, 0)
    hours.look()
    hours.clock.at -= timedelta(minutes=30)
    hours.look()

    assert 2 == hours.sent


def test_a_folder_that_cannot_be_read_is_told(root: Path) -> None:
    issues = root / "_newsletters"
    issues.rename(root / "elsewhere")
    issues.symlink_to(issues)
    hours = Hours(root)
    hours.look()

    (said,) = hours.said
    assert said.startswith("cannot send email: ")


def test_an_issue_that_the_checks_hold_up_is_told_once_and_goes_when_they_are_overruled(
    root: Path,
) -> None:
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace('host = "localhost"', 'host = "127.0.0.1"'))
    hours = Hours(root, 0)
    hours.look()
    hours.hours._say_once("cannot send email: another thing failed meanwhile")
    hours.look()

    said, _ = hours.said
    assert said.startswith(
        "a newsletter issue is waiting: the settings changed since somebody overruled a check"
    )
    assert 0 == hours.sent

    overrule(root)
    hours.look()
    assert 1 == hours.sent


def test_a_flood_of_sign_ups_is_told_once_a_day(root: Path) -> None:
    hours = Hours(root)
    with closing(open_mail(root / ".copydesk")) as store, store.at_once():
        for _ in range(500):
            store.limits.admit({"mails": 500}, hours.clock.at)

    for _ in range(2):
        asyncio.run(hours.hours.look_for_flood())

    (said,) = hours.said
    assert said.startswith("unusually many sign-ups: 500 of 500 mails to new subscribers")


def overrule(root: Path) -> None:
    done = copydesk("-C", root, "mail", "doctor", "--overrule", "all", "--why", "mended")
    assert 0 == done.code, done.err
