"""A backup that is killed, or for which the disk has no room: the earlier one stays."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from copydesk.errors import CopydeskError
from copydesk.newsroom.backup import BackupOptions, back_up, restore
from world.backups import lived_newsroom, make_backup, names_in
from world.newsroom import NOW, write_files

KILLS = 12


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lived_newsroom(tmp_path / "newsroom")


def run_apart(work: Callable[[], object]) -> int:
    """Run a piece of work in a child, and return its exit code: 3 for an error of ours."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except CopydeskError as error:
            code = 3 if error.what else 4
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(count: int) -> None:
    """Let this process be killed at its n-th look at the disk that opens or changes something."""
    looks = 0

    def hear(event: str, _: object) -> None:
        nonlocal looks
        if event in {"open", "os.rename", "os.mkdir", "os.remove", "os.chmod", "subprocess.Popen"}:
            looks += 1
            if looks == count:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)


@pytest.mark.slow
def test_a_backup_that_is_killed_leaves_the_earlier_one_and_the_next_sweeps(root: Path) -> None:
    file = make_backup(root, root.parent / "backup.tar.gz")

    for count in range(1, 60, 60 // KILLS):
        earlier = file.read_bytes()

        def work(count: int = count) -> None:
            kill_at(count)
            back_up(root, file, BackupOptions(verify=True), NOW, {})

        code = run_apart(work)
        assert code in {0, -signal.SIGKILL}
        assert code == 0 or earlier == file.read_bytes()

    make_backup(root, file)
    assert ["backup.tar.gz", "newsroom"] == names_in(root.parent)


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_nothing_that_looks_whole(root: Path) -> None:
    file = make_backup(root, root.parent / "backup.tar.gz")
    back = root.parent / "back"

    for count in range(1, 60, 60 // KILLS):

        def work(count: int = count) -> None:
            kill_at(count)
            restore(file, back, NOW)

        if run_apart(work) == 0:
            break
        assert not back.exists()
    else:
        restore(file, back, NOW)

    assert (back / "notes/new.txt").read_bytes() == b"new\n"
    assert ["back", "backup.tar.gz", "newsroom"] == names_in(root.parent)


@pytest.mark.parametrize("most_bytes", [0, 100, 5_000, 60_000])
def test_a_full_disk_leaves_the_earlier_backup(root: Path, most_bytes: int) -> None:
    write_files(root, {"notes/large.bin": os.urandom(200_000)})
    file = make_backup(root, root.parent / "backup.tar.gz")
    earlier = file.read_bytes()

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        back_up(root, file, BackupOptions(), NOW, {})

    assert run_apart(work) == 3
    assert earlier == file.read_bytes()
    assert ["backup.tar.gz", "newsroom"] == names_in(root.parent)


@pytest.mark.parametrize("most_bytes", [0, 100, 5_000, 60_000])
def test_a_disk_that_is_full_restores_nothing(root: Path, most_bytes: int) -> None:
    write_files(root, {"notes/large.bin": os.urandom(200_000)})
    file = make_backup(root, root.parent / "backup.tar.gz")

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
        restore(file, root.parent / "back", NOW)

    assert run_apart(work) == 3
    assert ["backup.tar.gz", "newsroom"] == names_in(root.parent)
