"""The bytes of one file of a newsroom, or the RecordError that says why they are not read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from copydesk.archive.document import MAX_BYTES
from copydesk.errors import RecordError
from copydesk.kit import within

_READ_BYTES = MAX_BYTES + 1  # by the last one it is known to be too long


def read_file(root: Path, path: str) -> bytes:
    """Return a file's bytes, one over the cap at most; raise RecordError for what is not read."""
    try:
        return within.read_beginning(root, path, _READ_BYTES)
    except OSError as error:
        raise _refusal(error, path) from error


def read_file_if_any(root: Path, path: str) -> bytes:
    """Return what `read_file` does, b"" where there is no such file."""
    try:
        return within.read_beginning(root, path, _READ_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise _refusal(error, path) from error


def read_sibling(file: str, path: str) -> bytes:
    """Return what `read_file` does of a file in whose folder another one was just read."""
    try:
        return within.read_sibling(file, path, _READ_BYTES)
    except OSError as error:
        raise _refusal(error, path) from error


def _refusal(error: OSError, path: str) -> RecordError:
    if isinstance(error, FileNotFoundError):
        return RecordError("no such record", subject=path)
    if isinstance(error, within.UnfitFileError):
        return RecordError(error.what, subject=path, hint=error.hint)
    return RecordError(f"cannot read ({error.strerror})", subject=path)


def data_paths(root: Path, folder: str = "_data") -> Iterator[str]:
    """Yield the paths of the YAML and front-matter files of `_data`."""
    for entry in sorted(scan(root / folder), key=lambda entry: entry.name):
        path = f"{folder}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from data_paths(root, path)
        elif PurePosixPath(path).suffix in {".yaml", ".yml", ".md"}:
            yield path


def scan(folder: Path | str) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, none where there is no such folder; raise RecordError."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        complain_of_folder(folder, error)
        return []


def complain_of_folder(folder: Path | str, error: OSError) -> None:
    """Raise RecordError for a folder that cannot be listed; one that is none holds nothing."""
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise RecordError(f"cannot list ({error.strerror})", subject=str(folder)) from error
