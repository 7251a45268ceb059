"""News lists: the newest first, 25 a page, nulls written (SPEC 5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from copydesk.kit import dates
from copydesk.news import Image, Provider, Story
from copydesk.publish import _pictures
from copydesk.publish._entries import StoryEntry
from copydesk.publish._keys import StoryKey
from copydesk.publish._outputs import Output
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import _sections, encoding
from copydesk.publish.api.web_addresses import web_only
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


def prepare(entries: Iterable[StoryEntry], plan: SitePlan) -> None:
    """Make the fragments of these stories; `sheets` makes those that are missing."""
    for entry in entries:
        plan.pieces.of(entry, partial(_fragment, entry, plan))


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Yield `api/news/` and the same below each topic that lists the service."""
    made = ((e, plan.pieces.of(e, partial(_fragment, e, plan))) for e in plan.stories.entries)
    found = [(entry.topics, fragment) for entry, fragment in made if fragment is not None]
    for folder, topic in _sections.of(plan, "news"):
        own = [fragment for topics, fragment in found if topic is None or topic.name in topics]
        yield from _list(folder, own, plan.look.sizes.api)


def _fragment(entry: StoryEntry, plan: SitePlan) -> bytes | None:
    story = plan.read(entry.path)
    return None if story is None else encoding.fragment(_item(story, plan))


def _list(folder: str, fragments: list[bytes], size: int) -> Iterator[Sheet]:
    pages = _sections.cut(fragments, size)
    for number, own in enumerate(pages, 1):
        following = number + 1 if number < len(pages) else None
        data = encoding.page({"page": number}, own, {"nextPage": following})
        yield from _sections.place_page(folder, number, data)


def _item(story: Story, plan: SitePlan) -> dict[str, object]:
    return web_only(
        {
            "path": story.path,
            "title": story.title,
            "excerpt": story.excerpt,
            "sourceUrl": None,
            "webUrl": story.web_url or None,
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
