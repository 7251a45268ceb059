"""Make the pages that list stories: front page, topics, days, publishers, archive,
reading lists.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlencode

from copydesk.catalogue.page_entries import (
    BACKFILLED,
    DAY,
    MONTH,
    TOPIC,
    UNDATED,
    Grounds,
    StoryKey,
    image,
)
from copydesk.kit import dates, text
from copydesk.news import Story, Topic
from copydesk.news.edition import ReadingList
from copydesk.placement import addresses
from copydesk.placement.addresses import group_by_month
from copydesk.publish import _plan
from copydesk.publish._plan import ARCHIVE, Output, SitePlan
from copydesk.publish.site import _frame
from copydesk.publish.site._cards import ListCards
from copydesk.publish.site._frame import Frame, Head, describe_site
from copydesk.publish.writing import Sheet
from copydesk.rendering import (
    join_markup,
    language_tag,
    mark_safe,
    render_note,
    strip_note,
)

NEWEST = 60  # stories on the page of a topic or a publisher
_OF_A_DAY = 90
_IN_FULL = 24  # of these are cards, the others lines
_SECOND = 3  # the lead story and the stories next to it
_BRIEF = 60  # characters: a shorter excerpt does not fill a card
_OTHERS = 2  # publishers beside a brief's that make its event one of consequence
_MAJOR = 8  # stories of the front page with larger headlines
_FORM_BLOCKS = ("front_top", "front_subscribe")  # a theme that has them places the form
_FEWEST = 2  # sections of the front page, and stories of a section
FOLDER = "archive/"
_Month = tuple[date, Sequence[date]]
_LANGUAGES_FOLDER = "languages/"
_READING_LISTS_FOLDER = "lists/"
_ABOUT = 200


def sheets(cards: ListCards) -> Iterator[Sheet]:
    """Yield the front page. The other pages that list stories are made elsewhere, by their
    `Output`.
    """
    yield _front(cards)


def _front(cards: ListCards) -> Sheet:
    """Return the front page: the best stories as cards by rank, then the other new ones by day."""
    plan, today = cards.frame.plan, _find_newest_day(cards.frame.plan)
    top, more = plan.front.top, plan.front.more
    briefs = [story for story in top[_SECOND:] if _is_brief(story, plan)]
    below = [story for story in top[_SECOND:] if story not in briefs]
    usual = cards.frame.strings.say("front_description", site=text.fold(plan.beat.title))
    head = Head(
        path="",
        description=text.shorten(text.fold(plan.beat.description), 200) or usual,
        structured=_frame.front(top, plan),
        subscribes=True,
    )
    return cards.frame.page(
        "front.html",
        head,
        dateline=_date_front(cards),
        about=text.shorten(describe_site(plan), 200),
        has_form_below_lead=not cards.frame.renderer.is_reordered("front.html", _FORM_BLOCKS),
        lead=cards.render_front(top[:1], 1, today),
        second=cards.render_front(top[1:_SECOND], 2, today),
        briefs=cards.render_many("line.html", briefs),
        sections=_front_sections(cards, below, today),
        top=_front_cards(cards, below, today),
        more=cards.render_front(more, 4, today),
        river=cards.river(plan.front.latest, today),
        digest=cards.newest_digest(),
    )


def _is_brief(story: Story, plan: SitePlan) -> bool:
    """Return whether a story is too short for a card, but several publishers report its event."""
    is_short = len(story.excerpt) < _BRIEF and not image(story)
    return is_short and len(plan.coverages.of(story).voices) >= _OTHERS


def _find_newest(plan: SitePlan) -> datetime | None:
    """Return the time of the newest story on the front page, None if that is empty.

    The page is dated by it: a build without news changes no page.
    """
    shown = (*plan.front.top, *plan.front.more, *plan.front.latest)
    return max((dates.utc(s.published_at) for s in shown if s.published_at), default=None)


def _find_newest_day(plan: SitePlan) -> date:
    newest = _find_newest(plan)
    return plan.local(newest).date() if newest else date.min


def _date_front(cards: ListCards) -> Mapping[str, str] | None:
    """Return the day and the time of the newest story, None if there is none."""
    newest = _find_newest(cards.frame.plan)
    if newest is None:
        return None
    strings, local = cards.frame.strings, cards.frame.plan.local(newest)
    return {
        "iso": dates.rfc3339(newest),
        "day": strings.format_date("day", local),
        "time": strings.format_date("clock", local),
    }


def _front_cards(cards: ListCards, stories: Iterable[Story], today: date) -> str:
    """Return stories as cards, those that stand among the first eight of the page larger."""
    major = {story.path for story in cards.frame.plan.front.top[:_MAJOR]}
    return join_markup(
        [cards.render_front([story], 3 if story.path in major else 4, today) for story in stories]
    )


def _front_sections(
    cards: ListCards, stories: Iterable[Story], today: date
) -> list[Mapping[str, object]]:
    """Return the stories below the lead by topic, [] if fewer than two topics have two stories.

    The last section has the stories of no other one, and no name.
    """
    plan = cards.frame.plan
    by_topic = _sort_by_section(stories, plan)
    topics = [topic for topic in _list_section_topics(plan) if len(by_topic[topic.id]) >= _FEWEST]
    if len(topics) < _FEWEST:
        return []
    shown = {topic.id for topic in topics}
    rest = [story for id_, own in by_topic.items() if id_ not in shown for story in own]
    sections = [_front_section(cards, topic, by_topic[topic.id], today) for topic in topics]
    return [*sections, _front_section(cards, None, rest, today)] if rest else sections


def _front_section(
    cards: ListCards, topic: Topic | None, stories: Sequence[Story], today: date
) -> Mapping[str, object]:
    """Return a section of the front page as its template shows it; without a topic, the last."""
    size = cards.frame.plan.look.front.section_size
    return {
        "id": topic.id if topic else "other",
        "name": text.fold(topic.name) if topic else "",
        "href": cards.frame.href(addresses.topic_folder(topic.id)) if topic else "",
        "cards": _front_cards(cards, stories[:size], today),
        "lines": cards.render_many("line.html", stories[size:]),
    }


def _list_section_topics(plan: SitePlan) -> list[Topic]:
    """Return the topics that may have a section on the front page, in their order."""
    chosen = plan.look.front.sections
    by_name = {topic.name: topic for topic in plan.topics}
    if chosen:
        return [by_name[name] for name in chosen if name in by_name]
    return addresses.sections(plan.topics, plan.beat.topic)


def _sort_by_section(stories: Iterable[Story], plan: SitePlan) -> Mapping[str, list[Story]]:
    """Return stories by the id of the section that their first topic belongs to."""
    ids = {topic.id for topic in _list_section_topics(plan)}
    by_topic: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        own = (id_ for name in story.topics for id_ in plan.above.get(name, ()) if id_ in ids)
        by_topic[next(own, "")].append(story)
    return by_topic


def _topic_index(cards: ListCards) -> Iterator[Sheet]:
    plan = cards.frame.plan
    counts = plan.counts[TOPIC.name]
    entries = [
        _entry(cards, topic.name, addresses.topic_folder(topic.id), counts.get(topic.id, 0))
        for topic in plan.topics
    ]
    return _index(cards, "topics/", "topics", entries)


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
        structured=_frame.listing(stories[:NEWEST], cards.frame.plan, folder, name),
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
    """Return the page of a day's stories, with links to the nearest days that have a page."""
    plan = cards.frame.plan
    place = bisect_left(cards.days, at)
    before, after = cards.days[max(0, place - 1) : place], cards.days[place + 1 : place + 2]
    stories = plan.by_day[at]
    shown = stories[:_OF_A_DAY]
    heading = cards.frame.strings.format_date("day", at)
    listed = _frame.listing(shown, plan, addresses.day_folder(at), heading)
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
    return _index(cards, "sources/", "sources", entries)


