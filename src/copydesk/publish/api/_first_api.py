"""Make the first JSON API: lists of news (SPEC 5.1), topics, newsletters, today's sponsors (SPEC
5.2).

News lists have the newest first, 25 a page, with nulls.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain

from copydesk.catalogue.page_entries import ALL, LETTER, StoryEntry, StoryKey
from copydesk.kit import dates, text
from copydesk.news import Image, Provider, Record, Story, Topic
from copydesk.news.article import Author
from copydesk.placement import addresses
from copydesk.publish import _pictures
from copydesk.publish._plan import ARCHIVE, AnyOutput, Output, SitePlan
from copydesk.publish.api import _collections, encoding
from copydesk.publish.api.encoding import web_only
from copydesk.publish.writing import Sheet

LISTS: Output[SitePlan] = Output(
    key=StoryKey(
        name="news list",
        values=lambda story, _grounds: dict.fromkeys(("", *story.topics)),
        is_listed=False,
    ),
    place=lambda _value: "api/news/",
    is_split=True,
)
OUTPUTS: tuple[AnyOutput, ...] = (LISTS,)
_NEWSLETTERS_A_PAGE = 20


def prepare(number: int, plan: SitePlan) -> None:
    """Store the JSON of an archive page's stories for lists of the first API, while they are in
    memory.
    """
    if plan.wanted(ARCHIVE.name, str(number)):
        _prepare_news(plan.archive(number).entries, plan)


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield all JSON files of the first API that the build has to make."""
    made = [_sponsor_sheets(plan)]
    if plan.wanted(ALL.name):
        made.append(_news_sheets(plan))
    if plan.wanted.everything:
        made += [_collections.sheets(plan), _topic_sheets(plan)]
    if plan.wanted.of_key(LETTER.name):
        made.append(_letter_sheets(plan))
    return chain.from_iterable(made)


@dataclass(slots=True, kw_only=True)
class _List:
    """A list of the first API that is being written page by page."""

    folder: str
    size: int
    number: int = 1
    fragments: list[bytes] = field(default_factory=list)

    def add(self, fragment: bytes) -> Iterator[Sheet]:
        """Add a story's JSON to the current page of the list. If that page is full,
        yield it first.
        """
        if len(self.fragments) == self.size:
            yield from self._page(self.number + 1)
            self.number += 1
            self.fragments.clear()
        self.fragments.append(fragment)

    def end(self) -> Iterator[Sheet]:
        """Yield the last page of the list; an empty list has one empty page."""
        return self._page(None)

    def _page(self, following: int | None) -> Iterator[Sheet]:
        data = encoding.page({"page": self.number}, self.fragments, {"nextPage": following})
        return _collections.place_page(self.folder, self.number, data)


def _prepare_news(entries: Iterable[StoryEntry], plan: SitePlan) -> None:
    """Encode the given stories as JSON for lists; `_news_sheets` encodes those still missing."""
    plan.pieces.prepare(entries, partial(_fragment, plan))


def _news_sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the lists of `api/news/`, and of each topic whose settings list the news service.

    All lists are written in parallel, in one pass over the stories.
    """
    whole: list[_List] = []
    by_topic: defaultdict[str, list[_List]] = defaultdict(list)
    for folder, topic in _collections.list_folders(plan, "news"):
        own = whole if topic is None else by_topic[topic.name]
        own.append(_List(folder=folder, size=plan.look.sizes.api))
    for entry, fragment in plan.pieces.each(plan.stories.entries, partial(_fragment, plan)):
        topics = by_topic.keys() & set(entry.topics)
        for listed in chain(whole, *(by_topic[name] for name in topics)):
            yield from listed.add(fragment)
    for listed in chain(whole, *by_topic.values()):
        yield from listed.end()


def _fragment(plan: SitePlan, entry: StoryEntry) -> bytes | None:
    story = plan.read(entry.path)
    return None if story is None else encoding.fragment(_item(story, plan))


def _item(story: Story, plan: SitePlan) -> dict[str, object]:
    return web_only(
        {
            "path": story.path,
            "title": story.title,
            "excerpt": story.excerpt,
            "sourceUrl": None,
            "webUrl": _own_page(story, plan) if story.is_own else story.web_url or None,
            "originalUrl": story.original_url or None,
            "featuredContent": story.featured_content or None,
            "highlight": None,
            "heat": story.heat,
            "tags": None,
            "images": [_image(image) for image in _pictures.list_images(story, plan)] or None,
            "content": "",
            "type": story.type,
            "ampWebUrl": story.amp_web_url or None,
            "cdnAmpWebUrl": story.cdn_amp_web_url or None,
            "publishedDateTime": dates.rfc3339(story.published_at) if story.published_at else None,
            "updatedDateTime": dates.rfc3339(story.updated_at) if story.updated_at else None,
            "provider": _provider(story.provider, story.authors) if story.provider else None,
            "locale": plan.beat.locale,
            "categories": [story.category],
            "topics": list(story.topics),
        }
    )


def _own_page(story: Story, plan: SitePlan) -> str:
    return plan.links.page(addresses.story_folder(story.path))


def _provider(provider: Provider, authors: Iterable[Author]) -> dict[str, object]:
    return {
        "name": provider.name,
        "domain": provider.domain,
        "images": [_image(image) for image in provider.images] or None,
        "publishers": None,
        "authors": [_collections.author(asdict(author)) for author in authors] or None,
    }


def _image(image: Image) -> dict[str, object]:
    return {
        "url": image.url,
        "width": image.width,
        "height": image.height,
        "title": image.title or None,
        "attribution": image.attribution or None,
        "isCached": bool(image.is_cached),
    }


def _topic_sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the list of topics."""
    yield Sheet("api/topics/index.json", encoding.pretty({"value": list(map(_topic, plan.topics))}))


