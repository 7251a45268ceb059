"""Extract an article page field by field: whether it is an article, text, authors, dates, …."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.extract import _authors, kinds, origin, pictures, terms, text, when, words
from copydesk.extract.declared import Declared, collect
from copydesk.extract.page import Document, open_document
from copydesk.kit import dates, urls
from copydesk.news import Article, Dropped, Provider
from copydesk.news.article import Figure
from copydesk.news.beat import ExcerptRule

if TYPE_CHECKING:
    from copydesk.news import Beat, Lead, Page

READER = 5  # raised when the same page gives another article than before

Field = tuple[str, str]  # a value and its origin


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenedPage:
    """A parsed page, the link to it and the site's settings; `title` and `body` have origins."""

    page: Page
    lead: Lead
    beat: Beat
    document: Document
    declared: Declared
    names: tuple[str, ...]
    title: Field
    body: Field


def read(page: Page, lead: Lead, beat: Beat) -> Article | Dropped:
    """Extract the article from a page, or return a Dropped that says why the page has none.

    Pure and bounded: the same page, link and settings give the same article. Raises PageError for a
    page that is larger or deeper than any article.
    """
    what = kinds.name_other_format(page)
    if what:
        return Dropped(url=lead.url, reason="not-an-article", detail=what)
    reading = _open(page, lead, beat)
    return _drop(reading) or _read_article(reading)


def read_anyway(page: Page, lead: Lead, beat: Beat) -> Article | Dropped:
    """Extract a page as if it were an article; return Dropped only if it is not HTML.

    It shows what `read` would have made of a page that it drops.
    """
    what = kinds.name_other_format(page)
    if what:
        return Dropped(url=lead.url, reason="not-an-article", detail=what)
    return _read_article(_open(page, lead, beat))


def _open(page: Page, lead: Lead, beat: Beat) -> _OpenedPage:
    document = open_document(page)
    declared = collect(document)
    names = tuple(origin.site_names(page.final_url, declared, lead, beat))
    return _OpenedPage(
        page=page,
        lead=lead,
        beat=beat,
        document=document,
        declared=declared,
        names=names,
        title=words.title(document, declared, lead, names),
        body=text.find(document, declared),
    )


def _drop(reading: _OpenedPage) -> Dropped | None:
    """Return why the page is not an article, None if it is one."""
    title, body = reading.title[0], reading.body[0]
    look = kinds.look_at(reading.document, reading.declared, reading.lead, title, body)
    if kinds.is_robot_wall(look):
        return Dropped(url=reading.lead.url, reason="blocked", detail="a robot check, status 200")
    what = kinds.name_other_kind(look) or kinds.name_empty(look)
    if not what and not title:
        what = "no title"
    return Dropped(url=reading.lead.url, reason="not-an-article", detail=what) if what else None


def _read_article(reading: _OpenedPage) -> Article:
    """Read all fields of an article: words, dates, people, section, pictures, terms of use."""
    document, declared, lead = reading.document, reading.declared, reading.lead
    (title, title_from), (body, body_from) = reading.title, reading.body
    web_url, web_url_from = origin.canonical(document, declared, title, reading.beat)
    found = when.decide_dates(document, declared, lead, reading.page.fetched_at)
    published, updated = found.published, found.updated
    amp_web_url = origin.amp(document, declared, web_url)
    article = Article(
        url=urls.canonical(lead.url) or lead.url,
        web_url=web_url,
        amp_web_url=amp_web_url,
        title=title,
        published_at=published.at,
        published_day=found.day.isoformat(),
        updated_at=updated.at if updated else None,
        source=lead.source,
        found=lead.found,
        watched_since=lead.watched_since,
        guid=lead.guid,
        text=body,
        reader=READER,
        origins={
            "url": "lead",
            "web_url": web_url_from,
            "amp_web_url": "amphtml" if amp_web_url else "",
            "title": title_from,
            "text": body_from,
            "published_at": published.origin,
            "updated_at": updated.origin if updated else "",
            "charset": document.charset,
        },
    )
    for add in (_add_pictures, _add_terms, _add_people, _add_section):
        article = add(article, reading)
    return article


