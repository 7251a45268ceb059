"""Plots: columns made of parts, as the coordinates that a template draws as SVG.

The drawing is 1000 wide and 100 high and stretched to its place, so it holds no letters: what is to
be read stands beside it, and in the table behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from copydesk.desk._story_view import View

WIDTH, HEIGHT = 1000.0, 100.0
_GAP = 0.18  # of a column's place
_WIDEST = 60.0

Shade = Literal["full", "half", "mark", "pale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a column: how much it is, how it is drawn, what it says, what it leads to."""

    value: float
    shade: Shade
    words: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a plot: the name below it, its parts from the ground up."""

    name: str
    parts: Sequence[Part]

    @property
    def height(self) -> float:
        """Return how high it is, in the unit of its parts."""
        return sum(part.value for part in self.parts)


def draw_columns(columns: Sequence[Column], top: str) -> View:
    """Return a plot of columns, the highest as high as the plot; `top` says how much that is."""
    highest = max((column.height for column in columns), default=0)
    place = WIDTH / max(1, len(columns))
    width = min(_WIDEST, place * (1 - _GAP))
    bars = []
    for number, column in enumerate(columns):
        ground = HEIGHT
        for part in column.parts:
            height = HEIGHT * part.value / highest if highest else 0
            ground -= height
            if height:
                bars.append(
                    {
                        "x": _write(number * place + (place - width) / 2),
                        "y": _write(max(0.0, ground)),
                        "width": _write(width),
                        "height": _write(height),
                        "shade": part.shade,
                        "words": f"{column.name}: {part.words}",
                        "href": part.href,
                    }
                )
    return {
        "bars": bars,
        "top": top,
        "first": columns[0].name if columns else "",
        "last": columns[-1].name if columns else "",
    }


def measure_shares(values: Sequence[float], most: float = 0) -> list[str]:
    """Return how long a bar for each value is, of 100: for `most`, or the largest, all of them."""
    most = most or max(values, default=0)
    return [_write(100 * value / most if most else 0) for value in values]


def _write(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
