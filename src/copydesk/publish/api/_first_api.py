"""All of the first API, and its news lists: the newest first, 25 a page, with nulls (SPEC 5.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from copydesk.kit import dates
from copydesk.news import Image, Provider, Story
from copydesk.placement import addresses
from copydesk.publish import _pictures
from copydesk.publish._entries import ALL, LETTER, StoryEntry, StoryKey
from copydesk.publish._plan import ARCHIVE, AnyOutput, Output, SitePlan
from copydesk.publish.api import _collections, _generated, encoding
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


def prepare(number: int, plan: SitePlan) -> None:
    """Make the API's fragments of the stories on an archive page, while they are in memory."""
    if plan.wanted(ARCHIVE.name, str(number)):
        _prepare_news(plan.archive(number).entries, plan)


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield all files of the API."""
    made = [_generated.today(plan)]
    if plan.wanted(ALL.name):
        made.append(_news_sheets(plan))
    if plan.wanted.everything:
        made += [_collections.sheets(plan), _generated.sheets(plan)]
    if plan.wanted.of_key(LETTER.name):
        made.append(_generated.letters(plan))
    return chain.from_iterable(made)


@dataclass(slots=True, kw_only=True)
class _List:
    """A list that is being written: a page is complete when the next story or the end is known."""

    folder: str
    size: int
    number: int = 1
    fragments: list[bytes] = field(default_factory=list)

    def add(self, fragment: bytes) -> Iterator[Sheet]:
        """Add the next story; yield the current page first if it is full."""
        if len(self.fragments) == self.size:
            yield from self._page(self.number + 1)
            self.number += 1
            self.fragments.clear()
        self.fragments.append(fragment)

    def end(self) -> Iterator[Sheet]:
        """Yield the last page; an empty list has one empty page."""
        return self._page(None)

    def _page(self, following: int | None) -> Iterator[Sheet]:
        data = encoding.page({"page": self.number}, self.fragments, {"nextPage": following})
        return _collections.place_page(self.folder, self.number, data)


def _prepare_news(entries: Iterable[StoryEntry], plan: SitePlan) -> None:
    """Make the fragments of these stories; `_news_sheets` makes missing ones."""
    plan.pieces.prepare(entries, partial(_fragment, plan))


def _news_sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield `api/news/`, and the same below each topic that lists the service.

    All lists are written in parallel, in one walk through the stories.
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
            "provider": _provider(story.provider) if story.provider else None,
            "locale": plan.beat.locale,
            "categories": [story.category],
            "topics": list(story.topics),
        }
    )


def _own_page(story: Story, plan: SitePlan) -> str:
    return plan.links.page(addresses.story_folder(story.path))


def _provider(provider: Provider) -> dict[str, object]:
    return {
        "name": provider.name,
        "domain": provider.domain,
        "images": [_image(image) for image in provider.images] or None,
        "publishers": None,
        "authors": None,
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
