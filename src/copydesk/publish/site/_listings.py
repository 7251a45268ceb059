"""Pages that list stories: front, topics, days, publishers, the archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from copydesk.kit import text
from copydesk.news import Story, Topic
from copydesk.placement import addresses
from copydesk.publish._write import Sheet
from copydesk.publish.site import _structured
from copydesk.publish.site._cards import Cards
from copydesk.publish.site._frame import Head

_NEWEST = 60  # of a topic or a publisher
_OF_A_DAY = 90
_IN_FULL = 24  # as cards, those that come first; the others are a line
_SECOND = 3  # the first place and those beside it


Shelves = Mapping[str, Sequence[Mapping[str, object]]]


def sheets(cards: Cards, shelves: Shelves) -> Iterator[Sheet]:
    """Give every page that lists stories, but for days and the archive's own, which are walked.

    `shelves` are the lists of other collections on a topic, by its name.
    """
    yield _front(cards)
    yield from _topics(cards, shelves)
    yield from _sources(cards)


def _front(cards: Cards) -> Sheet:
    """Give the best of the newest as cards by rank, then what else is new by day."""
    plan = cards.frame.plan
    top, more = plan.front.top, plan.front.more
    usual = cards.frame.strings.say("front_description", site=text.fold(plan.beat.title))
    head = Head(
        path="",
        description=text.shorten(text.fold(plan.beat.description), 200) or usual,
        structured=_structured.front(top, plan),
    )
    return cards.frame.page(
        "front.html",
        head,
        lead=cards.ranked(top[:1], 1),
        second=cards.ranked(top[1:_SECOND], 2),
        top=cards.many("card.html", top[_SECOND:]),
        more=cards.many("card.html", more),
        river=cards.river(plan.front.latest),
    )


def _topics(cards: Cards, shelves: Shelves) -> Iterator[Sheet]:
    plan = cards.frame.plan
    entries = []
    for topic in plan.topics:
        stories = plan.by_topic.get(topic.id, ())
        if plan.wanted(addresses.topic_folder(topic.id)):
            yield _topic(topic, stories, shelves.get(topic.name, ()), cards)
        entries.append(_entry(cards, topic.name, addresses.topic_folder(topic.id), len(stories)))
    heading = cards.frame.strings.say("topics")
    head = Head(path="topics/", title=heading)
    yield cards.frame.page("index.html", head, heading=heading, groups=[_group("", entries)])


def _topic(
    topic: Topic,
    stories: Sequence[Story],
    shelves: Sequence[Mapping[str, object]],
    cards: Cards,
) -> Sheet:
    name = text.fold(topic.name)
    folder = addresses.topic_folder(topic.id)
    head = Head(
        path=folder,
        title=name,
        description=text.shorten(text.fold(topic.description), 200),
        feeds=folder,
        feeds_title=f"{name} – {text.fold(cards.frame.plan.beat.title)}",
        shared=cards.frame.posters.of_page(name),
        structured=_structured.listing(stories[:_NEWEST], cards.frame.plan, folder, name),
    )
    below = [
        _entry(cards, child.name, addresses.topic_folder(child.id), 0)
        for child in cards.frame.plan.topics
        if child.parent == topic.name
    ]
    below += [{**shelf, "name": f"{shelf['shelf']} ({shelf['count']})"} for shelf in shelves]
    return _list(
        cards,
        head,
        stories,
        heading=name,
        note=text.fold(topic.description),
        below=below,
        query=urlencode({"topic": topic.id}),
    )


def day(cards: Cards, at: date, beside: tuple[date | None, date | None]) -> Sheet:
    """Give the page of a day; `beside` are the days before and after it that have one."""
    plan = cards.frame.plan
    stories = plan.by_day[at]
    shown = stories[:_OF_A_DAY]
    heading = cards.frame.strings.format_date("day", at)
    listed = _structured.listing(shown, plan, addresses.day_folder(at), heading)
    older, newer = (_day_link(cards, one) if one else None for one in beside)
    return cards.frame.page(
        "list.html",
        Head(path=addresses.day_folder(at), title=heading, structured=listed),
        heading=heading,
        note="",
        below=[],
        is_day=True,
        query=f"from={at}&to={at}",
        stories=cards.many("card.html", shown[:_IN_FULL]),
        earlier=cards.many("brief.html", shown[_IN_FULL:]),
        count=len(stories),
        shown=len(shown),
        older=older,
        newer=newer,
    )


def _sources(cards: Cards) -> Iterator[Sheet]:
    plan = cards.frame.plan
    entries = []
    for domain in sorted(plan.by_source):
        stories = plan.by_source[domain]
        name = stories.entries[0].publisher
        folder = addresses.source_folder(domain)
        if plan.wanted(folder):
            head = Head(
                path=folder,
                title=name,
                feeds=folder,
                feeds_title=f"{name} – {text.fold(plan.beat.title)}",
                structured=_structured.listing(stories[:_NEWEST], plan, folder, name),
            )
            query = urlencode({"source": domain})
            yield _list(cards, head, stories, heading=name, note=domain, below=[], query=query)
        entries.append(_entry(cards, name, folder, len(stories)))
    entries.sort(key=lambda entry: str(entry["name"]).lower())
    heading = cards.frame.strings.say("sources")
    head = Head(path="sources/", title=heading)
    yield cards.frame.page("index.html", head, heading=heading, groups=[_group("", entries)])


def _list(cards: Cards, head: Head, stories: Sequence[Story], **context: object) -> Sheet:
    """Give the newest of a topic or a publisher."""
    return cards.frame.page(
        "list.html",
        head,
        is_day=False,
        stories=cards.many("card.html", stories[:_IN_FULL]),
        earlier=cards.many("line.html", stories[_IN_FULL:_NEWEST]),
        count=len(stories),
        shown=min(len(stories), _NEWEST),
        older=None,
        newer=None,
        **context,
    )


def archived(cards: Cards, number: int) -> Sheet:
    """Give a page of the archive: numbered from its oldest, so that only the last one grows."""
    plan = cards.frame.plan
    stories = plan.archive(number)
    path = f"archive/{number}/"
    heading = cards.frame.strings.say("archive_page", number=number)
    structured = _structured.listing(stories, plan, path, heading)
    return cards.frame.page(
        "archive.html",
        Head(path=path, title=heading, structured=structured),
        heading=heading,
        stories=cards.many("line.html", stories),
        older=_archive_link(cards, number - 1) if number > 1 else None,
        newer=_archive_link(cards, number + 1) if number < plan.archive_pages else None,
    )


def _entry(cards: Cards, name: str, folder: str, count: int) -> dict[str, object]:
    return {"name": text.fold(name), "href": cards.frame.href(folder), "count": count}


def _group(heading: str, entries: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {"heading": heading, "entries": entries}


def _day_link(cards: Cards, day: date) -> dict[str, str]:
    return {
        "name": cards.frame.strings.format_date("day", day),
        "href": cards.frame.href(addresses.day_folder(day)),
    }


def _archive_link(cards: Cards, number: int) -> dict[str, str]:
    return {
        "name": cards.frame.strings.say("page_number", number=number),
        "href": cards.frame.href(f"archive/{number}/"),
    }
