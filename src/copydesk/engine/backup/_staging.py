"""A folder for what is not whole yet, beside the place where it will stand."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from copydesk.errors import BackupError
from copydesk.kit import files, locks

STAGING = ".copydesk-staging-"
_LOCK = "lock"  # made last: a folder without one is another process's, from this moment


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Path]:
    """Yield a new private folder in an existing one, and remove it after the block.

    What killed processes left there is removed first: their locks are free. Raises BackupError
    where the folder cannot be written.
    """
    with contextlib.ExitStack() as stack:
        try:
            _sweep(folder)
            is_held = False
            while not is_held:  # else somebody sweeps it away at this moment
                made = Path(tempfile.mkdtemp(prefix=STAGING, dir=folder))
                stack.callback(_remove, made)
                is_held = stack.enter_context(locks.hold(made / _LOCK))
        except OSError as error:
            raise BackupError(
                f"the folder cannot be written ({error.strerror})",
                subject=str(folder),
                hint="name a place in a folder that is there and that you may write to",
            ) from error
        yield made


@contextlib.contextmanager
def writing(place: Path) -> Iterator[None]:
    """Raise BackupError where the disk does not take what the block writes."""
    try:
        yield
    except OSError as error:
        raise BackupError(
            f"it cannot be written ({error.strerror or error})",
            subject=str(place),
            hint="nothing was changed: make room, or name a place where there is some",
        ) from error


def _sweep(folder: Path) -> None:
    for name in files.list_names(folder):
        if name.startswith(STAGING) and (folder / name / _LOCK).exists():
            with locks.hold(folder / name / _LOCK) as is_left_over:
                if is_left_over:
                    _remove(folder / name)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
