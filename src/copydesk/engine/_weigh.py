"""Weigh articles into stories: the judge's word, a path, a picture, the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from copydesk import archive, illustrate, judge, review
from copydesk.engine import _pictures, _shelf
from copydesk.engine._mishap import failure_of
from copydesk.engine._pictures import Chosen
from copydesk.engine._vectors import Vectors
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.progress import Progress
from copydesk.engine.report import Failure
from copydesk.kit import urls
from copydesk.news import Article, Dropped, Fetcher, Shelved, Story


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
    vectors: Vectors
    taken: set[str] = field(default_factory=set)


def in_order(articles: Sequence[Article]) -> list[Article]:
    """Give the articles in the order of weighing: by time, then address; so bytes are the same."""
    return sorted(articles, key=lambda one: (one.published_at, urls.identity(one.web_url), one.url))


async def pictures(
    desk: Desk, articles: Sequence[Article], fetcher: Fetcher, progress: Progress
) -> Mapping[str, Chosen]:
    """Give the picture of each article that will be a story, by the article's address."""
    stories = [one for one in articles if isinstance(_safely(desk, one), Story)]
    return await _pictures.choose(desk.newsroom, stories, fetcher, progress)


def weigh(desk: Desk, articles: Sequence[Article], found: Mapping[str, Chosen]) -> list[Weighed]:
    """Judge articles one after the other, each against all that came before it."""
    return [_weighed(desk, article, found.get(article.url)) for article in in_order(articles)]


def _weighed(desk: Desk, article: Article, chosen: Chosen | None) -> Weighed:
    article = with_figure(article, chosen)
    outcome = _safely(desk, article)
    if not isinstance(outcome, Story):
        return Weighed(article=article, outcome=outcome)
    story = _with_path(desk, illustrated(desk.newsroom, outcome, chosen), article)
    story = review.ruled(story, desk.newsroom.beat)
    gated = review.gate(story, desk.newsroom.settings.review.mode, _trust(desk, article))
    shelved = Shelved(story=gated, text=article.text, found=article.found)
    _shelf.put(desk.shelf, desk.vectors, shelved)
    is_held = bool(story.published and not gated.published)
    return Weighed(article=article, outcome=gated, is_held=is_held)


def with_figure(article: Article, chosen: Chosen | None) -> Article:
    """Give the article with the picture that could be had, or with none."""
    if chosen is None:
        return replace(article, image="", image_alt="")
    return replace(article, image=chosen.figure.url, image_alt=chosen.figure.alt)


def illustrated(newsroom: Newsroom, story: Story, chosen: Chosen | None) -> Story:
    """Give the story with its picture; what it shows and whose it is has no place in `everyday`."""
    if chosen is None:
        return illustrate.with_image(story, None)
    has_blocks = newsroom.beat.scoring.profile != "everyday"
    figure = chosen.figure if has_blocks else None
    return illustrate.with_image(story, chosen.picture, figure)


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
