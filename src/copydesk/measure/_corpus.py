"""Corpus: the files of labelled data, wherever they lie: one file, a zip, a folder of either."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from copydesk.errors import DataError

_MAX_BYTES = 64 * 1024 * 1024  # of one file, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a corpus: its name below where it lies, with slashes, and its bytes."""

    name: str
    data: bytes

    @property
    def stem(self) -> str:
        """Give the name without its last ending."""
        head, dot, ending = self.name.rpartition(".")
        return head if dot and "/" not in ending else self.name


def files(paths: Iterable[Path]) -> Iterator[File]:
    """Give every file of these paths, in the order of their names; zips are looked into.

    Raises DataError for a path that is not there, a broken zip or a file that is too big.
    """
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.is_file())
            for one in inside:
                yield from _opened(one, one.relative_to(path).as_posix())
        else:
            yield from _opened(path, path.name)


def _opened(path: Path, name: str) -> Iterator[File]:
    try:
        if path.suffix == ".zip":
            yield from _zipped(path)
        else:
            _must_be_bounded(path.stat().st_size, str(path))
            yield File(name=name, data=path.read_bytes())
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", subject=str(path)) from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        # the last two: a file under a password, a compression that zipfile does not know
        raise DataError(f"no zip that can be read ({error})", subject=str(path)) from error


def _zipped(path: Path) -> Iterator[File]:
    with zipfile.ZipFile(path) as opened:
        for member in sorted(opened.infolist(), key=lambda one: one.filename):
            if not member.is_dir():
                _must_be_bounded(member.file_size, f"{path}: {member.filename}")
                yield File(name=member.filename, data=opened.read(member))


def _must_be_bounded(size: int, subject: str) -> None:
    if size > _MAX_BYTES:
        raise DataError("a file is too big", subject=subject, hint="64 MB at most")
