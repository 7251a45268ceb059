"""Corpus: the files of labelled data, wherever they lie: one file, a zip, a folder of either."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from copydesk.errors import DataError

_MAX_BYTES = 64 * 1024 * 1024  # of one file, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a corpus: its name below where it lies, with slashes, and its bytes.

    `path` is the file on disk: itself, or the zip that holds it. `holder` is the zip or folder
    below which the name counts.
    """

    name: str
    data: bytes
    path: Path
    holder: Path

    @property
    def stem(self) -> str:
        """Return the name without its last ending."""
        head, dot, ending = self.name.rpartition(".")
        return head if dot and "/" not in ending else self.name

    @property
    def folder(self) -> str:
        """Return the folders of the name with the last slash, "" where there is none."""
        return "".join(self.name.rpartition("/")[:2])

    @property
    def place(self) -> str:
        """Return where a person finds it."""
        return f"{self.path}: {self.name}" if self.path == self.holder else str(self.path)


def files(paths: Iterable[Path]) -> Iterator[File]:
    """Yield every file of these paths, in the order of their names; zips are looked into.

    Raises DataError for a path that is not there, a broken zip or a file that is too big.
    """
    for path in paths:
        if path.is_dir():
            inside = sorted(inner for inner in path.rglob("*") if inner.is_file())
            for inner in inside:
                yield from _open(inner, inner.relative_to(path).as_posix(), path)
        else:
            yield from _open(path, path.name, path.parent)


def _open(path: Path, name: str, holder: Path) -> Iterator[File]:
    try:
        if path.suffix == ".zip":
            yield from _open_zip(path)
        else:
            _check_size(path.stat().st_size, str(path))
            yield File(name=name, data=path.read_bytes(), path=path, holder=holder)
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})", subject=str(path)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        # the last two: a file under a password, a compression that zipfile does not know
        raise DataError(f"no zip that can be read ({error})", subject=str(path)) from error


def _open_zip(path: Path) -> Iterator[File]:
    with zipfile.ZipFile(path) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if not member.is_dir():
                _check_size(member.file_size, f"{path}: {member.filename}")
                data = archive.read(member)
                yield File(name=member.filename, data=data, path=path, holder=path)


def _check_size(size: int, subject: str) -> None:
    if size > _MAX_BYTES:
        raise DataError("a file is too big", subject=subject, hint="64 MB at most")
