"""Fingerprints: all that a page may depend on beside the stories and their pictures, as hashes.

Where one differs from last time, everything is made anew.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from copydesk.news import Beat
from copydesk.publish._entries import StoryEntry

_PACKAGE = Path(__file__).resolve().parents[1]
_ROOMS = ("placement", "publish", "rendering")  # whose code and templates a site is made of


def fingerprint_beat(beat: Beat, *others: object) -> str:
    """Return a hash of all that a page may depend on but the stories and their pictures."""
    return fingerprint(replace(beat, rulings=()), *others)


def digest_grounds(zone: str, above: Mapping[str, tuple[str, ...]], keys: tuple[str, ...]) -> str:
    """Return a hash of all that an entry and its place under headings depend on but the story."""
    return fingerprint(StoryEntry._fields, zone, above, keys, _code())


def fingerprint(*parts: object) -> str:
    """Return a hash of what these look like in Python."""
    form = repr(parts).encode("utf-8", "replace")
    return hashlib.blake2b(form, digest_size=16).hexdigest()


def fingerprint_text(text: str) -> str:
    """Return a hash of a long text."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def files_of(folder: Path | None) -> list[tuple[str, int, int]]:
    """Return the names, sizes and times of the files in a folder and below; of a link nothing."""
    if folder is None or folder.is_symlink() or not folder.is_dir():
        return []
    found = ((path, path.lstat()) for path in sorted(folder.rglob("*")))
    return [
        (str(path), seen.st_size, seen.st_mtime_ns)
        for path, seen in found
        if not stat.S_ISDIR(seen.st_mode)
    ]


@cache
def _code() -> str:
    """Return a text that changes with these rooms, and with where and when they were installed."""
    files = (file for room in _ROOMS for file in files_of(_PACKAGE / room))
    return repr([file for file in files if not file[0].endswith(".pyc")])
