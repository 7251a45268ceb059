"""The backup file, a gzipped tar of plain members: write it, read it, and unpack it to a folder.

The reader accepts only what the writer makes: plain files with short names and the sizes that the
manifest gives. Links, devices, long names and extended headers are refused, so a header can neither
lead to another path nor fill the memory. Without copydesk, `tar xzf` unpacks the file.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from copydesk.archive import git
from copydesk.errors import BackupError, GitError
from copydesk.newsroom.backup._manifest import (
    MANIFEST,
    MOST_BYTES,
    BackupManifest,
    BackupPart,
    decode_manifest,
    no_backup,
    writing,
)

CHUNK = 1 << 18
_BLOCK = 512
_MOST_PADDING = 1 << 16
_LEVEL = 3  # git objects and pictures are compressed already
_MODE = 0o600


class ContainerWriter:
    """Write members into a container, in order; raises OSError."""

    def __init__(self, out: IO[bytes], moment: float) -> None:
        self._moment = int(moment)
        self._zip = gzip.GzipFile("", "wb", _LEVEL, out, mtime=self._moment)
        self._tar = tarfile.TarFile(fileobj=self._zip, mode="w", format=tarfile.GNU_FORMAT)

    def add(self, name: str, size: int, data: IO[bytes]) -> None:
        """Add the next member, of `size` bytes."""
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, _MODE, self._moment
        self._tar.addfile(member, data)

    def close(self) -> None:
        """Write the end of the archive."""
        self._tar.close()
        self._zip.close()


class Member:
    """A member of a container: its name and size, and its bytes, to be read once and in order."""

    def __init__(self, name: str, size: int, source: _Source) -> None:
        self.name = name
        self.size = size
        self._source = source
        self._left = size

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes; raises BackupError if they end too early."""
        while self._left:
            chunk = self._source.read(min(CHUNK, self._left))
            self._left -= len(chunk)
            yield chunk

    def finish(self) -> None:
        """Skip the bytes that were not read, and the padding after them."""
        for _ in self.chunks():
            pass
        self._source.read(-self.size % _BLOCK)


class _Source:
    """Read an exact number of bytes; raises BackupError if the file is damaged or no container."""

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
    """Open a container and yield its members; each must be read before the next.

    After the last member the whole file is checked. Raises BackupError.
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


# Unpack a backup into a new staging folder; each part is checked against its digest.
#
# FILE ── manifest ──> the commit of HEAD ── delete removed files, add the others ──> folder

_GZIP = b"\x1f\x8b"
_HINT = "nothing was restored: take another backup, or copy the file here again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """An unpacked backup: its manifest, the repository's top folder, and the newsroom in it."""

    manifest: BackupManifest
    top: Path
    newsroom: Path


def read_manifest(file: Path) -> BackupManifest:
    """Return the manifest of a backup; raises BackupError."""
    _check_beginning(file)
    with open_container(file) as members:
        return _read_manifest(members, file)


def unpack(file: Path, staging: Path) -> Unpacked:
    """Unpack a backup below a private staging folder.

    Raises BackupError if anything differs from the manifest, or if the disk is full.
    """
    _check_beginning(file)
    with open_container(file) as members:
        manifest = _read_manifest(members, file)
        _check_room(manifest, staging, file)
        prefix = manifest.repository.prefix if manifest.repository else ""
        top = staging / "restored"
        layout = _Layout(manifest, top, top / prefix, staging / "arrived", file)
        layout.begin()
        for number, part in enumerate(manifest.parts, 1):
            layout.take(part, _next_member(members, part, number, file))
        if next(members, None) is not None:
            raise _fault("a part that its manifest does not name", file)
    return Unpacked(manifest=manifest, top=top, newsroom=top / prefix)


