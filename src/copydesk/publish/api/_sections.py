"""Where lists stand: one for a collection and one for each topic that lists the service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from copydesk.news import Topic
from copydesk.publish._plan import SitePlan
from copydesk.publish.writing import Sheet

_Item = TypeVar("_Item")


def of(plan: SitePlan, collection: str) -> Iterator[tuple[str, Topic | None]]:
    """Yield the folder of the whole collection, then of each topic's own list with its topic.

    The main topic's service is the whole collection, as in the reference: its endpoint ends with
    the collection's name and not with the topic's.
    """
    root = f"api/{collection}/"
    yield root, None
    for topic in plan.topics:
        endpoint = dict(topic.services).get(collection)
        is_whole = topic.name == plan.beat.topic or (endpoint or "").rstrip("/").endswith(
            root.rstrip("/")
        )
        if endpoint is not None and not is_whole:
            yield f"{root}{topic.id}/", topic


def cut(items: Sequence[_Item], size: int) -> list[Sequence[_Item]]:
    """Cut a list into pages; an empty list has one empty page."""
    return [items[start : start + size] for start in range(0, len(items), size)] or [[]]


def place_page(folder: str, number: int, data: bytes) -> Iterator[Sheet]:
    """Yield a page under its number, and the first one also as the folder's own index."""
    if number == 1:
        yield Sheet(f"{folder}index.json", data)
    yield Sheet(f"{folder}page/{number}/index.json", data)
