"""The picture of a story as pages and feeds may show it, if they may."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.kit import text, urls
from copydesk.news import Image, Story
from copydesk.publish._plan import Plan

WIDEST = 1200


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a picture is: `source` for pages, `address` absolute; sizes 0 where unknown."""

    source: str
    address: str
    width: int
    height: int
    alt: str


def of(story: Story, plan: Plan) -> Picture | None:
    """Give the story's picture: our cached copy, its origin when hot-linking is on, or none."""
    if not story.images or plan.show == "none":
        return None
    image = story.images[0]
    alt = text.fold(image.title)
    width, height = _size(image)
    if plan.show == "hotlink":
        origin = urls.fetchable(image.url)
        if origin is None or not origin.startswith("https:"):
            return None
        return Picture(origin, origin, width, height, alt)
    name = plan.pictures.get(image.url)
    if name is None:
        return None
    path = f"pictures/{name}"
    return Picture(plan.links.href(path), plan.links.page(path), width, height, alt)


def _size(image: Image) -> tuple[int, int]:
    """Give the size at which a copy is kept: never wider than 1200 pixels."""
    width, height = image.width, image.height
    if not 0 < width <= 100_000 or not 0 < height <= 100_000:
        return 0, 0
    if width > WIDEST:
        return WIDEST, max(1, round(height * WIDEST / width))
    return width, height