def _publisher(domain: str, cards: ListCards) -> Sheet:
    plan = cards.frame.plan
    stories = plan.by_publisher[domain]
    name, folder = stories.entries[0].publisher, addresses.source_folder(domain)
    head = Head(
        path=folder,
        title=name,
        feeds=folder,
        feeds_title=f"{name} – {text.fold(plan.beat.title)}",
        structured=_frame.listing(stories[:NEWEST], plan, folder, name),
    )
    query = urlencode({"source": domain})
    return list_page(cards, head, stories, heading=name, note=domain, below=[], query=query)


def list_page(cards: ListCards, head: Head, stories: Sequence[Story], **context: object) -> Sheet:
    """Return a page with the newest stories of a topic, a publisher or a language."""
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
    """Return a page of the archive; page 1 is the oldest, so that only the last page grows."""
    plan = cards.frame.plan
    stories = plan.archive(number)
    path = f"archive/{number}/"
    heading = cards.frame.strings.say("archive_page", number=number)
    structured = _frame.listing(stories, plan, path, heading)
    return cards.frame.page(
        "archive.html",
        Head(path=path, title=heading, structured=structured),
        heading=heading,
        stories=cards.render_many("line.html", stories),
        older=_archive_link(cards, number - 1) if number > 1 else None,
        newer=_archive_link(cards, number + 1) if number < plan.archive_pages else None,
    )


