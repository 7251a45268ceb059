"""Read one answer of a source: a Page goes in, a SourceReading with its leads comes out."""

from __future__ import annotations

from copydesk.watch.reading._entry import Hints, Kind, SourceEntry, SourceReading, longest_gap
from copydesk.watch.reading._filter import is_wanted
from copydesk.watch.reading._read import entries, read

__all__ = [
    "Hints",
    "Kind",
    "SourceEntry",
    "SourceReading",
    "entries",
    "is_wanted",
    "longest_gap",
    "read",
]
