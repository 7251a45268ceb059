"""Letters: a page for every issue with what it told, lists of them by month and by letter, digests.

An issue leads to our page of a story where there is one. So it is made anew with the stories of
the days before it, and with those that it tells, and only with these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlsplit

import nh3

from copydesk.kit import text, urls
from copydesk.placement import addresses
from copydesk.publish import _records, newsletters
from copydesk.publish._entries import StoryEntry
from copydesk.publish._keys import DAY, LETTER, STORY
from copydesk.publish.newsletters import LetterItem, ShelvedIssue
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.site.records import _described, _digests, _letter_lists
from copydesk.publish.site.records._catalog import Catalog
from copydesk.publish.writing import Sheet
from copydesk.rendering import mark_safe

_DAYS = 8  # the oldest story that an issue may name is so old
_TAGS = {"p", "ul", "ol", "li", "a", "b", "strong", "i", "em", "blockquote", "br", "h2", "h3"}


def sheets(catalog: Catalog) -> Iterator[Sheet]:
    """Yield the wanted pages of issues and digests, and the lists where any issue changed."""
    frame, shelf = catalog.frame, catalog.frame.plan.letters
    printing = _Printing(catalog)
    for issue in shelf.issues:
        if _is_wanted(issue, frame):
            yield printing.page(issue)
            day = shelf.digest_of(issue)
            if day is not None:
                yield _digests.page(day, issue, printing.sections(issue), frame)
    if shelf.issues and frame.plan.wanted.of_key(LETTER.name):
        yield from _letter_lists.sheets(frame)
        yield from _digests.index(frame)


def _is_wanted(issue: ShelvedIssue, frame: Frame) -> bool:
    """Decide whether an issue changed, or a story that it may name."""
    wanted = frame.plan.wanted
    days = (day.isoformat() for day in _list_days(issue))
    return (
        wanted(LETTER.name, issue.record.path)
        or any(wanted(STORY.name, name) for name in issue.told)
        or any(wanted(DAY.name, day) for day in days)
    )


def _list_days(issue: ShelvedIssue) -> Iterator[date]:
    """Yield the days whose stories an issue may name."""
    if issue.day is not None:
        yield from (issue.day - timedelta(days=ago) for ago in range(-1, _DAYS))


class _Printing:
    """The pages of issues, with what they may lead to."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._frame = catalog.frame
        self._plan = catalog.frame.plan

    def page(self, issue: ShelvedIssue) -> Sheet:
        """Return the page of an issue: its sections, or its text where it has another form."""
        frame, record = self._frame, issue.record
        title, letter = (
            _letter_lists.title_of(issue, frame),
            _letter_lists.name_letter(issue, frame),
        )
        sections = self.sections(issue)
        is_text = not sections and not newsletters.is_marked(record.body)
        body = nh3.clean(record.body, tags=_TAGS, link_rel=None) if is_text else ""
        digest = self._plan.letters.digest_of(issue)
        older, newer = self._plan.letters.beside(issue)
        head = Head(
            path=_records.page_folder(record),
            title=" – ".join(filter(None, (title, letter))),
            description=text.shorten(_records.first_text(record, "excerpt"), 200),
            structured=self._describe(issue, title),
            kind="article",
            feeds=_letter_lists.FOLDER,
            feeds_title=_letter_lists.feeds_title(frame),
            subscribes=True,
            letter=issue.letter,
        )
        return frame.page(
            "letter.html",
            head,
            heading=title,
            letter="" if issue.letter in self._plan.letters.listed_titles else letter,
            day=_letter_lists.name_day(issue, frame),
            iso=issue.day.isoformat() if issue.day else "",
            digest=frame.href(addresses.digest_folder(digest)) if digest else "",
            note=mark_safe(newsletters.read_note(record.body)),
            sections=sections,
            body=mark_safe(body) if text.plain(body) else "",
            shelf=_letter_lists.shelf_of(issue, frame),
            older=_letter_lists.link(older, frame),
            newer=_letter_lists.link(newer, frame),
        )

    def sections(self, issue: ShelvedIssue) -> list[Mapping[str, object]]:
        """Return what an issue told as templates print it, led to our pages where there are any."""
        return [
            {"name": section.name, "told": [self._item(item, issue) for item in section.items]}
            for section in newsletters.read_sections(issue.record.body)
        ]

    def _describe(self, issue: ShelvedIssue, title: str) -> Mapping[str, object]:
        about = {"@type": "CreativeWork", "name": title}
        if issue.day:
            about["datePublished"] = issue.day.isoformat()
        folder = _records.page_folder(issue.record)
        return _described.page(folder, title, "CollectionPage", about, self._frame)

    def _item(self, item: LetterItem, issue: ShelvedIssue) -> Mapping[str, object]:
        own = self._find_own(item, issue)
        elsewhere = urls.fetchable(item.href) or ""
        below = self._below(item.href, issue)
        is_lost = own is None and below is not None
        return {
            "title": item.title,
            "excerpt": item.excerpt,
            "note": mark_safe(item.note),
            "href": self._frame.href(own) if own else "" if is_lost else elsewhere,
            "is_here": own is not None,
            "place": item.place if item.name or below is None else "",
            "origin": "" if below is not None or own is None else elsewhere,
        }

    def _find_own(self, item: LetterItem, issue: ShelvedIssue) -> str | None:
        """Return the folder of our page of what a letter told, by its name or its address."""
        own = self._own(item.href, issue)
        if own is None and item.name in issue.told:
            entry = self._plan.groups.public(item.name)
            return entry.folder if entry is not None else None
        return own

    def _own(self, address: str, issue: ShelvedIssue) -> str | None:
        """Return the folder of our page that an address of a letter stands for."""
        below = self._below(address, issue)
        if below is not None and below in self._pages:
            return below
        days = {day.isoformat() for day in _list_days(issue)}
        for entry in self._entries.get(below or urls.identity(address), ()):
            if entry.day in days or entry.name in issue.told:
                return entry.folder
        return None

    def _below(self, address: str, issue: ShelvedIssue) -> str | None:
        """Return where an address lies on our site, or on the one that the letter came from."""
        folder = _records.page_folder(issue.record)
        came_from = _records.first_text(issue.record, "webUrl").removesuffix(folder)
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
