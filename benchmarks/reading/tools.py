"""The tools that read pages: each gives text, title, authors and day of a page, in its own way.

The peers are asked as their own documentation asks them. They get the page's text decoded by
trafilatura's detection (trafilatura itself the bytes), and the address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from copydesk.measure.page_layouts import read_markup_text
from copydesk.news import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a tool says of a page; "" or () where it says nothing."""

    text: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool by its name, and which fields it gives."""

    name: str
    read: Callable[[Page], Said]
    fields: frozenset[str] = frozenset(("text", "title", "authors", "day"))


def installed() -> list[Tool]:
    """Return the tools that can be asked here; newspaper4k is in the dependency group `bench`."""
    text_and_title, day = frozenset(("text", "title")), frozenset(("day",))
    tools = [
        Tool(name="trafilatura", read=_trafilatura()),
        Tool(name="trafilatura precision", read=_trafilatura(favor_precision=True)),
        Tool(name="trafilatura recall", read=_trafilatura(favor_recall=True)),
        Tool(name="readability-lxml", read=_readability, fields=text_and_title),
        Tool(name="htmldate fast", read=_htmldate(is_extensive=False), fields=day),
        Tool(name="htmldate extensive", read=_htmldate(is_extensive=True), fields=day),
    ]
    try:
        import newspaper  # noqa: F401
    except ImportError:
        return tools
    return [*tools, Tool(name="newspaper4k", read=_newspaper)]


def _trafilatura(**options: bool) -> Callable[[Page], Said]:
    from trafilatura import bare_extraction

    def read(page: Page) -> Said:
        found = bare_extraction(
            page.body, url=page.final_url, include_comments=False, with_metadata=True, **options
        )
        if found is None:
            return Said()
        names = tuple((found.author or "").split("; ")) if found.author else ()
        return Said(
            text=found.text or "", title=found.title or "", authors=names, day=found.date or ""
        )

    return read


def trafilatura_text(page: Page) -> str:
    """Return trafilatura's text alone, with all its defaults: the yardstick of time."""
    from trafilatura import extract

    return extract(page.body) or ""


def _readability(page: Page) -> Said:
    from readability import Document

    document = Document(_decoded(page), url=page.final_url)
    return Said(text=read_markup_text(document.summary().encode()), title=document.short_title())


def _newspaper(page: Page) -> Said:
    from newspaper import Article

    article = Article(page.final_url, fetch_images=False)
    article.download(input_html=_decoded(page))
    article.parse()
    moment = article.publish_date
    return Said(
        text=article.text,
        title=article.title,
        authors=tuple(article.authors),
        day=f"{moment:%Y-%m-%d}" if moment else "",
    )


def _htmldate(*, is_extensive: bool) -> Callable[[Page], Said]:
    from htmldate import find_date

    def read(page: Page) -> Said:
        day = find_date(
            _decoded(page),
            url=page.final_url,
            extensive_search=is_extensive,
            original_date=True,
        )
        return Said(day=day or "")

    return read


def _decoded(page: Page) -> str:
    from trafilatura.utils import decode_file

    return decode_file(page.body)