def _sponsor_sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the list of today's sponsors."""
    day = plan.local(plan.at).date().isoformat()
    sponsors = [
        _sponsorship(record, plan)
        for record in plan.records.get("sponsorships", ())
        if day in _dates(record.fields.get("schedules"))
    ]
    yield Sheet("api/sponsorships/today/index.json", encoding.pretty({"value": sponsors}))


def _topic(topic: Topic) -> dict[str, object]:
    shown: dict[str, object] = {
        "name": topic.name,
        "shortname": topic.shortname or topic.name,
        "id": topic.id,
    }
    if topic.parent:
        shown["parent"] = topic.parent
    if topic.images:
        shown["images"] = [
            {"url": image.url, "width": image.width, "height": image.height}
            for image in topic.images
        ]
    shown["services"] = [{"name": name, "endpoint": url} for name, url in topic.services]
    return web_only(shown)


def _letter_sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield the list of newsletter issues, 20 a page, newest first, and each issue with its HTML.

    Page N is at `pageN/` and `nextPage` is a text, as in everyday.cc; but the list does not end at
    page 9.
    """
    letters = sorted(plan.records.get("newsletters", ()), key=_sort_key, reverse=True)
    pages = _collections.cut_pages(letters, _NEWSLETTERS_A_PAGE)
    for number, own in enumerate(pages, 1):
        head = {
            "title": f"{plan.beat.topic or plan.beat.title} Newsletters",
            "path": "_newsletters/",
            "page": number,
        }
        tail = {"nextPage": str(number + 1) if number < len(pages) else None}
        data = encoding.page(head, [encoding.fragment(_letter(r, plan)) for r in own], tail)
        if number == 1:
            yield Sheet("api/newsletters/index.json", data)
        yield Sheet(f"api/newsletters/page{number}/index.json", data)
    for record in letters:
        if plan.wanted(LETTER.name, record.path):
            place = f"api/{addresses.record_folder(record.path)}index.json"
            yield Sheet(place, encoding.pretty(_letter_whole(record, plan)))


def _sort_key(record: Record) -> tuple[str, str]:
    sent = record.fields.get("publishedDateTime")
    return (sent.isoformat() if isinstance(sent, datetime) else "", record.path)


def _letter(record: Record, plan: SitePlan) -> dict[str, object]:
    shown = _letter_whole(record, plan)
    return {
        "path": shown["path"],
        "title": shown["title"],
        "type": shown["type"],
        "sourceUrl": plan.links.api_record(record.path),
        "webUrl": web_only(record.fields).get("webUrl")
        or plan.links.page(f"newsletter/{addresses.record_name(record.path)}/"),
        "excerpt": shown["excerpt"],
        "publishedDateTime": shown["publishedDateTime"],
        "images": shown["images"],
        "locale": shown["locale"],
        "topics": shown["topics"],
    }


def _letter_whole(record: Record, plan: SitePlan) -> dict[str, object]:
    fields = record.fields
    sent = fields.get("publishedDateTime")
    return {
        "path": record.path,
        "title": fields.get("title"),
        "type": fields.get("type"),
        "excerpt": text.plain(str(fields.get("excerpt", ""))),
        "content": record.body,
        "publishedDateTime": _collections.moment(sent, plan)
        if isinstance(sent, datetime)
        else None,
        "images": [],
        "locale": fields.get("locale", plan.beat.locale),
        "topics": fields.get("topics"),
    }


def _sponsorship(record: Record, plan: SitePlan) -> dict[str, object]:
    fields = web_only(record.fields)
    sponsor = fields.get("sponsor")
    sponsor = sponsor if isinstance(sponsor, Mapping) else {}
    messages = fields.get("messages")
    return {
        "sponsor": {
            "name": sponsor.get("name"),
            "url": sponsor.get("url"),
            "logoForLightTheme": _absolute(sponsor.get("logoForLightTheme"), plan),
            "logoForDarkTheme": _absolute(sponsor.get("logoForDarkTheme"), plan),
        },
        "messages": [
            {
                "title": message.get("title"),
                "description": text.plain(str(message.get("description", ""))),
                "url": message.get("url"),
                "image": _absolute(message.get("image"), plan),
            }
            for message in (messages if isinstance(messages, Sequence) else ())
            if isinstance(message, Mapping)
        ],
        "schedules": _dates(record.fields.get("schedules")),
        "placements": record.fields.get("placements"),
    }


def _dates(schedules: object) -> list[str]:
    """Return the days of a sponsor's schedule as text, whether the file quotes them or not."""
    if not isinstance(schedules, Sequence) or isinstance(schedules, str):
        return []
    return [str(day)[:10] for day in schedules]


def _absolute(url: object, plan: SitePlan) -> object:
    return plan.links.api + url if isinstance(url, str) and url.startswith("/") else url
