"""Weigh articles into stories: the judge's word, a path, a picture, the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from copydesk import archive, illustrate, judge, review
from copydesk.engine.judging import _pictures, _shelf
from copydesk.engine.judging._pictures import ChosenPicture
from copydesk.engine.judging._vectors import Vectors
from copydesk.engine.newsroom import Failure, Newsroom, Progress, failure_of
from copydesk.kit import urls
from copydesk.news import Article, Dropped, Fetcher, Shelved, Story

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraised:
    """One article and what it is worth by itself, before its picture and its neighbours count."""

    article: Article
    outcome: judge.Appraisal | Dropped | Failure

    @property
    def fingerprint(self) -> tuple[int, ...] | None:
        """Give the fingerprint of its text, None where that was not made."""
        return self.outcome.fingerprint if isinstance(self.outcome, judge.Appraisal) else None


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
    shelf: judge.MemoryShelf
    removed: frozenset[str]
    vectors: Vectors
    taken: set[str] = field(default_factory=set)


def appraise_all(desk: Desk, articles: Iterable[Article]) -> list[Appraised]:
    """Judge each article once, by itself."""
    return [_appraised(desk, article) for article in articles]


def _appraised(desk: Desk, article: Article) -> Appraised:
    outcome = _safely(article, lambda: appraise_article(desk, article))
    return Appraised(article=article, outcome=outcome)


async def fetch_pictures(
    desk: Desk, appraised: Sequence[Appraised], fetcher: Fetcher, progress: Progress
) -> Mapping[str, ChosenPicture]:
    """Give the picture of each article that will be a story, by the article's address."""
    stories = [one.article for one in appraised if isinstance(one.outcome, judge.Appraisal)]
    return await _pictures.choose_pictures(desk.newsroom, stories, fetcher, progress)


def weigh_all(
    desk: Desk, appraised: Sequence[Appraised], found: Mapping[str, ChosenPicture]
) -> list[Weighed]:
    """Make stories of articles one after the other, each beside all that came before it.

    They go by time, then address, so that the bytes are always the same.
    """
    return [
        _weighed(desk, one, found.get(one.article.url)) for one in sorted(appraised, key=_order)
    ]


def _order(appraised: Appraised) -> tuple[datetime, str, str]:
    article = appraised.article
    return article.published_at, urls.identity(article.web_url), article.url


def _weighed(desk: Desk, appraised: Appraised, chosen: ChosenPicture | None) -> Weighed:
    article = appraised.article
    outcome = _safely(article, lambda: _outcome(desk, appraised, chosen))
    if not isinstance(outcome, Story):
        return Weighed(article=article, outcome=outcome)
    story = _with_path(desk, outcome, article)
    story = review.apply_rulings(story, desk.newsroom.beat)
    gated = review.gate(story, desk.newsroom.settings.review.mode, _trust(desk, article))
    shelved = Shelved(story=gated, text=article.text, found=article.found)
    _shelf.put_on_shelf(desk.shelf, desk.vectors, shelved, appraised.fingerprint)
    is_held = bool(story.published and not gated.published)
    return Weighed(article=article, outcome=gated, is_held=is_held)


def _safely(article: Article, step: Callable[[], Outcome]) -> Outcome | Failure:
    try:
        return step()
    except Exception as error:  # a bug that one article meets must cost only that article
        return failure_of(article.url, error)


def appraise_article(desk: Desk, article: Article) -> judge.Appraisal | Dropped:
    """Judge one article by itself, or say why it is to be no story."""
    return _unwanted(desk, article) or judge.appraise(article, desk.newsroom.beat)


def complete_story(desk: Desk, appraisal: judge.Appraisal, chosen: ChosenPicture | None) -> Story:
    """Give an appraised article as a story beside what is on the shelf; it is not put there."""
    picture = chosen.figure.url if chosen else ""
    story = judge.complete(appraisal, desk.newsroom.beat, desk.shelf, picture)
    return illustrated(desk.newsroom, story, chosen)


def illustrated(newsroom: Newsroom, story: Story, chosen: ChosenPicture | None) -> Story:
    """Give the story with its picture; what it shows and whose it is has no place in `everyday`."""
    if chosen is None:
        return illustrate.with_image(story, None)
    has_blocks = newsroom.beat.scoring.traits.has_blocks
    figure = chosen.figure if has_blocks else None
    return illustrate.with_image(story, chosen.picture, figure)


def _outcome(
    desk: Desk, appraised: Appraised, chosen: ChosenPicture | None
) -> Story | Dropped | Failure:
    """Complete an article, unless its page has come on to the shelf since it was appraised."""
    outcome = _unwanted(desk, appraised.article) or appraised.outcome
    if not isinstance(outcome, judge.Appraisal):
        return outcome
    return complete_story(desk, outcome, chosen)


def _unwanted(desk: Desk, article: Article) -> Dropped | None:
    """Give why an article is not to be filed, whatever it says; None where it may be."""
    for address in (article.web_url, article.url):
        if urls.identity(address) in desk.removed:
            return Dropped(url=article.url, reason="removed", detail="an editor removed it")
        path = desk.shelf.at(address)
        if path is not None:
            return Dropped(url=article.url, reason="seen", detail=path)
    days = desk.newsroom.settings.fetch.max_age_days
    if days and article.published_at < desk.newsroom.now - timedelta(days=days):
        return Dropped(url=article.url, reason="too-old", detail=f"older than {days} days")
    return None


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
