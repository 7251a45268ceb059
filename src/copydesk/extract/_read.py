"""The reading of one page: what it is, what it says, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from copydesk.extract import (
    _address,
    _authors,
    _dates,
    _excerpt,
    _kind,
    _language,
    _picture,
    _provider,
    _terms,
    _text,
    _title,
    _video,
)
from copydesk.extract._declared import Declared, collect
from copydesk.extract._document import Document, open_document
from copydesk.kit import dates, urls
from copydesk.news import Article, Dropped

if TYPE_CHECKING:
    from copydesk.news import Beat, Lead, Page, Provider

Field = tuple[str, str]  # a value and where it came from


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """An opened page beside what was known before; `title` and `body` with their origins."""

    page: Page
    lead: Lead
    beat: Beat
    document: Document
    declared: Declared
    names: tuple[str, ...]
    title: Field
    body: Field


def read(page: Page, lead: Lead, beat: Beat) -> Article | Dropped:
    """Give the article that a page holds, or say why it holds none.

    Pure and bounded: the same page, lead and beat give the same article. Raises PageError for a
    page that is larger or deeper than any article.
    """
    what = _kind.other_than_html(page)
    if what:
        return Dropped(url=lead.url, reason="not-an-article", detail=what)
    reading = _open(page, lead, beat)
    return _refused(reading) or _article(reading)


def _open(page: Page, lead: Lead, beat: Beat) -> _Reading:
    document = open_document(page)
    declared = collect(document)
    names = tuple(_provider.site_names(page.final_url, declared, lead, beat))
    return _Reading(
        page=page,
        lead=lead,
        beat=beat,
        document=document,
        declared=declared,
        names=names,
        title=_title.find(document, declared, lead, names),
        body=_text.find(document, declared),
    )


def _refused(reading: _Reading) -> Dropped | None:
    """Say why the page is no article, None where it is one."""
    title, body = reading.title[0], reading.body[0]
    if _kind.is_robot_wall(reading.document, reading.declared, body):
        return Dropped(url=reading.lead.url, reason="blocked", detail="a robot check in a 200")
    what = _kind.refused_as(reading.document, reading.declared, title, body)
    if not what and _kind.is_empty(reading.declared, reading.lead, body):
        what = "an empty page"
    if not what and not title:
        what = "no title"
    return Dropped(url=reading.lead.url, reason="not-an-article", detail=what) if what else None


def _article(reading: _Reading) -> Article:
    """Give what the page says; then who, in which words and on what terms."""
    document, declared, lead = reading.document, reading.declared, reading.lead
    (title, title_from), (body, body_from) = reading.title, reading.body
    web_url, web_url_from = _address.canonical(document, declared, title)
    excerpt, excerpt_from = _excerpt.find(declared, lead, title, body)
    published = _dates.published(document, declared, lead, reading.page.fetched_at)
    updated = _dates.updated(declared, lead, published, reading.page.fetched_at)
    article = Article(
        url=urls.canonical(lead.url) or lead.url,
        web_url=web_url,
        title=title,
        published_at=published.at,
        source=lead.source,
        found=lead.found,
        guid=lead.guid,
        excerpt=excerpt,
        text=body,
        updated_at=updated.at if updated else None,
        origins={
            "url": "lead",
            "web_url": web_url_from,
            "title": title_from,
            "text": body_from,
            "excerpt": excerpt_from,
            "published_at": published.origin,
            "updated_at": updated.origin if updated else "",
            "charset": document.charset,
        },
    )
    return _signed(_pictured(article, reading), reading)


def _pictured(article: Article, reading: _Reading) -> Article:
    document, declared = reading.document, reading.declared
    image, image_from = _picture.find(document, declared, reading.lead, article.web_url)
    kind, frame = _kind_and_frame(reading)
    return replace(
        article,
        amp_web_url=_address.amp(document, declared, article.web_url),
        image=image,
        image_alt=_picture.alt(document, declared, image),
        type=kind,
        featured_content=frame,
        origins={**article.origins, "image": image_from},
    )


def _signed(article: Article, reading: _Reading) -> Article:
    document, declared, lead = reading.document, reading.declared, reading.lead
    provider, provider_from = _provider.find(article.web_url, declared, lead, reading.beat)
    authors, authors_from = _authors.find(document, declared, lead, reading.names)
    passage = article.text or f"{article.title} {article.excerpt}"
    language, language_from = _language.find(document, declared, lead, passage)
    access, access_from = _terms.access(document, declared, article.text)
    credit, credit_from = _terms.credit(declared, article.text)
    origins = {
        **article.origins,
        "provider": provider_from,
        "authors": authors_from,
        "language": language_from,
        "access": access_from,
        "credit": credit_from,
    }
    return replace(
        article,
        provider=provider,
        authors=authors,
        language=language,
        access=access,
        credit=credit,
        origins={name: origin for name, origin in origins.items() if origin},
    )


def _kind_and_frame(reading: _Reading) -> tuple[Literal["article", "video"], str]:
    if not _video.is_video(reading.page.final_url, reading.declared, reading.body[0]):
        return "article", ""
    return "video", _video.frame(reading.page.final_url, reading.declared)


def fields(article: Article) -> Mapping[str, Mapping[str, object]]:
    """Give every field of an article as `{"value": …, "from": …}`, ready for JSON."""
    values: dict[str, object] = {
        "url": article.url,
        "web_url": article.web_url,
        "amp_web_url": article.amp_web_url,
        "title": article.title,
        "excerpt": article.excerpt,
        "published_at": dates.rfc3339(article.published_at),
        "updated_at": dates.rfc3339(article.updated_at) if article.updated_at else "",
        "provider": _plain_provider(article.provider),
        "authors": list(article.authors),
        "language": article.language,
        "image": article.image,
        "image_alt": article.image_alt,
        "type": article.type,
        "featured_content": article.featured_content,
        "access": article.access,
        "credit": article.credit,
        "text": article.text,
    }
    return {
        name: {"value": value, "from": article.origins.get(name, "")}
        for name, value in values.items()
    }


def _plain_provider(provider: Provider) -> Mapping[str, object]:
    return {
        "name": provider.name,
        "domain": provider.domain,
        "images": [image.url for image in provider.images],
    }
