"""All fields of an article as JSON, each with the place on the page where it was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from copydesk.kit import dates
from copydesk.news import Article, Provider

# fields with the same origin as another one
_WITH = {
    "corporate_authors": "authors",
    "published_day": "published_at",
    "image_alt": "image",
    "featured_content": "type",
    "seconds": "type",
}


_NAMES = (
    "url web_url amp_web_url title excerpt published_at published_day updated_at provider authors"
    " corporate_authors language section keywords image image_alt figures type featured_content"
    " seconds access credit refuses signals text"
)


def fields(article: Article) -> Mapping[str, Mapping[str, object]]:
    """Return every field of an article as `{"value": …, "from": …}`; "from" is its origin.

    A list with items from several places has each of them once in "from".
    """
    values = {name: _plain(getattr(article, name)) for name in _NAMES.split()}
    return {
        name: {"value": value, "from": _origin(article, name) if value else ""}
        for name, value in values.items()
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return dates.rfc3339(value)
    if isinstance(value, Provider):
        images = [image.url for image in value.images]
        return {"name": value.name, "domain": value.domain, "images": images}
    if isinstance(value, tuple):
        return [item if isinstance(item, str) else asdict(item) for item in value]
    return "" if value is None else value


def _origin(article: Article, name: str) -> str:
    if name == "figures":
        return _each(figure.origin for figure in article.figures)
    if name in {"signals", "refuses"}:
        return _each(signal.where for signal in article.signals)
    return article.origins.get(_WITH.get(name, name), "")


def _each(origins: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(origins))
