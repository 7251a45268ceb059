"""Files are written whole or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from copydesk.kit import files


def test_a_file_is_written_with_its_folders_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    files.write_atomic(path, b"x", mode=0o600)
    assert path.read_bytes() == b"x"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        files.write_atomic(path, b"x")
    assert [path] == list(tmp_path.iterdir())


def test_equal_bytes_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert files.write_if_changed(path, b"x")
    before = path.stat().st_ino
    assert not files.write_if_changed(path, b"x")
    assert path.stat().st_ino == before
    assert files.write_if_changed(path, b"y")
