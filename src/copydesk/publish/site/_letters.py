"""Make pages of newsletters: each issue, lists by month and by newsletter, daily digests."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urlsplit

import nh3

from copydesk.catalogue.page_entries import DAY, LETTER, STORY, StoryEntry
from copydesk.kit import text, urls
from copydesk.placement import addresses
from copydesk.publish import _story_reader
from copydesk.publish.issues import LetterItem, ShelvedIssue, is_marked, read_note, read_sections
from copydesk.publish.site import _record_pages
from copydesk.publish.site._catalog import Catalog
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.writing import Sheet
from copydesk.rendering import mark_safe

_DAYS = 8  # age of the oldest story that an issue may name
_TAGS = {"p", "ul", "ol", "li", "a", "b", "strong", "i", "em", "blockquote", "br", "h2", "h3"}
FOLDER = "newsletters/"
_LONGEST_LINK = 90  # characters of a link to the previous or next issue
_FOLDER = "digest/"
_WORDS_A_MINUTE = 230  # English non-fiction, read silently: 238 (Brysbaert 2019); names slow it


def sheets(catalog: Catalog) -> Iterator[Sheet]:
    """Yield the pages of newsletter issues and daily digests that the build has to make, and their
    lists.
    """
    frame, shelf = catalog.frame, catalog.frame.plan.letters
    printing = _Printing(catalog)
    for issue in shelf.issues:
        if _is_wanted(issue, frame):
            yield printing.page(issue)
            day = shelf.digest_of(issue)
            if day is not None:
                yield page(day, issue, printing.sections(issue), frame)
    if shelf.issues and frame.plan.wanted.of_key(LETTER.name):
        yield from letter_lists(frame)
        yield from index(frame)


def _is_wanted(issue: ShelvedIssue, frame: Frame) -> bool:
    """Return whether a newsletter issue changed, or a story that it may name."""
    wanted = frame.plan.wanted
    days = (day.isoformat() for day in _list_days(issue))
    return (
        wanted(LETTER.name, issue.record.path)
        or any(wanted(STORY.name, name) for name in issue.told)
        or any(wanted(DAY.name, day) for day in days)
    )


def _list_days(issue: ShelvedIssue) -> Iterator[date]:
    """Yield the days of the stories that a newsletter issue may name."""
    if issue.day is not None:
        yield from (issue.day - timedelta(days=ago) for ago in range(-1, _DAYS))


class _Printing:
    """Makes the pages of newsletter issues, with links to other pages of the site."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._frame = catalog.frame
        self._plan = catalog.frame.plan

    def page(self, issue: ShelvedIssue) -> Sheet:
        """Return the page of a newsletter issue: its sections, or its cleaned HTML in an unknown
        format.
        """
        frame, record = self._frame, issue.record
        title, letter = title_of(issue, frame), name_letter(issue, frame)
        sections = self.sections(issue)
        is_text = not sections and not is_marked(record.body)
        body = nh3.clean(record.body, tags=_TAGS, link_rel=None) if is_text else ""
        digest = self._plan.letters.digest_of(issue)
        older, newer = self._plan.letters.beside(issue)
        head = Head(
            path=_story_reader.page_folder(record),
            title=" – ".join(filter(None, (title, letter))),
            description=text.shorten(_story_reader.first_text(record, "excerpt"), 200),
            structured=self._describe(issue, title),
            kind="article",
            feeds=FOLDER,
            feeds_title=feeds_title(frame),
            subscribes=True,
            letter=issue.letter,
        )
        return frame.page(
            "letter.html",
            head,
            heading=title,
            letter="" if issue.letter in self._plan.letters.listed_titles else letter,
            day=name_day(issue, frame),
            iso=issue.day.isoformat() if issue.day else "",
            digest=frame.href(addresses.digest_folder(digest)) if digest else "",
            note=mark_safe(read_note(record.body)),
            sections=sections,
            body=mark_safe(body) if text.plain(body) else "",
            shelf=shelf_of(issue, frame),
            older=link(older, frame),
            newer=link(newer, frame),
        )

    def sections(self, issue: ShelvedIssue) -> list[Mapping[str, object]]:
        """Return the sections of a newsletter issue for templates, with links to our own pages."""
        return [
            {"name": section.name, "told": [self._item(item, issue) for item in section.items]}
            for section in read_sections(issue.record.body)
        ]

    def _describe(self, issue: ShelvedIssue, title: str) -> Mapping[str, object]:
        about = {"@type": "CreativeWork", "name": title}
        if issue.day:
            about["datePublished"] = issue.day.isoformat()
        folder = _story_reader.page_folder(issue.record)
        return _record_pages.page(folder, title, "CollectionPage", about, self._frame)

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
        """Return the folder of the site's page for an item of an issue, None if there is none."""
        own = self._own(item.href, issue)
        if own is None and item.name in issue.told:
            entry = self._plan.groups.public(item.name)
            return entry.folder if entry is not None else None
        return own

    def _own(self, address: str, issue: ShelvedIssue) -> str | None:
        """Return the folder of the site's page for a URL in a newsletter issue, None if there is
        none.
        """
        below = self._below(address, issue)
        if below is not None and below in self._pages:
            return below
        days = {day.isoformat() for day in _list_days(issue)}
        for entry in self._entries.get(below or urls.identity(address), ()):
            if entry.day in days or entry.name in issue.told:
                return entry.folder
        return None

    def _below(self, address: str, issue: ShelvedIssue) -> str | None:
        """Return the path in a URL on this site, or on the site that sent the issue; else None."""
        folder = _story_reader.page_folder(issue.record)
        came_from = _story_reader.first_text(issue.record, "webUrl").removesuffix(folder)
        for site in (f"{self._plan.links.site}/", came_from):
            if site and address.startswith(site):
                return urlsplit(address.removeprefix(site)).path
        return None

    @cached_property
    def _pages(self) -> frozenset[str]:
        """Return the folders of all records' pages."""
        listed = (record for shelf in self._catalog.listed.values() for record in shelf)
        here = (record for record in listed if _story_reader.page_address(record, self._plan.links))
        return frozenset(map(_story_reader.page_folder, here))

    @cached_property
    def _entries(self) -> Mapping[str, Sequence[StoryEntry]]:
        """Map URLs and page folders to the published stories that have them."""
        found: defaultdict[str, list[StoryEntry]] = defaultdict(list)
        for entry in self._plan.stories.entries:
            found[entry.folder].append(entry)
            if entry.address:
                found[entry.address].append(entry)
        return found


