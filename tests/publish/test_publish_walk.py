"""The one walk: what is printed of a story is printed while it is in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from copydesk.news import Story
from copydesk.news.beat import OutputOptions
from copydesk.publish import Look, PublishOptions, Sizes, publish, survey
from world import editions
from world.manifests import MemoryManifest

COUNT, PAGE = 300, 10
IN_HAND = 60  # a month and a page: what is printed together, as if there were many thousands more


class Shelf:
    """Stories as `news.FiledStories`, with how often each was read."""

    def __init__(self, stories: list[Story]) -> None:
        self.reads: Counter[str] = Counter()
        self._stories = {story.path: story for story in stories}

    def stamps(self) -> Mapping[str, str]:
        return dict.fromkeys(self._stories, "as filed")

    def read(self, path: str) -> Story | None:
        self.reads[path] += 1
        return self._stories[path]


def stories() -> list[Story]:
    """Return a story a day, each the leader of a group."""
    days = (editions.AT - timedelta(days=number) for number in range(COUNT))
    return [
        editions.story(name, published_at=day, group=name)
        for day in days
        for name in [f"{day:%Y-%m-%d}-story"]
    ]


def read_of_oldest(out: Path, *, api: bool) -> Counter[str]:
    """Build with or without both APIs, and give how often each of the older half was read."""
    shelf = Shelf(stories())
    edition = replace(editions.edition([]), stories=survey(shelf, editions.beat(), in_hand=IN_HAND))
    options = PublishOptions(
        look=Look(sizes=Sizes(archive=PAGE), outputs=OutputOptions(api_v1=api, api_v2=api))
    )
    publish(edition, out, MemoryManifest(), options)
    return Counter({path: shelf.reads[path] for path in sorted(shelf.stamps())[: COUNT // 2]})


def test_both_apis_take_their_stories_from_the_one_walk(tmp_path: Path) -> None:
    alone, with_both = (read_of_oldest(tmp_path / str(api), api=api) for api in (False, True))

    assert alone == with_both
