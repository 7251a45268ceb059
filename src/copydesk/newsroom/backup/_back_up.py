"""Write a backup: a file with everything in a newsroom folder that cannot be made again.

    in git                all references, as a bundle
    not in git            files edited or new, and ignored ones in folders that copydesk reads
    .copydesk             desk.sqlite, mail.sqlite, journal/ (a change under way), uploads/
    only with the key     .copydesk/key, the key that signs mail
    only with articles    .copydesk/articles, .copydesk/pictures

Everything else below .copydesk can be made or fetched again. The backup lists the texts and
pictures there, so that a restore knows which to fetch. Symbolic links are not followed.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import shutil
import sqlite3
import stat
import tarfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

import copydesk
from copydesk import archive, config, deploy, illustrate
from copydesk.archive import git
from copydesk.errors import BackupError, BusyError, ConfigError, CopydeskError, UsageError
from copydesk.kit import dates, files
from copydesk.newsroom._newsroom import PRIVATE, hold_or_refuse
from copydesk.newsroom.backup import _manifest, _restore, _targets
from copydesk.newsroom.backup._restore import Verification

_CHUNK = 1 << 18
_HEAD_BYTES = 4096
_PRIVATE_KEY = b"PRIVATE KEY-----"  # PEM, RFC 7468
_ENVIRONMENT = ".env"
# Of the folders that begin with "_", only Jekyll's output can be made again (jekyllrb.com/docs).
_GENERATED = frozenset({"_site"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The files copied for a backup, each as a part with its copy; files left out or removed."""

    parts: tuple[tuple[_manifest.BackupPart, Path], ...]
    left_out: tuple[_manifest.LeftOut, ...]
    removed: tuple[str, ...]


def collect_files(root: Path, staging: Path, keys: tuple[str, ...], *, has_git: bool) -> Collected:
    """Copy the files that are not in git into `staging`; `keys` are the key files to include."""
    uncommitted = git.list_user_changes(root)
    if has_git:
        wanted = {*uncommitted.changed, *git.list_ignored_files(root, _read_places(root))}
    else:
        wanted = set(_all_files(root))
    candidates: list[tuple[_manifest.PartKind, str]] = [
        *(("key", path) for path in keys),
        *(("private", path) for path in sorted(_private_files(root))),
        *(("file", path) for path in sorted(wanted - set(keys)) if _is_ours(path)),
    ]
    copier = _Copier(root, staging)
    for kind, path in candidates:
        copier.take(kind, path)
    return Collected(
        parts=tuple(copier.parts),
        left_out=tuple(copier.left_out),
        removed=tuple(filter(_manifest.is_safe_path, uncommitted.removed)) if has_git else (),
    )


def collect_cache(root: Path, staging: Path) -> _Copier:
    """Copy the article texts and pictures, whose files are complete at any time, into `staging`."""
    copier = _Copier(root, staging)
    for folder in _manifest.CACHE_FOLDERS:
        for name in sorted(files.list_names(root / PRIVATE / folder)):
            if not name.startswith("."):
                copier.take("cache", f"{PRIVATE}/{folder}/{name}")
    return copier


def list_refetchable(root: Path) -> _manifest.Refetchable:
    """Return marks (hashed URLs) of stored texts and pictures that can be fetched again."""
    private = root / PRIVATE
    texts = archive.ArticleStore(private / "articles", 0).marks().values()
    album = illustrate.Album(private / "pictures", 0)
    addresses = {*album.thumbnails(), *album.list_waiting()}
    return _manifest.Refetchable(
        texts=tuple(sorted({mark for marks in texts for mark in marks})),
        pictures=tuple(sorted(map(archive.address_mark, addresses))),
    )


