"""Where the pages of the API's lists lay in its older generation: `page2/` for `page/2/`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from copydesk.publish import _records
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import _sections, _shapes


def old_pages(plan: SitePlan) -> Iterator[tuple[str, str]]:
    """Yield every old address and the one that stands for it, folders and files."""
    for folder, count, size in _lists(plan):
        for number in range(1, max(1, -(-count // size)) + 1):
            old, new = f"{folder}page{number}/", f"{folder}page/{number}/"
            yield old, new
            yield f"{old}index.json", f"{new}index.json"


def _lists(plan: SitePlan) -> Iterator[tuple[str, int, int]]:
    """Yield the folder of every list, how many it holds, how many of them a page holds."""
    stories_by_topic = Counter(name for entry in plan.stories.entries for name in set(entry.topics))
    for folder, topic in _sections.of(plan, "news"):
        count = len(plan.stories) if topic is None else stories_by_topic[topic.name]
        yield folder, count, plan.look.sizes.api
    for collection, shape in _shapes.SHAPES.items():
        listed = _records.rank(plan.records.get(collection, ()))
        if not listed:
            continue
        for folder, topic in _sections.of(plan, collection):
            named = topic.name if topic else ""
            held = [r for r in listed if not named or named in _records.texts(r, "topics")]
            yield folder, len(held), shape.page_size
