"""The bytes of one file of a newsroom, or the RecordError that says why they are not read."""

from __future__ import annotations

from pathlib import Path

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
