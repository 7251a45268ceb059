"""The way into the archive: its months and pages, and for each month its days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from copydesk.placement import addresses, group_by_month
from copydesk.publish._keys import MONTH, UNDATED
from copydesk.publish._outputs import Output
from copydesk.publish._plan import SitePlan
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.site._list_cards import ListCards
from copydesk.publish.writing import Sheet

FOLDER = "archive/"

_Month = tuple[date, Sequence[date]]


def sheets(frame: Frame) -> Iterator[Sheet]:
    """Yield the archive's first page: front, archive, month, day, story."""
    yield _archive(group_by_month(frame.plan.by_day), frame)


def _month_folder(month: str) -> str:
    """Return the folder of a month, "" for the undated, who have none."""
    return "" if month == UNDATED else addresses.month_folder(date.fromisoformat(f"{month}-01"))


def _months(plan: SitePlan) -> Sequence[str]:
    dated = (month for month in plan.counts[MONTH.name] if month != UNDATED)
    return sorted(dated, reverse=True)


MONTHS: Output[ListCards] = Output(
    key=MONTH,
    place=_month_folder,
    values=_months,
    make=lambda cards, month: [_month(date.fromisoformat(f"{month}-01"), cards.frame)],
)


def _archive(months: Sequence[_Month], frame: Frame) -> Sheet:
    """Return every month by its year, and all pages of the archive, the latest first."""
    plan, strings = frame.plan, frame.strings
    years: defaultdict[int, list[Mapping[str, object]]] = defaultdict(list)
    for month, days in months:
        count = sum(len(plan.by_day[day]) for day in days)
        name = strings.format_date("month", month)
        years[month.year].append(_entry(name, addresses.month_folder(month), count, frame))
    numbers = [
        {"number": number, "href": frame.href(f"{FOLDER}{number}/")}
        for number in range(plan.archive_pages, 0, -1)
    ]
    heading = strings.say("archive")
    return frame.page(
        "calendar.html",
        Head(path=FOLDER, title=heading),
        heading=heading,
        above=None,
        groups=[{"heading": str(year), "entries": found} for year, found in years.items()],
        numbers=numbers,
    )


def _month(month: date, frame: Frame) -> Sheet:
    """Make the page of a month's days; no way to the months beside it, which would change, too."""
    strings, by_day = frame.strings, frame.plan.by_day
    days = sorted((day for day in by_day if day.replace(day=1) == month), reverse=True)
    heading = strings.format_date("month", month)
    entries = [
        _entry(
            strings.format_date("day_in_month", day),
            addresses.day_folder(day),
            len(by_day[day]),
            frame,
        )
        for day in days
    ]
    return frame.page(
        "calendar.html",
        Head(path=addresses.month_folder(month), title=heading),
        heading=heading,
        above={"name": strings.say("archive"), "href": frame.href(FOLDER)},
        groups=[{"heading": "", "entries": entries}],
        numbers=[],
    )


def _entry(name: str, folder: str, count: int, frame: Frame) -> Mapping[str, object]:
    return {"name": name, "href": frame.href(folder), "count": count}
