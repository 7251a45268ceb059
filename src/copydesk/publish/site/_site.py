"""Make all pages of a site while reading each of its stories only once, in one pass.

In this pass a story's page, its day, its archive page, its part of the search index and its API
files are made together. The pass is cut into parts (legs), which several processes can share.
"""

from __future__ import annotations

import html
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from copydesk.catalogue.page_entries import ALL, BACKFILLED, DAY, MONTH, UNDATED, StoryEntry
from copydesk.errors import PublishError
from copydesk.kit import text
from copydesk.news import Story
from copydesk.placement import LIMITS, addresses
from copydesk.publish import _plan, _story_reader
from copydesk.publish._pictures import SharePictures
from copydesk.publish._plan import Cut, Output, SitePlan, count_pages, make
from copydesk.publish.site import (
    _catalog,
    _kept_fronts,
    _letters,
    _listings,
    _matters,
    _record_pages,
    _story,
)
from copydesk.publish.site._cards import ListCards
from copydesk.publish.site._frame import Frame, Head, describe_site
from copydesk.publish.site._listings import DAYS, PAGES
from copydesk.publish.writing import Sheet
from copydesk.rendering import Renderer, Strings, accent_style, language_tag

# The search page, and its index in parts that a script reads in the browser, newest first.
#
# search/index.json        the number of stories, and each part with its number and days
# search/2026-11-2.json    the second five hundred stories of a month
# search/index.html        the form with filters; search.js does the work

_TITLE, _EXCERPT = 200, 160
FOLDER = "search/"
_PARTS = Cut(
    name="search",
    key=MONTH,
    size=lambda look: look.sizes.search,
    page=lambda month, number: f"{month}-{number}",
)
Parts = Mapping[str, Sequence[StoryEntry]]


def search_sheets(frame: Frame) -> Iterator[Sheet]:
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


def split_index(plan: SitePlan) -> Parts:
    """Return the search index cut into parts, the newest first; {} if no story changed."""
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
    """Return the file that lists the parts of the search index: name, story count, first and last
    day.
    """
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
    """Return the days of the stories of each month, oldest first, from counts alone."""
    counts = plan.counts[DAY.name]
    days = defaultdict(list, {UNDATED: [""] * plan.counts[MONTH.name].get(UNDATED, 0)})
    for day in sorted(counts):
        days[day[: len("2026-11")]] += [day] * counts[day]
    return days


def _part(name: str, plan: SitePlan) -> Sheet:
    """Return a part of the search index: publishers and topics once, a row per story, oldest first.

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
    """Return the ids of a story's topics and of those above them, without the main topic."""
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


Beside = Callable[[int], Iterable[Sheet]]


def _archive_month(cards: ListCards, month: str) -> Iterator[Sheet]:
    """Yield the page of a month of stories out of archives of the web, and the stories' pages."""
    frame = cards.frame
    stories = frame.plan.listed[BACKFILLED.name][month]
    yield from _story.sheets(stories.entries, cards)
    heading = _listings.name_archive_month(frame, month)
    yield frame.page(
        "archive.html",
        Head(path=addresses.archive_folder(month), title=heading),
        heading=heading,
        stories=cards.render_many("line.html", stories),
        older=None,
        newer=None,
    )


ARCHIVE_MONTHS: Output[ListCards] = Output(
    key=BACKFILLED,
    place=addresses.archive_folder,
    values=lambda plan: sorted(plan.counts[BACKFILLED.name], reverse=True),
    make=_archive_month,
)


# in the order of the sitemap
OUTPUTS: tuple[Output[ListCards], ...] = (
    _listings.TOPICS,
    _listings.PUBLISHERS,
    _listings.MONTHS,
    ARCHIVE_MONTHS,
    DAYS,
    PAGES,
    _story.STORIES,
    SEARCH,
    _listings.LANGUAGES,
    _listings.READING_LISTS,
    _story.CHANGES,
    *_matters.MATTERS,
)


