"""Kept: what was read of a filed story, under any of the addresses that it has had."""

from __future__ import annotations

from copydesk.archive import ArticleStore
from copydesk.news import Article, Story


def find_article(articles: ArticleStore, story: Story) -> Article | None:
    """Return the article that a story was made of, None where it is no longer kept."""
    found = (articles.find(url) for url in story.addresses)
    return next((article for article in found if article is not None), None)
