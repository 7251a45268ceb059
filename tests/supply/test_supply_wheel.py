"""Wheel and source archive: built twice, under other circumstances, they are the same bytes."""

from __future__ import annotations

import os
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from world.bill import Commit, read_commit
from world.packing import build, build_commit, unpack, write_sums

FAR = {
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "tr_TR.UTF-8",
    "LANG": "tr_TR.UTF-8",
    "PYTHONHASHSEED": "4711",
    "HOME": "/nowhere",
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def commit() -> Commit:
    return read_commit()


@pytest.fixture(scope="module")
def built(commit: Commit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("built") / "dist"
    build_commit(commit, into)
    return into


@pytest.fixture
def other_umask() -> Iterator[None]:
    former = os.umask(0o077)
    yield
    os.umask(former)


@pytest.mark.usefixtures("other_umask")
def test_place_time_rights_order_and_language_change_no_byte(
    commit: Commit, built: Path, tmp_path: Path
) -> None:
    source = tmp_path / "a longer path, with ünusual letters" / "copydesk"
    unpack(commit, source, backwards=True)
    for path in source.rglob("*"):
        os.utime(path, (86_400, 86_400))
        path.chmod(0o700 if path.is_dir() or path.stat().st_mode & 0o100 else 0o600)

    build(commit, source, tmp_path / "dist", FAR)

    names = sorted(path.name for path in built.iterdir())
    assert ["copydesk-0.1.0-py3-none-any.whl", "copydesk-0.1.0.tar.gz"] == names
    for name in names:
        assert (built / name).read_bytes() == (tmp_path / "dist" / name).read_bytes()


def test_the_wheel_has_the_package_and_no_tests(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        tops = {name.split("/")[0] for name in wheel.namelist()}
        assert {"copydesk", "copydesk-0.1.0.dist-info"} == tops
        assert "copydesk/newsroom/recipes/run.lock" in wheel.namelist()


def test_all_times_in_it_are_the_commits(commit: Commit, built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        assert {commit.time.timestamp()} == {member.mtime for member in archive.getmembers()}
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        earliest = commit.time.replace(second=commit.time.second // 2 * 2)  # zip counts in twos
        assert {earliest.timetuple()[:6]} == {info.date_time for info in wheel.infolist()}


def test_sums_are_as_sha256sum_reads_them() -> None:
    assert "aa  copydesk.tar.gz\nbb  copydesk.whl\n" == write_sums(
        {"copydesk.whl": "bb", "copydesk.tar.gz": "aa"}
    )
