"""Sheets onto disk: takes the files of a site one by one, brings a folder to them."""

from __future__ import annotations

from copydesk.publish.writing._origin import Origin
from copydesk.publish.writing._stage import STAGE
from copydesk.publish.writing._write import (
    MARKER,
    UNFINISHED,
    Count,
    Manifest,
    MemoryManifest,
    Sheet,
    Writer,
)

__all__ = [
    "MARKER",
    "STAGE",
    "UNFINISHED",
    "Count",
    "Manifest",
    "MemoryManifest",
    "Origin",
    "Sheet",
    "Writer",
]
