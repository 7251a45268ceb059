"""Weigh articles into stories: the judge's word, a path, a picture, the gate."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from copydesk import archive, illustrate, judge, review
from copydesk.engine._mishap import failure_of
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.progress import Progress
from copydesk.engine.report import Failure
from copydesk.errors import CopydeskError
from copydesk.kit import urls
from copydesk.news import Article, Dropped, Fetcher, Page, Request, Shelved, Story

Picture = illustrate.Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One article's outcome; a story has its path and picture, and may be held for an editor."""

    article: Article
    outcome: Story | Dropped | Failure
    is_held: bool = False


@dataclass(slots=True, kw_only=True)
class Desk:
    """What the weighing of one round works with; `taken` are the paths given in this round.

    `removed` are the identities of the addresses that an editor removed for good.
    """

    newsroom: Newsroom
    shelf: judge.Bookshelf
    removed: frozenset[str]
    taken: set[str] = field(default_factory=set)


def in_order(articles: Sequence[Article]) -> list[Article]:
    """Give the articles in the order of weighing: by time, then address; so bytes are the same."""
    return sorted(articles, key=lambda one: (one.published_at, urls.identity(one.web_url), one.url))


async def pictures(
    desk: Desk, articles: Sequence[Article], fetcher: Fetcher, progress: Progress
) -> Mapping[str, Picture | None]:
    """Give the measured picture of each article that will be a story, by its address.

    None where it is missing or broken: that costs only the picture.
    """
    wanted = {
        one.image: one for one in articles if one.image and isinstance(_safely(desk, one), Story)
    }
    progress.stage("pictures", len(wanted))

    async def one_picture(address: str) -> Picture | None:
        picture = await picture_of(desk.newsroom, address, fetcher)
        progress.step()
        return picture

    found = await asyncio.gather(*(one_picture(address) for address in wanted))
    return dict(zip(wanted, found, strict=True))


async def picture_of(newsroom: Newsroom, address: str, fetcher: Fetcher) -> Picture | None:
    """Give the cached picture of this address, fetched if it must be; None where there is none."""
    kept = newsroom.album.find(address)
    if kept is not None:
        return kept
    answer = await fetcher.fetch(Request(url=address, purpose="picture"))
    if not isinstance(answer, Page):
        return None
    try:
        return await asyncio.to_thread(newsroom.album.add, address, answer)
    except CopydeskError:
        return None


def weigh(
    desk: Desk, articles: Sequence[Article], found: Mapping[str, Picture | None]
) -> list[Weighed]:
    """Judge articles one after the other, each against all that came before it."""
    return [_weighed(desk, article, found.get(article.image)) for article in in_order(articles)]


def _weighed(desk: Desk, article: Article, picture: Picture | None) -> Weighed:
    outcome = _safely(desk, article if picture else replace(article, image=""))
    if not isinstance(outcome, Story):
        return Weighed(article=article, outcome=outcome)
    story = _with_path(desk, illustrate.with_image(outcome, picture), article)
    gated = review.gate(story, desk.newsroom.settings.review.mode, _trust(desk, article))
    desk.shelf.add(Shelved(story=gated, text=article.text), judge.fingerprint(article.text))
    is_held = bool(story.published and not gated.published)
    return Weighed(article=article, outcome=gated, is_held=is_held)


def _safely(desk: Desk, article: Article) -> Story | Dropped | Failure:
    try:
        return weigh_one(desk, article)
    except Exception as error:  # a bug that one article meets must cost only that article
        return failure_of(article.url, error)


def weigh_one(desk: Desk, article: Article) -> Story | Dropped:
    """Judge one article against the shelf, without putting it there."""
    for address in (article.web_url, article.url):
        if urls.identity(address) in desk.removed:
            return Dropped(url=article.url, reason="removed", detail="an editor removed it")
        path = desk.shelf.at(address)
        if path is not None:
            return Dropped(url=article.url, reason="seen", detail=path)
    days = desk.newsroom.settings.fetch.max_age_days
    if days and article.published_at < desk.newsroom.now - timedelta(days=days):
        return Dropped(url=article.url, reason="too-old", detail=f"older than {days} days")
    return judge.assess(article, desk.newsroom.beat, desk.shelf)


def _with_path(desk: Desk, story: Story, article: Article) -> Story:
    root = desk.newsroom.root

    def is_taken(path: str) -> bool:
        return path in desk.taken or (root / path).exists() or (root / "_archive" / path).exists()

    path = archive.story_path(article.title, article.published_at, article.web_url, is_taken)
    desk.taken.add(path)
    return replace(story, path=path)


def _trust(desk: Desk, article: Article) -> str:
    source = desk.newsroom.beat.source(article.source)
    return source.trust if source else "gate"
