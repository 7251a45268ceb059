"""Run a single step of a fetching round for one URL: read a source, fetch, extract or score a
page.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from copydesk import extract
from copydesk.config import Settings
from copydesk.errors import PageError
from copydesk.kit import urls
from copydesk.news import (
    Article,
    Beat,
    Dropped,
    Fetcher,
    Lead,
    NotModified,
    Page,
    Refused,
    Request,
    Source,
    Story,
)
from copydesk.newsroom import Failure, Newsroom, Silence
from copydesk.newsroom.cataloguing import follow_commits, open_catalogue
from copydesk.newsroom.filing import read_removals
from copydesk.rounds._judging import Bench, appraise_article, complete_story
from copydesk.rounds._page_memory import SiteHabits
from copydesk.rounds._pictures import PictureSearch
from copydesk.rounds._pool import ReaderPool, connect
from copydesk.rounds._reading import load_saved_page, place_article, read_page, require_page
from copydesk.rounds._shelf import FiledShelf, Vectors
from copydesk.rounds.sources import with_source_options
from copydesk.watch import entry

Result = TypeVar("Result")
_NO_BEAT = Beat(title="")


def watch_url(newsroom: Newsroom, url: str, web: Path | None = None) -> entry.SourceReading:
    """Return the links in a source (feed, sitemap, page); raises FetchError, FeedError."""

    async def step(fetcher: Fetcher, readers: ReaderPool) -> entry.SourceReading:
        source = newsroom.beat.source(url) or Source(url=url)
        request = Request(url=url, purpose="source")
        page = require_page(
            await fetcher.fetch(with_source_options(newsroom.settings, request, source))
        )
        return await readers.leads(page, source, newsroom.now)

    return _over_the_wire(newsroom, web, step)


def fetch_url(
    newsroom: Newsroom, url: str, web: Path | None = None
) -> Page | NotModified | Refused:
    """Fetch one page as a fetching round does: with robots.txt, redirects and limits."""

    async def step(fetcher: Fetcher, _: ReaderPool) -> Page | NotModified | Refused:
        return await fetcher.fetch(request_for(newsroom.settings, url))

    return _over_the_wire(newsroom, web, step)


def extract_url(newsroom: Newsroom, url: str, web: Path | None = None) -> Article | Dropped:
    """Fetch one page and return its article, or why it has none. Raises FetchError, PageError."""

    async def step(fetcher: Fetcher, readers: ReaderPool) -> Article | Dropped:
        page = require_page(await fetcher.fetch(request_for(newsroom.settings, url)))
        return await readers.article(page, _lead(newsroom.now, url))

    return _over_the_wire(newsroom, web, step)


def extract_file(
    path: Path, now: datetime, url: str = "", beat: Beat = _NO_BEAT
) -> Article | Dropped:
    """Return the article of a saved page, as if fetched from `url` or from the URL in the page.

    Needs no newsroom: `beat` only provides the known publishers and sources. Raises PageError, or
    UsageError if `url` is no address.
    """
    page = load_saved_page(path, url, now)
    outcome = extract.read(page, Lead(url=page.url, source="", found=now), beat)
    if isinstance(outcome, Dropped):
        return replace(outcome, url=str(path))
    return place_article(outcome, url)


def article_fields(article: Article) -> Mapping[str, Mapping[str, object]]:
    """Return every field of an article by name, as {"value", "from"}: "from" is where it was
    found.
    """
    return extract.fields(article)


def judge_url(newsroom: Newsroom, url: str, web: Path | None = None) -> Story | Dropped:
    """Fetch one page and score it as a fetching round would, without storing a story."""

    async def step(fetcher: Fetcher, readers: ReaderPool) -> Story | Dropped:
        outcome = await read_page(_lead(newsroom.now, url), fetcher, readers)
        if isinstance(outcome, Failure):
            raise PageError(outcome.what, subject=outcome.url, hint=outcome.hint)
        if isinstance(outcome, Dropped):
            return outcome
        return await _judge(newsroom, outcome, fetcher, readers)

    return _over_the_wire(newsroom, web, step)


async def _judge(
    newsroom: Newsroom, article: Article, fetcher: Fetcher, readers: ReaderPool
) -> Story | Dropped:
    article = SiteHabits(newsroom.articles, newsroom.memory, newsroom.beat.excerpt).settle(article)
    vectors = Vectors(newsroom.memory)  # one page is judged without being grouped
    with open_catalogue(newsroom.private) as catalogue:
        follow_commits(newsroom, catalogue)
        bench = Bench(
            newsroom=newsroom,
            catalogue=catalogue,
            shelf=FiledShelf(newsroom, catalogue, vectors, but=article.web_url),
            removed=read_removals(newsroom.root),
            vectors=vectors,
        )
        outcome = appraise_article(bench, article)
        if isinstance(outcome, Dropped):
            return outcome
        async with PictureSearch(newsroom, fetcher, readers) as pictures:
            chosen = await pictures.choose([article], Silence())
        return complete_story(bench, outcome, chosen.get(article.url))


def _over_the_wire(
    newsroom: Newsroom,
    web: Path | None,
    step: Callable[[Fetcher, ReaderPool], Awaitable[Result]],
) -> Result:
    async def run() -> Result:
        wire = connect(newsroom.settings, newsroom.memory, newsroom.now, web)
        with contextlib.closing(ReaderPool(newsroom.beat, workers=1)) as readers:
            async with wire as fetcher:
                return await step(fetcher, readers)

    return asyncio.run(run())


def request_for(settings: Settings, url: str) -> Request:
    """Return the request for a URL as a fetching round sends it, with the headers of its source."""
    source = settings.beat.source(url)
    if source is None:
        return Request(url=url)
    return with_source_options(settings, Request(url=url, purpose="source"), source)


def _lead(now: datetime, url: str) -> Lead:
    return Lead(url=urls.fetchable(url) or url, source="", found=now)
