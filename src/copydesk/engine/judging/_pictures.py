"""Pictures: the best that each story may have, fetched and measured."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from copydesk import illustrate
from copydesk.config import Settings
from copydesk.engine.newsroom import Newsroom, Progress
from copydesk.errors import CopydeskError
from copydesk.illustrate import Album
from copydesk.kit import urls
from copydesk.news import Article, Beat, Fetcher, Figure, Page, Request, Show, Story

_TRIES = 3  # of an article's pictures, the best first: the others are hardly ever there

_TRIED = timedelta(days=1)  # how long a picture that an editor set is asked for

Wanted = tuple[str, Show]  # an address, and how it will be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPicture:
    """The picture that stands for an article: what its page says of it, what it is."""

    figure: Figure
    picture: illustrate.Picture


def illustrate_story(beat: Beat, story: Story, chosen: ChosenPicture | None) -> Story:
    """Return a story with its picture; what it shows, and whose it is, has none in `everyday`."""
    if chosen is None:
        return illustrate.with_image(story, None)
    figure = chosen.figure if beat.scoring.traits.has_blocks else None
    return illustrate.with_image(story, chosen.picture, figure)


async def choose_pictures(
    newsroom: Newsroom, articles: Sequence[Article], fetcher: Fetcher, progress: Progress
) -> Mapping[str, ChosenPicture]:
    """Return each article's picture by the article's address; one that can have none is left out.

    All that are best are asked for, then the second best of those that could not be had or stand
    for nothing: what a site gives under many addresses is known once all of them have come.
    """
    left = [article for article in articles if _may_have(newsroom.settings, article)]
    progress.stage("pictures", len(left))
    await _get_set(newsroom.settings, newsroom.album, newsroom.now, fetcher)
    chosen: dict[str, ChosenPicture] = {}
    had: dict[Wanted, illustrate.Picture | None] = {}
    for rank in range(_TRIES):
        left = [
            article for article in left if article.url not in chosen and rank < len(article.figures)
        ]
        await _get(
            newsroom.beat,
            newsroom.album,
            [_want(newsroom.settings, article, rank) for article in left],
            fetcher,
            had,
        )
        for article in left:
            newsroom.album.note(article.figures[rank].url, article.web_url)
        for article, picture in _find_fitting(newsroom, left, rank, had):
            chosen[article.url] = picture
            progress.step()
    return chosen


def _find_fitting(
    newsroom: Newsroom,
    articles: Sequence[Article],
    rank: int,
    had: Mapping[Wanted, illustrate.Picture | None],
) -> Iterator[tuple[Article, ChosenPicture]]:
    """Yield each article whose picture of a rank came and stands for it alone, with the picture."""
    for article in articles:
        picture = had[_want(newsroom.settings, article, rank)]
        if picture is not None and not newsroom.album.is_common(picture.url, article.web_url):
            yield article, ChosenPicture(figure=article.figures[rank], picture=picture)


async def _get_set(settings: Settings, album: Album, now: datetime, fetcher: Fetcher) -> None:
    """Get the pictures that editors set lately, so that the site can show its copies of them.

    What cannot be had is asked for in the rounds of a day; the record names it all the same.
    """
    show = settings.pictures.show
    if show != "cached":
        return
    since = now - _TRIED
    rules = [rule for rule in settings.beat.rulings if rule.field == "picture" and rule.at >= since]
    addresses = filter(None, (urls.fetchable(rule.values[1]) for rule in rules))
    await _get(settings.beat, album, [(address, show) for address in addresses], fetcher, {})


def _may_have(settings: Settings, article: Article) -> bool:
    """Decide whether a picture may be shown: its publisher and the owner's rules allow it."""
    is_shown = _show(settings, article) != "none"
    return bool(article.figures) and is_shown and "image" not in article.refuses


def _show(settings: Settings, article: Article) -> Show:
    publisher = article.provider.domain or article.web_url
    return settings.show_of(article.source, publisher)


def _want(settings: Settings, article: Article, rank: int) -> Wanted:
    return article.figures[rank].url, _show(settings, article)


async def _get(
    beat: Beat,
    album: Album,
    wanted: Sequence[Wanted],
    fetcher: Fetcher,
    had: dict[Wanted, illustrate.Picture | None],
) -> None:
    """Get the pictures that nobody has asked for yet, each once."""
    fresh = [want for want in dict.fromkeys(wanted) if want not in had]
    found = await asyncio.gather(*(_one(beat, album, want, fetcher) for want in fresh))
    had.update(zip(fresh, found, strict=True))


async def _one(
    beat: Beat, album: Album, wanted: Wanted, fetcher: Fetcher
) -> illustrate.Picture | None:
    """Return one picture, fetched if it must be; None where it is missing or broken."""
    address, show = wanted
    if show == "cached" and (kept := album.find(address)) is not None:
        return kept
    headers = illustrate.request_headers(show, beat.url)
    answer = await fetcher.fetch(Request(url=address, purpose="picture", headers=headers))
    if not isinstance(answer, Page):
        return None
    keep = album.add if show == "cached" else album.measure_only
    try:
        return await asyncio.to_thread(keep, address, answer)
    except CopydeskError:
        return None
