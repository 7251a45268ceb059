"""Columns: one line for each source, cut to the terminal's width, its times told as a person does.

A table of 10,000 rows is slow in rich, and it breaks addresses over many lines.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime

from copydesk.kit import dates

_GAP = "  "
_LEAST = 20  # columns for a cell whose width is what the others leave


class Columns:
    """The columns of a table on this terminal.

    A width of 0 takes what the others leave, in equal parts; those in `right` hold numbers.
    """

    def __init__(self, *widths: int, right: frozenset[int] = frozenset()) -> None:
        columns = shutil.get_terminal_size((100, 24)).columns
        left = columns - sum(widths) - len(_GAP) * (len(widths) - 1) - 1
        share = max(left // max(widths.count(0), 1), _LEAST)
        self._widths = tuple(width or share for width in widths)
        self._right = right

    def line(self, cells: Sequence[str]) -> str:
        """Write one row as a line without blanks at its end."""
        fitted = (
            cell.rjust(width) if at in self._right else _fit(cell, width)
            for at, (cell, width) in enumerate(zip(cells, self._widths, strict=True))
        )
        return _GAP.join(fitted).rstrip()


def _fit(cell: str, width: int) -> str:
    """Return a cell that is as wide as its column, cut with an ellipsis where it is too long."""
    if cell.isascii():
        return f"{cell[: width - 1]}…" if len(cell) > width else cell.ljust(width)
    from rich.cells import cell_len, set_cell_size

    if cell_len(cell) <= width:
        return set_cell_size(cell, width)
    return f"{set_cell_size(cell, width - 1)}…"


def ago(time: str, now: datetime) -> str:
    """Write how long ago a time of RFC 3339 was, "-" where there is none."""
    at = dates.parse(time) if time else None
    return "-" if at is None else _span((now - at).total_seconds())


def until(time: str, now: datetime) -> str:
    """Write how long it is to a time of RFC 3339, "due" where it has come, "-" for none."""
    at = dates.parse(time) if time else None
    if at is None:
        return "-"
    return "due" if at <= now else _span((at - now).total_seconds())


def _span(seconds: float) -> str:
    """Write a time's length in its largest unit: 40s, 12m, 5h, 3d."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f}{unit}"
    return f"{max(seconds, 0):.0f}s"
