"""A section of the page of numbers: its words, its plot or bars, and the table behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from copydesk import engine
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.desk.numbers._plot import Shade

_SPANS = (("days_short", 86_400), ("hours_short", 3_600), ("minutes_short", 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What a template shows of one number.

    `words` are its sentence, `plot` is what `draw_columns` makes, `head` and `legend` are words of
    the strings, the latter with the shades that they explain. A row has a name, cells, and where
    there is no plot the length of its bar of 100, and of a part of that. `id` tells it apart from
    others of its name.
    """

    name: str
    words: str
    head: Sequence[str]
    rows: Sequence[View]
    plot: View | None = None
    legend: Sequence[tuple[Shade, str]] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """Say numbers in the site's language, and link them to what they count."""

    pages: Pages

    def say(self, word: str, **gaps: object) -> str:
        """Return a word with its gaps filled."""
        return self.pages.strings.say(word, **gaps)

    def name_day(self, day: date) -> str:
        """Return a day as the site writes it, the month short."""
        return self.pages.strings.format_date("short", day)

    def span(self, seconds: float) -> str:
        """Return how long something took, in the unit that makes it a small number."""
        for word, length in _SPANS:
            if seconds >= 2 * length or length == _SPANS[-1][1]:
                return self.say(word, count=f"{max(1, round(seconds / length)):,}")
        raise AssertionError("the last unit takes everything")

    def link_stories(self, question: engine.QueueQuestion) -> str:
        """Return the address of the stories that a question wants."""
        return self.pages.address(question)

    def link_drops(self, reason: str, days: int) -> str:
        """Return the address of what was dropped for a reason."""
        query = urlencode({"reason": reason, "days": days})
        return f"{self.pages.views.root}dropped/?{query}"

    def show(self, section: Section) -> View:
        """Return a section as the template takes it."""
        return {
            "id": section.id or section.name,
            "title": self.say(f"{section.name}_title"),
            "words": section.words,
            "plot": section.plot,
            "legend": [{"shade": shade, "word": self.say(word)} for shade, word in section.legend],
            "head": [self.say(word) for word in section.head],
            "rows": section.rows,
        }


def make_cell(value: float | str, href: str = "") -> Mapping[str, str]:
    """Return a cell of a table; what counts nothing leads nowhere."""
    shown = value if isinstance(value, str) else f"{value:,}"
    return {"text": shown, "href": href if value else ""}
