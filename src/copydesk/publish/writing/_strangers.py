"""Strangers: files in the folders that a site fills which are not of its edition."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_OUR_FOLDERS = re.compile(
    r"news|topics|sources|archive|search|api|pictures|cards|[0-9]{4}|learning|samples?|people"
    r"|communities|compan(y|ies)|challenges?|events?|projects?|newsletters?|sponsorships"
)
_OUR_FILES = re.compile(r"sitemap-(news|pages)-[\w-]+\.xml|[a-z]+-sitemap\.xml")
_UNFINISHED = ".new-"  # what kit.files leaves when it is killed between writing and renaming


def list_strangers(out: Path, kept: set[str]) -> Iterator[str]:
    """Yield the files in the folders that we fill which are not of this edition."""
    for entry in out.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            if _OUR_FOLDERS.fullmatch(entry.name):
                yield from (path for path in _below(out, entry) if path not in kept)
        elif _OUR_FILES.fullmatch(entry.name) or entry.name.startswith(_UNFINISHED):
            yield from {entry.name} - kept


def _below(out: Path, folder: Path) -> Iterator[str]:
    for where, _, names in os.walk(folder):
        below = Path(where).relative_to(out).as_posix()
        yield from (f"{below}/{name}" for name in names)