class _Copier:
    """Copies single files for a backup, and collects its parts and the files left out."""

    def __init__(self, root: Path, staging: Path) -> None:
        self._root = root
        self._staging = staging
        self.parts: list[tuple[_manifest.BackupPart, Path]] = []
        self.left_out: list[_manifest.LeftOut] = []

    def take(self, kind: _manifest.PartKind, path: str) -> None:
        """Copy a file for the backup, or note why it is left out; ignore a missing one."""
        reason = _find_reason(self._root, path)
        try:
            if not reason:
                reason = self._copy(kind, path)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise BackupError(
                f"a file cannot be copied ({error.strerror})",
                subject=str(self._root / path),
                hint="check its permissions, and whether the disk is full",
            ) from error
        if reason:
            self.left_out.append(_manifest.LeftOut(path=_readable(path), reason=reason))

    def _copy(self, kind: _manifest.PartKind, path: str) -> _manifest.LeftOutReason | None:
        copy = self._staging / f"{len(self.parts)}"
        digest, size = hashlib.sha256(), 0
        with _open_plain(self._root / path) as source:
            head = source.read(_HEAD_BYTES)
            if kind != "key" and _PRIVATE_KEY in head:
                return "private-key"
            status = os.fstat(source.fileno())
            with copy.open("xb") as target:
                chunk = head
                while chunk:
                    digest.update(chunk)
                    size += target.write(chunk)
                    chunk = source.read(_CHUNK)
            os.utime(copy, ns=(status.st_mtime_ns, status.st_mtime_ns))
        part = _manifest.BackupPart(
            kind=kind,
            path=path,
            bytes=size,
            sha256=digest.hexdigest(),
            is_executable=bool(status.st_mode & stat.S_IXUSR),
        )
        self.parts.append((part, copy))
        return None


def _find_reason(root: Path, path: str) -> _manifest.LeftOutReason | None:
    """Return the reason to leave a file out of a backup by path and type, None to copy it."""
    if path.endswith("/"):
        return "repository"
    if not _manifest.is_safe_path(path):
        return "outside" if Path(path).is_absolute() or ".." in path.split("/") else "name"
    if path.rsplit("/", 1)[-1] == _ENVIRONMENT:
        return "environment"
    names = path.split("/")
    above = (root.joinpath(*names[:depth]) for depth in range(1, len(names) + 1))
    if any(place.is_symlink() for place in above):
        return "link"
    is_plain = (root / path).is_file() or not (root / path).exists()
    return None if is_plain else "special"


