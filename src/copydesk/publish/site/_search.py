"""The search page, and its index in parts that a script reads in the browser, newest first.

search/index.json        the number of stories, and each part with its number and days
search/2026-11-2.json    the second five hundred stories of a month
search/index.html        the form with filters; search.js does the work
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import orjson

from copydesk.catalogue.page_entries import ALL, DAY, MONTH, UNDATED, StoryEntry
from copydesk.errors import PublishError
from copydesk.kit import text
from copydesk.news import Story
from copydesk.placement import addresses
from copydesk.publish._plan import Cut, Output, SitePlan, count_pages
from copydesk.publish.site._cards import ListCards
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.writing import Sheet
from copydesk.rendering import language_tag

_TITLE, _EXCERPT = 200, 160
FOLDER = "search/"
_PARTS = Cut(
    name="search",
    key=MONTH,
    size=lambda look: look.sizes.search,
    page=lambda month, number: f"{month}-{number}",
)
Parts = Mapping[str, Sequence[StoryEntry]]


def sheets(frame: Frame) -> Iterator[Sheet]:
    """Yield the search page and its script."""
    script = frame.renderer.read_source("search.js")
    if script is None:
        raise PublishError("the search page's script is missing", subject="search.js")
    yield Sheet("search.js", script.encode())
    plan = frame.plan
    heading = frame.strings.say("search_title")
    head = Head(path=FOLDER, title=heading, indexed=False, searches=True)
    topics = [
        {"id": topic.id, "name": text.fold(topic.name)}
        for topic in plan.topics
        if topic.name != plan.beat.topic
    ]
    yield frame.page("search.html", head, topics=topics, script=frame.href("search.js"))


def parts(plan: SitePlan) -> Parts:
    """Return the parts of the index, the newest first; none if no story changed."""
    if not plan.wanted(ALL.name):
        return {}
    counts = plan.counts[MONTH.name]
    months = sorted(counts, key=lambda month: (month != UNDATED, month), reverse=True)
    return {
        _PARTS.page(month, number): _entries(plan, month, number)
        for month in months
        for number in range(count_pages(counts[month], plan.look.sizes.search), 0, -1)
    }


def _entries(plan: SitePlan, month: str, number: int) -> Sequence[StoryEntry]:
    count = plan.counts[MONTH.name][month]
    listed = plan.index.oldest_first(MONTH.name, month, count)
    size = plan.look.sizes.search
    return listed[(number - 1) * size : number * size]


def contents(index: Parts, plan: SitePlan) -> Sheet:
    """Return the list of all parts: name, number of stories, first and last day."""
    days = _sort_days(plan)
    listed = []
    for name, entries in index.items():
        month, _, number = name.rpartition("-")
        size = plan.look.sizes.search
        own = days[month][(int(number) - 1) * size :][: len(entries)]
        listed.append([name, len(entries), own[0], own[-1]])
    return _sheet(
        f"{FOLDER}index.json", {"stories": sum(map(len, index.values())), "parts": listed}
    )


def _sort_days(plan: SitePlan) -> Mapping[str, Sequence[str]]:
    """Return the days of the stories of each month, the oldest first, from counts alone."""
    counts = plan.counts[DAY.name]
    days = defaultdict(list, {UNDATED: [""] * plan.counts[MONTH.name].get(UNDATED, 0)})
    for day in sorted(counts):
        days[day[: len("2026-11")]] += [day] * counts[day]
    return days


def _part(name: str, plan: SitePlan) -> Sheet:
    """Return a part: its publishers and topics once, and a row for each story, the oldest first.

    A row has name, title, excerpt, publisher, topics with those above them (both as positions in
    these lists, -1 for no publisher), local time ("" for none), language ("" for the site's).
    """
    publishers: dict[tuple[str, str], int] = {}
    topics: dict[str, int] = {}
    rows = []
    month, _, number = name.rpartition("-")
    for entry in _entries(plan, month, int(number)):
        story = plan.read(entry.path)
        if story is None:
            continue
        by = (entry.publisher, entry.domain)
        at = publishers.setdefault(by, len(publishers)) if entry.publisher else -1
        under = [topics.setdefault(id_, len(topics)) for id_ in _topics(story, plan)]
        rows.append(_row(story, at, under, plan))
    return _sheet(
        SEARCH.place(name),
        {"publishers": list(publishers), "topics": list(topics), "stories": rows},
    )


def _row(story: Story, by: int, under: list[int], plan: SitePlan) -> list[object]:
    language = language_tag(story.language)
    published = story.published_at
    return [
        addresses.record_name(story.path),
        text.shorten(text.fold(story.title), _TITLE) or "Untitled",
        text.shorten(text.fold(story.excerpt), _EXCERPT),
        by,
        under,
        plan.local(published).isoformat(timespec="minutes") if published else "",
        language if language != language_tag(plan.beat.locale) else "",
    ]


def _topics(story: Story, plan: SitePlan) -> dict[str, None]:
    """Return the ids of a story's topics and of those above them, without the main one."""
    main = plan.above.get(plan.beat.topic, ())[:1]
    ids = (id_ for name in story.topics for id_ in plan.above.get(name, ()))
    return {id_: None for id_ in ids if id_ not in main}


def _sheet(path: str, value: object) -> Sheet:
    return Sheet(path, orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))


SEARCH: Output[ListCards] = Output(
    key=_PARTS,
    place=lambda name: f"{FOLDER}{name}.json",
    make=lambda cards, name: [_part(name, cards.frame.plan)],
    is_walked=True,
)
