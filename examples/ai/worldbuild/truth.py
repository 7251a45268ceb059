"""Says what a careful editor would make of every page. The line never reads it."""

from __future__ import annotations

import json
from typing import Any

from worldbuild import feeds, pictures
from worldbuild.pages import stamp
from worldbuild.sources import Article, World

PARENTS = {
    "China": "AI Policy",
    "European Union": "AI Policy",
    "United States": "AI Policy",
}
ORDER = (
    "AI",
    "Generative AI",
    "AI Policy",
    "China",
    "European Union",
    "United States",
    "AI in Healthcare",
    "AI Hardware",
)
DEAD_FEEDS = {
    "byteweekly": "its source answers HTML where a feed should be",
    "signalnoise": "its source is gone (410)",
    "latencytimes": "its source asks for patience (429)",
}


def lines(world: World) -> list[str]:
    """Give one JSON line an article page, in the order of publication."""
    by_id = {a.id: a for a in world.articles}
    return [
        json.dumps(_truth(world, article, by_id), ensure_ascii=False) for article in world.articles
    ]


def _truth(world: World, article: Article, by_id: dict[str, Article]) -> dict[str, Any]:
    filed, reason = expected(article)
    picture = pictures.described(article, world)
    newest = article.versions[-1]
    return {
        "id": article.id,
        "url": feeds.listed_at(article)[0],
        "canonical": article.url,
        "publisher": article.publisher.id,
        "event": article.event,
        "event_title": world.events[article.event],
        "kind": article.kind,
        "copy_of": by_id[article.copy_of].url if article.copy_of else "",
        "title": newest.title,
        "authors": article.byline,
        "published": stamp(article.at),
        "updated": stamp(newest.at) if len(article.versions) > 1 else "",
        "access": article.access,
        "credit": article.credit,
        "picture": _picture(article, picture),
        "on_beat": article.kind != "off-topic",
        "topics": topics(article),
        "filed": filed,
        "reason": reason,
    }


def _picture(article: Article, picture: dict[str, Any] | None) -> str:
    if picture:
        return picture["trouble"] or "good"
    return "logo" if article.publisher.layout == "campus" else "none"


def topics(article: Article) -> list[str]:
    """Give an article's topics with those above them, in the order of the topic files."""
    if article.kind == "off-topic":
        return []
    names = {"AI", *article.topics}
    names |= {PARENTS[name] for name in names if name in PARENTS}
    return [name for name in ORDER if name in names]


def expected(article: Article) -> tuple[bool, str]:
    """Say whether a polite run ends up with the article, and why."""
    if article.publisher.id in DEAD_FEEDS:
        return False, DEAD_FEEDS[article.publisher.id]
    if "robots" in article.trouble:
        return False, "robots.txt forbids the page"
    if "status" in article.trouble:
        return False, "the page answers 404"
    if article.kind == "off-topic":
        return False, "not about the beat"
    if article.copy_of:
        return True, "on the beat; a copy, filed unpublished with copyOf"
    return True, "on the beat"
