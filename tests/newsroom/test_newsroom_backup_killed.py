"""A backup that is killed, or for which the disk has no room: the earlier one stays."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.errors import CopydeskError
from copydesk.newsroom.backup import (
    BackupOptions,
    RestoreOptions,
    back_up,
    check_backup,
    keep_backup,
    read_backup_status,
    restore,
)
from world.backups import lived_newsroom, make_backup, make_key_pair, names_in, set_backups
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
def test_a_kept_backup_that_is_killed_leaves_no_half_one_and_the_next_goes_on(root: Path) -> None:
    keys, target = make_key_pair(root.parent), root.parent / "target"
    target.mkdir()
    set_backups(root, "folder", keys.recipient, table='path = "../target"', more="keep = 3")
    options = RestoreOptions(identity=keys.identity)
    kills = 0

    for turn, count in enumerate((*range(1, 230, 40), *range(232, 280, 3))):

        def work(count: int = count, turn: int = turn) -> None:
            kill_at(count)
            keep_backup(root, NOW + timedelta(hours=turn), {})

        kills += run_apart(work) == -signal.SIGKILL
        for name in names_in(target):
            if name.startswith("copydesk-") and "-gone." not in name:
                assert check_backup(target / name, options, {})[1].is_equal

    keep_backup(root, NOW + timedelta(days=2), {})
    status = read_backup_status(root / ".copydesk")
    assert status is not None
    assert kills > 12
    # one that was killed after its backup had its name, and before that was noted, may be there
    assert {*status.kept, f"{status.series}-gone.json.gz.age"} <= set(names_in(target))
    assert all(name.startswith(f"{status.series}-") for name in names_in(target))
    assert len(names_in(target)) <= 3 + 1
    assert not [name for name in names_in(root / ".copydesk") if "staging" in name]


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


@pytest.mark.sample("5000")
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
