"""Shows: how the picture of each filed story is shown, after the rules of its source and publisher.

The source stands in the record itself, sealed, so that a rule holds when the memory is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from copydesk.archive import ArticleStore
from copydesk.config import Settings
from copydesk.engine.filing import find_article, read_sealed_source
from copydesk.illustrate import Album
from copydesk.memory import Memory
from copydesk.news import Show, Story


class PicturedStory(Protocol):
    """What is known of a story with a picture before its record is read; "" for unknown."""

    @property
    def path(self) -> str:
        """The path of its record."""
        ...

    @property
    def image(self) -> str:
        """The origin address of its picture."""
        ...

    @property
    def web_url(self) -> str:
        """The address of the story at its publisher."""
        ...

    @property
    def domain(self) -> str:
        """The registrable domain of its publisher."""
        ...


class SurveyedPictures(Protocol):
    """The part of a site's survey that these rules ask."""

    def with_picture(self) -> Iterable[PicturedStory]:
        """Return the stories with a picture in short."""
        ...

    def read(self, path: str) -> Story | None:
        """Return the story at a path, None when it is gone."""
        ...


def picture_shows(
    settings: Settings, articles: ArticleStore, album: Album, memory: Memory, seen: SurveyedPictures
) -> Mapping[str, Show]:
    """Return how pictures are shown that are not shown as the site's are, by the record's path.

    What stands for nothing to its publisher is not shown at all.
    """
    ruled = _apply_settings(settings, articles, memory, seen) if settings.shows else {}
    is_common = album.is_common
    common: dict[str, Show] = {
        entry.path: "none"
        for entry in (seen.with_picture() if album.has_common() else ())
        if is_common(entry.image, entry.web_url)
    }
    return {**ruled, **common}


def _apply_settings(
    settings: Settings, articles: ArticleStore, memory: Memory, seen: SurveyedPictures
) -> dict[str, Show]:
    known = memory.sources_of_records()
    found: dict[str, Show] = {}
    for entry in seen.with_picture():
        source = known.get(entry.path)
        if not source and (story := seen.read(entry.path)) is not None:
            source = read_sealed_source(settings, story) or _source_in_article(articles, story)
        show = settings.show_of(source or "", entry.domain or entry.web_url)
        if show != settings.pictures.show:
            found[entry.path] = show
    return found


def _source_in_article(articles: ArticleStore, story: Story) -> str:
    article = find_article(articles, story)
    return "" if article is None else article.source