class Site:
    """All HTML pages of a site: those made in one pass over all stories, and all others.

    `beside` returns other files for the stories on an archive page, by the page's number, so that
    they are made while these stories are in memory.
    """

    def __init__(
        self,
        plan: SitePlan,
        renderer: Renderer,
        share_pictures: SharePictures | None = None,
        beside: Beside = lambda _number: (),
    ) -> None:
        self._plan = plan
        self._shown = [output for output in OUTPUTS if output.is_on(plan.look)]
        share_pictures = share_pictures or SharePictures(plan)
        self._frame = Frame(plan, renderer, share_pictures, self._shown)
        self._catalog = _catalog.catalog(self._frame)
        shelves = _record_pages.topic_shelves(self._catalog)
        self._cards = ListCards(self._frame, shelves)
        self._walk = Walk(self._cards, beside)

    @property
    def strings(self) -> Strings:
        """Return the fixed texts of the site's pages."""
        return self._frame.strings

    @property
    def legs(self) -> int:
        """Return the number of parts (legs) into which the pass over all stories is cut."""
        return len(self._walk.legs)

    def leg(self, number: int) -> Iterator[Sheet]:
        """Yield the pages of one numbered part of the pass over all stories."""
        return self._walk.sheets(number)

    def describe_changes(self) -> tuple[str, list[tuple[datetime, Story, str]]]:
        """Return the title of the feed of all changes, and its entries: when, which story, what."""
        return _story.describe_changes(self._frame)

    def beside_the_walk(self) -> Iterator[Sheet]:
        """Yield all pages that are not made in the pass over all stories."""
        plan, frame, cards = self._plan, self._frame, self._cards
        yield from _listings.sheets(cards)
        yield from _listings.archive_page(frame)
        yield from _kept_fronts.sheets(cards)
        for output in self._shown:
            if output.has_index(plan):
                yield from output.make_index(cards)
            if not output.is_walked:
                yield from make(output, cards, plan)
        yield from _story.signposts(cards)
        yield from _matters.redirects(cards)
        yield from _letters.sheets(self._catalog)
        if plan.wanted.everything:
            yield from theme_files(frame)
            yield from about_pages(frame)
            yield from search_sheets(frame)
            yield from _record_pages.sheets(self._catalog)
            yield from _record_pages.shelf_pages(self._catalog)
            yield from _record_pages.sponsor_pages(frame)
            yield from redirect_pages(frame)


def sheets(plan: SitePlan, renderer: Renderer) -> Iterator[Sheet]:
    """Yield every HTML page of a site."""
    site = Site(plan, renderer)
    yield from site.beside_the_walk()
    for leg in range(site.legs):
        yield from site.leg(leg)


