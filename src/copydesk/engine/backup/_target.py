"""Where a backup may be put: over an earlier one, and not where git or the site would take it."""

from __future__ import annotations

from pathlib import Path

from copydesk.archive import git
from copydesk.engine.backup._container import open_container
from copydesk.engine.backup._manifest import MANIFEST
from copydesk.engine.newsroom import PRIVATE
from copydesk.errors import BackupError, UsageError


def check_target(root: Path, file: Path, *, force: bool) -> None:
    """Raise UsageError where a backup must not be put at `file`, an absolute path."""
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
    """Decide whether a file is a backup by its beginning."""
    try:
        with open_container(file) as members:
            return not file.is_symlink() and next(members).name == MANIFEST
    except (BackupError, StopIteration):
        return False


def _is_apart(home: Path, place: Path) -> bool:
    """Decide whether a place in the newsroom is one that neither git nor a visitor gets to see."""
    if not place.is_relative_to(home / PRIVATE):
        return git.snapshot_refs(home) is not None and not git.is_visible_to_git(home, place)
    return not place.is_relative_to(home / PRIVATE / "site")