def letter_lists(frame: Frame) -> Iterator[Sheet]:
    """Yield the list pages of newsletter issues: the newest month, each month, each newsletter."""
    issues = frame.plan.letters.issues
    months: defaultdict[str, list[ShelvedIssue]] = defaultdict(list)
    for issue in issues:
        months[f"{issue.day:%Y/%m}" if issue.day else "undated"].append(issue)
    names = list(months)
    ways = [_way(name, months[name], frame) for name in names]
    letters = [_letter_way(letter, frame) for letter in frame.plan.letters.listed_titles]
    name = frame.strings.say("newsletters")
    yield _list(FOLDER, name, months[names[0]], frame, groups=_by_year(ways), letters=letters)
    for place, (month, found) in enumerate(months.items()):
        older = ways[place + 1] if place + 1 < len(ways) else None
        newer = ways[place - 1] if place else None
        heading = f"{name}, {ways[place]['name']}"
        yield _list(f"{FOLDER}{month}/", heading, found, frame, older=older, newer=newer)
    for letter, heading in frame.plan.letters.listed_titles.items():
        folder = addresses.letter_folder(letter)
        issues_of_it = frame.plan.letters.of_letter(letter)
        yield _list(folder, heading, issues_of_it, frame, feeds=folder, letter=letter)


def title_of(issue: ShelvedIssue, frame: Frame) -> str:
    """Return the title of a newsletter issue's page: the mail's subject, or the record's title."""
    title = issue.subject or _story_reader.first_text(issue.record, "title")
    return title or frame.strings.say("untitled")


def name_letter(issue: ShelvedIssue, frame: Frame) -> str:
    """Return the title of an issue's newsletter, "" if the issue or the site has the same title."""
    title = frame.plan.letters.titles.get(issue.letter, "") if issue.subject else ""
    return "" if title == text.fold(frame.plan.beat.title) else title


def name_day(issue: ShelvedIssue, frame: Frame) -> str:
    """Return a newsletter issue's day as text, with its time if others share the day; "" if
    undated.
    """
    if issue.at is None:
        return ""
    return frame.strings.format_date("moment" if issue.shares_day else "day", issue.at)


def shelf_of(issue: ShelvedIssue, frame: Frame) -> Mapping[str, object]:
    """Return the link to the list page that contains a newsletter issue."""
    if issue.letter in frame.plan.letters.listed_titles:
        return _letter_way(issue.letter, frame)
    return frame.link(frame.strings.say("newsletters"), FOLDER)


def link(issue: ShelvedIssue | None, frame: Frame) -> Mapping[str, object] | None:
    """Return the link to a newsletter issue, None if no issue is given."""
    if issue is None:
        return None
    name = text.shorten(_name_issue(issue, frame), _LONGEST_LINK)
    return frame.link(name, _story_reader.page_folder(issue.record))


def feeds_title(frame: Frame, name: str = "") -> str:
    """Return the title of a newsletter's feeds, or of the feeds of all newsletters."""
    return f"{name or frame.strings.say('newsletters')} – {text.fold(frame.plan.beat.title)}"


def _letter_way(letter: str, frame: Frame) -> Mapping[str, object]:
    return frame.link(frame.plan.letters.titles[letter], addresses.letter_folder(letter))


def _name_issue(issue: ShelvedIssue, frame: Frame) -> str:
    """Return the short name of a newsletter issue: its subject, else its day, else its title."""
    return issue.subject or name_day(issue, frame) or title_of(issue, frame)


