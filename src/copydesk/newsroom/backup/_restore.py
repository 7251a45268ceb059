"""Restore a backup (a gzipped tar): unpack it into a folder, compare it, and move it to its place.

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
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Literal, cast

from copydesk import archive, config
from copydesk.archive import git
from copydesk.desk_store import has_posts, open_desk
from copydesk.errors import BackupError, ConfigError, GitError, UsageError
from copydesk.kit import dates, files
from copydesk.mail_store import open_mail
from copydesk.news.options import FetchOptions
from copydesk.newsroom import reports
from copydesk.newsroom._newsroom import PRIVATE
from copydesk.newsroom.backup import _manifest, _targets
from copydesk.newsroom.reports import MissingCount, MissingParts

CHUNK = 1 << 18
_BLOCK = 512
_MOST_PADDING = 1 << 16
_LATEST = 1 << 33  # seconds since 1970: every file system knows them


class Member:
    """One member of a backup file: its name, size, time and bytes, to be read once and in order."""

    def __init__(self, name: str, size: int, changed: float, source: _Source) -> None:
        self.name = name
        self.size = size
        self.changed = min(max(changed, 0), _LATEST)
        self._source = source
        self._left = size

    def chunks(self) -> Iterator[bytes]:
        """Yield the member's bytes in chunks; raises BackupError if they end too early."""
        while self._left:
            chunk = self._source.read(min(CHUNK, self._left))
            self._left -= len(chunk)
            yield chunk

    def finish(self) -> None:
        """Skip the member's bytes that were not read, and the padding after them."""
        for _ in self.chunks():
            pass
        self._source.read(-self.size % _BLOCK)


class _Source:
    """Reads an exact number of bytes; raises BackupError if the file is damaged or no backup."""

    def __init__(self, stream: IO[bytes], subject: str) -> None:
        self._stream = stream
        self._subject = subject

    def read(self, length: int) -> bytes:
        data = self.read_up_to(length)
        if len(data) < length:
            raise self.damage("the file ends too early")
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
            hint="nothing was restored; use another backup, or copy the file again",
        )


@contextlib.contextmanager
def open_container(file: Path) -> Iterator[Iterator[Member]]:
    """Open a backup file and yield its members; each must be read before the next.

    After the last member the whole file is checked. Raises BackupError.
    """
    with files.explain_errors(BackupError, "the backup cannot be read", file):
        raw = file.open("rb")
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
        raise source.damage("the file has unknown data after its end")


def _parse_header(header: bytes, source: _Source) -> Member:
    try:
        told = tarfile.TarInfo.frombuf(header, "ascii", "strict")
    except (tarfile.TarError, ValueError) as error:
        raise source.damage(str(error)) from error
    if told.type != tarfile.REGTYPE or told.size < 0:
        raise source.damage("an entry of the archive is not a regular file")
    return Member(told.name, told.size, told.mtime, source)


# Unpack a backup into a new staging folder; each part is checked against its digest.
#
# FILE ── manifest ──> the commit of HEAD ── delete removed files, add the others ──> folder

_GZIP = b"\x1f\x8b"
_HINT = "nothing was restored; use another backup, or copy the file again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """An unpacked backup: its manifest, git repository's top folder, and newsroom folder."""

    manifest: _manifest.BackupManifest
    top: Path
    newsroom: Path


