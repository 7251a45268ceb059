"""What a server shows of its rounds, and how both end together."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from copydesk.kit import locks
from copydesk.newsroom.backup import read_backup_status
from copydesk.newsroom.reports import RoundStatus, read_round_status
from world.backups import set_backups
from world.machine import PATIENCE_SECONDS
from world.newsroom import quiet_newsroom
from world.served_newsroom import serve_command


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return quiet_newsroom(tmp_path / "beat")


@contextmanager
def serving(root: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a newsroom in a process group of its own; give the process and its address."""
    command = serve_command(root)
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        found = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in lines)
        try:
            yield process, next(one[0] for one in found if one)
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()


def get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def until(what: Callable[[], bool]) -> None:
    """Wait until something is so, at most a minute."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


def round_at_work(root: Path) -> RoundStatus | None:
    status = read_round_status(root / ".copydesk")
    return status if status is not None and status.is_at_work else None


def test_the_first_page_becomes_the_site_and_the_round_is_counted(root: Path) -> None:
    lock = locks.Lock(root / ".copydesk" / "build.lock")
    assert lock.acquire()  # the round waits for it

    with serving(root) as (_, address):
        until(lambda: "The site is being built." in get(address)[1])
        before = get(address)[0], get(f"{address}/metrics")[1]
        lock.release()
        until(lambda: get(address)[0] == 200)
        until(lambda: "copydesk_rounds_total{" in get(f"{address}/metrics")[1])
        figures = get(f"{address}/metrics")[1]

    assert 503 == before[0]
    assert "copydesk_rounds_total{" not in before[1]
    assert 'copydesk_rounds_total{result="complete"} 1.0' in figures


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_round_at_work_ends_with_its_server(root: Path, number: signal.Signals) -> None:
    lock = locks.Lock(root / ".copydesk" / "build.lock")
    assert lock.acquire()  # the round waits for it

    with serving(root) as (process, _):
        until(lambda: round_at_work(root) is not None)
        if number == signal.SIGINT:  # Ctrl-C reaches all that a terminal runs
            os.killpg(process.pid, number)
        else:
            process.terminate()
        said = process.communicate(timeout=PATIENCE_SECONDS)[1]

    assert 0 == process.returncode
    assert said.endswith("stopped\n")
    assert round_at_work(root) is None
    assert "Traceback" not in said
    lock.release()


def test_a_server_makes_backups_while_a_round_waits(root: Path) -> None:
    target = root.parent / "target"
    target.mkdir()
    set_backups(root, "folder", table='path = "../target"')
    lock = locks.Lock(root / ".copydesk" / "build.lock")
    assert lock.acquire()  # the round waits for it, and no backup does

    with serving(root):
        until(lambda: read_backup_status(root / ".copydesk") is not None)
        lock.release()

    status = read_backup_status(root / ".copydesk")
    assert status is not None
    assert status.made is not None
    assert (target / status.name).exists()
