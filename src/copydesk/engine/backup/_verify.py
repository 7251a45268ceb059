"""What a backup gives back, beside what it says that the newsroom held."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from copydesk.archive import git
from copydesk.engine.backup._collect import count_records
from copydesk.engine.backup._databases import count_database, find_database_fault
from copydesk.engine.backup._manifest import BackupManifest
from copydesk.engine.backup._staging import writing
from copydesk.engine.backup._unpack import Unpacked, unpack
from copydesk.engine.newsroom import PRIVATE

ComparedKind = Literal["refs", "tree", "records", "files", "removed", "integrity", "rows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDifference:
    """One thing that came back otherwise than it was."""

    kind: ComparedKind
    subject: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was compared, how much of each, and what differs."""

    compared: dict[ComparedKind, int]
    differences: tuple[BackupDifference, ...]

    @property
    def is_equal(self) -> bool:
        """Decide whether all came back as it was."""
        return not self.differences


def verify_backup(file: Path, staging: Path) -> Verification:
    """Restore a backup below a staging folder and compare; raises BackupError where it cannot."""
    folder = staging / "verify"
    with writing(folder):
        folder.mkdir()
    return compare_newsroom(unpack(file, folder), folder / "index")


def compare_newsroom(restored: Unpacked, index: Path) -> Verification:
    """Compare what was laid out with the manifest; `index` is a file to make."""
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
    """Compare references, the last commit's tree, and each file that it has, read anew."""
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
