"""The lists of letters: all issues by month, and those of each letter where there are several."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from copydesk.kit import text
from copydesk.placement import addresses
from copydesk.publish import _records
from copydesk.publish.newsletters import ShelvedIssue
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.site.records import _described
from copydesk.publish.writing import Sheet

FOLDER = "newsletters/"
_LONGEST_LINK = 90  # characters of a headline that leads to the issue before or after


def sheets(frame: Frame) -> Iterator[Sheet]:
    """Yield a list for each month, one with the newest month and all others, one of each letter."""
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
    """Return what an issue's page is called: as its mail, else by its record."""
    title = issue.subject or _records.first_text(issue.record, "title")
    return title or frame.strings.say("untitled")


def name_letter(issue: ShelvedIssue, frame: Frame) -> str:
    """Return the title of an issue's letter, "" where the issue or the site is called so."""
    title = frame.plan.letters.titles.get(issue.letter, "") if issue.subject else ""
    return "" if title == text.fold(frame.plan.beat.title) else title


def name_day(issue: ShelvedIssue, frame: Frame) -> str:
    """Return an issue's day, with the time where its letter has several of it; "" for none."""
    if issue.at is None:
        return ""
    return frame.strings.format_date("moment" if issue.shares_day else "day", issue.at)


def shelf_of(issue: ShelvedIssue, frame: Frame) -> Mapping[str, str]:
    """Return the link to the list that an issue is of: its letter's, else the one of all."""
    if issue.letter in frame.plan.letters.listed_titles:
        return _letter_way(issue.letter, frame)
    return {"name": frame.strings.say("newsletters"), "href": frame.href(FOLDER)}


def link(issue: ShelvedIssue | None, frame: Frame) -> Mapping[str, str] | None:
    """Return the link to an issue, None for none."""
    if issue is None:
        return None
    return {
        "name": text.shorten(_name_issue(issue, frame), _LONGEST_LINK),
        "href": frame.href(_records.page_folder(issue.record)),
    }


def feeds_title(frame: Frame, name: str = "") -> str:
    """Return what the feeds of a letter are called, or those of all."""
    return f"{name or frame.strings.say('newsletters')} – {text.fold(frame.plan.beat.title)}"


def _letter_way(letter: str, frame: Frame) -> Mapping[str, str]:
    name = frame.plan.letters.titles[letter]
    return {"name": name, "href": frame.href(addresses.letter_folder(letter))}


def _name_issue(issue: ShelvedIssue, frame: Frame) -> str:
    """Return what an issue is called among others: its subject, else its day, else its title."""
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
        structured=_described.page(path, heading, "CollectionPage", None, frame),
        feeds=feeds,
        feeds_title=feeds_title(frame, "" if feeds == FOLDER else heading),
        subscribes=True,
        letter=str(context.pop("letter", "")),
    )
    titles = {} if path.startswith("letters/") else frame.plan.letters.listed_titles
    lines = [_line(issue, titles.get(issue.letter, ""), frame) for issue in issues]
    above = {"name": frame.strings.say("newsletters"), "href": frame.href(FOLDER)}
    usual: dict[str, object] = {"groups": [], "letters": [], "older": None, "newer": None}
    context = {**usual, "above": above if path != FOLDER else None, **context}
    return frame.page("letters.html", head, heading=heading, issues=lines, **context)


def _line(issue: ShelvedIssue, letter: str, frame: Frame) -> Mapping[str, object]:
    """Return an issue as a list tells it: its subject with the day below it, else its day."""
    excerpt = _records.first_text(issue.record, "excerpt")
    return {
        "name": _name_issue(issue, frame),
        "href": frame.href(_records.page_folder(issue.record)),
        "letter": letter,
        "day": name_day(issue, frame) if issue.subject else "",
        "iso": issue.day.isoformat() if issue.day else "",
        "excerpt": "" if excerpt == issue.subject else text.shorten(excerpt, 300),
    }


def _way(name: str, issues: Sequence[ShelvedIssue], frame: Frame) -> Mapping[str, object]:
    day = issues[0].day
    return {
        "name": _name_month(day, frame),
        "href": frame.href(f"{FOLDER}{name}/"),
        "count": len(issues),
        "year": str(day.year) if day else "",
    }


def _name_month(day: date | None, frame: Frame) -> str:
    return frame.strings.format_date("month", day) if day else frame.strings.say("undated")


def _by_year(ways: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    years: defaultdict[str, list[Mapping[str, object]]] = defaultdict(list)
    for way in ways:
        years[str(way["year"])].append(way)
    return [{"heading": year, "entries": entries} for year, entries in years.items()]
