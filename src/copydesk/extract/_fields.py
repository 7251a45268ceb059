"""All fields of an article as JSON, each with the place on the page where it was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from copydesk.kit import dates
from copydesk.news import Article, Provider

# fields with the same origin as another one
_WITH = {
    "published_day": "published_at",
    "image_alt": "image",
    "featured_content": "type",
    "seconds": "type",
}


def fields(article: Article) -> Mapping[str, Mapping[str, object]]:
    """Return every field of an article as `{"value": …, "from": …}`; "from" is its origin.

    A list with items from several places has each of them once in "from".
    """
    return {
        name: {"value": value, "from": _origin(article, name) if value else ""}
        for name, value in _values(article)
    }


def _values(article: Article) -> Iterator[tuple[str, object]]:
    yield "url", article.url
    yield "web_url", article.web_url
    yield "amp_web_url", article.amp_web_url
    yield "title", article.title
    yield "excerpt", article.excerpt
    yield "published_at", dates.rfc3339(article.published_at)
    yield "published_day", article.published_day
    yield "updated_at", dates.rfc3339(article.updated_at) if article.updated_at else ""
    yield "provider", _plain_provider(article.provider)
    yield "authors", list(article.authors)
    yield "language", article.language
    yield "section", article.section
    yield "keywords", list(article.keywords)
    yield "image", article.image
    yield "image_alt", article.image_alt
    yield "figures", [asdict(figure) for figure in article.figures]
    yield "type", article.type
    yield "featured_content", article.featured_content
    yield "seconds", article.seconds
    yield "access", article.access
    yield "credit", article.credit
    yield "refuses", list(article.refuses)
    yield "signals", [asdict(signal) for signal in article.signals]
    yield "text", article.text


def _origin(article: Article, name: str) -> str:
    if name == "figures":
        return _each(figure.origin for figure in article.figures)
    if name in {"signals", "refuses"}:
        return _each(signal.where for signal in article.signals)
    return article.origins.get(_WITH.get(name, name), "")


def _each(origins: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(origins))


def _plain_provider(provider: Provider) -> Mapping[str, object]:
    return {
        "name": provider.name,
        "domain": provider.domain,
        "images": [image.url for image in provider.images],
    }
