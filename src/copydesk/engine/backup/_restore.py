"""A newsroom out of its backup: laid out beside its place, compared, and then put there whole."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from copydesk import archive, config
from copydesk.engine.backup._manifest import BackupManifest
from copydesk.engine.backup._staging import stage, writing
from copydesk.engine.backup._unpack import Unpacked, read_manifest, unpack
from copydesk.engine.backup._verify import Verification, compare_newsroom
from copydesk.engine.newsroom import (
    PRIVATE,
    MissingCount,
    MissingParts,
    count_missing_parts,
    find_missing_parts,
    write_missing_parts,
)
from copydesk.errors import BackupError, ConfigError, UsageError
from copydesk.kit import dates, files
from copydesk.mail_store import open_mail
from copydesk.news import FetchOptions

_MODE = 0o777


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What was restored; `newsroom` is its folder, `sending_waits` holds where there are readers.

    Then letters filed since the backup go out when a person says so. `missing` counts the texts
    and pictures that rounds fetch again, None for a backup that has no list of them.
    """

    folder: str
    newsroom: str
    manifest: BackupManifest
    verification: Verification
    sending_waits: bool
    missing: MissingCount | None
    seconds: float


def restore(file: Path, folder: Path, now: datetime) -> RestoreReport:
    """Restore a backup into a folder that is empty or not there; it is there whole or not at all.

    Raises UsageError where the folder holds something, BackupError for whatever is not as the
    backup's manifest says.
    """
    started = time.monotonic()
    folder = folder.absolute()
    _check_folder(folder)
    read_manifest(file)  # before anything is made
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
    """Let the readers' file know that it was restored, so that sending waits for a person.

    What was filed after the backup began may have gone out: its moment is that of the beginning.
    """
    if not restored.manifest.has("mail"):
        return False
    made = dates.parse(restored.manifest.made)
    assert made is not None  # as whoever reads a manifest makes sure
    with contextlib.closing(open_mail(restored.newsroom / PRIVATE)) as mail:
        mail.ledger.mark_restore(made, now)
    return True


def _note_missing_parts(restored: Unpacked, now: datetime) -> MissingCount | None:
    """Let rounds know which texts and pictures were there and are not in the backup."""
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
    """Return how long each host is left alone between two requests, as the settings have it."""
    try:
        return config.load(newsroom, {}).fetch.delay
    except ConfigError:  # it is as it was: the next command says what is wrong with it
        return FetchOptions().delay


def _put_in_place(restored: Unpacked, place: Path) -> None:
    """Move the whole folder to its place in one step."""
    umask = os.umask(0)
    os.umask(umask)
    with writing(place):
        restored.top.chmod(_MODE & ~umask)
        os.sync()  # git wrote thousands of files: all of them before the name
        restored.top.rename(place)
        files.sync_folder(place.parent)