def _list(
    path: str, heading: str, issues: Sequence[ShelvedIssue], frame: Frame, **context: object
) -> Sheet:
    about = frame.strings.say("count_issues", count=len(issues))
    feeds = str(context.pop("feeds", FOLDER))
    head = Head(
        path=path,
        title=heading,
        description=f"{heading}{frame.strings.say('colon')}{about}",
        structured=_record_pages.page(path, heading, "CollectionPage", None, frame),
        feeds=feeds,
        feeds_title=feeds_title(frame, "" if feeds == FOLDER else heading),
        subscribes=True,
        letter=str(context.pop("letter", "")),
    )
    titles = {} if path.startswith("letters/") else frame.plan.letters.listed_titles
    lines = [_line(issue, titles.get(issue.letter, ""), frame) for issue in issues]
    above = frame.link(frame.strings.say("newsletters"), FOLDER)
    usual: dict[str, object] = {"groups": [], "letters": [], "older": None, "newer": None}
    context = {**usual, "above": above if path != FOLDER else None, **context}
    return frame.page("letters.html", head, heading=heading, issues=lines, **context)


def _line(issue: ShelvedIssue, letter: str, frame: Frame) -> Mapping[str, object]:
    """Return a newsletter issue as lists show it: its subject with its day, or only its day."""
    excerpt = _story_reader.first_text(issue.record, "excerpt")
    return {
        "name": _name_issue(issue, frame),
        "href": frame.href(_story_reader.page_folder(issue.record)),
        "letter": letter,
        "day": name_day(issue, frame) if issue.subject else "",
        "iso": issue.day.isoformat() if issue.day else "",
        "excerpt": "" if excerpt == issue.subject else text.shorten(excerpt, 300),
    }


def _way(name: str, issues: Sequence[ShelvedIssue], frame: Frame) -> Mapping[str, object]:
    day, strings = issues[0].day, frame.strings
    month = strings.format_date("month", day) if day else strings.say("undated")
    year = str(day.year) if day else ""
    return frame.link(month, f"{FOLDER}{name}/", count=len(issues), year=year)


def _by_year(ways: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    years: defaultdict[str, list[Mapping[str, object]]] = defaultdict(list)
    for way in ways:
        years[str(way["year"])].append(way)
    return [{"heading": year, "entries": entries} for year, entries in years.items()]


def page(
    day: date, issue: ShelvedIssue, sections: Sequence[Mapping[str, object]], frame: Frame
) -> Sheet:
    """Return the page of a daily digest (the stories of a newsletter issue), with links to its
    neighbours.
    """
    strings, plan = frame.strings, frame.plan
    path, name = addresses.digest_folder(day), strings.format_date("day", day)
    note = read_note(issue.record.body)
    length = _measure(sections, note, frame)
    title = f"{strings.say('digest')}{strings.say('colon')}{name}"
    head = Head(
        path=path,
        title=title,
        description=f"{title}. {length}.",
        structured=_record_pages.page(path, title, "CollectionPage", None, frame),
        kind="article",
        subscribes=True,
        letter=issue.letter,
    )
    days = list(plan.letters.digests)
    place = bisect_left(days, day)
    older, newer = (days[at] if 0 <= at < len(days) else None for at in (place - 1, place + 1))
    return frame.page(
        "digest.html",
        head,
        heading=name,
        iso=day.isoformat(),
        length=length,
        note=mark_safe(note),
        sections=sections,
        all_of_day=frame.href(addresses.day_folder(day)) if day in plan.by_day else "",
        letter=frame.href(_story_reader.page_folder(issue.record)),
        older=_link(older, frame),
        newer=_link(newer, frame),
    )


def index(frame: Frame) -> Iterator[Sheet]:
    """Yield the page that redirects to the newest daily digest, if there is any."""
    newest = max(frame.plan.letters.digests, default=None)
    if newest is not None:
        folder = addresses.digest_folder(newest)
        name = frame.strings.say("digest")
        yield frame.page(
            "moved.html",
            Head(path=_FOLDER, title=name, indexed=False),
            heading=name,
            said="newest_digest",
            story={**(_link(newest, frame) or {}), "title": _name(newest, frame), "tongue": ""},
            canonical=frame.plan.links.page(folder),
        )


def _measure(sections: Sequence[Mapping[str, object]], note: str, frame: Frame) -> str:
    """Return how many stories a digest has, and how many minutes it takes to read."""
    told = [item for section in sections for item in _items(section)]
    shown = [text.plain(note), *(str(section["name"]) for section in sections)]
    shown += [f"{item['title']} {item['excerpt']} {item['place']}" for item in told]
    shown += [text.plain(str(item["note"])) for item in told]
    minutes = math.ceil(len(" ".join(shown).split()) / _WORDS_A_MINUTE)
    return frame.strings.say(
        "digest_length",
        stories=frame.strings.say("digest_stories", count=len(told)),
        minutes=frame.strings.say("digest_minutes", count=minutes),
    )


def _items(section: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    told = section["told"]
    assert isinstance(told, list)
    return told


def _name(day: date, frame: Frame) -> str:
    return frame.strings.format_date("day", day)


def _link(day: date | None, frame: Frame) -> Mapping[str, object] | None:
    if day is None:
        return None
    return frame.link(_name(day, frame), addresses.digest_folder(day))