def _entry(cards: ListCards, name: str, folder: str, count: int) -> dict[str, object]:
    return cards.frame.link(text.fold(name), folder, count=count)


def _index(
    cards: ListCards, path: str, word: str, entries: Sequence[Mapping[str, object]]
) -> Iterator[Sheet]:
    """Yield the page that lists all topics, publishers or languages, under a heading by its key."""
    heading = cards.frame.strings.say(word)
    groups = [{"heading": "", "entries": entries}]
    head = Head(path=path, title=heading)
    yield cards.frame.page("index.html", head, heading=heading, groups=groups)


def _day_link(cards: ListCards, day: date) -> dict[str, object]:
    return cards.frame.link(cards.frame.strings.format_date("day", day), addresses.day_folder(day))


def _archive_link(cards: ListCards, number: int) -> dict[str, object]:
    name = cards.frame.strings.say("page_number", number=number)
    return cards.frame.link(name, f"archive/{number}/")


TOPICS: Output[ListCards] = _plan.of_topics(
    addresses.topic_folder,
    lambda cards, id_: [_topic(id_, cards)],
    index="topics/",
    make_index=_topic_index,
)
PUBLISHERS: Output[ListCards] = _plan.of_publishers(
    addresses.source_folder,
    lambda cards, domain: [_publisher(domain, cards)],
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


def archive_page(frame: Frame) -> Iterator[Sheet]:
    """Yield the start page of the archive, which links to months, days and archive pages."""
    yield _archive(group_by_month(frame.plan.by_day), frame)


def _month_folder(month: str) -> str:
    """Return the folder of a month, "" for undated stories."""
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


def name_archive_month(frame: Frame, month: str) -> str:
    """Return the heading of a month (`2020-03`) of stories out of archives of the web."""
    name = frame.strings.format_date("month", date.fromisoformat(f"{month}-01"))
    return frame.strings.say("from_archives", period=name)


def _archive(months: Sequence[_Month], frame: Frame) -> Sheet:
    """Return the archive's start page: all months by year, and all archive pages, latest first."""
    plan, strings = frame.plan, frame.strings
    groups: defaultdict[str, list[Mapping[str, object]]] = defaultdict(list)  # by heading
    for first, days in months:
        count = sum(len(plan.by_day[day]) for day in days)
        name = strings.format_date("month", first)
        link = frame.link(name, addresses.month_folder(first), count=count)
        groups[str(first.year)].append(link)
    for month, count in sorted(plan.counts[BACKFILLED.name].items(), reverse=True):
        name = strings.format_date("month", date.fromisoformat(f"{month}-01"))
        link = frame.link(name, addresses.archive_folder(month), count=count)
        groups[strings.say("from_archives", period=month[:4])].append(link)
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
        groups=[{"heading": words, "entries": found} for words, found in groups.items()],
        numbers=numbers,
    )


def _month(month: date, frame: Frame) -> Sheet:
    """Return the page with the days of a month; it has no links to other months, as
    these change.
    """
    strings, by_day = frame.strings, frame.plan.by_day
    days = sorted((day for day in by_day if day.replace(day=1) == month), reverse=True)
    heading = strings.format_date("month", month)
    entries = [
        frame.link(
            strings.format_date("day_in_month", day),
            addresses.day_folder(day),
            count=len(by_day[day]),
        )
        for day in days
    ]
    return frame.page(
        "calendar.html",
        Head(path=addresses.month_folder(month), title=heading),
        heading=heading,
        above=frame.link(strings.say("archive"), FOLDER),
        groups=[{"heading": "", "entries": entries}],
        numbers=[],
    )


