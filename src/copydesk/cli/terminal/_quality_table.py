"""A quality as a table: part, points, what they come from; the sum last."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence

from copydesk import engine
from copydesk.kit import text

_PART, _POINTS, _GAP = 14, 5, "  "  # columns
_LEAST = 20  # columns for what points come from
_UNNAMED = "quality"


def quality_table(rows: Sequence[engine.QualityRow], quality: int | None) -> Iterator[str]:
    """Write the lines of a quality's table, on a terminal as wide as that.

    Where the record says another quality than the sum, that is told.
    """
    has_names = any(row.part for row in rows)
    for row in rows:
        name = text.fold(row.part) or ("other" if has_names else _UNNAMED)
        for evidence in row.evidence:
            first, *more = _wrap(text.fold(evidence.why))
            yield _line(name, f"{evidence.points:+d}", first)
            yield from (_line("", "", line) for line in more)
            name = ""
    total = sum(row.points for row in rows)
    yield _line("sum", str(total), "" if total == quality else f"the record says {quality}")


def _line(part: str, points: str, words: str) -> str:
    return _GAP.join((part.ljust(_PART), points.rjust(_POINTS), words)).rstrip()


def _wrap(words: str) -> Sequence[str]:
    """Break words into lines that fit a terminal; where nobody looks they stay one line."""
    if not sys.stdout.isatty():
        return [words]
    taken = len(_line("", "", "x")) + len(_GAP)  # the table stands below a story's first line
    width = max(shutil.get_terminal_size((100, 24)).columns - taken, _LEAST)
    return textwrap.wrap(words, width, break_on_hyphens=False) or [""]
