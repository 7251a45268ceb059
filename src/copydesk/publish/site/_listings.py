"""Pages that list stories: front, topics, days, publishers, the archive."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from copydesk.kit import text
from copydesk.news import Story
from copydesk.placement import addresses
from copydesk.publish._keys import DAY, PUBLISHER, TOPIC
from copydesk.publish._outputs import ARCHIVE, Output
from copydesk.publish.site import _structured
from copydesk.publish.site._frame import Head
from copydesk.publish.site._list_cards import ListCards
from copydesk.publish.writing import Sheet

NEWEST = 60  # of a topic or a publisher
_OF_A_DAY = 90
_IN_FULL = 24  # as cards, those that come first; the others are a line
_SECOND = 3  # the first place and those beside it


def sheets(cards: ListCards) -> Iterator[Sheet]:
    """Yield the front page."""
    yield _front(cards)


def _front(cards: ListCards) -> Sheet:
    """Return the best of the newest as cards by rank, then what else is new by day."""
    plan = cards.frame.plan
    top, more = plan.front.top, plan.front.more
    usual = cards.frame.strings.say("front_description", site=text.fold(plan.beat.title))
    head = Head(
        path="",
        description=text.shorten(text.fold(plan.beat.description), 200) or usual,
        structured=_structured.front(top, plan),
        subscribes=True,
    )
    return cards.frame.page(
        "front.html",
        head,
        lead=cards.render_rank(top[:1], 1),
        second=cards.render_rank(top[1:_SECOND], 2),
        top=cards.render_many("card.html", top[_SECOND:]),
        more=cards.render_many("card.html", more),
        river=cards.river(plan.front.latest),
        digest=cards.newest_digest(),
    )


def _topic_index(cards: ListCards) -> Iterator[Sheet]:
    plan = cards.frame.plan
    counts = plan.counts[TOPIC.name]
    entries = [
        _entry(cards, topic.name, addresses.topic_folder(topic.id), counts.get(topic.id, 0))
        for topic in plan.topics
    ]
    heading = cards.frame.strings.say("topics")
    head = Head(path="topics/", title=heading)
    yield cards.frame.page("index.html", head, heading=heading, groups=[_group("", entries)])


def _topic(id_: str, cards: ListCards) -> Sheet:
    plan = cards.frame.plan
    topic = next(topic for topic in plan.topics if topic.id == id_)
    stories = plan.by_topic.get(id_, ())
    shelves = cards.topic_shelves.get(topic.name, ())
    name = text.fold(topic.name)
    folder = addresses.topic_folder(topic.id)
    head = Head(
        path=folder,
        title=name,
        description=text.shorten(text.fold(topic.description), 200),
        feeds=folder,
        feeds_title=f"{name} – {text.fold(cards.frame.plan.beat.title)}",
        shared=cards.frame.share_pictures.of_page(name),
        structured=_structured.listing(stories[:NEWEST], cards.frame.plan, folder, name),
    )
    below = [
        _entry(cards, child.name, addresses.topic_folder(child.id), 0)
        for child in cards.frame.plan.topics
        if child.parent == topic.name
    ]
    below += [{**shelf, "name": f"{shelf['shelf']} ({shelf['count']})"} for shelf in shelves]
    return list_page(
        cards,
        head,
        stories,
        heading=name,
        note=text.fold(topic.description),
        below=below,
        query=urlencode({"topic": topic.id}),
    )


def _day(cards: ListCards, at: date) -> Sheet:
    """Make the page of a day, which leads to the days before and after it that have one."""
    plan = cards.frame.plan
    place = bisect_left(cards.days, at)
    before, after = cards.days[max(0, place - 1) : place], cards.days[place + 1 : place + 2]
    stories = plan.by_day[at]
    shown = stories[:_OF_A_DAY]
    heading = cards.frame.strings.format_date("day", at)
    listed = _structured.listing(shown, plan, addresses.day_folder(at), heading)
    older, newer = ([_day_link(cards, day) for day in some] for some in (before, after))
    return cards.frame.page(
        "list.html",
        Head(path=addresses.day_folder(at), title=heading, structured=listed),
        heading=heading,
        note="",
        below=[],
        is_day=True,
        digest=cards.digest_of(at),
        query=f"from={at}&to={at}",
        stories=cards.render_many("card.html", shown[:_IN_FULL]),
        earlier=cards.render_many("brief.html", shown[_IN_FULL:]),
        count=len(stories),
        shown=len(shown),
        older=next(iter(older), None),
        newer=next(iter(newer), None),
    )


def _publisher_index(cards: ListCards) -> Iterator[Sheet]:
    plan = cards.frame.plan
    entries = [
        _entry(cards, stories.entries[0].publisher, addresses.source_folder(domain), len(stories))
        for domain, stories in sorted(plan.by_publisher.items())
    ]
    entries.sort(key=lambda entry: str(entry["name"]).lower())
    heading = cards.frame.strings.say("sources")
    head = Head(path="sources/", title=heading)
    yield cards.frame.page("index.html", head, heading=heading, groups=[_group("", entries)])


def _publisher(domain: str, cards: ListCards) -> Sheet:
    plan = cards.frame.plan
    stories = plan.by_publisher[domain]
    name, folder = stories.entries[0].publisher, addresses.source_folder(domain)
    head = Head(
        path=folder,
        title=name,
        feeds=folder,
        feeds_title=f"{name} – {text.fold(plan.beat.title)}",
        structured=_structured.listing(stories[:NEWEST], plan, folder, name),
    )
    query = urlencode({"source": domain})
    return list_page(cards, head, stories, heading=name, note=domain, below=[], query=query)


def list_page(cards: ListCards, head: Head, stories: Sequence[Story], **context: object) -> Sheet:
    """Make the page of the newest of a topic, a publisher or a language."""
    return cards.frame.page(
        "list.html",
        head,
        is_day=False,
        digest="",
        stories=cards.render_many("card.html", stories[:_IN_FULL]),
        earlier=cards.render_many("line.html", stories[_IN_FULL:NEWEST]),
        count=len(stories),
        shown=min(len(stories), NEWEST),
        older=None,
        newer=None,
        **context,
    )


def _archive_page(cards: ListCards, number: int) -> Sheet:
    """Return a page of the archive: numbered from its oldest, so that only the last one grows."""
    plan = cards.frame.plan
    stories = plan.archive(number)
    path = f"archive/{number}/"
    heading = cards.frame.strings.say("archive_page", number=number)
    structured = _structured.listing(stories, plan, path, heading)
    return cards.frame.page(
        "archive.html",
        Head(path=path, title=heading, structured=structured),
        heading=heading,
        stories=cards.render_many("line.html", stories),
        older=_archive_link(cards, number - 1) if number > 1 else None,
        newer=_archive_link(cards, number + 1) if number < plan.archive_pages else None,
    )


def _entry(cards: ListCards, name: str, folder: str, count: int) -> dict[str, object]:
    return {"name": text.fold(name), "href": cards.frame.href(folder), "count": count}


def _group(heading: str, entries: Sequence[Mapping[str, object]]) -> dict[str, object]:
    return {"heading": heading, "entries": entries}


def _day_link(cards: ListCards, day: date) -> dict[str, str]:
    return {
        "name": cards.frame.strings.format_date("day", day),
        "href": cards.frame.href(addresses.day_folder(day)),
    }


def _archive_link(cards: ListCards, number: int) -> dict[str, str]:
    return {
        "name": cards.frame.strings.say("page_number", number=number),
        "href": cards.frame.href(f"archive/{number}/"),
    }


TOPICS: Output[ListCards] = Output(
    key=TOPIC,
    place=addresses.topic_folder,
    values=lambda plan: (topic.id for topic in plan.topics),
    make=lambda cards, id_: [_topic(id_, cards)],
    index="topics/",
    make_index=_topic_index,
    is_fixed=True,
)
PUBLISHERS: Output[ListCards] = Output(
    key=PUBLISHER,
    place=addresses.source_folder,
    values=lambda plan: sorted(plan.by_publisher),
    make=lambda cards, domain: [_publisher(domain, cards)],
    index="sources/",
    make_index=_publisher_index,
)
DAYS: Output[ListCards] = Output(
    key=DAY,
    place=lambda day: addresses.day_folder(date.fromisoformat(day)),
    values=lambda plan: sorted(plan.counts[DAY.name], reverse=True),
    make=lambda cards, day: [_day(cards, date.fromisoformat(day))],
    is_linked=True,
    is_walked=True,
)
PAGES: Output[ListCards] = Output(
    key=ARCHIVE,
    place=lambda number: f"archive/{number}/",
    values=lambda plan: map(str, range(1, plan.archive_pages + 1)),
    make=lambda cards, number: [_archive_page(cards, int(number))],
    index="archive/",
    is_walked=True,
)
