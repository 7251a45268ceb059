"""Pictures: the best that each story may have, fetched and measured."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from copydesk import illustrate
from copydesk.engine.newsroom import Newsroom, Progress
from copydesk.errors import CopydeskError
from copydesk.kit import urls
from copydesk.news import Article, Fetcher, Figure, Page, Request, Show

_TRIES = 3  # of an article's pictures, the best first: the others are hardly ever there

_TRIED = timedelta(days=1)  # how long a picture that an editor set is asked for

Wanted = tuple[str, Show]  # an address, and how it will be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenPicture:
    """The picture that stands for an article: what its page says of it, what it is."""

    figure: Figure
    picture: illustrate.Picture


async def choose_pictures(
    newsroom: Newsroom, articles: Sequence[Article], fetcher: Fetcher, progress: Progress
) -> Mapping[str, ChosenPicture]:
    """Give each article's picture by the article's address; one that can have none is left out.

    All that are best are asked for, then the second best of those that could not be had or stand
    for nothing: what a site gives under many addresses is known once all of them have come.
    """
    left = [article for article in articles if _may_have(newsroom, article)]
    progress.stage("pictures", len(left))
    await _get_set(newsroom, fetcher)
    chosen: dict[str, ChosenPicture] = {}
    had: dict[Wanted, illustrate.Picture | None] = {}
    for rank in range(_TRIES):
        left = [one for one in left if one.url not in chosen and rank < len(one.figures)]
        await _get(newsroom, [_wanted(newsroom, one, rank) for one in left], fetcher, had)
        for one in left:
            newsroom.album.note(one.figures[rank].url, one.web_url)
        for one in left:
            picture = had[_wanted(newsroom, one, rank)]
            if picture is not None and not newsroom.album.is_common(picture.url, one.web_url):
                chosen[one.url] = ChosenPicture(figure=one.figures[rank], picture=picture)
                progress.step()
    return chosen


async def _get_set(newsroom: Newsroom, fetcher: Fetcher) -> None:
    """Get the pictures that editors set lately, so that the site can show its copies of them.

    What cannot be had is asked for in the rounds of a day; the record names it all the same.
    """
    show = newsroom.settings.pictures.show
    if show != "cached":
        return
    since = newsroom.now - _TRIED
    rules = [one for one in newsroom.beat.rulings if one.field == "picture" and one.at >= since]
    addresses = filter(None, (urls.fetchable(rule.values[1]) for rule in rules))
    await _get(newsroom, [(address, show) for address in addresses], fetcher, {})


def _may_have(newsroom: Newsroom, article: Article) -> bool:
    """Say whether a picture may be shown: its publisher allows it, and so do the owner's rules."""
    is_shown = _show(newsroom, article) != "none"
    return bool(article.figures) and is_shown and "image" not in article.refuses


def _show(newsroom: Newsroom, article: Article) -> Show:
    publisher = article.provider.domain or article.web_url
    return newsroom.settings.show_of(article.source, publisher)


def _wanted(newsroom: Newsroom, article: Article, rank: int) -> Wanted:
    return article.figures[rank].url, _show(newsroom, article)


async def _get(
    newsroom: Newsroom,
    wanted: Sequence[Wanted],
    fetcher: Fetcher,
    had: dict[Wanted, illustrate.Picture | None],
) -> None:
    """Get the pictures that nobody has asked for yet, each once."""
    fresh = [one for one in dict.fromkeys(wanted) if one not in had]
    found = await asyncio.gather(*(_one(newsroom, one, fetcher) for one in fresh))
    had.update(zip(fresh, found, strict=True))


async def _one(newsroom: Newsroom, wanted: Wanted, fetcher: Fetcher) -> illustrate.Picture | None:
    """Give one picture, fetched if it must be; None where it is missing or broken."""
    address, show = wanted
    album = newsroom.album
    if show == "cached" and (kept := album.find(address)) is not None:
        return kept
    headers = illustrate.request_headers(show, newsroom.beat.url)
    answer = await fetcher.fetch(Request(url=address, purpose="picture", headers=headers))
    if not isinstance(answer, Page):
        return None
    keep = album.add if show == "cached" else album.measure_only
    try:
        return await asyncio.to_thread(keep, address, answer)
    except CopydeskError:
        return None
