"""Structured data (schema.org) that claims no more than is so: we list, others wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from copydesk.kit import dates, text, urls
from copydesk.news import Story
from copydesk.publish import _links, _pictures, _render
from copydesk.publish._plan import Plan

_ESCAPED = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))
_CONTEXT = "https://schema.org"


def script(value: Mapping[str, object]) -> str:
    """Give a data block that no text in it can close."""
    data = orjson.dumps(value)
    for char, escaped in _ESCAPED:
        data = data.replace(char, escaped)
    return _render.raw(f'<script type="application/ld+json">{data.decode()}</script>')


def listing(stories: Sequence[Story], plan: Plan) -> Mapping[str, object]:
    """Describe a page of links to story pages."""
    return {
        "@context": _CONTEXT,
        "@type": "ItemList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "url": plan.links.page(_links.story_folder(story.path)),
            }
            for position, story in enumerate(stories, 1)
        ],
    }


def story(told: Story, plan: Plan) -> Mapping[str, object]:
    """Describe a story page: a note of ours, based on the article of its publisher."""
    page = plan.links.page(_links.story_folder(told.path))
    note: dict[str, object] = {
        "@context": _CONTEXT,
        "@type": "NewsArticle",
        "headline": text.fold(told.title),
        "url": page,
        "mainEntityOfPage": page,
        "publisher": {"@type": "Organization", "name": plan.beat.title, "url": plan.links.page("")},
    }
    if told.excerpt:
        note["abstract"] = text.fold(told.excerpt)
    if told.published_at:
        note["datePublished"] = dates.rfc3339(told.published_at)
    if told.language:
        note["inLanguage"] = told.language
    if picture := _pictures.of(told, plan):
        note["image"] = picture.address
    if topics := [text.fold(name) for name in told.topics]:
        note["about"] = [{"@type": "Thing", "name": name} for name in topics]
    if origin := urls.fetchable(told.web_url):
        note["isBasedOn"] = _original(told, origin)
    return note


def _original(told: Story, origin: str) -> Mapping[str, object]:
    original: dict[str, object] = {
        "@type": "NewsArticle",
        "url": origin,
        "headline": text.fold(told.title),
    }
    if told.provider:
        publisher = {"@type": "Organization", "name": text.fold(told.provider.name)}
        if _links.is_segment(told.provider.domain):
            publisher["url"] = f"https://{told.provider.domain}/"
        original["publisher"] = publisher
    return original
