"""Read one answer of a source: a Page goes in, a Reading with its leads comes out."""

from __future__ import annotations

from copydesk.watch.reading._entry import Hints, Kind, Reading, SourceEntry, longest_gap
from copydesk.watch.reading._filter import wanted
from copydesk.watch.reading._media import offered
from copydesk.watch.reading._read import entries, read

__all__ = [
    "Hints",
    "Kind",
    "Reading",
    "SourceEntry",
    "entries",
    "longest_gap",
    "offered",
    "read",
    "wanted",
]
