"""The file of a backup: a gzipped tar of plain members, one after the other.

Only what we write is read: plain files with short names, each of a size that was said before. No
links, devices, long names or extended headers, so nothing a header says can lead elsewhere or fill
the memory, and `tar xzf` takes it apart where there is no copydesk.
"""

from __future__ import annotations

import contextlib
import gzip
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from copydesk.errors import BackupError

CHUNK = 1 << 18
_BLOCK = 512
_MOST_PADDING = 1 << 16
_LEVEL = 3  # git's objects and pictures are packed already
_MODE = 0o600


class ContainerWriter:
    """Put members into a container, in order; what fails is raised as the system gives it."""

    def __init__(self, out: IO[bytes], moment: float) -> None:
        self._moment = int(moment)
        self._zip = gzip.GzipFile("", "wb", _LEVEL, out, mtime=self._moment)
        self._tar = tarfile.TarFile(fileobj=self._zip, mode="w", format=tarfile.GNU_FORMAT)

    def add(self, name: str, size: int, data: IO[bytes]) -> None:
        """Add a member of `size` bytes."""
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, _MODE, self._moment
        self._tar.addfile(member, data)

    def close(self) -> None:
        """Write the end."""
        self._tar.close()
        self._zip.close()


class Member:
    """A member of a container: its name, its size, and its bytes, which are read once, in order."""

    def __init__(self, name: str, size: int, source: _Source) -> None:
        self.name = name
        self.size = size
        self._source = source
        self._left = size

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes; raises BackupError where they end too early."""
        while self._left:
            chunk = self._source.read(min(CHUNK, self._left))
            self._left -= len(chunk)
            yield chunk

    def finish(self) -> None:
        """Pass over what was not read, and over the rest of the last block."""
        for _ in self.chunks():
            pass
        self._source.read(-self.size % _BLOCK)


class _Source:
    """Read exactly so many bytes, or raise BackupError: the container is damaged or none."""

    def __init__(self, stream: IO[bytes], subject: str) -> None:
        self._stream = stream
        self._subject = subject

    def read(self, length: int) -> bytes:
        data = self.read_up_to(length)
        if len(data) < length:
            raise self.damage("it ends too early")
        return data

    def read_up_to(self, length: int) -> bytes:
        parts = []
        while length:
            try:
                part = self._stream.read(length)
            except (OSError, EOFError, zlib.error, ValueError) as error:
                raise self.damage(str(error)) from error
            if not part:
                break
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def damage(self, why: str) -> BackupError:
        return BackupError(
            f"the backup is damaged ({why[:200]})",
            subject=self._subject,
            hint="nothing of it is used: take another backup, or copy the file here again",
        )


@contextlib.contextmanager
def open_container(file: Path) -> Iterator[Iterator[Member]]:
    """Open a container and yield its members, each to be read before the next.

    The last one is followed by a check of the whole file. Raises BackupError.
    """
    try:
        raw = file.open("rb")
    except OSError as error:
        raise BackupError(
            f"the backup cannot be read ({error.strerror})", subject=str(file)
        ) from error
    with raw, gzip.GzipFile(fileobj=raw, mode="rb") as stream:
        yield _members(_Source(cast(IO[bytes], stream), str(file)))


def _members(source: _Source) -> Iterator[Member]:
    while True:
        header = source.read(_BLOCK)
        if not any(header):
            break
        member = _parse_header(header, source)
        yield member
        member.finish()
    rest = source.read_up_to(_MOST_PADDING + 1)
    if any(rest) or len(rest) > _MOST_PADDING:
        raise source.damage("something stands behind its end")


def _parse_header(header: bytes, source: _Source) -> Member:
    try:
        told = tarfile.TarInfo.frombuf(header, "ascii", "strict")
    except (tarfile.TarError, ValueError) as error:
        raise source.damage(str(error)) from error
    if told.type != tarfile.REGTYPE or told.size < 0:
        raise source.damage("a member that is no plain file")
    return Member(told.name, told.size, source)