def _open_plain(file: Path) -> IO[bytes]:
    """Open a file that is not a link for reading; does not block if a pipe has replaced it."""
    return os.fdopen(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _readable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")


def _is_ours(path: str) -> bool:
    return not path.startswith((f"{PRIVATE}/", _manifest.STAGING))


def _read_places(root: Path) -> tuple[str, ...]:
    """Return the names at the newsroom's top that copydesk reads, even if git ignores them."""
    names = ("beat.toml", *sorted(path.name for path in root.glob("_*")))
    return tuple(name for name in names if name not in _GENERATED)


def _private_files(root: Path) -> Iterator[str]:
    for name in _manifest.PRIVATE_FOLDERS:
        for path in (root / PRIVATE / name).glob("*"):
            if path.suffix != ".lock" and not path.name.startswith("."):
                yield f"{PRIVATE}/{name}/{path.name}"


def _all_files(root: Path) -> Iterator[str]:
    """Yield the files of a newsroom without git; links to folders are not followed."""
    for folder, folders, names in os.walk(root):
        within = Path(folder).relative_to(root)
        if within == Path():
            folders[:] = [name for name in folders if name not in {PRIVATE, ".git", *_GENERATED}]
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        yield from ((within / name).as_posix() for name in (*names, *links))


# A database is copied while other processes write to it.

_PATIENCE_SECONDS = 10.0


def copy_database(source: Path, copy: Path) -> _manifest.DatabaseCount:
    """Copy an SQLite database as it is at one moment, and count its rows.

    All pages are copied in one step. Other processes can write meanwhile (write-ahead log); their
    changes are not in the copy. The copy is a single file. Raises BackupError if the database is
    damaged or busy, or the copy cannot be written.
    """
    with _manifest.complaining(source):
        uri = f"{source.absolute().as_uri()}?mode=ro"
        with (
            contextlib.closing(
                sqlite3.connect(uri, uri=True, timeout=_PATIENCE_SECONDS)
            ) as original,
            contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as target,
        ):
            original.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
    fault = _manifest.find_database_fault(copy)
    if fault:
        raise _manifest.database_damage(source, fault)
    return _manifest.count_database(copy)


# Write a backup: a newsroom in one file, put in place once it is complete.
#
#     newsroom ── copies, next to FILE ──> manifest and parts ── (verify) ──> FILE
#
# The databases are copied in an order that loses nothing. The desk's comes first: an action filed
# afterwards can be recognized by its commit. The mail database comes last: its ledger may know
# more than the records do, but not less.

_KEY = f"{PRIVATE}/key"
_PATIENCE_OF_SERVE = 600.0  # seconds for the write lock, when nobody waits
_LEVEL = 3  # git objects and pictures are compressed already
_MEMBER_MODE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupOptions:
    """Options of a backup: include keys, include article texts and pictures, verify by restoring,
    overwrite a file of another kind.
    """

    with_key: bool = False
    with_articles: bool = False
    verify: bool = False
    force: bool = False
    wait_seconds: float = 10.0  # for the newsroom's write lock


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """The result of a backup; `is_written` is false if verification failed.

    The backup is at a `target` unless that is "", with this `sha256`; older ones were `deleted`.
    """

    file: str
    bytes: int
    manifest: _manifest.BackupManifest
    is_written: bool
    verification: Verification | None
    seconds: float
    target: str = ""
    sha256: str = ""
    deleted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A part of the backup, and the temporary file with its copied bytes."""

    part: _manifest.BackupPart
    copy: Path


def back_up(
    root: Path, file: Path, options: BackupOptions, now: datetime, environ: Mapping[str, str]
) -> BackupReport:
    """Write a newsroom's backup to a file that only its owner can read, completely or not at all.

    Other commands can run meanwhile; the write lock is only held while uncommitted files are
    copied. The newsroom is not changed. Raises BackupError, BusyError, ConfigError, GitError.
    """
    started = time.monotonic()
    if not (root / "beat.toml").is_file():
        raise ConfigError(
            "the folder has no beat.toml", subject=str(root), hint="name the newsroom with -C DIR"
        )
    file = file.absolute()
    check_target(root, file, force=options.force)
    keys = (_KEY, config.load(root, environ).mail.dkim.key_file) if options.with_key else ()
    with _manifest.stage(file.parent) as staging:
        manifest, made = _make(root, staging, options, now, keys)
        verification = _restore.verify_backup(made, staging) if options.verify else None
        size, is_whole = made.stat().st_size, verification is None or verification.is_equal
        if is_whole:
            with _manifest.writing(file):
                made.replace(file)
                files.sync_folder(file.parent)
    return BackupReport(
        file=str(file),
        bytes=size,
        manifest=manifest,
        is_written=is_whole,
        verification=verification,
        seconds=round(time.monotonic() - started, 3),
    )


def keep_backup(root: Path, now: datetime, environ: Mapping[str, str]) -> BackupReport:
    """Make a backup, compare it, and bring it to the target of `[backup]`; delete older ones there.

        make > restore and compare > encrypt > send > read what arrived > note it > delete older

    A failure is noted, too, and deletes nothing. Raises BackupError, BusyError, ConfigError,
    DeployError, GitError, MailStoreError, UsageError.
    """
    settings, private = config.load(root, environ), root / PRIVATE
    if not settings.backup.to:
        hint = "name a FILE for this backup, or set `to` in [backup] of beat.toml"
        raise UsageError("no target for backups is set", subject="backup.to", hint=hint)
    what, hint = "another backup of this newsroom is being made", "wait until it ends"
    with hold_or_refuse(private / "backup.lock", BusyError(what, subject=str(root), hint=hint)):
        status = _targets.begin_status(private, settings.beat.title)
        try:
            with _manifest.stage(private) as staging:
                return _keep(settings, staging, status, now)
        except CopydeskError as error:
            status = _targets.read_backup_status(private) or status
            with contextlib.suppress(BackupError):  # what failed before is told
                failed = replace(status, failed=str(error), failed_at=now)
                _targets.write_status(private, failed)
            raise


def _keep(
    settings: config.Settings, staging: Path, status: _targets.BackupStatus, now: datetime
) -> BackupReport:
    started, root, plan = time.monotonic(), settings.root, settings.backup
    depot = _targets.find_depot(root, plan)
    names = _targets.list_names(depot)
    name = _targets.choose_name(names, status.series, now)
    if isinstance(depot, deploy.LocalFolder):
        check_target(root, depot.path / name, force=True)
    options = BackupOptions(with_articles=plan.with_articles, wait_seconds=_PATIENCE_OF_SERVE)
    keys = (_KEY, settings.mail.dkim.key_file) if plan.with_key else ()
    manifest, made = _make(root, staging, options, now, keys)
    restored, verification = _restore.restore_apart(made, staging)
    _restore.require_equal(verification, made)
    gone = staging / f"{status.series}-gone.json.gz"
    with _manifest.writing(gone):
        _targets.write_gone_list(restored.newsroom, gone, now)
        shutil.rmtree(restored.top)
        made = made.rename(staging / name)
    for file in (gone, made):  # in this order the list is never older than a backup beside it
        sent = _targets.seal(file, plan.recipients)
        sha256 = depot.keep(sent)
    names, kept = {*names, sent.name}, [*status.kept, sent.name]
    older = _targets.find_older(names, status.series, kept, plan.keep)
    status = _targets.BackupStatus(
        series=status.series,
        made=now,
        target=depot.name,
        name=sent.name,
        bytes=sent.stat().st_size,
        sha256=sha256,
        kept=tuple(name for name in kept if name in names.difference(older)),
    )
    _targets.write_status(root / PRIVATE, status)
    return BackupReport(
        file=status.name,
        bytes=status.bytes,
        manifest=manifest,
        is_written=True,
        verification=verification,
        target=depot.name,
        sha256=sha256,
        deleted=tuple(depot.delete(older)) if older else (),
        seconds=round(time.monotonic() - started, 3),
    )


def _make(
    root: Path, staging: Path, options: BackupOptions, now: datetime, keys: tuple[str, ...]
) -> tuple[_manifest.BackupManifest, Path]:
    """Write a backup file in the staging folder, and delete the copies that it was made of."""
    manifest, taken = _take(root, staging, options, now, keys)
    made = staging / "backup"
    with _manifest.writing(made):
        _write(made, manifest, taken, now)
        for one in taken:
            one.copy.unlink()
    return manifest, made


def _take(
    root: Path, staging: Path, options: BackupOptions, now: datetime, keys: tuple[str, ...]
) -> tuple[_manifest.BackupManifest, list[_Taken]]:
    """Copy all parts of a backup into the staging folder; return its manifest and the parts."""
    databases: dict[str, _manifest.DatabaseCount] = {}
    desk = _take_database(root, staging, "desk", databases)
    (staging / "files").mkdir()
    with _alone(root, options.wait_seconds):
        snapshot = git.snapshot_refs(root)
        committed = git.list_tree(root) if snapshot else ()
        collected = collect_files(root, staging / "files", keys, has_git=snapshot is not None)
    bundle = _take_bundle(root, staging, snapshot)
    mail = _take_database(root, staging, "mail", databases)
    (staging / "cache").mkdir()
    cached = collect_cache(root, staging / "cache").parts if options.with_articles else []
    copied = (_Taken(part=part, copy=at) for part, at in (*collected.parts, *cached))
    taken = [*bundle, *desk, *mail, *copied]
    laid_out = {part.path for part, _ in collected.parts if part.kind == "file"}
    manifest = _manifest.BackupManifest(
        made=dates.rfc3339(now),
        copydesk=copydesk.__version__,
        parts=tuple(one.part for one in taken),
        repository=snapshot,
        removed=collected.removed,
        records=_manifest.count_records({*committed, *laid_out} - set(collected.removed)),
        databases=databases,
        left_out=collected.left_out,
        refetchable=_manifest.Refetchable() if options.with_articles else list_refetchable(root),
        format=_manifest.FORMAT_WITH_ARTICLES if cached else _manifest.FORMAT,
    )
    return manifest, taken


def _alone(root: Path, wait_seconds: float) -> contextlib.AbstractContextManager[None]:
    """Hold the write lock so that no change is half written; leave what a killed process left."""
    what, hint = "another copydesk process is writing in this newsroom", "try again in a moment"
    busy = BusyError(what, subject=str(root), hint=hint)
    return hold_or_refuse(root / PRIVATE / "write.lock", busy, wait_seconds)


def _take_bundle(root: Path, staging: Path, snapshot: git.RefsSnapshot | None) -> Iterator[_Taken]:
    if snapshot is not None and (snapshot.refs or snapshot.head):
        bundle = staging / "records.bundle"
        git.write_bundle(root, snapshot, bundle, staging / "refs.git")
        yield _measure("records", "", bundle)


def _take_database(
    root: Path,
    staging: Path,
    kind: Literal["desk", "mail"],
    counts: dict[str, _manifest.DatabaseCount],
) -> list[_Taken]:
    path = f"{PRIVATE}/{kind}.sqlite"
    if not (root / path).is_file():
        return []
    copy = staging / f"{kind}.sqlite"
    counts[kind] = copy_database(root / path, copy)
    return [_measure(kind, path, copy)]


def _measure(kind: _manifest.PartKind, path: str, copy: Path) -> _Taken:
    with _manifest.writing(copy):
        digest, size = files.digest_file(copy), copy.stat().st_size
    return _Taken(
        part=_manifest.BackupPart(kind=kind, path=path, bytes=size, sha256=digest), copy=copy
    )


class ContainerWriter:
    """Writes the members of a backup file, in order; methods raise OSError."""

    def __init__(self, out: IO[bytes], moment: float) -> None:
        self._moment = int(moment)
        self._zip = gzip.GzipFile("", "wb", _LEVEL, out, mtime=self._moment)
        self._tar = tarfile.TarFile(fileobj=self._zip, mode="w", format=tarfile.GNU_FORMAT)

    def add(self, name: str, size: int, data: IO[bytes], changed: float | None = None) -> None:
        """Add the next member of the backup file, of `size` bytes, last `changed` at a time."""
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, _MEMBER_MODE, self._moment
        if changed is not None:
            member.mtime = max(0, int(changed))
        self._tar.addfile(member, data)

    def close(self) -> None:
        """Write the end of the backup file."""
        self._tar.close()
        self._zip.close()


def _write(
    file: Path, manifest: _manifest.BackupManifest, taken: Iterable[_Taken], now: datetime
) -> None:
    """Write the backup file and sync it to disk; raises OSError."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        container = ContainerWriter(out, now.timestamp())
        encoded = _manifest.encode_manifest(manifest)
        container.add(_manifest.MANIFEST, len(encoded), io.BytesIO(encoded))
        for number, one in enumerate(taken, 1):
            # the store of texts deletes the oldest files first, so these keep their time
            changed = one.copy.stat().st_mtime if one.part.kind == "cache" else None
            with one.copy.open("rb") as data:
                container.add(one.part.member(number), one.part.bytes, data, changed)
        container.close()
        out.flush()
        os.fsync(out.fileno())


# Where a backup may be written.


def check_target(root: Path, file: Path, *, force: bool) -> None:
    """Raise UsageError if git, the site or another file forbids writing a backup to `file`."""
    if not file.parent.is_dir():
        raise UsageError(
            "the folder does not exist", subject=str(file.parent), hint="create the folder first"
        )
    place, home = file.parent.resolve() / file.name, root.resolve()
    if place.is_relative_to(home) and not _is_apart(home, place):
        raise UsageError(
            "the backup would be among the newsroom's own files",
            subject=str(file),
            hint="choose a place outside the newsroom, best on another disk",
        )
    if git.is_visible_to_git(root, place):
        raise UsageError(
            "git would commit the backup, with the subscribers' addresses in it",
            subject=str(file),
            hint="choose a place outside the repository, best on another disk",
        )
    if (file.is_symlink() or file.exists()) and not force and not is_backup(file):
        raise UsageError(
            "another file has this name, and it is not a backup",
            subject=str(file),
            hint="choose another name, or overwrite the file with --force",
        )


def is_backup(file: Path) -> bool:
    """Return whether a file is a backup, by its first member."""
    try:
        with _restore.open_container(file) as members:
            return not file.is_symlink() and next(members).name == _manifest.MANIFEST
    except (BackupError, StopIteration):
        return False


def _is_apart(home: Path, place: Path) -> bool:
    """Return whether a path in the newsroom is hidden from git and from the site's visitors."""
    if not place.is_relative_to(home / PRIVATE):
        return git.snapshot_refs(home) is not None and not git.is_visible_to_git(home, place)
    return not place.is_relative_to(home / PRIVATE / "site")
