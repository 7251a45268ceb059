"""Describe plots and sections of the pages of statistics for the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.kit.options import take

_SPANS = (("days_short", 86_400), ("hours_short", 3_600), ("minutes_short", 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of a page of statistics: a sentence, a plot and a table.

    `words` are its sentence, `plot` is from `draw_columns`, `head` and `legend` are keys of texts,
    the latter with the shades that they explain. A row has a name, cells and, without a plot, the
    length of its bar of 100 and of a part of that. `id` tells sections of one name apart. `advice`
    is another sentence, `try_href` the page on which to try what it advises.
    """

    name: str
    words: str
    head: Sequence[str]
    rows: Sequence[View]
    plot: View | None = None
    legend: Sequence[tuple[Shade, str]] = ()
    id: str = ""
    advice: str = ""
    try_href: str = ""

    def show(self, wording: Wording) -> View:
        """Return the section as values for the template."""
        return {
            "id": self.id or self.name,
            "title": wording.say(f"{self.name}_title"),
            **take(self, "words", "advice", "try_href", "plot", "rows"),
            "legend": [{"shade": shade, "word": wording.say(word)} for shade, word in self.legend],
            "head": [wording.say(word) for word in self.head],
        }


@dataclass(frozen=True, slots=True)
class Wording:
    """Writes numbers of statistics in the site's language, and links them to their stories."""

    pages: Pages

    def say(self, word: str, **gaps: object) -> str:
        """Return a text of the web interface by its key, with its placeholders filled."""
        return self.pages.strings.say(word, **gaps)

    def name_day(self, day: date) -> str:
        """Return a day with a short month name, in the site's language."""
        return self.pages.strings.format_date("short", day)

    def span(self, seconds: float) -> str:
        """Return a duration as text in a fitting unit: minutes, hours or days."""
        for word, length in _SPANS:
            if seconds >= 2 * length or length == _SPANS[-1][1]:
                return self.say(word, count=f"{max(1, round(seconds / length)):,}")
        raise AssertionError("the last unit of time has no upper limit")

    def link_drops(self, reason: str, days: int) -> str:
        """Return the URL of the page of links that became no story for a reason."""
        query = urlencode({"reason": reason, "days": days})
        return f"{self.pages.views.root}dropped/?{query}"

    def count(self, shade: Shade, value: float, word: str, href: str = "") -> Part:
        """Return a segment of a bar for a number of stories; `word` says what they are."""
        return Part(value=value, shade=shade, words=f"{value:,} {self.say(word)}", href=href)


def make_cell(value: float | str, href: str = "") -> Mapping[str, str]:
    """Return a table cell with a link; a zero has no link."""
    shown = value if isinstance(value, str) else f"{value:,}"
    return {"text": shown, "href": href if value else ""}


# A plot is drawn 1000 wide and 100 high and stretched to its place, so there are no letters in it:
# they are beside it, and in the table behind it.

WIDTH, HEIGHT = 1000.0, 100.0
_GAP = 0.18  # share of a column's width
_WIDEST = 60.0

Shade = Literal["full", "half", "mark", "pale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A segment of a stacked bar in a plot: its size, shade, label and link."""

    value: float
    shade: Shade
    words: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A stacked bar in a plot: the name below it, and its segments from the bottom up."""

    name: str
    parts: Sequence[Part]

    @property
    def height(self) -> float:
        """Return the height of the bar: the sum of its segments."""
        return sum(part.value for part in self.parts)


def draw_columns(columns: Sequence[Column], top: str = "") -> View:
    """Return a bar plot scaled to its highest bar; `top` labels that height, else its number."""
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
        "top": top or f"{highest:,.0f}",
        "first": columns[0].name if columns else "",
        "last": columns[-1].name if columns else "",
    }


def measure_shares(values: Sequence[float], most: float = 0) -> list[str]:
    """Return the length of a bar for each value; 100 stands for the largest or for `most`."""
    most = most or max(values, default=0)
    return [_write(100 * value / most if most else 0) for value in values]


def _write(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
