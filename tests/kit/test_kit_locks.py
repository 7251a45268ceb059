"""Locks between processes and threads, with flock and on a file system that knows none."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk.kit import locks
from world.machine import PATIENCE_SECONDS

_HOLD = "import sys,time\nfrom pathlib import Path\nfrom copydesk.kit import locks\n"


@pytest.fixture(params=["flock", "no flock"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a lock's path; the second time on a file system without flock."""
    if request.param == "no flock":
        monkeypatch.setattr(fcntl, "flock", _no_locks)  # no such file system can be made here
    return tmp_path / "lock"


def _no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


@pytest.fixture
def dead(path: Path) -> Iterator[int]:
    """Give the id of a process that held the lock and was killed."""
    without = f"import errno,fcntl\ndef no(*_):raise OSError({errno.ENOLCK},'')\nfcntl.flock=no\n"
    code = _HOLD + (without if fcntl.flock is _no_locks else "")
    code += "lock=locks.Lock(Path(sys.argv[1]));print(lock.acquire(),flush=True);time.sleep(60)"
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not locks.Lock(path).acquire()
        holder.send_signal(signal.SIGKILL)
        yield holder.pid


def test_a_lock_is_held_by_one_and_free_afterwards(path: Path) -> None:
    with locks.hold(path) as first:
        assert first
        with locks.hold(path) as second:
            assert not second
    with locks.hold(path) as third:
        assert third


def test_the_lock_of_a_killed_process_is_free(path: Path, dead: int) -> None:
    assert dead

    with locks.hold(path, 2.0) as is_free:
        assert is_free


def test_who_waits_gets_the_lock_when_its_holder_gives_way(path: Path) -> None:
    lock, had = locks.Lock(path), threading.Event()
    assert lock.acquire()

    def word() -> None:
        with locks.hold(path, 5.0) as is_mine:
            assert is_mine
            had.set()

    waiter = threading.Thread(target=word)
    waiter.start()
    while not had.is_set():
        lock.give_way()
        assert lock.is_held
    waiter.join()
    lock.release()
    assert not lock.is_held


def test_who_waits_in_vain_is_told_in_time(path: Path) -> None:
    with locks.hold(path):
        began = time.monotonic()
        assert not locks.Lock(path).acquire(0.05)
        assert time.monotonic() - began < PATIENCE_SECONDS


def test_a_holder_on_another_host_counts_as_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", _no_locks)
    (tmp_path / "lock.holder").write_text("elsewhere 1 1")

    assert not locks.Lock(tmp_path / "lock").acquire()


def test_a_holder_killed_before_it_wrote_its_name_is_passed_over_after_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "flock", _no_locks)
    holder = tmp_path / "lock.holder"
    holder.touch()
    assert not locks.Lock(tmp_path / "lock").acquire()

    os.utime(holder, (time.time() - 61,) * 2)

    with locks.hold(tmp_path / "lock", 1.0) as is_free:
        assert is_free


def test_an_error_that_is_no_missing_flock_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(fcntl, "flock", broken)

    with pytest.raises(OSError, match="Input/output"):
        locks.Lock(tmp_path / "lock").acquire()


def test_it_knows_for_how_long_it_is_held_in_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    lock = locks.Lock(tmp_path / "lock")
    assert lock.held_seconds == 0
    for began in (103.0, 110.0):
        clock[0] = began
        assert lock.acquire()
        clock[0] += 2
        assert lock.held_seconds == 2
        lock.release()
    assert lock.held_seconds == 0


def test_another_user_can_not_open_a_lock_to_hold_it(path: Path) -> None:
    path.parent.chmod(0o755)
    umask = os.umask(0)
    try:
        with locks.hold(path, 0):
            mode = path.stat().st_mode & 0o777
    finally:
        os.umask(umask)

    assert 0o600 == mode
