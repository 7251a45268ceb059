"""Write files atomically, read small JSON files, explain errors, list folders, tell media types."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from copydesk.errors import CopydeskError
from copydesk.kit import tables, within

_Kept = TypeVar("_Kept")
_UNFINISHED = ".new-"  # in the name of a file until it is complete, before 12 hex digits
_LEFTOVER = re.compile(rf"{re.escape(_UNFINISHED)}[0-9a-f]{{12}}")


def read_json(path: Path, kind: type[_Kept], most_bytes: int) -> _Kept | None:
    """Return what a small JSON file of ours holds, None if it is missing or cannot be read."""
    import msgspec

    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(most_bytes), type=kind)
    except (OSError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return None


def write_atomic(path: Path, data: bytes, *, mode: int = 0o644, durable: bool = True) -> None:
    """Write bytes to a temporary file and rename it to `path`; create missing folders.

    A reader sees the old bytes or the new ones, never a part. `durable` also waits for the disk.
    Raises OSError for the caller to explain.
    """
    folder, _, _ = str(path).rpartition("/")
    try:
        handle, name = _new_file(folder or ".")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = _new_file(folder or ".")
    try:
        try:
            os.fchmod(handle, mode)
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
            if durable:
                os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(name, path)  # noqa: PTH105 - a site has many thousands of files
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def explain_errors(
    kind: type[CopydeskError], what: str, subject: object, hint: str = ""
) -> Iterator[None]:
    """Raise an error of this kind, with the system's reason, if the block cannot use a file."""
    try:
        yield
    except OSError as error:
        raise kind(
            f"{what} ({error.strerror or error})",
            subject=str(subject),
            hint=hint or within.hint(error),
        ) from error


def sweep_leftovers(folder: Path) -> None:
    """Delete temporary files that killed processes left in a folder, which nobody may be using."""
    for name in list_names(folder):
        if _LEFTOVER.fullmatch(name):
            with contextlib.suppress(OSError):
                (folder / name).unlink()


def drop_empty(folder: Path, top: Path) -> None:
    """Delete a folder and those above it, below `top`, as far as they are empty."""
    while folder != top and folder.is_relative_to(top):
        try:
            folder.rmdir()
        except OSError:  # not empty, or already deleted
            return
        folder = folder.parent


def digest_file(file: Path) -> str:
    """Return the SHA-256 of a file in hex, which is read in pieces; raises OSError."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def list_names(folder: Path) -> list[str]:
    """Return the names in a folder, unsorted. For a folder that cannot be listed there are none."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - 20,000 names in 10 ms, a path for each takes 30
    except OSError:
        return []


def sync_folder(folder: str | Path) -> None:
    """Wait until the entries of a folder are on the disk (fsync)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _new_file(folder: str) -> tuple[int, str]:
    """Create a temporary file whose name marks it as incomplete; return handle and path."""
    while True:
        name = f"{folder}/{_UNFINISHED}{os.urandom(6).hex()}"
        try:
            return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), name
        except FileExistsError:
            continue


def write_if_changed(path: Path, data: bytes) -> bool:
    """Write a file only if its bytes differ; return whether it was written."""
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        pass
    write_atomic(path, data, durable=False)
    return True


# The Content-Type of a built site's file by its name, the same on every machine.


def media_type(path: str) -> str:
    """Return the Content-Type header's value for the file at a path; text is UTF-8.

    Endings that are not in our table are looked up in the standard library's, since the system's
    differs between machines. Unknown ones are `application/octet-stream`.
    """
    name = path.rpartition("/")[2]
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    known = tables.read_rows(__package__, "media_types.toml", str)
    return known.get(name) or known.get(ending) or _guess(name)


def _guess(name: str) -> str:
    import mimetypes

    return mimetypes.MimeTypes().guess_type(name)[0] or "application/octet-stream"
