"""Issue names: what the file of a letter's issue is called, and which letter a file is of.

`daily-2026-11-24`, the second of a day `daily-2026-11-24-2`. The only letter of a site, when it is
a daily, has the site's name as in the reference: `power-apps-every-day-2024-04-12` (SPEC 1.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from copydesk.news import LetterOptions

_FORM = re.compile(r"(?P<stem>.+)-(?P<day>\d{4}-\d{2}-\d{2})(?:-(?P<number>[2-9]|[1-9]\d{1,3}))?")
_WORKDAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday"})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class IssueName:
    """The parts of an issue's name; issues of a letter sort by day, then by number."""

    day: date
    number: int = 1
    stem: str

    def __str__(self) -> str:
        """Return the name of the issue's file, without the ending."""
        return f"{self.stem}-{self.day}{f'-{self.number}' if self.number > 1 else ''}"


def parse_issue_name(name: str) -> IssueName | None:
    """Return the parts of a record's name, None where it is not called as issues are."""
    match = _FORM.fullmatch(name)
    if match is None:
        return None
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        return None
    return IssueName(stem=match["stem"], day=day, number=int(match["number"] or 1))


def name_issue(stem: str, day: date, is_taken: Callable[[str], bool]) -> str:
    """Return the first free name of an issue of a day."""
    name = IssueName(stem=stem, day=day)
    while is_taken(str(name)):
        name = IssueName(stem=stem, day=day, number=name.number + 1)
    return str(name)


def issue_stems(
    letter: LetterOptions, letters: Sequence[LetterOptions], site: str
) -> tuple[str, ...]:
    """Return what the names of a letter's issues begin with, that of a new one first.

    `site` is the slug of the site's title: it is the lone daily's, and once there are others the
    first letter's, whose earlier issues have it. A letter with that very id has it for itself.
    """
    is_alone = len(letters) == 1 and not letter.when_new and _is_daily(letter)
    is_first = letter is letters[0] and all(other.id != site for other in letters)
    if not site or not is_first:
        return (letter.id,)
    return (site, letter.id) if is_alone else (letter.id, site)


def _is_daily(letter: LetterOptions) -> bool:
    """Decide whether a letter comes every day, or every working day as the reference's."""
    return not letter.days or _WORKDAYS.issubset(letter.days)
