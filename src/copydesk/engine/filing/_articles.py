"""Where a filed story came from: its stored article, and the source that its seal names."""

from __future__ import annotations

import json

from copydesk.archive import ArticleStore, sealing
from copydesk.config import Settings
from copydesk.errors import SealError
from copydesk.news import Article, Story


def find_article(articles: ArticleStore, story: Story) -> Article | None:
    """Return the article that a story was made of, None where it is no longer kept."""
    found = (articles.find(url) for url in story.addresses)
    return next((article for article in found if article is not None), None)


def read_sealed_source(settings: Settings, story: Story) -> str:
    """Return the source that a record says in its sealed part, "" without the key."""
    if not (story.secured and settings.key):
        return ""
    name = story.path.rsplit("/", 1)[-1]
    try:
        private = json.loads(sealing.unseal(story.secured, settings.key, name))
    except (SealError, ValueError):
        return ""
    source = private.get("source") if isinstance(private, dict) else None
    return source if isinstance(source, str) else ""