def unpack(file: Path, staging: Path) -> Unpacked:
    """Unpack a backup below a private staging folder; return its manifest and folders.

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
            raise _fault("the backup has a part that its manifest does not list", file)
    return Unpacked(manifest=manifest, top=top, newsroom=top / prefix)


@dataclass(eq=False)
class _Layout:
    """Puts the parts of a backup in their places in a new newsroom folder."""

    manifest: _manifest.BackupManifest
    top: Path
    newsroom: Path
    arrived: Path
    file: Path

    def begin(self) -> None:
        """Create the newsroom folder, and the git repository if the backup's has no commits."""
        with _manifest.writing(self.top):
            self.arrived.mkdir()
        if self.manifest.repository is None:
            with _manifest.writing(self.top):
                self.top.mkdir()
        elif not self.manifest.has("records"):
            self._restore_records(self.arrived / "none")

    def take(self, part: _manifest.BackupPart, member: Member) -> None:
        """Put a part of the backup in its place once it is complete and its digest is right."""
        arrived = self.arrived / "part"
        with _manifest.writing(self.top):
            self._receive(part, member, arrived)
        if part.kind == "records":
            self._restore_records(arrived)
            arrived.unlink()
            return
        place = self._find_place(part.path)
        with _manifest.writing(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            arrived.chmod(_mode_of(part))
            if part.kind == "cache":
                os.utime(arrived, (member.changed, member.changed))
            arrived.replace(place)

    def _receive(self, part: _manifest.BackupPart, member: Member, arrived: Path) -> None:
        digest = hashlib.sha256()
        with arrived.open("xb") as out:
            for chunk in member.chunks():
                digest.update(chunk)
                out.write(chunk)
        if digest.hexdigest() != part.sha256:
            raise _fault(f"a part of the backup has a wrong digest: {member.name}", self.file)

    def _restore_records(self, bundle: Path) -> None:
        assert self.manifest.repository is not None
        try:
            git.restore_bundle(bundle, self.manifest.repository, self.top)
        except GitError as error:
            raise BackupError(
                f"git cannot read the backup's story files ({error.what})",
                subject=error.subject,
                hint=error.hint or _HINT,
            ) from error
        with _manifest.writing(self.newsroom):
            self.newsroom.mkdir(parents=True, exist_ok=True)
            for path in self.manifest.removed:
                self._remove(path)

    def _remove(self, path: str) -> None:
        """Delete a file that the saved newsroom lacked, and the folders that this leaves empty."""
        place = self._find_place(path)
        if place.is_symlink() or place.is_file():
            place.unlink()
        for folder in place.parents:
            if folder == self.newsroom or not folder.is_dir() or any(folder.iterdir()):
                return
            folder.rmdir()

    def _find_place(self, path: str) -> Path:
        """Return where a part of the backup is written; BackupError if a link leads elsewhere."""
        place = self.top
        for name in (*self.newsroom.relative_to(self.top).parts, *Path(path).parts[:-1]):
            place /= name
            if place.is_symlink() or (place.exists() and not place.is_dir()):
                raise _fault(f"a backup part is inside a file or link: {path[:200]!r}", self.file)
        return place / Path(path).name


def _mode_of(part: _manifest.BackupPart) -> int:
    if part.kind not in {"file", "cache"}:
        return 0o600
    umask = os.umask(0)
    os.umask(umask)
    return (0o777 if part.is_executable else 0o666) & ~umask


def _next_member(
    members: Iterator[Member], part: _manifest.BackupPart, number: int, file: Path
) -> Member:
    member = next(members, None)
    if member is None:
        raise _fault("the backup has too few parts", file)
    if member.name != part.member(number) or member.size != part.bytes:
        raise _fault(f"the backup has an unexpected part: {member.name[:100]!r}", file)
    return member


def _read_manifest(members: Iterator[Member], file: Path) -> _manifest.BackupManifest:
    member = next(members, None)
    if member is None or member.name != _manifest.MANIFEST or member.size > _manifest.MOST_BYTES:
        raise _manifest.no_backup(str(file))
    return _manifest.decode_manifest(b"".join(member.chunks()), str(file))


def _check_beginning(file: Path) -> None:
    unreadable = files.explain_errors(BackupError, "the backup cannot be read", file)
    with unreadable, file.open("rb") as handle:
        beginning = handle.read(len(_GZIP))
    if beginning != _GZIP:
        raise _manifest.no_backup(str(file))


def _check_room(manifest: _manifest.BackupManifest, staging: Path, file: Path) -> None:
    """Raise BackupError if the sizes in the manifest exceed the free space on disk."""
    free = shutil.disk_usage(staging).free
    if manifest.bytes > free:
        raise BackupError(
            f"the backup needs {manifest.bytes:,} bytes, but the disk has only {free:,} free",
            subject=str(file),
            hint="restore the backup on a larger disk",
        )


def _fault(what: str, file: Path) -> BackupError:
    return BackupError(what, subject=str(file), hint=_HINT)


# Restore: unpack next to the place, compare, and then move the folder there.

_FOLDER_MODE = 0o777


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """The result of restoring a backup; `newsroom` is the restored folder.

    `sending_waits` is true if there is a mail database: newsletter issues filed since the backup
    are then sent only when a person allows it. `missing` counts the texts and pictures that
    fetching runs will fetch again, None if the backup has no list of them. `gone` is None if no
    list of who has gone was found. `unread` are lists that could not be read.
    """

    folder: str
    newsroom: str
    manifest: _manifest.BackupManifest
    verification: Verification
    sending_waits: bool
    missing: MissingCount | None
    gone: _targets.GoneSince | None
    unread: tuple[str, ...]
    seconds: float


def check_backup(
    source: str | Path, options: _targets.RestoreOptions, environ: Mapping[str, str]
) -> tuple[_manifest.BackupManifest, Verification]:
    """Restore a backup into a temporary folder and compare it; nothing else is written.

    Raises BackupError, ConfigError, DeployError, UsageError.
    """
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        staging = Path(folder)
        file, *_ = _targets.find_backup(str(source), staging, environ)
        opened = _targets.unseal(file, staging, options.identity)
        restored, verification = restore_apart(opened, staging)
        return restored.manifest, verification


def restore(
    source: str | Path,
    folder: Path,
    now: datetime,
    options: _targets.RestoreOptions | None = None,
    environ: Mapping[str, str] | None = None,
) -> RestoreReport:
    """Restore a backup into a folder that is empty or missing, completely or not at all.

    The backup is a file, the newest of a folder, or an object in a bucket (see `find_backup`). Who
    has gone since is taken out, by the newest list beside it. Raises UsageError if the folder is
    not empty, BackupError if anything differs from the backup's manifest, ConfigError, DeployError.
    """
    started = time.monotonic()
    folder, options = folder.absolute(), options or _targets.RestoreOptions()
    _check_folder(folder)
    place = folder.resolve()
    with _manifest.stage(place.parent) as staging:
        found, *beside = _targets.find_backup(str(source), staging, environ or {})
        file = _targets.unseal(found, staging, options.identity)
        restored = unpack(file, staging)
        verification = compare_newsroom(restored, staging / "index")
        require_equal(verification, found)
        lists, unread = _targets.read_gone_lists(beside, staging, options)
        gone = _targets.apply_gone_list(restored.newsroom, lists)
        sending_waits = _mark_restore(restored, now)
        missing = _note_missing_parts(restored, now)
        _put_in_place(restored, place)
    prefix = restored.newsroom.relative_to(restored.top)
    return RestoreReport(
        folder=str(folder),
        newsroom=str(folder / prefix),
        manifest=restored.manifest,
        verification=verification,
        sending_waits=sending_waits,
        missing=missing,
        gone=gone,
        unread=unread,
        seconds=round(time.monotonic() - started, 3),
    )


def _check_folder(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "the folder is not empty",
            subject=str(folder),
            hint="choose a folder that does not exist yet",
        )
    if not folder.parent.is_dir():
        raise UsageError(
            "the folder does not exist", subject=str(folder.parent), hint="create the folder first"
        )


def require_equal(verification: Verification, file: Path) -> None:
    """Raise BackupError if a restored copy differs from its backup's manifest."""
    if verification.differences:
        first = verification.differences[0]
        raise BackupError(
            f"the restored files differ from the backup ({len(verification.differences)} "
            f"differences, the first in {first.kind}, {first.subject[:200]})",
            subject=str(file),
            hint="nothing was restored; use another backup",
        )


def _mark_restore(restored: Unpacked, now: datetime) -> bool:
    """Mark restored databases, so that a person must allow sending; False if none has mail.

    Issues filed since the backup was begun may have been sent already, so its start time is stored.
    """
    private = restored.newsroom / PRIVATE
    if has_posts(private):
        with contextlib.closing(open_desk(private)) as desk:
            desk.posts.rest_all()
    if not restored.manifest.has("mail"):
        return False
    made = dates.parse(restored.manifest.made)
    assert made is not None  # checked when the manifest was read
    with contextlib.closing(open_mail(private)) as mail:
        mail.ledger.mark_restore(made, now)
    return True


def _note_missing_parts(restored: Unpacked, now: datetime) -> MissingCount | None:
    """Store the list of texts and pictures to fetch again after a restore; return their count."""
    listed = restored.manifest.refetchable
    if listed is None:
        return None
    stories = archive.Archive(restored.newsroom).stories(lambda _: None)
    parts = reports.find_missing_parts(stories, {*listed.texts}, {*listed.pictures})
    missing = MissingParts(restored=now, parts=parts)
    if parts:
        with _manifest.writing(restored.newsroom):
            (restored.newsroom / PRIVATE).mkdir(exist_ok=True)
            reports.write_missing_parts(restored.newsroom / PRIVATE, missing)
    return reports.count_missing_parts(missing, _read_pauses(restored.newsroom))


def _read_pauses(newsroom: Path) -> Callable[[str], float]:
    """Return a function for the pause in seconds between requests to a host, by the settings."""
    try:
        return config.load(newsroom, {}).fetch.delay
    except ConfigError:  # restored as it was: the next command reports the fault
        return FetchOptions().delay


def _put_in_place(restored: Unpacked, place: Path) -> None:
    """Move the whole restored folder to its place in one step."""
    umask = os.umask(0)
    os.umask(umask)
    with _manifest.writing(place):
        restored.top.chmod(_FOLDER_MODE & ~umask)
        os.sync()  # git wrote thousands of files; sync them before the rename
        restored.top.rename(place)
        files.sync_folder(place.parent)


# Verify: compare a restored newsroom with the manifest.

ComparedKind = Literal["refs", "tree", "records", "files", "removed", "integrity", "rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDifference:
    """One difference between the newsroom that was backed up and its restored copy."""

    kind: ComparedKind
    subject: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The result of verifying a backup: the number of things compared, and the differences."""

    compared: dict[ComparedKind, int]
    differences: tuple[BackupDifference, ...]

    @property
    def is_equal(self) -> bool:
        """Return whether the restored copy has no differences."""
        return not self.differences


def verify_backup(file: Path, staging: Path) -> Verification:
    """Restore a backup below a staging folder and compare it; raises BackupError if that fails."""
    return restore_apart(file, staging)[1]


def restore_apart(file: Path, staging: Path) -> tuple[Unpacked, Verification]:
    """Restore a backup below a staging folder; return the copy, and how it compares."""
    folder = staging / "verify"
    with _manifest.writing(folder):
        folder.mkdir()
    restored = unpack(file, folder)
    return restored, compare_newsroom(restored, folder / "index")


def compare_newsroom(restored: Unpacked, index: Path) -> Verification:
    """Compare a restored newsroom with the backup's manifest; `index` is a path for a git index."""
    manifest = restored.manifest
    repository = manifest.repository
    compared: dict[ComparedKind, int] = {
        "refs": len(repository.refs) if repository else 0,
        "tree": 1 if repository and repository.tree else 0,
        "records": sum(manifest.records.values()),
        "files": sum(part.path != "" for part in manifest.parts),
        "removed": len(manifest.removed),
        "integrity": len(manifest.databases),
        "rows": sum(count.rows for count in manifest.databases.values()),
    }
    differences = (
        *_compare_repository(restored, index),
        *_compare_records(restored),
        *_compare_files(restored),
        *_compare_databases(restored),
    )
    return Verification(compared=compared, differences=differences)


def _compare_repository(restored: Unpacked, index: Path) -> Iterator[BackupDifference]:
    """Yield differences in git references, the last commit's tree, and the files in it."""
    repository = restored.manifest.repository
    if repository is None:
        return
    refs = git.list_refs(restored.top)
    for name in sorted({*refs, *repository.refs}):
        yield from _differ("refs", name, repository.refs.get(name, ""), refs.get(name, ""))
    yield from _differ("tree", "HEAD", repository.tree, git.tree_of(restored.top))
    if not repository.head:
        return
    found = git.list_user_changes(restored.newsroom, index=index)
    ours = {part.path for part in restored.manifest.parts if part.kind in {"file", "key"}}
    for path in sorted(set(found.changed) - ours):
        if not path.startswith(f"{PRIVATE}/"):
            yield from _differ("records", path, "as committed", "changed")
    for path in sorted(set(found.removed) - set(restored.manifest.removed)):
        yield from _differ("records", path, "as committed", "missing")


def _compare_records(restored: Unpacked) -> Iterator[BackupDifference]:
    expected = restored.manifest.records
    counts = _manifest.count_records(_walk_collections(restored.newsroom))
    for name in sorted({*expected, *counts}):
        yield from _differ("records", name, expected.get(name, 0), counts.get(name, 0))


def _walk_collections(newsroom: Path) -> Iterator[str]:
    for collection in sorted(newsroom.glob("_*")):
        for folder, folders, names in os.walk(collection):
            links = [name for name in folders if (Path(folder) / name).is_symlink()]
            within = Path(folder).relative_to(newsroom)
            yield from ((within / name).as_posix() for name in (*names, *links))


def _compare_files(restored: Unpacked) -> Iterator[BackupDifference]:
    for part in restored.manifest.parts:
        if part.path:
            digest = _digest(restored.newsroom / part.path)
            yield from _differ("files", part.path, part.sha256, digest)
    for path in restored.manifest.removed:
        place = restored.newsroom / path
        is_there = place.is_symlink() or place.is_file()
        yield from _differ("removed", path, "gone", "there" if is_there else "gone")


def _digest(file: Path) -> str:
    try:
        return files.digest_file(file)
    except OSError as error:
        return str(error.strerror)


def _compare_databases(restored: Unpacked) -> Iterator[BackupDifference]:
    for kind, path in _databases(restored.manifest):
        file = restored.newsroom / path
        fault = _manifest.find_database_fault(file)
        yield from _differ("integrity", path, "", fault)
        if not fault:
            expected, count = restored.manifest.databases[kind], _manifest.count_database(file)
            yield from _differ("rows", f"{path} version", expected.version, count.version)
            for table in sorted({*expected.tables, *count.tables}):
                rows = expected.tables.get(table, -1), count.tables.get(table, -1)
                yield from _differ("rows", f"{path} {table}", *rows)


def _databases(manifest: _manifest.BackupManifest) -> Iterator[tuple[str, str]]:
    for part in manifest.parts:
        if part.kind in {"desk", "mail"}:
            yield part.kind, part.path


def _differ(
    kind: ComparedKind, subject: str, expected: str | int, found: str | int
) -> Iterator[BackupDifference]:
    if expected != found:
        yield BackupDifference(kind=kind, subject=subject, expected=str(expected), found=str(found))
