"""Newsletters: a page for every issue with what it told, and lists of them by month.

An issue leads to our page of a story where there is one. So it is made anew with the stories of
the days before it, and only with these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit

import nh3

from copydesk.kit import text, urls
from copydesk.news import Record
from copydesk.publish import _records, newsletters
from copydesk.publish._entries import StoryEntry
from copydesk.publish._keys import DAY
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.site.records import _described
from copydesk.publish.site.records._catalog import Catalog
from copydesk.publish.writing import Sheet
from copydesk.rendering import mark_safe

FOLDER = "newsletters/"
_DAYS = 8  # the oldest story that an issue may name is so old
_TAGS = {"p", "ul", "ol", "li", "a", "b", "strong", "i", "em", "blockquote", "br", "h2", "h3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issue:
    """A newsletter with its day in the site's zone, None for an undated one, and its neighbours."""

    record: Record
    day: date | None
    older: Record | None
    newer: Record | None

    @property
    def folder(self) -> str:
        return _records.page_folder(self.record)

    @property
    def days(self) -> Iterator[date]:
        """Yield the days whose stories it may name."""
        if self.day is not None:
            yield from (self.day - timedelta(days=ago) for ago in range(-1, _DAYS))


def sheets(catalog: Catalog) -> Iterator[Sheet]:
    """Yield the wanted pages of issues, and the lists where records changed."""
    frame, plan = catalog.frame, catalog.frame.plan
    issues = _issues(frame)
    printing = _Printing(catalog)
    everything = plan.wanted.everything
    for issue in issues:
        if everything or any(plan.wanted(DAY.name, day.isoformat()) for day in issue.days):
            yield printing.page(issue)
    if everything and issues:
        yield from _lists(issues, frame)


def _issues(frame: Frame) -> list[_Issue]:
    records = _records.list_letters(frame.plan.records.get("newsletters", ()))
    if not records:
        return []
    beside = zip(records, [*records[1:], None], [None, *records[:-1]], strict=True)
    return [
        _Issue(record=record, day=_day(record, frame), older=older, newer=newer)
        for record, older, newer in beside
    ]


def _day(record: Record, frame: Frame) -> date | None:
    sent = record.fields.get("publishedDateTime")
    return frame.plan.local(sent).date() if isinstance(sent, datetime) else None


class _Printing:
    """The pages of issues, with what they may lead to."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._frame = catalog.frame
        self._plan = catalog.frame.plan

    def page(self, issue: _Issue) -> Sheet:
        """Return the page of an issue: its sections, or its text where it has another form."""
        frame, record = self._frame, issue.record
        title = _records.first_text(record, "title") or frame.strings.say("untitled")
        excerpt = _records.first_text(record, "excerpt")
        sections = [
            self._section(section, issue) for section in newsletters.read_sections(record.body)
        ]
        body = "" if sections else nh3.clean(record.body, tags=_TAGS, link_rel=None)
        head = Head(
            path=issue.folder,
            title=title,
            description=text.shorten(excerpt, 200),
            structured=self._describe(issue, title),
            kind="article",
        )
        return frame.page(
            "letter.html",
            head,
            heading=title,
            day=frame.strings.format_date("day", issue.day) if issue.day else "",
            iso=issue.day.isoformat() if issue.day else "",
            sections=sections,
            body=mark_safe(body) if text.plain(body) else "",
            shelf={"name": frame.strings.say("newsletters"), "href": frame.href(FOLDER)},
            older=_beside(issue.older, frame),
            newer=_beside(issue.newer, frame),
        )

    def _describe(self, issue: _Issue, title: str) -> Mapping[str, object]:
        about = {"@type": "CreativeWork", "name": title}
        if issue.day:
            about["datePublished"] = issue.day.isoformat()
        return _described.page(issue.folder, title, "CollectionPage", about, self._frame)

    def _section(self, section: newsletters.LetterSection, issue: _Issue) -> Mapping[str, object]:
        return {"name": section.name, "told": [self._item(item, issue) for item in section.items]}

    def _item(self, item: newsletters.LetterItem, issue: _Issue) -> Mapping[str, object]:
        own = self._own(item.href, issue)
        elsewhere = urls.fetchable(item.href) or ""
        is_lost = own is None and self._below(item.href, issue) is not None
        return {
            "title": item.title,
            "excerpt": item.excerpt,
            "href": self._frame.href(own) if own else "" if is_lost else elsewhere,
            "is_here": own is not None,
            "place": "" if self._below(item.href, issue) is not None else item.place,
            "origin": "" if is_lost or own is None else elsewhere,
        }

    def _own(self, address: str, issue: _Issue) -> str | None:
        """Return the folder of our page that an address of a letter stands for."""
        below = self._below(address, issue)
        if below is not None and below in self._pages:
            return below
        days = {day.isoformat() for day in issue.days}
        for entry in self._entries.get(below or urls.identity(address), ()):
            if entry.day in days:
                return entry.folder
        return None

    def _below(self, address: str, issue: _Issue) -> str | None:
        """Return where an address lies on our site, or on the one that the letter came from."""
        came_from = _records.first_text(issue.record, "webUrl").removesuffix(issue.folder)
        for site in (f"{self._plan.links.site}/", came_from):
            if site and address.startswith(site):
                return urlsplit(address.removeprefix(site)).path
        return None

    @cached_property
    def _pages(self) -> frozenset[str]:
        """Return the folders of all records' pages."""
        listed = (record for shelf in self._catalog.listed.values() for record in shelf)
        here = (record for record in listed if _records.page_address(record, self._plan))
        return frozenset(map(_records.page_folder, here))

    @cached_property
    def _entries(self) -> Mapping[str, Sequence[StoryEntry]]:
        """Return the published stories by their address and by the folder of their page."""
        found: defaultdict[str, list[StoryEntry]] = defaultdict(list)
        for entry in self._plan.stories.entries:
            found[entry.folder].append(entry)
            if entry.address:
                found[entry.address].append(entry)
        return found