@dataclass(slots=True)
class Walk:
    """One pass over all stories that makes their pages, cut into parts (`legs`) for several
    processes.

    `beside` yields other files for the stories on an archive page, by the page's number.
    """

    cards: ListCards
    beside: Beside
    legs: Sequence[Sequence[int]] = field(init=False)
    _index: Parts = field(init=False)
    _days: Sequence[str] = field(init=False)
    _parts: Mapping[str, float] = field(init=False)

    def __post_init__(self) -> None:
        plan = self.cards.frame.plan
        pages = list(plan.wanted.pages(plan.archive_pages))
        size = max(1, plan.look.sizes.leg // plan.look.sizes.archive)
        self.legs = [pages[start : start + size] for start in range(0, len(pages), size)] or [[]]
        self._index = split_index(plan)
        self._days = _choose(DAYS.key.name, DAYS.values(plan), plan)
        parts = _choose(SEARCH.key.name, self._index, plan)
        self._parts = {part: self._index[part][0].when for part in parts}  # by oldest story

    def sheets(self, leg: int) -> Iterator[Sheet]:
        """Yield the pages of one part of the pass over all stories: stories, days, archive, search
        index.

        A day or index part is made in the part of the pass with its oldest story.
        """
        plan = self.cards.frame.plan
        days, parts = self._beyond(leg)
        for number in self.legs[leg]:
            entries = list(plan.archive(number).entries)
            yield from _story.sheets(entries, self.cards)
            if plan.wanted(PAGES.key.name, str(number)):
                yield from PAGES.make(self.cards, str(number))
            yield from self.beside(number)
            while days and days[0] > entries[-1].day:
                yield from DAYS.make(self.cards, days.popleft())
            while parts and self._parts[parts[0]] >= entries[-1].when:
                yield from SEARCH.make(self.cards, parts.popleft())
        if leg == len(self.legs) - 1:
            yield from self._end(days, parts)

    def _end(self, days: Iterable[str], parts: Iterable[str]) -> Iterator[Sheet]:
        """Yield what is left after all parts of the pass: days, and files of the search index."""
        for day in days:
            yield from DAYS.make(self.cards, day)
        for part in parts:
            yield from SEARCH.make(self.cards, part)
        plan = self.cards.frame.plan
        if plan.wanted(ALL.name):
            yield contents(self._index, plan)

    def _beyond(self, leg: int) -> tuple[deque[str], deque[str]]:
        """Return the days and search index parts that this part of the pass or later ones make."""
        if leg == 0:
            return deque(self._days), deque(self._parts)
        last = self.cards.frame.plan.archive(self.legs[leg - 1][-1]).entries[-1]
        days = (day for day in self._days if day <= last.day)
        parts = (part for part, oldest in self._parts.items() if oldest < last.when)
        return deque(days), deque(parts)


def _choose(key: str, values: Iterable[str], plan: SitePlan) -> list[str]:
    """Return the values of a key, such as days, whose pages the build has to make, in order."""
    return [value for value in values if plan.wanted(key, value)]


# Pages that depend on settings alone: about, method, 404, moved pages; style sheet and script.

_TOPICS_NAMED = 5  # in a sentence; the list below it has all


def about_pages(frame: Frame) -> Iterator[Sheet]:
    """Yield the pages `about/` and `method/`, which explain the site to readers."""
    beat = frame.plan.beat
    origin = frame.plan.origin
    records = origin.records if origin else ""
    verify = frame.href(_kept_fronts.VERIFY) if origin else ""
    house = {**_who(frame), **_rules(frame), "verify": verify, "records": records}
    about = frame.strings.say("about_site", site=text.fold(beat.title))
    head = Head(
        path="about/", title=frame.strings.say("about"), description=describe_site(frame.plan)
    )
    yield frame.page("about.html", head, heading=about, house=house)
    method = frame.strings.say("method")
    head = Head(path="method/", title=method)
    yield frame.page("method.html", head, heading=method, house=house)


def _name_subject(frame: Frame) -> str:
    """Return the subject of the site: its main topic, else the first of its topics."""
    beat = frame.plan.beat
    names = [beat.topic] if beat.topic else [topic.name for topic in beat.topics]
    return frame.strings.join_names(tuple(map(text.fold, names)), _TOPICS_NAMED)


def _who(frame: Frame) -> Mapping[str, object]:
    beat = frame.plan.beat
    return {
        "description": describe_site(frame.plan),
        "topic": _name_subject(frame),
        "topics": frame.topics(),
        "sources": len(beat.sources),
        "contact": beat.contact,
        "contact_shown": beat.contact.removeprefix("mailto:"),
        "hotlinks": frame.hotlinks,
        "counts_reads": frame.plan.look.practice.counts_reads,
        "counts_issue_views": frame.plan.look.practice.counts_issue_views,
        "characters": beat.excerpt.max_characters,
        "share": _number(beat.excerpt.max_share * 100),
    }


def _rules(frame: Frame) -> Mapping[str, object]:
    """Return the numbers by which the site chooses stories, for the page that explains them."""
    scoring, look = frame.plan.beat.scoring, frame.plan.look
    return {
        "profile": scoring.profile,
        "heat": f"front_heat_{scoring.scale}" if scoring.traits.groups_by_rules else "",
        "publish_at": scoring.publish_at,
        "organization_points": scoring.organization_points,
        "off_beat": scoring.off_beat,
        "holds": look.practice.holds,
        "max_age_days": look.practice.max_age_days,
        "half_life_hours": _number(look.front.half_life_hours),
        "alone": _number(LIMITS.alone * 100),
        "trusted": _plan.TRUSTED,
        "lead_hours": _number(LIMITS.lead_hours),
        "known_hours": _number(_plan.KNOWN_HOURS[scoring.scale]),
        "known_trust": LIMITS.known_trust,
        "known_points": LIMITS.known_points,
        "places": LIMITS.places,
        "of_a_house": LIMITS.of_an_owner,
        "of_a_topic": LIMITS.of_a_topic,
        "pins": LIMITS.pins,
    }


def _number(value: float) -> str:
    """Format a number as people write it: 24, not 24.0."""
    return f"{value:.6g}"


def theme_files(frame: Frame) -> Iterator[Sheet]:
    """Yield the files of the site's design (`style.css`, `site.js`, `icon.svg`) and `404.html`.

    If IndexNow is used, also the file that proves to it that the site is ours.
    """
    for name in ("style.css", "site.js"):
        source = frame.renderer.read_source(name)
        if source is None:
            raise PublishError("a file of the site is missing", subject=name)
        yield Sheet(name, (source + _theme(name, frame)).encode())
    icon = frame.renderer.read_source("icon.svg")
    yield Sheet("icon.svg", icon.encode() if icon else _icon(frame.plan.beat.title))
    head = Head(path="404.html", title=frame.strings.say("not_here"), indexed=False)
    yield frame.page("missing.html", head)
    if key := frame.plan.beat.index_now_key:
        yield Sheet(f"{key}.txt", key.encode())


def _theme(name: str, frame: Frame) -> str:
    """Return what is added to our style sheet: the site's colour and its own style sheet."""
    if name != "style.css":
        return ""
    read = frame.renderer.read_source
    own = accent_style(frame.plan.beat.accent, read) + _LOGO_STYLE * bool(frame.plan.beat.logo)
    theme = read("theme.css")
    return own + (f"\n/* theme.css */\n{theme}" if theme else "")


_LOGO_STYLE = """
.name img { width: auto; max-width: min(100%, 24rem); max-height: 5rem; margin: auto; }
"""


def _icon(title: str) -> bytes:
    """Draw the first letter of the title, light on the site's red."""
    letter = html.escape(text.initial(title) or "•")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        '<rect width="64" height="64" rx="10" fill="#9c1c1f"/>'
        '<text x="32" y="47" font-family="Georgia, serif" font-size="44" font-weight="700"'
        f' text-anchor="middle" fill="#fff">{letter}</text></svg>\n'
    ).encode()


def redirect_pages(frame: Frame) -> Iterator[Sheet]:
    """Yield redirect pages at the old folders of list pages that moved."""
    for old, new in _story_reader.folder_redirects(frame.plan.records).items():
        name = frame.strings.say(new.rstrip("/"))
        yield frame.page(
            "moved.html",
            Head(path=old, title=name, indexed=False),
            heading=name,
            said="list_is_at",
            story={"title": name, "href": frame.href(new), "tongue": ""},
            canonical=frame.plan.links.page(new),
        )
