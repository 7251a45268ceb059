"""Case: a page beside what a person says of it; a Set is the cases that belong together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from copydesk.errors import DataError
from copydesk.kit import dates
from copydesk.measure._corpus import File
from copydesk.news import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of publication (YYYY-MM-DD): of a moment, in UTC; else the one that the page shows."""

    day: str
    is_moment: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is known of a page; None where nobody says.

    `in_page` says whether the authors' names stand in the page at all.
    """

    text: str | None = None
    title: str | None = None
    authors: tuple[str, ...] | None = None
    in_page: bool = True
    image: str | None = None
    address: str | None = None
    amp: str | None = None
    day: Day | None = None

    @property
    def has_words(self) -> bool:
        """Decide whether there is anything but a date to be compared."""
        said = (self.text, self.title, self.authors, self.image, self.address)
        return any(one is not None for one in said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A page and its truth; `name` is how the data calls it."""

    name: str
    page: Page
    truth: Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """The cases of one layout at one place; `absent` are pages that a recording does not hold."""

    name: str
    cases: Sequence[Case]
    absent: tuple[str, ...] = ()

    def only(self, has: Callable[[Truth], bool]) -> Set:
        """Return the set with those cases alone whose truth has something."""
        return replace(self, cases=[case for case in self.cases if has(case.truth)])


def day_of(row: Mapping[str, object], name: str, file: File) -> Day | None:
    """Parse the day of a label, None where it has none."""
    value = row.get(name)
    if not value:
        return None
    moment = dates.parse(value) if isinstance(value, str) else None
    if moment is None:
        hint = "such as 2026-11-20 or 2026-11-20T08:00:00Z"
        raise DataError(f"{name} is no date: {value!r}", subject=file.place, hint=hint)
    return Day(day=f"{moment:%Y-%m-%d}", is_moment=len(str(value)) > len("2026-11-20"))