def _beside(record: Record | None, frame: Frame) -> Mapping[str, str] | None:
    if record is None:
        return None
    return {"name": _issue_name(record, frame), "href": frame.href(_records.page_folder(record))}


def _issue_name(record: Record, frame: Frame) -> str:
    """Return what an issue is called among others: its day, else its title."""
    day = _day(record, frame)
    title = _records.first_text(record, "title") or frame.strings.say("untitled")
    return frame.strings.format_date("day", day) if day else title


def _lists(issues: Sequence[_Issue], frame: Frame) -> Iterator[Sheet]:
    """Yield a list for each month, and one with the newest month and the way to all others."""
    months: defaultdict[str, list[_Issue]] = defaultdict(list)
    for issue in issues:
        months[f"{issue.day:%Y/%m}" if issue.day else "undated"].append(issue)
    names = list(months)
    ways = [_way(name, months[name], frame) for name in names]
    newest = months[names[0]]
    yield _list(FOLDER, frame.strings.say("newsletters"), newest, frame, groups=_by_year(ways))
    for place, (name, found) in enumerate(months.items()):
        older = ways[place + 1] if place + 1 < len(ways) else None
        newer = ways[place - 1] if place else None
        heading = f"{frame.strings.say('newsletters')}, {ways[place]['name']}"
        yield _list(f"{FOLDER}{name}/", heading, found, frame, older=older, newer=newer)


def _list(
    path: str, heading: str, issues: Sequence[_Issue], frame: Frame, **context: object
) -> Sheet:
    about = frame.strings.say("count_issues", count=len(issues))
    head = Head(
        path=path,
        title=heading,
        description=f"{heading}{frame.strings.say('colon')}{about}",
        structured=_described.page(path, heading, "CollectionPage", None, frame),
    )
    lines = [
        {
            "name": _issue_name(issue.record, frame),
            "href": frame.href(issue.folder),
            "excerpt": text.shorten(_records.first_text(issue.record, "excerpt"), 300),
        }
        for issue in issues
    ]
    above = {"name": frame.strings.say("newsletters"), "href": frame.href(FOLDER)}
    usual: dict[str, object] = {"groups": [], "older": None, "newer": None}
    context = {**usual, "above": above if path != FOLDER else None, **context}
    return frame.page("letters.html", head, heading=heading, issues=lines, **context)


def _way(name: str, issues: Sequence[_Issue], frame: Frame) -> Mapping[str, object]:
    day = issues[0].day
    name_of_month = frame.strings.format_date("month", day) if day else frame.strings.say("undated")
    year = str(day.year) if day else ""
    return {
        "name": name_of_month,
        "href": frame.href(f"{FOLDER}{name}/"),
        "count": len(issues),
        "year": year,
    }


def _by_year(ways: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    years: defaultdict[str, list[Mapping[str, object]]] = defaultdict(list)
    for way in ways:
        years[str(way["year"])].append(way)
    return [{"heading": year, "entries": entries} for year, entries in years.items()]
