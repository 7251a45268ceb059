"""The list of an album: all that its folder holds in one file beside it, for as long as that is so.

Each file of an album is written by renaming, so whatever comes or goes gives the folder another
time. With the time that the list names, the folder is as it was, and nothing in it is looked at.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from copydesk.illustrate._picture import Picture
from copydesk.kit import files

_TICK_NS = 50_000_000  # within one tick of a file system's clock two changes look like one
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumList:
    """The pictures of a folder when it had this time (ns), and when it was last tended (s)."""

    folder_ns: int
    tended: float
    pictures: tuple[Picture, ...]


def load_list(folder: Path) -> AlbumList | None:
    """Return the list of a folder; None for none, one that is damaged or one of another state."""
    import msgspec

    try:
        data = _place(folder).read_bytes()
        digest, body = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
        if digest != _digest(body):
            return None
        listed = msgspec.msgpack.decode(body, type=AlbumList)
    except (OSError, msgspec.DecodeError):
        return None
    return listed if is_current(listed, folder) else None


def is_current(listed: AlbumList, folder: Path) -> bool:
    """Decide whether a folder holds what its list says."""
    try:
        return listed.folder_ns == folder.stat().st_mtime_ns
    except OSError:
        return False


def save_list(
    folder: Path, pictures: Iterable[Picture], names: Iterable[str], tended: float
) -> AlbumList | None:
    """Write the list of a folder that holds these files and no other; None where it cannot be.

    It is not where something else lies there, or where something may have changed just now.
    """
    import msgspec

    try:
        folder_ns = folder.stat().st_mtime_ns
        is_settled = folder_ns < time.time_ns() - _TICK_NS
        if not is_settled or set(os.listdir(folder)) != set(names):  # noqa: PTH208 - names alone
            return None
        listed = AlbumList(folder_ns=folder_ns, tended=tended, pictures=tuple(pictures))
        body = msgspec.msgpack.encode(listed)
        files.write_atomic(_place(folder), _digest(body) + body, durable=False)
    except OSError:
        return None
    return listed


def _place(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.list")


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest()
