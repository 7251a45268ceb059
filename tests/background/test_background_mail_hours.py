"""Mail and backup hours: while the server runs, mail goes out and backups are made."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from copydesk import config
from copydesk.background import MailHours, NewsroomFolder, NewsroomService, open_service
from copydesk.mail_store import open_mail
from copydesk.newsroom import open_newsroom
from copydesk.newsroom.backup import keep_backup
from world.backups import set_backups
from world.command import copydesk
from world.fetching import StepClock
from world.mail_soak import add_readers, mail_newsroom
from world.newsroom import NOW, newsroom

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
        "a newsletter issue is waiting: the mail settings changed since a check was overruled"
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
    assert said.startswith("unusually many sign-ups: 500 of 500 confirmation mails")


def overrule(root: Path) -> None:
    done = copydesk("-C", root, "mail", "doctor", "--overrule", "all", "--why", "mended")
    assert 0 == done.code, done.err


# Backups.


class Backups:
    """Backup hours of a newsroom; `codes` are how its backups end, an OSError is no process."""

    def __init__(self, folder: Path, *codes: int | OSError, every_hours: int = 24) -> None:
        self.root = newsroom(folder / "newsroom")
        (folder / "target").mkdir()
        set_backups(
            self.root, "folder", table='path = "../target"', more=f"every_hours = {every_hours}"
        )
        self.clock = StepClock()
        self.clock.at = NOW
        self.said: list[str] = []
        self.made: list[datetime] = []
        self._codes = list(codes)
        folder_ = NewsroomFolder(config.load(self.root, {}), {})
        served = asyncio.run(self._serve())  # as a server has them, but with a clock of our own
        kind = type(served.backup_hours)
        self.hours = kind(folder_, self.clock, self._back_up, self.said.append)

    async def _serve(self) -> NewsroomService:
        with open_newsroom(self.root, NOW, {}) as opened:
            async with open_service(opened, self.said.append, runs_rounds=False) as service:
                return service

    async def _back_up(self) -> int:
        self.made.append(self.clock.at)
        code = self._codes.pop(0) if self._codes else 0
        if isinstance(code, OSError):
            raise code
        if not code:
            keep_backup(self.root, self.clock.at, {})
        return code

    def look(self, **later: float) -> int:
        """Look once, so long after the last time; return how often a backup was begun so far."""
        self.clock.at += timedelta(**later)
        asyncio.run(self.hours.look())
        return len(self.made)


def test_a_backup_is_made_at_once_and_then_each_day(tmp_path: Path) -> None:
    backups = Backups(tmp_path)

    looks = [backups.look(hours=hours) for hours in (0, 1, 22.9, 0.2, 1)]

    assert [1, 1, 1, 2, 2] == looks
    assert [] == backups.said


def test_after_a_failure_it_waits_longer_each_time(tmp_path: Path) -> None:
    backups = Backups(tmp_path, 1, OSError(11, "no process"), 1, 0)

    looks = [backups.look(minutes=minutes) for minutes in (0, 1, 4.1, 9, 1.1, 19, 1.1, 1)]

    assert [1, 1, 2, 2, 3, 3, 4, 4] == looks
    assert 3 == len(backups.said)
    assert "the next try is in 0:05:00" in backups.said[0]


def test_a_backup_from_the_future_stops_none(tmp_path: Path) -> None:
    backups = Backups(tmp_path)
    assert 1 == backups.look(days=900)

    assert 2 == backups.look(days=-900)
    assert 2 == backups.look(minutes=1)


def test_a_clock_that_is_set_back_ends_a_rest(tmp_path: Path) -> None:
    backups = Backups(tmp_path, 1)
    assert 1 == backups.look(days=900)

    assert 2 == backups.look(days=-900)


def test_without_a_target_no_backup_is_made(tmp_path: Path) -> None:
    backups = Backups(tmp_path)
    set_backups(backups.root, "folder", table='path = "../target"')
    beat = backups.root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace('to = "folder"', 'to = ""'), "utf-8")

    assert 0 == backups.look()