def _language(story: Story, _grounds: Grounds) -> Iterable[str]:
    """Yield the language of a story without its region, if it is known."""
    return filter(None, (language_tag(story.language).partition("-")[0],))


def _folder(code: str) -> str:
    return f"{_LANGUAGES_FOLDER}{code}/"


def _languages_index(cards: ListCards) -> Iterator[Sheet]:
    """Return the page that lists languages, each under its own name."""
    frame = cards.frame
    entries = [
        frame.link(text.language_name(code), _folder(code), count=count)
        for code, count in frame.plan.counts[_LANGUAGE.name].items()
    ]
    entries.sort(key=lambda entry: str(entry["name"]).casefold())
    return _index(cards, _LANGUAGES_FOLDER, "story_languages", entries)


def _language_page(cards: ListCards, code: str) -> Iterator[Sheet]:
    """Yield the page of the newest stories in a language."""
    plan, name = cards.frame.plan, text.language_name(code)
    stories = plan.listed[_LANGUAGE.name][code]
    listed = _frame.listing(stories[:NEWEST], plan, _folder(code), name)
    head = Head(path=_folder(code), title=name, structured=listed)
    yield list_page(cards, head, stories, heading=name, note="", below=[], query="")


_LANGUAGE = StoryKey(name="language", values=_language)
LANGUAGES: Output[ListCards] = Output(
    key=_LANGUAGE,
    place=_folder,
    make=_language_page,
    values=lambda plan: plan.counts[_LANGUAGE.name],
    index=_LANGUAGES_FOLDER,
    make_index=_languages_index,
    index_name="story_languages",
    is_on=lambda look: look.outputs.languages,
)


def _reading_lists_index(cards: ListCards) -> Iterator[Sheet]:
    """Yield the page of all editors' reading lists, the last changed first."""
    frame = cards.frame
    lists = sorted(frame.plan.lists.values(), key=lambda listed: listed.id)
    lists.sort(key=lambda listed: str(listed.updated_at or ""), reverse=True)
    heading = frame.strings.say("lists")
    yield frame.page(
        "reading_lists.html",
        Head(path=_READING_LISTS_FOLDER, title=heading),
        heading=heading,
        lists=[_reading_list_entry(cards, listed) for listed in lists],
    )


def _reading_list_entry(cards: ListCards, listed: ReadingList) -> Mapping[str, object]:
    """Return an editors' reading list as the page of all lists shows it."""
    plan = cards.frame.plan
    return {
        "name": text.fold(listed.title),
        "href": cards.frame.href(addresses.list_folder(listed.id)),
        "about": text.shorten(strip_note(listed.description), _ABOUT),
        "count": sum(1 for _ in plan.read_list(listed)),
        "updated": cards.views.time(listed.updated_at),
    }


def _reading_list_page(cards: ListCards, list_id: str) -> Iterator[Sheet]:
    """Yield the page of an editors' reading list."""
    frame, plan = cards.frame, cards.frame.plan
    listed, folder = plan.lists[list_id], addresses.list_folder(list_id)
    chosen = list(plan.read_list(listed))
    stories = [story for story, _ in chosen]
    title = text.fold(listed.title)
    head = Head(
        path=folder,
        title=title,
        description=text.shorten(strip_note(listed.description), _ABOUT),
        feeds=folder,
        feeds_title=f"{title} – {text.fold(plan.beat.title)}",
        shared=frame.share_pictures.of_page(title),
        structured=_frame.listing(stories, plan, folder, title),
    )
    yield frame.page(
        "reading_list.html",
        head,
        heading=title,
        note=mark_safe(render_note(listed.description)),
        updated=cards.views.time(listed.updated_at),
        chosen=[
            {"card": cards.render_many("card.html", [story]), "words": text.fold(words)}
            for story, words in chosen
        ],
    )


READING_LISTS: Output[ListCards] = _plan.of_reading_lists(
    addresses.list_folder,
    _reading_list_page,
    index=_READING_LISTS_FOLDER,
    make_index=_reading_lists_index,
    index_name="lists",
    has_index=lambda plan: bool(plan.lists),
)
