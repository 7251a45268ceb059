"""Long work says what it does, how much is done, and how long the rest takes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from copydesk.cli import terminal
from copydesk.kit import processes
from world.machine import PATIENCE_SECONDS
from world.newsroom import newsroom, record_web, small_web


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_host_with_many_pages_left_says_how_long_it_takes() -> None:
    clock = Clock()
    work = terminal.Work(clock)
    work.stage("pages", 93, {"bike.example": 80, "gull.example": 13})
    for number in range(8):
        clock.now += 5
        work.step(host="bike.example")
        work.step(host="gull.example" if number < 7 else "")

    assert "reading pages: 16 of 93, about 6 min left (72 from bike.example, one in 5 s)" == (
        work.describe()
    )


def test_the_whole_pace_counts_where_no_host_is_slower() -> None:
    clock = Clock()
    work = terminal.Work(clock)
    work.stage("judge", 1_200)
    clock.now = 60
    work.step(600)
    assert "scoring stories: 600 of 1,200, about 60 s left" == work.describe()

    clock.now = 119
    work.step(590)
    assert "scoring stories: 1,190 of 1,200" == work.describe()


@pytest.mark.parametrize(
    ("name", "told"),
    [("publish", "building the site: 12s"), ("an issue", "an issue: 12s"), ("", "starting: 12s")],
)
def test_work_of_unknown_length_says_how_long_it_goes_on(name: str, told: str) -> None:
    clock = Clock()
    work = terminal.Work(clock)
    if name:
        work.stage(name)
    clock.now = 12

    assert told == work.describe()


def test_a_new_stage_forgets_the_hosts_of_the_last() -> None:
    clock = Clock()
    work = terminal.Work(clock)
    work.stage("sources", 2, {"gull.example": 2})
    clock.now = 100
    work.step(host="gull.example")
    work.stage("pages", 4, {"heron.example": 4})
    clock.now = 110
    work.step(host="heron.example")

    assert "reading pages: 1 of 4, about 30 s left (3 from heron.example, one in 10 s)" == (
        work.describe()
    )


def test_lines_come_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress(line_seconds=0.01) as work:
        work.stage("pages", 3)
        work.step()
        end = time.monotonic() + PATIENCE_SECONDS
        said = ""
        while "reading pages: 1 of 3" not in said and time.monotonic() < end:
            said += capsys.readouterr().err

    assert "reading pages: 1 of 3\n" in said
    capsys.readouterr()
    time.sleep(0.05)
    assert "" == capsys.readouterr().err


def test_the_environment_turns_them_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_PROGRESS", "off")
    with terminal.progress(line_seconds=0.001) as work:
        work.stage("pages", 3)
        time.sleep(0.05)

    assert "" == capsys.readouterr().err


@pytest.mark.parametrize("columns", [40, 120])
def test_a_terminal_shows_a_bar_and_clears_it(tmp_path: Path, columns: int) -> None:
    root = newsroom(tmp_path / "beat")
    web = record_web(tmp_path / "web.warc.gz", small_web())
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "run", "--web", str(web)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns)}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 65536):
                said += part
        except OSError:  # Linux: the other end is closed
            pass
        os.close(ours)
    assert 0 == process.returncode
    assert "building the site" in said.decode().replace("\r\n", "")
    assert said.decode().rstrip().endswith("\x1b[2K")


def test_a_terminal_without_a_bar_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COPYDESK_PROGRESS", raising=False)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    told = threading.Event()
    monkeypatch.setattr(terminal, "note", lambda words: told.set() if "of 9" in words else None)

    with terminal.progress(0.01) as work:
        work.stage("addresses", 9)
        assert told.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_work_is_shared_among_processes_while_progress_shows(
    monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    monkeypatch.delenv("COPYDESK_PROGRESS", raising=False)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    enumerate_all = threading.enumerate
    others = {*enumerate_all()} - {threading.current_thread()}  # of whoever runs the tests
    monkeypatch.setattr(threading, "enumerate", lambda: [*{*enumerate_all()} - others])

    with terminal.progress(60.0) as work:
        work.stage("publish", 9)
        assert 1 < len(threading.enumerate())
        assert processes.can_fork()
