"""Write a backup: a newsroom in one file, put in place once it is complete.

    newsroom ── copies, next to FILE ──> manifest and parts ── (verify) ──> FILE

The databases are copied in an order that loses nothing. The desk's comes first: an action filed
afterwards can be recognized by its commit. The mail database comes last: its ledger may know
more than the records do, but not less.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import copydesk
from copydesk import config
from copydesk.archive import git
from copydesk.errors import BackupError, BusyError, ConfigError, UsageError
from copydesk.kit import dates, files
from copydesk.newsroom._newsroom import PRIVATE, hold_lock
from copydesk.newsroom.backup import _manifest
from copydesk.newsroom.backup._container import ContainerWriter, open_container
from copydesk.newsroom.backup._manifest import (
    MANIFEST,
    BackupManifest,
    BackupPart,
    DatabaseCount,
    PartKind,
    encode_manifest,
)
from copydesk.newsroom.backup._parts import (
    collect_files,
    copy_database,
    count_records,
    list_refetchable,
)
from copydesk.newsroom.backup._restore import Verification, verify_backup

_KEY = f"{PRIVATE}/key"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupOptions:
    """Options: include keys, verify by restoring, overwrite a file that is not a backup."""

    with_key: bool = False
    verify: bool = False
    force: bool = False
    wait_seconds: float = 10.0  # for the newsroom's write lock


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """The result of a backup; `is_written` is false if verification failed."""

    file: str
    bytes: int
    manifest: BackupManifest
    is_written: bool
    verification: Verification | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """A part of the backup, and the file with its copied bytes."""

    part: BackupPart
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
            "there is no beat.toml here", subject=str(root), hint="name the newsroom with -C"
        )
    file = file.absolute()
    check_target(root, file, force=options.force)
    keys = _find_keys(root, environ) if options.with_key else ()
    with _manifest.stage(file.parent) as staging:
        manifest, taken = _take(root, staging, options, now, keys)
        made = staging / "backup"
        with _manifest.writing(file):
            _write(made, manifest, taken, now)
        verification = verify_backup(made, staging) if options.verify else None
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


def _find_keys(root: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the paths of the newsroom's keys, whether the files exist or not."""
    return (_KEY, config.load(root, environ).mail.dkim.key_file)


def _take(
    root: Path, staging: Path, options: BackupOptions, now: datetime, keys: tuple[str, ...]
) -> tuple[BackupManifest, list[_Taken]]:
    """Copy all parts into the staging folder, and return them with their manifest."""
    databases: dict[str, DatabaseCount] = {}
    desk = _take_database(root, staging, "desk", databases)
    (staging / "files").mkdir()
    with _alone(root, options.wait_seconds):
        snapshot = git.snapshot_refs(root)
        committed = git.list_tree(root) if snapshot else ()
        collected = collect_files(root, staging / "files", keys, has_git=snapshot is not None)
    bundle = _take_bundle(root, staging, snapshot)
    mail = _take_database(root, staging, "mail", databases)
    taken = [*bundle, *desk, *mail, *(_Taken(part=part, copy=at) for part, at in collected.parts)]
    laid_out = {part.path for part, _ in collected.parts if part.kind == "file"}
    manifest = BackupManifest(
        made=dates.rfc3339(now),
        copydesk=copydesk.__version__,
        parts=tuple(one.part for one in taken),
        repository=snapshot,
        removed=collected.removed,
        records=count_records({*committed, *laid_out} - set(collected.removed)),
        databases=databases,
        left_out=collected.left_out,
        refetchable=list_refetchable(root),
    )
    return manifest, taken


@contextlib.contextmanager
def _alone(root: Path, wait_seconds: float) -> Iterator[None]:
    """Hold the write lock, so that no change is half written; leave what a killed process left."""
    with hold_lock(root / PRIVATE / "write.lock", wait_seconds) as is_free:
        if not is_free:
            raise BusyError(
                "another copydesk is writing in this newsroom",
                subject=str(root),
                hint="try again in a moment",
            )
        yield


def _take_bundle(root: Path, staging: Path, snapshot: git.RefsSnapshot | None) -> Iterator[_Taken]:
    if snapshot is not None and (snapshot.refs or snapshot.head):
        bundle = staging / "records.bundle"
        git.write_bundle(root, snapshot, bundle, staging / "refs.git")
        yield _measure("records", "", bundle)


def _take_database(
    root: Path, staging: Path, kind: Literal["desk", "mail"], counts: dict[str, DatabaseCount]
) -> list[_Taken]:
    path = f"{PRIVATE}/{kind}.sqlite"
    if not (root / path).is_file():
        return []
    copy = staging / f"{kind}.sqlite"
    counts[kind] = copy_database(root / path, copy)
    return [_measure(kind, path, copy)]


def _measure(kind: PartKind, path: str, copy: Path) -> _Taken:
    with _manifest.writing(copy), copy.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        size = handle.tell()
    return _Taken(part=BackupPart(kind=kind, path=path, bytes=size, sha256=digest), copy=copy)


def _write(file: Path, manifest: BackupManifest, taken: Iterable[_Taken], now: datetime) -> None:
    """Write the container and sync it to disk; raises OSError."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        container = ContainerWriter(out, now.timestamp())
        encoded = encode_manifest(manifest)
        container.add(MANIFEST, len(encoded), io.BytesIO(encoded))
        for number, one in enumerate(taken, 1):
            with one.copy.open("rb") as data:
                container.add(one.part.member(number), one.part.bytes, data)
        container.close()
        out.flush()
        os.fsync(out.fileno())


# Where a backup may be written.


def check_target(root: Path, file: Path, *, force: bool) -> None:
    """Raise UsageError if git, the site or another file forbids a backup at `file` (absolute)."""
    if not file.parent.is_dir():
        raise UsageError("there is no such folder", subject=str(file.parent), hint="make it first")
    place, home = file.parent.resolve() / file.name, root.resolve()
    if place.is_relative_to(home) and not _is_apart(home, place):
        raise UsageError(
            "a backup would lie among the newsroom's own files",
            subject=str(file),
            hint="put it outside, best on another disk",
        )
    if git.is_visible_to_git(root, place):
        raise UsageError(
            "git would take the backup along, and the readers' addresses with it",
            subject=str(file),
            hint="put it outside, best on another disk",
        )
    if (file.is_symlink() or file.exists()) and not force and not is_backup(file):
        raise UsageError(
            "there is another file of this name, and it is no backup",
            subject=str(file),
            hint="name another one, or write over it with --force",
        )


def is_backup(file: Path) -> bool:
    """Decide whether a file is a backup, by its first member."""
    try:
        with open_container(file) as members:
            return not file.is_symlink() and next(members).name == MANIFEST
    except (BackupError, StopIteration):
        return False


def _is_apart(home: Path, place: Path) -> bool:
    """Decide whether a path in the newsroom is hidden from git and from the site's visitors."""
    if not place.is_relative_to(home / PRIVATE):
        return git.snapshot_refs(home) is not None and not git.is_visible_to_git(home, place)
    return not place.is_relative_to(home / PRIVATE / "site")