class _Layout:
    """Put the parts of a backup in their places."""

    def __init__(
        self, manifest: BackupManifest, top: Path, newsroom: Path, arrived: Path, file: Path
    ) -> None:
        self._manifest = manifest
        self._top = top
        self._newsroom = newsroom
        self._arrived = arrived
        self._file = file

    def begin(self) -> None:
        """Create the folder, and the repository if the backup has one without commits."""
        with writing(self._top):
            self._arrived.mkdir()
        if self._manifest.repository is None:
            with writing(self._top):
                self._top.mkdir()
        elif not self._manifest.has("records"):
            self._restore_records(self._arrived / "none")

    def take(self, part: BackupPart, member: Member) -> None:
        """Put a part in its place once it is complete and its digest is right."""
        arrived = self._arrived / "part"
        with writing(self._top):
            self._receive(part, member, arrived)
        if part.kind == "records":
            self._restore_records(arrived)
            arrived.unlink()
            return
        place = self._find_place(part.path)
        with writing(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            arrived.chmod(_mode_of(part))
            arrived.replace(place)

    def _receive(self, part: BackupPart, member: Member, arrived: Path) -> None:
        digest = hashlib.sha256()
        with arrived.open("xb") as out:
            for chunk in member.chunks():
                digest.update(chunk)
                out.write(chunk)
        if digest.hexdigest() != part.sha256:
            raise _fault(f"a part with another digest: {member.name}", self._file)

    def _restore_records(self, bundle: Path) -> None:
        assert self._manifest.repository is not None
        try:
            git.restore_bundle(bundle, self._manifest.repository, self._top)
        except GitError as error:
            raise BackupError(
                f"git does not take the backup's records ({error.what})",
                subject=error.subject,
                hint=error.hint or _HINT,
            ) from error
        with writing(self._newsroom):
            self._newsroom.mkdir(parents=True, exist_ok=True)
            for path in self._manifest.removed:
                self._remove(path)

    def _remove(self, path: str) -> None:
        """Delete a file that the newsroom lacked, and the folders that this leaves empty."""
        place = self._find_place(path)
        if place.is_symlink() or place.is_file():
            place.unlink()
        for folder in place.parents:
            if folder == self._newsroom or not folder.is_dir() or any(folder.iterdir()):
                return
            folder.rmdir()

    def _find_place(self, path: str) -> Path:
        """Return a part's place; raises BackupError if a link would lead it elsewhere."""
        place = self._top
        for name in (*self._newsroom.relative_to(self._top).parts, *Path(path).parts[:-1]):
            place /= name
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                raise _fault(f"a part below what is no folder: {path[:200]!r}", self._file)
        return place / Path(path).name


def _mode_of(part: BackupPart) -> int:
    if part.kind != "file":
        return 0o600
    umask = os.umask(0)
    os.umask(umask)
    return (0o777 if part.is_executable else 0o666) & ~umask


def _next_member(members: Iterator[Member], part: BackupPart, number: int, file: Path) -> Member:
    member = next(members, None)
    if member is None:
        raise _fault("a part is missing", file)
    if member.name != part.member(number) or member.size != part.bytes:
        raise _fault(f"a part that is not the one it should be: {member.name[:100]!r}", file)
    return member


def _read_manifest(members: Iterator[Member], file: Path) -> BackupManifest:
    member = next(members, None)
    if member is None or member.name != MANIFEST or member.size > MOST_BYTES:
        raise no_backup(str(file))
    return decode_manifest(b"".join(member.chunks()), str(file))


def _check_beginning(file: Path) -> None:
    try:
        with file.open("rb") as handle:
            beginning = handle.read(len(_GZIP))
    except OSError as error:
        raise BackupError(
            f"the backup cannot be read ({error.strerror})", subject=str(file)
        ) from error
    if beginning != _GZIP:
        raise no_backup(str(file))


def _check_room(manifest: BackupManifest, staging: Path, file: Path) -> None:
    """Raise BackupError if the sizes in the manifest exceed the free space on disk."""
    free = shutil.disk_usage(staging).free
    if manifest.bytes > free:
        raise BackupError(
            f"there is no room for {manifest.bytes:,} bytes, but for {free:,}",
            subject=str(file),
            hint="restore it on a larger disk",
        )


def _fault(what: str, file: Path) -> BackupError:
    return BackupError(f"the backup holds {what}", subject=str(file), hint=_HINT)