def _add_fields(article: Article, origins: Mapping[str, str], **values: object) -> Article:
    """Return an article with more fields and their origins; an empty origin is not stored."""
    known = {**article.origins, **origins}
    told = {name: origin for name, origin in known.items() if origin}
    return replace(article, **values, origins=told)  # type: ignore[arg-type] # fields by name


def _add_terms(article: Article, reading: _OpenedPage) -> Article:
    """Add access, credit, refused uses, and an excerpt that respects them, to an article."""
    document, declared = reading.document, reading.declared
    access, access_from = terms.access(document, declared, article.text)
    credit, credit_from = terms.credit(document, declared, article.text)
    signals = terms.signals(document, declared, reading.page)
    rule = terms.limit_excerpt(reading.beat.excerpt, access, signals, article.type)
    excerpt, excerpt_from = _choose_excerpt(article, reading, rule)
    return _add_fields(
        article,
        {"access": access_from, "credit": credit_from, "excerpt": excerpt_from},
        access=access,
        credit=credit,
        signals=signals,
        refuses=terms.list_refused_uses(signals),
        excerpt=excerpt,
    )


def _choose_excerpt(article: Article, reading: _OpenedPage, rule: ExcerptRule) -> Field:
    """Choose the excerpt, without passages that the page forbids to quote."""
    quotable = terms.quotable(reading.document, article.text)
    found = words.excerpt(reading.declared, reading.lead, article.title, quotable, rule)
    if terms.quotable(reading.document, found[0]) == found[0]:
        return found
    opening = words.beginning(quotable, rule)
    return opening, "text" if opening else ""


def _add_people(article: Article, reading: _OpenedPage) -> Article:
    """Add publisher, authors and language to an article."""
    document, declared, lead = reading.document, reading.declared, reading.lead
    provider, provider_from = origin.provider(
        article.web_url, document, declared, lead, reading.beat
    )
    authors, others, authors_from = _authors.authors(document, declared, lead, reading.names)
    authors_from = authors_from if authors or others else ""
    passage = article.text or f"{article.title} {article.excerpt}"
    header = reading.page.headers.get("content-language", "")
    language, language_from = words.language(document, declared, lead, passage, header)
    return _add_fields(
        article,
        {"provider": provider_from, "authors": authors_from, "language": language_from},
        provider=provider,
        authors=authors,
        corporate_authors=others,
        language=language,
    )


def _add_section(article: Article, reading: _OpenedPage) -> Article:
    """Add section and keywords to an article."""
    section, section_from = words.section(reading.document, reading.declared)
    keywords, keywords_from = words.keywords(reading.document, reading.declared)
    return _add_fields(
        article,
        {"section": section_from if section else "", "keywords": keywords_from if keywords else ""},
        section=section,
        keywords=keywords,
    )


def _add_pictures(article: Article, reading: _OpenedPage) -> Article:
    """Add pictures, and the player of a video or sound, to an article."""
    document, declared, lead = reading.document, reading.declared, reading.lead
    figures = pictures.figures(document, declared, lead, article.web_url)
    shown = kinds.playback(document, declared, lead, article.text)
    lead_figure = figures[0] if figures else Figure(url="")
    return _add_fields(
        article,
        {
            "image": lead_figure.origin,
            "type": shown.origin or "page",
            "featured_content": shown.frame_from if shown.frame else "",
            "seconds": shown.seconds_from,
        },
        image=lead_figure.url,
        image_alt=lead_figure.alt,
        figures=figures,
        type=shown.kind,
        featured_content=shown.frame,
        seconds=shown.seconds,
    )


# All fields of an article as JSON, each with the place on the page where it was found.

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
