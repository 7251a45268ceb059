"""Restore a backup: unpack it next to its place, compare it, and then move it there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from copydesk import archive, config
from copydesk.archive import git
from copydesk.errors import BackupError, ConfigError, UsageError
from copydesk.kit import dates, files
from copydesk.mail_store import open_mail
from copydesk.news.options import FetchOptions
from copydesk.newsroom._newsroom import PRIVATE
from copydesk.newsroom.backup._container import Unpacked, read_manifest, unpack
from copydesk.newsroom.backup._manifest import BackupManifest, stage, writing
from copydesk.newsroom.backup._parts import count_database, count_records, find_database_fault
from copydesk.newsroom.reports import (
    MissingCount,
    MissingParts,
    count_missing_parts,
    find_missing_parts,
    write_missing_parts,
)

_MODE = 0o777


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """The result of a restore: `newsroom` is the folder.

    `sending_waits` is true if there is a mail database: newsletter issues filed since the backup
    are then sent only when a person allows it. `missing` counts the texts and pictures that rounds
    will fetch again, None if the backup has no list of them.
    """

    folder: str
    newsroom: str
    manifest: BackupManifest
    verification: Verification
    sending_waits: bool
    missing: MissingCount | None
    seconds: float


def restore(file: Path, folder: Path, now: datetime) -> RestoreReport:
    """Restore a backup into a folder that is empty or missing, completely or not at all.

    Raises UsageError if the folder is not empty, and BackupError if anything differs from the
    backup's manifest.
    """
    started = time.monotonic()
    folder = folder.absolute()
    _check_folder(folder)
    read_manifest(file)  # checked before anything is created
    place = folder.resolve()
    with stage(place.parent) as staging:
        restored = unpack(file, staging)
        verification = compare_newsroom(restored, staging / "index")
        _require_equal(verification, file)
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
        seconds=round(time.monotonic() - started, 3),
    )


def _check_folder(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            "the folder is not empty",
            subject=str(folder),
            hint="name one that does not exist yet: a restore mixes with nothing",
        )
    if not folder.parent.is_dir():
        raise UsageError(
            "there is no such folder", subject=str(folder.parent), hint="make it first"
        )


def _require_equal(verification: Verification, file: Path) -> None:
    if verification.differences:
        first = verification.differences[0]
        raise BackupError(
            f"what was restored is not what was saved ({len(verification.differences)} "
            f"differences, the first in {first.kind}, {first.subject[:200]})",
            subject=str(file),
            hint="nothing was restored: take another backup",
        )


def _mark_restore(restored: Unpacked, now: datetime) -> bool:
    """Mark the mail database as restored, so that sending waits for a person; False without one.

    Issues filed since the backup was begun may have been sent already, so its start time is stored.
    """
    if not restored.manifest.has("mail"):
        return False
    made = dates.parse(restored.manifest.made)
    assert made is not None  # checked when the manifest was read
    with contextlib.closing(open_mail(restored.newsroom / PRIVATE)) as mail:
        mail.ledger.mark_restore(made, now)
    return True


def _note_missing_parts(restored: Unpacked, now: datetime) -> MissingCount | None:
    """Store the list of texts and pictures for rounds to fetch; return their number."""
    listed = restored.manifest.refetchable
    if listed is None:
        return None
    stories = archive.Archive(restored.newsroom).stories(lambda _: None)
    parts = find_missing_parts(stories, {*listed.texts}, {*listed.pictures})
    missing = MissingParts(restored=now, parts=parts)
    if parts:
        with writing(restored.newsroom):
            (restored.newsroom / PRIVATE).mkdir(exist_ok=True)
            write_missing_parts(restored.newsroom / PRIVATE, missing)
    return count_missing_parts(missing, _read_pauses(restored.newsroom))


def _read_pauses(newsroom: Path) -> Callable[[str], float]:
    """Return a function for the pause in seconds between requests to a host, from the settings."""
    try:
        return config.load(newsroom, {}).fetch.delay
    except ConfigError:  # restored as it was: the next command reports the fault
        return FetchOptions().delay


def _put_in_place(restored: Unpacked, place: Path) -> None:
    """Move the whole folder to its place in one step."""
    umask = os.umask(0)
    os.umask(umask)
    with writing(place):
        restored.top.chmod(_MODE & ~umask)
        os.sync()  # git wrote thousands of files; sync them before the rename
        restored.top.rename(place)
        files.sync_folder(place.parent)


# Verify: compare a restored newsroom with the manifest.

ComparedKind = Literal["refs", "tree", "records", "files", "removed", "integrity", "rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDifference:
    """One difference between the newsroom and its restored copy."""

    kind: ComparedKind
    subject: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The number of things compared, by kind, and the differences found."""

    compared: dict[ComparedKind, int]
    differences: tuple[BackupDifference, ...]

    @property
    def is_equal(self) -> bool:
        """Decide whether there are no differences."""
        return not self.differences


def verify_backup(file: Path, staging: Path) -> Verification:
    """Restore a backup below a staging folder and compare it; raises BackupError if that fails."""
    folder = staging / "verify"
    with writing(folder):
        folder.mkdir()
    return compare_newsroom(unpack(file, folder), folder / "index")


def compare_newsroom(restored: Unpacked, index: Path) -> Verification:
    """Compare a restored newsroom with the manifest; `index` is the path of a new git index."""
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
    """Compare the references, the last commit's tree, and the content of each file in it."""
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
    counts = count_records(_walk_collections(restored.newsroom))
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
        with file.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        return str(error.strerror)


def _compare_databases(restored: Unpacked) -> Iterator[BackupDifference]:
    for kind, path in _databases(restored.manifest):
        file = restored.newsroom / path
        fault = find_database_fault(file)
        yield from _differ("integrity", path, "", fault)
        if not fault:
            expected, count = restored.manifest.databases[kind], count_database(file)
            yield from _differ("rows", f"{path} version", expected.version, count.version)
            for table in sorted({*expected.tables, *count.tables}):
                rows = expected.tables.get(table, -1), count.tables.get(table, -1)
                yield from _differ("rows", f"{path} {table}", *rows)


def _databases(manifest: BackupManifest) -> Iterator[tuple[str, str]]:
    for part in manifest.parts:
        if part.kind in {"desk", "mail"}:
            yield part.kind, part.path


def _differ(
    kind: ComparedKind, subject: str, expected: str | int, found: str | int
) -> Iterator[BackupDifference]:
    if expected != found:
        yield BackupDifference(kind=kind, subject=subject, expected=str(expected), found=str(found))
