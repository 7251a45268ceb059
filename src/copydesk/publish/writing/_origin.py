"""Origins: files that are copied into the site as they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from copydesk.kit import within

_MAX_BYTES = 4_000_000_000


class Origin(NamedTuple):
    """A file to copy: a folder that it may not lead out of, and its path below it."""

    folder: Path
    path: str

    def __str__(self) -> str:
        return str(self.folder / self.path)

    def look(self) -> os.stat_result:
        """Return what the file system says of it, of a link what it says of that; raise OSError."""
        return os.lstat(str(self))

    def read(self) -> bytes:
        """Return its bytes; raise OSError, also for a link on the way from the folder to it."""
        return within.read(self.folder, self.path, _MAX_BYTES)
